"""The demo: loaded once, invented throughout, and never beside real campaigns."""

import io
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.utils import timezone
from PIL import Image

from campaigns import milestones
from campaigns.choices import Stage
from campaigns.models import Campaign
from signatories import retention
from signatories.models import Contact, Organisation, OutboxMail, Signature
from signatories.states import Flag, State
from tests.builders import make_campaign

RESERVED = (".example", "example.org", "example.com", "example.net")


@pytest.fixture
def loaded(db, monkeypatch):
    monkeypatch.setenv("DEMO_PASSWORD", "given-by-the-launcher")
    call_command("demo", stdout=StringIO())
    return Campaign.objects.get(slug="hrd-agenda")


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

    assert Campaign.objects.count() == 2
    assert User.objects.get().check_password("given-by-the-launcher")
    assert OutboxMail.objects.count() == 0
    assert Signature.objects.count() == 92 + 9


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


def test_it_has_a_mark_that_was_drawn_for_it(loaded, client):
    mark = client.get(f"/en/hrd-agenda/mark-{loaded.host.mark_digest}.png")

    assert Image.open(io.BytesIO(mark.content)).size == (160, 160)
    assert len(mark.content) < 10_000


def test_its_milestones_were_reached_on_the_days_on_which_so_many_counted(loaded):
    reached = {each.number: each.reached_on for each in loaded.milestones_reached.all()}

    assert (loaded.goal, loaded.milestones, sorted(reached)) == (100, [25, 50, 75], [25, 50, 75])
    for number, day in reached.items():
        assert (
            sum(1 for each in days(loaded) if each <= day)
            >= number
            > sum(1 for each in days(loaded) if each < day)
        )
    assert milestones.note_all(timezone.now()) == []


def days(campaign):
    joined = campaign.signatures.counted().values_list("joined_total_at", flat=True)
    return [moment.astimezone(campaign.zoneinfo).date() for moment in joined]


def test_it_follows_up_an_earlier_letter_that_was_answered(loaded, client):
    earlier = loaded.follows

    assert (earlier.slug, earlier.stage, earlier.accent) == ("open-doors", Stage.ANSWERED, "plum")
    assert (earlier.signatures.tally().count, earlier.signatures.tally().named) == (9, 8)
    assert [ask.status for ask in earlier.asks.order_by("position")] == ["met", "partly_met"]
    assert earlier.updates.filter(kind="response").count() == 1
    shown = client.get("/en/").content.decode()
    assert "/en/hrd-agenda/" in shown
    assert "/en/open-doors/" in shown
    assert "Keep the doors of the United Nations open" in client.get("/en/hrd-agenda/").content.decode()


def test_its_contacts_are_those_whose_day_has_not_come(loaded):
    assert Contact.objects.filter(signature__campaign=loaded).count() == 92
    assert Contact.objects.filter(signature__campaign=loaded.follows).count() == 0
    retention.purge()
    assert Contact.objects.count() == 92


def test_who_signed_both_letters_is_one_organisation(loaded):
    host = Organisation.objects.get(name="Demonstration Network for Defenders (demo)")

    assert set(host.signatures.values_list("campaign__slug", "role")) == {
        ("hrd-agenda", "convenor"),
        ("open-doors", "convenor"),
    }


def test_every_page_of_the_demo_opens_for_readers_and_staff(loaded, client):
    for slug in ("hrd-agenda", "open-doors"):
        for page in ("", "signatories/", "updates/", "letter.pdf", "card.png", "share/"):
            assert client.get(f"/en/{slug}/{page}").status_code == 200
    client.force_login(User.objects.get())
    for signature in Signature.objects.all()[:12]:
        assert client.get(f"/admin/signatories/signature/{signature.pk}/change/").status_code == 200
