"""`manage.py panic`: every contact of a letter, now, asked twice, logged."""

import io

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import CommandError, call_command
from django.utils import timezone

from signatories import moderation, retention
from signatories.models import Contact, ExportLog, OutboxMail, Signature
from signatories.retention import panicking
from signatories.states import State
from tests.builders import make_campaign, make_dispute, make_signature, make_superuser, make_user
from tests.everything import everything, found

WORDS = ["canary"]


def canary(number):
    return {
        "contact_name": f"Canary Person {number}",
        "contact_role": "Canary Directrice",
        "mailbox": f"canary{number}@lantern{number}.example",
    }


@pytest.fixture
def campaign(db):
    return make_campaign()


@pytest.fixture
def full(campaign):
    """A letter with contacts in each state, notes, mail, a dispute and an export."""
    staff = make_superuser()
    for number, state in enumerate(
        (State.ACCEPTED, State.CONFIRMED, State.ON_HOLD, State.REJECTED, State.SUBMITTED)
    ):
        signature = make_signature(campaign, state=state, **canary(number))
        moderation.add_note(signature=signature, by=staff, note="Canary Person said so.")
    public = Signature.objects.get(state=State.ACCEPTED)
    make_dispute(public, "canary@paper.example", words="Canary words")
    ExportLog.objects.create(
        campaign=campaign, exported_by=staff, export_set="manage", reason="Canary", row_count=1, exported_at=timezone.now()
    )  # fmt: skip
    return campaign


def run(monkeypatch, *answers, slug="letter-a", by="root"):
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{each}\n" for each in answers)))
    said = io.StringIO()
    call_command("panic", slug, by=by, stdout=said)
    return said.getvalue()


def test_after_two_answers_every_contact_is_gone_and_list_and_count_are_as_before(client, full, monkeypatch):
    other = make_signature(make_campaign("letter-b"), contact_name="Kept Person")
    before = (Signature.objects.public().tally(), client.get("/letter-a/count.json").json()["count"])

    said = run(monkeypatch, "letter-a", "erase")

    assert found(WORDS) == []
    assert "4 contacts erased, 1 unconfirmed forms ended" in said
    assert (Signature.objects.public().tally(), client.get("/letter-a/count.json").json()["count"]) == before
    assert list(Contact.objects.values_list("signature", flat=True)) == [other.pk]
    assert not OutboxMail.objects.filter(signature__campaign=full).exclude(recipient=None).exists()
    states = sorted(Signature.objects.filter(campaign=full).values_list("state", flat=True))
    assert states == ["accepted", "confirmed", "expired", "on_hold", "rejected"]


def test_it_is_logged_who_did_it(full, monkeypatch):
    run(monkeypatch, "letter-a", "erase")

    entry = LogEntry.objects.get()
    assert (entry.user.username, entry.object_repr) == ("root", "letter-a")
    erased = [
        each
        for signature in Signature.objects.all()
        for each in signature.events.filter(kind="contact_erased")
    ]
    assert {(each.actor_kind, each.actor.username) for each in erased} == {("staff", "root")}


@pytest.mark.parametrize(
    "answers", [(), ("letter-a",), ("letter-a", "yes"), ("letter-b", "erase"), ("erase", "letter-a")]
)
def test_without_both_answers_nothing_is_done(full, monkeypatch, answers):
    before = everything()

    with pytest.raises(CommandError, match="Nothing was done"):
        run(monkeypatch, *answers)

    assert everything() == before


def test_only_somebody_of_the_staff_does_it_and_only_to_a_letter_that_is_there(full, monkeypatch):
    make_user("former", is_active=False)
    before = everything()

    for asked in ({"by": "former"}, {"by": "nobody"}, {"slug": "letter-x"}):
        with pytest.raises(CommandError):
            run(monkeypatch, asked.get("slug", "letter-a"), "erase", **asked)

    assert everything() == before


def test_a_second_run_says_that_there_is_nothing_to_do(full, monkeypatch):
    run(monkeypatch, "letter-a", "erase")
    before = everything()

    assert run(monkeypatch, "letter-a", "erase").endswith("There was nothing to do.\n")

    assert everything() == before


def test_a_run_that_was_killed_half_way_is_begun_anew(full, monkeypatch):
    staff = make_superuser()
    whole, calls = panicking.erasing.erase_contact, []

    def killed(contact, **options):
        if len(calls) == 2:
            raise KeyboardInterrupt
        calls.append(contact)
        return whole(contact, **options)

    monkeypatch.setattr(panicking.erasing, "erase_contact", killed)
    with pytest.raises(KeyboardInterrupt):
        panicking.panic(campaign=full, by=staff)
    monkeypatch.undo()
    assert Contact.objects.count() == 2

    assert panicking.panic(campaign=full, by=staff).contacts == 2
    assert found(WORDS) == []
    assert retention.purge()["erase_due"] == 0
