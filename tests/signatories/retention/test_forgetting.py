"""What goes when its time is over, and what stays."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core import serializers
from django.utils import timezone

from signatories import moderation, retention
from signatories.models import (
    Consent,
    Contact,
    Dispute,
    EventNote,
    MailLink,
    Organisation,
    OutboxMail,
    Signature,
    SignatureEvent,
)
from signatories.moderation import sweeping
from signatories.retention.leftovers import forget_sessions
from signatories.states import EventKind, Reason, State
from signatories.sweeps import working
from signatories.sweeps.conditions import Condition
from signatories.transitions import SIGNER, Refused, record
from tests.builders import fresh_token, make_campaign, make_dispute, make_signature, make_superuser

A_WEEK = timedelta(days=7)
TYPED = {
    "name": "Canary Organisation",
    "native_name": "Canary native",
    "acronym": "CANARY",
    "website": "https://canary.example",
    "contact_name": "Canary Person",
    "contact_role": "Canary role",
    "mailbox": "canary@canary.example",
}
TABLES = (Signature, Organisation, Contact, Consent, MailLink, OutboxMail, SignatureEvent, EventNote)


@pytest.fixture
def campaign(db):
    return make_campaign()


def sent_ago(signature, age):
    Signature.objects.filter(pk=signature.pk).update(submitted_at=timezone.now() - age)


def everything():
    return "".join(serializers.serialize("json", table.objects.all()) for table in TABLES)


def test_what_was_never_confirmed_ends_after_seven_days_and_nothing_typed_stays(campaign):
    signature = make_signature(campaign, state=State.SUBMITTED, **TYPED)
    moderation.add_note(signature=signature, by=make_superuser(), note="Canary note")
    key = signature.submission_key
    hashed = signature.contacts.get().mailbox_hash
    sent_ago(signature, A_WEEK + timedelta(minutes=1))

    assert retention.expire_unconfirmed(timezone.now()) == 1

    left = everything()
    assert [each for each in ("anary", "CANARY", key, hashed) if each in left] == []
    signature.refresh_from_db()
    assert (signature.state, signature.sort_key, signature.reference) == (State.EXPIRED, "", "")
    assert [Contact.objects.count(), Consent.objects.count()] == [0, 0]
    # For a while its link leads to a fresh form.
    assert MailLink.objects.count() == 1
    assert [each.to_state for each in signature.events.all() if each.to_state] == ["submitted", "expired"]


def test_before_seven_days_and_once_confirmed_nothing_ends(campaign):
    young = make_signature(campaign, state=State.SUBMITTED)
    sent_ago(young, A_WEEK - timedelta(minutes=1))
    confirmed = make_signature(campaign, state=State.CONFIRMED)
    sent_ago(confirmed, 2 * A_WEEK)
    before = everything()

    assert retention.expire_unconfirmed(timezone.now()) == 0

    assert everything() == before


def test_a_register_entry_that_another_signature_stands_on_keeps_its_name(campaign):
    kept = make_signature(campaign, name="Kept Organisation")
    signature = make_signature(make_campaign("letter-b"), state=State.SUBMITTED)
    Signature.objects.filter(pk=signature.pk).update(organisation=kept.organisation)
    sent_ago(signature, A_WEEK + timedelta(minutes=1))

    assert retention.expire_unconfirmed(timezone.now()) == 1

    assert Organisation.objects.get(pk=kept.organisation_id).name == "Kept Organisation"


def test_s11_on_day_eight_the_link_leads_to_a_fresh_form_and_tells_nothing(client, campaign):
    signature = make_signature(campaign, state=State.SUBMITTED, **TYPED)
    token = fresh_token(signature)
    sent_ago(signature, A_WEEK + timedelta(minutes=1))
    retention.expire_unconfirmed(timezone.now())

    answer = client.get(f"/en/confirm/{token}/")

    assert answer.status_code == 410
    assert "anary" not in answer.content.decode()
    assert 'href="/en/letter-a/sign/"' in answer.content.decode()
    anew = make_signature(campaign, state=State.SUBMITTED, **TYPED)
    assert (anew.state, anew.organisation.name) == (State.SUBMITTED, "Canary Organisation")


def sweep_of(signature, by):
    """A rejection by condition that takes `signature` alone."""
    condition = Condition(exact_domain=signature.contacts.get().mailbox_domain)
    sweep = sweeping.start(
        campaign=signature.campaign, condition=condition, reason=Reason.ABUSE, by=by, expected=1
    )
    work_it_off()
    return sweep


def work_it_off():
    while working.work_on_one_batch():
        pass


def reject(signature, by):
    moderation.reject(signature=signature, by=by, reason="abuse")


@pytest.mark.parametrize("turn_down", [reject, sweep_of])
def test_what_was_rejected_unconfirmed_is_erased_after_seven_days_and_stays_rejected(campaign, turn_down):
    staff = make_superuser()
    signature = make_signature(campaign, state=State.SUBMITTED, **TYPED)
    moderation.add_note(signature=signature, by=staff, note="Canary note")
    key = signature.submission_key
    hashed = signature.contacts.get().mailbox_hash
    turn_down(signature, staff)
    now, before = timezone.now(), everything()

    with time_machine.travel(now + timedelta(days=6)):
        assert [retention.forget_rejected(timezone.now()), everything()] == [0, before]
    with time_machine.travel(now + timedelta(days=8)):
        assert [retention.forget_rejected(timezone.now()) for _twice in range(2)] == [1, 0]

    left = everything()
    assert [each for each in ("anary", "CANARY", key, hashed) if each in left] == []
    signature.refresh_from_db()
    assert (signature.state, signature.decision_reason) == (State.REJECTED, "abuse")
    assert [Contact.objects.count(), Consent.objects.count()] == [0, 0]
    # For a while its link leads to a fresh form.
    assert MailLink.objects.count() == 1
    assert [each.to_state for each in signature.events.all() if each.to_state] == ["submitted", "rejected"]


def test_what_was_rejected_after_its_confirmation_is_erased_thirty_days_later_and_stays_rejected(campaign):
    staff = make_superuser()
    signature = make_signature(campaign, state=State.CONFIRMED, **TYPED)
    moderation.add_note(signature=signature, by=staff, note="Canary note")
    moderation.reject(signature=signature, by=staff, reason="out_of_scope", note="Canary reason")
    before = everything()

    with time_machine.travel(timezone.now() + timedelta(days=29)):
        assert [retention.forget_rejected(timezone.now()), everything()] == [0, before]
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert [retention.forget_rejected(timezone.now()) for _twice in range(2)] == [1, 0]

    left = everything()
    assert [each for each in ("anary", "CANARY") if each in left] == []
    signature.refresh_from_db()
    assert (signature.state, signature.decision_reason) == (State.REJECTED, "out_of_scope")
    with pytest.raises(Refused, match="has been erased"):
        moderation.put_back(signature=signature, by=staff)


def test_while_an_appeal_waits_nothing_is_erased_and_thirty_days_after_its_end_everything(campaign):
    signature = make_signature(campaign, state=State.REJECTED, by=make_superuser(), **TYPED)
    colleague = make_superuser("colleague")
    with time_machine.travel(timezone.now() + timedelta(days=20)):
        record(signature, kind=EventKind.APPEALED, actor=SIGNER, note="Canary words")

    with time_machine.travel(timezone.now() + timedelta(days=90)):
        assert retention.forget_rejected(timezone.now()) == 0
        moderation.turn_down_appeal(signature=signature, by=colleague)
    with time_machine.travel(timezone.now() + timedelta(days=119)):
        assert retention.forget_rejected(timezone.now()) == 0
    with time_machine.travel(timezone.now() + timedelta(days=121)):
        assert retention.forget_rejected(timezone.now()) == 1

    assert "anary" not in everything()


def test_an_undo_leaves_what_was_erased_and_counts_it_as_kept(campaign):
    staff = make_superuser()
    signature = make_signature(campaign, state=State.SUBMITTED, **TYPED)
    sweep = sweep_of(signature, staff)

    with time_machine.travel(timezone.now() + timedelta(days=8)):
        retention.forget_rejected(timezone.now())
        sweeping.undo(sweep=sweep, by=staff)
        work_it_off()

    signature.refresh_from_db()
    assert signature.state == State.REJECTED
    assert sweeping.progress(sweep) == {"total": 1, "rejected": 1, "left": 0, "undone": 0, "kept": 1}
    assert OutboxMail.objects.count() == 0


def test_log_ins_that_have_ended_are_forgotten_and_running_ones_stay(db):
    now = timezone.now()
    for key, expire_date in {
        "ended": now - timedelta(minutes=1),
        "running": now + timedelta(minutes=1),
    }.items():
        Session.objects.create(session_key=key, session_data="", expire_date=expire_date)

    forget_sessions(timezone.now())

    assert [session.session_key for session in Session.objects.all()] == ["running"]


def test_a_dispute_that_nobody_confirms_is_gone_after_seven_days_and_its_link_too(db):
    signature = make_signature(make_campaign())
    now = timezone.now()
    make_dispute(signature, "canary@paper.example", words="Canary words", confirmed=False)
    with time_machine.travel(now + A_WEEK - timedelta(minutes=1)):
        retention.forget_disputes(timezone.now())
        assert Dispute.objects.count() == MailLink.objects.filter(purpose="dispute").count() == 1
    with time_machine.travel(now + A_WEEK + timedelta(minutes=1)):
        retention.forget_disputes(timezone.now())
    assert Dispute.objects.count() == MailLink.objects.filter(purpose="dispute").count() == 0
    signature.refresh_from_db()
    assert signature.state == State.ACCEPTED


def test_who_disputed_and_what_was_said_is_erased_thirty_days_after_the_decision(db):
    signature = make_signature(make_campaign())
    decided = make_dispute(signature, "canary@paper.example", words="Canary words")
    moderation.turn_down_disputes(
        signature=signature, disputes=[decided.pk], by=make_superuser(), note="They know."
    )
    still_open = make_dispute(signature, "open@reader.example", words="Open words")
    now = timezone.now()
    with time_machine.travel(now + timedelta(days=29)):
        retention.forget_disputes(timezone.now())
        assert Dispute.objects.get(pk=decided.pk).words == "Canary words"
    with time_machine.travel(now + timedelta(days=31)):
        retention.forget_disputes(timezone.now())
    decided.refresh_from_db()
    personal = (decided.mailbox, decided.words, decided.mailbox_hash, decided.mailbox_domain, decided.link)
    assert personal == (None, None, "", "", None)
    assert decided.outcome == "turned_down"
    still_open.refresh_from_db()
    assert (still_open.words, still_open.mailbox) == ("Open words", "open@reader.example")
