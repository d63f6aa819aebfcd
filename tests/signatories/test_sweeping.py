"""Rejecting by condition: what a condition finds, what is written down, what the worker does, and the way back."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from signatories import answering, moderation, replies, second_eyes, signing, tokens
from signatories.mail import delivery
from signatories.models import MailLink, OutboxMail, Signature, SignatureEvent, Sweep
from signatories.moderation import sweeping
from signatories.states import Reason, State, SweepState
from signatories.sweeps import working
from signatories.sweeps.conditions import BadCondition, Condition
from signatories.transitions import Refused
from tests.builders import (
    fresh_token,
    give_evidence,
    make_campaign,
    make_moderator,
    make_signature,
    make_superuser,
)

EVIL = "evil.example"


@pytest.fixture
def campaign(db):
    return make_campaign()


@pytest.fixture
def moderator(campaign):
    return make_moderator(campaign)


def hostile(campaign, number=1, *, state=State.SUBMITTED, domain=EVIL, **more):
    return make_signature(campaign, state=state, mailbox=f"robot{number}@{domain}", **more)


def network(signature, code):
    Signature.objects.filter(pk=signature.pk).update(network_hash=code.ljust(22, "x"))


def start(campaign, condition, by, expected=None, **more):
    if expected is None:
        expected = sweeping.count(campaign=campaign, condition=condition)
    return sweeping.start(
        campaign=campaign, condition=condition, reason=Reason.ABUSE, by=by, expected=expected, **more
    )


def work_it_off():
    while working.work_on_one_batch():
        pass


def states(*signatures):
    return [Signature.objects.get(pk=each.pk).state for each in signatures]


def names_found(campaign, **parts):
    found = Condition(**parts).found(campaign)
    return sorted(each.organisation.name for each in found)


# --- what a condition finds --------------------------------------------------------------------------------


def test_each_part_finds_what_it_says_and_all_that_are_given_must_hold(campaign):
    now = timezone.now()
    deep = hostile(campaign, domain=f"mail.{EVIL}", name="Deep Robots", country_code="FR", language="fr")
    plain = hostile(campaign, name="Plain Robots", via="leaflet", website="")
    hostile(campaign, domain=f"not{EVIL}", name="Other Example")
    network(plain, "abcdef")
    Signature.objects.filter(pk=deep.pk).update(submitted_at=now - timedelta(hours=2))

    assert names_found(campaign, domain=EVIL) == ["Deep Robots", "Plain Robots"]
    assert names_found(campaign, exact_domain=EVIL) == ["Plain Robots"]
    assert names_found(campaign, until=now - timedelta(hours=1)) == ["Deep Robots"]
    assert names_found(campaign, since=now - timedelta(hours=1)) == ["Other Example", "Plain Robots"]
    assert names_found(campaign, network="abcdef") == ["Plain Robots"]
    assert names_found(campaign, flag="no_website") == ["Plain Robots"]
    assert names_found(campaign, name="robot") == ["Deep Robots", "Plain Robots"]
    assert names_found(campaign, country="FR") == ["Deep Robots"]
    assert names_found(campaign, language="fr") == ["Deep Robots"]
    assert names_found(campaign, via="leaflet") == ["Plain Robots"]
    assert names_found(campaign, domain=EVIL, country="KE") == ["Plain Robots"]


def test_wildcards_of_the_database_are_letters_like_others(campaign):
    hostile(campaign)
    assert (
        names_found(campaign, name="%%")
        == names_found(campaign, name="__")
        == names_found(campaign, exact_domain="%")
        == []
    )


def test_accepted_signatures_ended_ones_and_other_campaigns_are_never_found(campaign):
    for number, state in enumerate((State.ACCEPTED, State.REJECTED)):
        hostile(campaign, number, state=state)
    hostile(make_campaign("letter-b"))
    waiting = [
        hostile(campaign, 10 + number, state=state)
        for number, state in enumerate((State.SUBMITTED, State.CONFIRMED, State.ON_HOLD))
    ]

    assert set(Condition(domain=EVIL).found(campaign)) == set(waiting)
    assert list(Condition(domain=EVIL, states=("on_hold",)).found(campaign)) == [waiting[2]]


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"states": ("submitted",)},
        {"spare_believed": False},
        {"domain": "com"},
        {"domain": "co.uk"},
        {"domain": "mail.evil.example"},
        {"name": "e"},
        {"network": "abc"},
        {"flag": "nonsense"},
        {"domain": EVIL, "states": ("accepted",)},
        {"domain": EVIL, "states": ()},
        {"since": timezone.now(), "until": timezone.now() - timedelta(hours=1)},
    ],
)
def test_m11_a_condition_that_is_empty_or_finds_what_nobody_means_is_refused(campaign, moderator, parts):
    hostile(campaign)
    condition = Condition(**parts)
    with pytest.raises(BadCondition):
        sweeping.count(campaign=campaign, condition=condition)
    with pytest.raises(BadCondition):
        start(campaign, condition, moderator, expected=1)
    assert Sweep.objects.count() == 0


@pytest.mark.parametrize(
    "stored", [{}, {"parts": {}}, {"parts": {}, "states": ["submitted"]}, {"states": []}]
)
def test_m11_the_database_refuses_an_empty_condition_too(campaign, moderator, stored):
    with pytest.raises(IntegrityError, match="sweep_has_a_condition"), transaction.atomic():
        Sweep.objects.create(
            campaign=campaign,
            condition=stored,
            reason="abuse",
            started_by=moderator,
            started_at=timezone.now(),
        )


def test_a_condition_is_stored_and_read_without_loss():
    condition = Condition(domain=EVIL, since=timezone.now(), states=("submitted",), spare_believed=False)
    assert Condition.from_json(condition.to_json()) == condition


def test_who_has_evidence_beyond_the_mailbox_is_spared_unless_one_says_otherwise(campaign, moderator):
    believed = hostile(campaign, state=State.CONFIRMED, name="Honest Example")
    give_evidence(believed, moderator)
    hostile(campaign, 2, state=State.CONFIRMED, name="Robots")

    assert names_found(campaign, domain=EVIL) == ["Robots"]
    assert names_found(campaign, domain=EVIL, spare_believed=False) == ["Honest Example", "Robots"]

    moderation.take_back_evidence(evidence=believed.evidence.get(kind="known"), by=moderator)
    assert names_found(campaign, domain=EVIL) == ["Honest Example", "Robots"]


# --- beginning, rejecting ----------------------------------------------------------------------------------


def test_what_was_counted_is_rejected_with_who_why_and_which_and_nobody_is_mailed(campaign, moderator):
    signatures = [
        hostile(campaign, number, state=state)
        for number, state in enumerate((State.SUBMITTED, State.CONFIRMED, State.ON_HOLD))
    ]
    honest = make_signature(campaign, state=State.CONFIRMED)
    delivery.drain()
    waiting = hostile(campaign, 4)
    signatures.append(waiting)
    sent_before = OutboxMail.objects.filter(state="sent").count()

    sweep = start(campaign, Condition(domain=EVIL), moderator, expected=4, note="All on one day")
    work_it_off()

    assert states(*signatures, honest) == ["rejected"] * 4 + ["confirmed"]
    sweep.refresh_from_db()
    assert (sweep.state, sweep.started_by, sweep.note) == (SweepState.DONE, moderator, "All on one day")
    assert sweeping.progress(sweep) == {"total": 4, "rejected": 4, "left": 0, "undone": 0, "kept": 0}
    events = SignatureEvent.objects.filter(detail=f"sweep:{sweep.pk}")
    assert sorted(events.values_list("from_state", "to_state", "reason", "actor")) == [
        (before, "rejected", "abuse", moderator.pk)
        for before in ("confirmed", "on_hold", "submitted", "submitted")
    ]
    assert {event.note.text for event in events} == {"All on one day"}
    assert [mail.state for mail in OutboxMail.objects.all()] == ["sent"] * sent_before


def test_a_confirmation_mail_that_went_out_leads_nowhere_and_one_that_waits_is_not_sent(campaign, moderator):
    sent = hostile(campaign, 1)
    delivery.drain()
    hostile(campaign, 2)
    token = fresh_token(sent)
    mail.outbox.clear()

    start(campaign, Condition(domain=EVIL), moderator)
    work_it_off()
    delivery.drain()

    assert mail.outbox == []
    with pytest.raises(Refused):
        signing.confirm(token=token)


def test_a_number_that_is_not_the_one_shown_begins_nothing(campaign, moderator):
    hostile(campaign, 1)
    hostile(campaign, 2)
    with pytest.raises(sweeping.CountChanged) as refusal:
        start(campaign, Condition(domain=EVIL), moderator, expected=1)
    assert refusal.value.found == 2
    with pytest.raises(Refused):
        start(campaign, Condition(domain="nobody.example"), moderator, expected=0)
    assert Sweep.objects.count() == 0


def test_later_comers_are_spared(campaign, moderator):
    early = hostile(campaign, 1)
    start(campaign, Condition(domain=EVIL), moderator)
    late = hostile(campaign, 2)
    work_it_off()
    assert states(early, late) == ["rejected", "submitted"]


def test_what_a_colleague_decided_meanwhile_is_left_and_what_the_signer_confirmed_is_not(campaign, moderator):
    accepted, held, rejected, believed, opened, confirming = signatures = [
        hostile(campaign, number, state=State.CONFIRMED if number < 5 else State.SUBMITTED)
        for number in range(6)
    ]
    moderation.hold(signature=opened, by=moderator)
    opened.refresh_from_db()
    sweep = start(campaign, Condition(domain=EVIL), moderator)
    colleague = make_superuser()
    give_evidence(accepted, colleague)
    moderation.accept(signature=accepted, by=colleague)
    moderation.hold(signature=held, by=colleague)
    moderation.reject(signature=rejected, by=colleague, reason="no_evidence")
    give_evidence(believed, colleague)
    moderation.put_back(signature=opened, by=colleague)
    signing.confirm(token=fresh_token(confirming))

    work_it_off()

    assert states(*signatures) == ["accepted", "on_hold", "rejected", "confirmed", "confirmed", "rejected"]
    assert sweeping.progress(sweep) == {"total": 6, "rejected": 1, "left": 5, "undone": 0, "kept": 0}
    sweeping.undo(sweep=Sweep.objects.get(), by=moderator)
    work_it_off()
    assert states(rejected, confirming) == ["rejected", "confirmed"]


# --- cancel, undo ------------------------------------------------------------------------------------------


def test_a_cancel_in_the_middle_stops_after_the_batch_and_the_rest_stays(campaign, moderator, monkeypatch):
    monkeypatch.setattr(working, "BATCH", 2)
    for number in range(5):
        hostile(campaign, number)
    sweep = start(campaign, Condition(domain=EVIL), moderator)
    working.work_on_one_batch()
    assert Sweep.objects.get().state == SweepState.RUNNING

    sweeping.cancel(sweep=sweep, by=moderator)
    work_it_off()

    sweep.refresh_from_db()
    assert (sweep.state, sweep.cancelled_by) == (SweepState.CANCELLED, moderator)
    assert Signature.objects.filter(state=State.REJECTED).count() == 2
    with pytest.raises(Refused):
        sweeping.cancel(sweep=sweep, by=moderator)

    sweeping.undo(sweep=sweep, by=moderator)
    work_it_off()
    assert Signature.objects.filter(state=State.SUBMITTED).count() == 5


def test_an_undo_brings_each_back_to_the_very_state_with_what_belongs_to_it(campaign, moderator):
    colleague = make_moderator(campaign, "grace")
    signatures = [hostile(campaign, 1), hostile(campaign, 2, state=State.CONFIRMED)]
    signatures.append(hostile(campaign, 3, state=State.ON_HOLD, by=moderator))
    columns = ("pk", "state", "confirmed_at", "decided_by", "decision_reason", "flags")
    before = list(Signature.objects.order_by("pk").values_list(*columns))
    token = fresh_token(signatures[0])
    sweep = start(campaign, Condition(domain=EVIL), moderator)
    work_it_off()
    mails = OutboxMail.objects.count()

    sweeping.undo(sweep=sweep, by=colleague)
    work_it_off()

    assert list(Signature.objects.order_by("pk").values_list(*columns)) == before
    held = SignatureEvent.objects.filter(to_state="on_hold").earliest("pk")
    assert Signature.objects.get(state=State.ON_HOLD).decided_at == held.happened_at
    sweep.refresh_from_db()
    assert (sweep.state, sweep.undone_by) == (SweepState.UNDONE, colleague)
    assert sweeping.progress(sweep) == {"total": 3, "rejected": 3, "left": 0, "undone": 3, "kept": 0}
    back = SignatureEvent.objects.filter(detail=f"sweep:{sweep.pk}", actor=colleague, from_state="rejected")
    assert sorted(back.values_list("to_state", flat=True)) == ["confirmed", "on_hold", "submitted"]
    assert OutboxMail.objects.count() == mails + 1  # the one that had been taken out
    with pytest.raises(Refused):
        sweeping.undo(sweep=sweep, by=moderator)
    assert signing.confirm(token=token).state == State.CONFIRMED


def test_what_waited_for_the_staff_waits_again_when_a_sweep_is_undone(campaign, moderator):
    case = hostile(campaign, state=State.CONFIRMED)
    question = moderation.ask(signature=case, by=moderator, words="Who decided?")
    token = tokens.new_token()
    MailLink.objects.filter(pk=question.link_id).update(digest=tokens.digest(token))
    answering.answer(token=token, words="The board.")
    second_eyes.ask(signature=case, by=moderator, note="No more to be had.")
    sweep = start(campaign, Condition(domain=EVIL), moderator)
    work_it_off()
    everybodys = Signature.objects.all()
    assert (replies.count(everybodys).answered, second_eyes.wanted(everybodys).count()) == (0, 0)

    sweep.refresh_from_db()
    sweeping.undo(sweep=sweep, by=moderator)
    work_it_off()

    assert (replies.count(everybodys).answered, second_eyes.wanted(everybodys).count()) == (1, 1)
    assert second_eyes.open_question(case.events.all()).note.text == "No more to be had."


def undone(campaign, by):
    sweep = start(campaign, Condition(domain=EVIL), by)
    work_it_off()
    sweeping.undo(sweep=sweep, by=by)
    work_it_off()
    return Sweep.objects.get(pk=sweep.pk)


def test_an_undone_signature_that_lost_its_mail_gets_a_fresh_one(campaign, moderator):
    signature = hostile(campaign, 1)

    undone(campaign, moderator)

    assert OutboxMail.objects.get().signature == signature
    delivery.drain()
    assert [each.to for each in mail.outbox] == [[f"robot1@{EVIL}"]]
    assert states(signature) == ["submitted"]


def test_m11_a_mailbox_that_had_its_mail_gets_none_by_an_undo_nor_do_its_further_forms(campaign, moderator):
    mailed = hostile(campaign, 1, name="First Robots")
    delivery.drain()
    unmailed = [hostile(campaign, 1, name=f"Robots Number {number}") for number in "abc"]

    undone(campaign, moderator)
    delivery.drain()

    assert states(mailed, *unmailed) == ["submitted"] * 4
    assert [each.signature for each in OutboxMail.objects.all()] == [mailed]


def test_m11_one_mailbox_with_several_forms_gets_one_mail_by_an_undo(campaign, moderator):
    several = [hostile(campaign, 1, name=f"Robots Number {number}") for number in "abc"]

    undone(campaign, moderator)

    assert [each.signature for each in OutboxMail.objects.all()] == several[:1]


def test_an_undo_mails_nobody_whose_link_would_lead_nowhere(campaign, moderator):
    old, late = hostile(campaign, 1), hostile(campaign, 2)
    Signature.objects.filter(pk=old.pk).update(submitted_at=timezone.now() - timedelta(days=8))
    Signature.objects.filter(pk=late.pk).update(submitted_at=timezone.now() - timedelta(days=3))
    campaign.closes_at = timezone.now() - timedelta(days=2)
    campaign.save()

    undone(campaign, moderator)

    assert states(old, late) == ["submitted", "submitted"]
    assert OutboxMail.objects.count() == 0


def test_an_undo_leaves_what_was_opened_rejected_anew_or_signed_anew(campaign, moderator):
    opened, anew, again = (hostile(campaign, number, state=State.CONFIRMED) for number in range(3))
    back = hostile(campaign, 4, state=State.CONFIRMED)
    sweep = start(campaign, Condition(domain=EVIL), moderator)
    work_it_off()
    for signature in (opened, anew):
        moderation.put_back(signature=Signature.objects.get(pk=signature.pk), by=moderator)
    moderation.reject(signature=Signature.objects.get(pk=anew.pk), by=moderator, reason="impersonation")
    twin = make_signature(campaign, name=again.organisation.name, mailbox=f"robot2@{EVIL}", state="submitted")
    assert twin.submission_key == again.submission_key

    sweeping.undo(sweep=Sweep.objects.get(pk=sweep.pk), by=moderator)
    work_it_off()

    assert states(opened, anew, again, back, twin) == [
        "confirmed",
        "rejected",
        "rejected",
        "confirmed",
        "submitted",
    ]
    assert sweeping.progress(sweep) == {"total": 4, "rejected": 4, "left": 0, "undone": 1, "kept": 3}
    assert Signature.objects.get(pk=anew.pk).decision_reason == "impersonation"


def test_two_sweeps_over_the_same_rows_reject_each_once_and_undo_their_own(campaign, moderator, monkeypatch):
    monkeypatch.setattr(working, "BATCH", 2)
    signatures = [hostile(campaign, number, name=f"Robots {number}x") for number in range(5)]
    first = start(campaign, Condition(domain=EVIL), moderator)
    second = start(campaign, Condition(name="robots"), moderator)

    work_it_off()

    assert states(*signatures) == ["rejected"] * 5
    assert SignatureEvent.objects.filter(to_state="rejected").count() == 5
    assert sweeping.progress(first)["rejected"] == 5
    assert sweeping.progress(second) == {"total": 5, "rejected": 0, "left": 5, "undone": 0, "kept": 0}
    sweeping.undo(sweep=second, by=moderator)
    work_it_off()
    assert states(*signatures) == ["rejected"] * 5


def test_a_shift_ends_at_its_time_and_says_that_more_is_left(campaign, moderator, monkeypatch):
    monkeypatch.setattr(working, "BATCH", 1)
    for number in range(3):
        hostile(campaign, number)
    start(campaign, Condition(domain=EVIL), moderator)

    assert working.work_until(0.0) is True
    assert Signature.objects.filter(state=State.REJECTED).count() == 1
    assert working.work_until(float("inf")) is False
    assert Sweep.objects.get().state == SweepState.DONE
