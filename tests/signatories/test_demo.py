"""The demo: loaded once, invented throughout, and never beside real campaigns."""

from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from campaigns.models import Campaign
from signatories.models import Organisation, OutboxMail, Signature
from signatories.states import Flag, State
from tests.builders import make_campaign

RESERVED = (".example", "example.org", "example.com", "example.net")


@pytest.fixture
def loaded(db, monkeypatch):
    monkeypatch.setenv("DEMO_PASSWORD", "given-by-the-launcher")
    call_command("demo", stdout=StringIO())
    return Campaign.objects.get()


def test_the_demo_has_eighty_signatories_from_forty_countries_and_twelve_that_wait(loaded):
    tally = loaded.signatures.tally()

    assert (tally.count, tally.named) == (80, 73)
    assert tally.countries >= 40
    assert loaded.signatures.waiting().count() == 12
    assert loaded.signatures.waiting().filter(publication_mode="withheld").count() == 1
    assert loaded.modes_allowed == ["public", "addressee_only", "withheld"]
    assert loaded.signatures.filter(state=State.ON_HOLD).count() == 1
    assert loaded.asks.filter(status="partly_met").count() == 1
    assert loaded.asks.count() == 4
    assert loaded.updates.count() == 2


def test_what_waits_is_in_different_conditions(loaded):
    flags = {flag for each in loaded.signatures.waiting() for flag in each.flags}

    assert {
        Flag.FREE_MAIL,
        Flag.LOOK_ALIKE,
        Flag.POSSIBLE_DUPLICATE,
        Flag.DOMAIN_DIFFERS,
        Flag.FORMULA,
    } <= flags
    assert any(each.flags == [] for each in loaded.signatures.waiting())


def test_every_website_of_the_demo_is_on_a_reserved_domain(loaded):
    websites = Organisation.objects.exclude(website="").values_list("registrable_domain", flat=True)

    assert [each for each in websites if not each.endswith(RESERVED)] == []


def test_the_demo_is_loaded_once_and_mails_nobody(loaded):
    call_command("demo", stdout=StringIO())

    assert Campaign.objects.count() == 1
    assert User.objects.get().check_password("given-by-the-launcher")
    assert OutboxMail.objects.count() == 0
    assert Signature.objects.count() == 92


def test_without_a_given_password_the_demo_prints_a_random_one(db, monkeypatch):
    monkeypatch.delenv("DEMO_PASSWORD", raising=False)
    out = StringIO()

    call_command("demo", stdout=out)

    password = out.getvalue().rsplit(" / ", 1)[1].strip()
    assert User.objects.get(username="demo").check_password(password)


def test_the_demo_stays_away_from_real_campaigns(db):
    make_campaign("a-real-letter")

    with pytest.raises(CommandError):
        call_command("demo", stdout=StringIO())

    assert not User.objects.filter(username="demo").exists()
