"""A letter opened for its form is the letter that the models know."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns import life, opening
from campaigns.choices import Stage
from campaigns.models import Campaign, LetterText, LetterVersion
from campaigns.opening import open_letter
from campaigns.versions import freeze
from tests.builders import make_campaign


def values_of(instance):
    return {field.attname: getattr(instance, field.attname) for field in instance._meta.concrete_fields}


def test_everything_is_as_the_models_read_it_and_comes_in_one_trip(db):
    make_campaign("another-letter")
    campaign = make_campaign("letter-a", languages=["en", "ar"], goal=100)

    with CaptureQueriesContext(connection) as queries:
        letter = open_letter("letter-a", timezone.now())

    known = Campaign.objects.select_related("host").get(pk=campaign.pk)
    assert len(queries) == 1
    assert letter.campaign == known
    assert values_of(letter.campaign) == values_of(known)
    assert values_of(letter.campaign.host) == values_of(known.host)
    assert [values_of(text) for text in letter.consent_texts] == [
        values_of(text) for text in campaign.consent_texts.all()
    ]


def test_the_heading_is_that_of_the_newest_frozen_version_in_the_readers_language(db):
    campaign = make_campaign("letter-a", title="First")
    second = LetterVersion.objects.create(campaign=campaign, number=2)
    LetterText.objects.create(version=second, language="en", title="Second", body="Other words.")
    LetterText.objects.create(
        version=second, language="fr", title="Deuxième", body="Autres mots.", status="courtesy"
    )
    freeze(second)
    third = LetterVersion.objects.create(campaign=campaign, number=3)
    LetterText.objects.create(version=third, language="en", title="Not yet", body="Draft.")

    letter = open_letter("letter-a", timezone.now())

    for language, title in {"en": "Second", "fr": "Deuxième", "ar": "Second"}.items():
        assert (letter.heading(language).title, letter.heading(language).version_id) == (title, second.pk)


def test_a_letter_without_a_frozen_version_has_no_heading(db):
    make_campaign("letter-a", frozen=False)

    assert open_letter("letter-a", timezone.now()).heading("en") is None


def test_an_unknown_address_opens_nothing(db):
    make_campaign("letter-a")

    assert open_letter("letter-b", timezone.now()) is None
    assert open_letter("'; DROP TABLE x; --%s", timezone.now()) is None


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("hours", [None, -1, 0, 1])
def test_what_may_be_read_is_the_same_for_one_letter_and_for_all(db, stage, hours):
    now = timezone.now()
    embargo = None if hours is None else now + timedelta(hours=hours)
    campaign = make_campaign("letter-a", stage=stage, embargo_until=embargo)

    is_listed = Campaign.objects.readable(now).filter(pk=campaign.pk).exists()

    assert life.is_readable(campaign, now) is is_listed
    assert (open_letter("letter-a", now) is not None) is is_listed


def test_a_letter_serves_the_forms_of_a_moment_with_one_question_and_a_change_is_heeded_after_it(
    db, monkeypatch
):
    monkeypatch.setattr(opening, "KEPT_SECONDS", 3600.0)
    campaign = make_campaign("kept-letter", title="Before")
    now = timezone.now()
    with CaptureQueriesContext(connection) as queries:
        letters = [open_letter("kept-letter", now) for _time in range(3)]
    Campaign.objects.filter(pk=campaign.pk).update(goal=77)

    assert len(queries) == 1
    assert {letter.heading("en").title for letter in letters} == {"Before"}
    assert open_letter("kept-letter", now).campaign.goal == campaign.goal
    monkeypatch.setattr(opening, "KEPT_SECONDS", 0.0)
    assert open_letter("kept-letter", now).campaign.goal == 77


def test_the_clock_is_asked_anew_for_a_letter_that_is_kept(db, monkeypatch):
    monkeypatch.setattr(opening, "KEPT_SECONDS", 3600.0)
    now = timezone.now()
    make_campaign("embargoed-letter", embargo_until=now + timedelta(minutes=1))

    assert open_letter("embargoed-letter", now) is None
    assert open_letter("embargoed-letter", now + timedelta(minutes=2)) is not None


def test_an_address_without_a_letter_is_not_remembered(db, monkeypatch):
    monkeypatch.setattr(opening, "KEPT_SECONDS", 3600.0)

    assert open_letter("letter-to-come", timezone.now()) is None
    make_campaign("letter-to-come")

    assert open_letter("letter-to-come", timezone.now()) is not None
