"""Freezing a letter: its SHA-256, and words that stay."""

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import InternalError

from campaigns.models import Ask, AskText, LetterText, LetterVersion
from campaigns.versions import NotReady, freeze
from tests.builders import make_campaign

REFUSALS = (IntegrityError, InternalError)


def refused(do):
    with pytest.raises(REFUSALS), transaction.atomic():
        do()


def test_the_same_letter_has_the_same_sha256_on_another_campaign(db):
    first = make_campaign("letter-a").letter_versions.current()
    second = make_campaign("letter-b").letter_versions.current()
    other = make_campaign("letter-c", body="Other words.").letter_versions.current()

    assert len(first.sha256) == 64
    assert first.sha256 == second.sha256
    assert first.sha256 != other.sha256


def test_the_words_of_a_frozen_version_stay(db):
    version = make_campaign().letter_versions.current()
    text = LetterText.objects.filter(version=version)

    refused(lambda: text.update(body="other"))
    refused(lambda: text.update(title="other"))
    refused(text.delete)
    refused(lambda: LetterVersion.objects.filter(pk=version.pk).update(number=9))
    refused(lambda: LetterVersion.objects.filter(pk=version.pk).update(sha256="0" * 64))
    refused(
        lambda: LetterText.objects.create(
            version=version, language="fr", status="official", title="x", body="y"
        )
    )


def test_a_courtesy_translation_may_join_and_a_text_become_outdated(db):
    version = make_campaign().letter_versions.current()

    LetterText.objects.create(version=version, language="fr", status="courtesy", title="Lettre", body="Chère")
    LetterText.objects.filter(version=version, language="fr").update(status="outdated")

    assert version.texts.get(language="fr").status == "outdated"


def test_the_asks_of_a_frozen_letter_keep_their_words_but_not_their_status(db):
    campaign = make_campaign()
    ask = campaign.asks.first()

    refused(lambda: AskText.objects.filter(ask=ask).update(text="other"))
    refused(lambda: Ask.objects.create(campaign=campaign, position=9))
    refused(lambda: Ask.objects.filter(pk=ask.pk).update(position=9))
    Ask.objects.filter(pk=ask.pk).update(status="partly_met")
    AskText.objects.create(ask=ask, language="fr", text="Parlez.")

    ask.refresh_from_db()
    assert ask.status == "partly_met"


def test_a_version_without_an_authoritative_text_is_not_ready(db):
    version = LetterVersion.objects.create(campaign=make_campaign(), number=2)

    with pytest.raises(NotReady):
        freeze(version)


def test_a_version_that_changes_nothing_is_not_ready(db):
    campaign = make_campaign()
    version = LetterVersion.objects.create(campaign=campaign, number=2)
    LetterText.objects.create(
        version=version,
        language="en",
        title="A letter for defenders",
        body="Dear Secretary-General,\n\nplease **act**.",
    )

    with pytest.raises(NotReady):
        freeze(version)


def test_no_ask_gains_words_in_a_language_that_was_signed(db):
    """Else the letter would demand more than was signed, and its SHA-256 could not be computed anew."""
    campaign = make_campaign(frozen=False)
    ask = Ask.objects.create(campaign=campaign, position=9)
    version = campaign.letter_versions.get()

    with pytest.raises(NotReady):
        freeze(version)
    AskText.objects.create(ask=ask, language="fr", text="Parlez.")
    with pytest.raises(NotReady):
        freeze(version)
    AskText.objects.create(ask=ask, language="en", text="Speak.")
    freeze(version)

    refused(lambda: AskText.objects.filter(ask=ask, language="fr").update(language="es"))
    AskText.objects.create(ask=ask, language="es", text="Hablen.")


def test_an_ask_does_not_move_into_a_frozen_letter(db):
    frozen = make_campaign("letter-a")
    writing = make_campaign("letter-b", frozen=False)
    ask = Ask.objects.create(campaign=writing, position=9)
    text = AskText.objects.create(ask=ask, language="de", text="Sprechen Sie.")

    refused(lambda: Ask.objects.filter(pk=ask.pk).update(campaign=frozen))
    refused(lambda: AskText.objects.filter(pk=text.pk).update(ask=frozen.asks.first()))
