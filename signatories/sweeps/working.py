"""The worker's part of a rejection by condition: batch by batch, each one transaction, so that it may die at any moment."""

import time
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from campaigns import life
from signatories.mail import notices, outbox
from signatories.models import (
    Contact,
    MailLink,
    OutboxMail,
    Signature,
    SignatureEvent,
    Sweep,
    SweptSignature,
)
from signatories.models.signature import UNCONFIRMED_FOR
from signatories.states import EventKind, Flag, LinkPurpose, MailKind, MailState, State, SweepState
from signatories.sweeps.conditions import Condition
from signatories.telling import SWEEP_DETAIL
from signatories.transitions import AlreadyDecided, change_state, staff, undo_state

# Rows of one transaction: a cancel takes hold after as many, and a killed worker does as many again.
BATCH = 100
AT_WORK = (SweepState.QUEUED, SweepState.RUNNING, SweepState.UNDOING)


def work_until(deadline: float) -> bool:
    """Works on what is begun until `time.monotonic()` passes `deadline`; whether more is left."""
    while work_on_one_batch():
        if time.monotonic() >= deadline:
            return True
    return False


@transaction.atomic
def work_on_one_batch() -> bool:
    """One batch of the oldest sweep that nobody else works on; False when there is none.

    The lock on the sweep's row keeps a second worker off until the batch is committed, and makes a cancel wait for it.
    """
    sweep = (
        Sweep.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
        .filter(state__in=AT_WORK)
        .select_related("campaign", "started_by", "undone_by")
        .order_by("pk")
        .first()
    )
    if sweep is None:
        return False
    if sweep.state == SweepState.UNDOING:
        _undo_batch(sweep)
    else:
        _reject_batch(sweep)
    return True


def detail_of(sweep: Sweep) -> str:
    """How an event names the sweep it belongs to."""
    return f"{SWEEP_DETAIL}{sweep.pk}"


def _reject_batch(sweep: Sweep) -> None:
    rows = list(sweep.swept.filter(rejected_at=None, left_at=None).order_by("pk")[:BATCH])
    now = timezone.now()
    if not rows:
        Sweep.objects.filter(pk=sweep.pk).update(state=SweepState.DONE, ended_at=now)
        return
    Sweep.objects.filter(pk=sweep.pk).update(state=SweepState.RUNNING)
    # Found once more: who was given evidence since is spared like those who had it.
    still = Condition.from_json(sweep.condition).found(sweep.campaign)
    found = {each.pk: each for each in still.filter(pk__in=[row.signature_id for row in rows])}
    rejected = [row for row in rows if _reject(sweep, row, found.get(row.signature_id), now)]
    _mark(sweep, rejected, rejected_at=now)
    _mark(sweep, [row for row in rows if row not in rejected], left_at=now)
    # Their links lead nowhere by now, and a stranger's mailbox must not hear of a name that somebody misused.
    OutboxMail.objects.filter(
        signature__in=[row.signature_id for row in rejected], kind=MailKind.CONFIRM, state=MailState.QUEUED
    ).delete()


def _reject(sweep: Sweep, row: SweptSignature, signature: Signature | None, now: datetime) -> bool:
    """submitted, confirmed or on_hold → rejected, without a mail. Not what a colleague decided since; that the signer
    confirmed meanwhile is no decision."""
    if signature is None:
        return False
    before = signature.state
    if before != row.from_state and (row.from_state, before) != (State.SUBMITTED, State.CONFIRMED):
        return False
    try:
        change_state(
            signature,
            to=State.REJECTED,
            actor=staff(sweep.started_by),
            reason=sweep.reason,
            note=sweep.note,
            detail=detail_of(sweep),
            decided_at=now,
            decided_by=sweep.started_by,
            decision_reason=sweep.reason,
        )
    except AlreadyDecided:
        return False
    if before != row.from_state:
        SweptSignature.objects.filter(pk=row.pk).update(from_state=before)
    return True


def _undo_batch(sweep: Sweep) -> None:
    pending = sweep.swept.filter(rejected_at__isnull=False, undone_at=None, left_at=None)
    rows = list(pending.order_by("pk")[:BATCH])
    now = timezone.now()
    if not rows:
        Sweep.objects.filter(pk=sweep.pk).update(state=SweepState.UNDONE, ended_at=now)
        return
    holds = _holds(rows)
    unmailed = _unmailed(rows)
    # Before the rows: a form of the same mailbox takes them in this order, too.
    outbox.alone_with(sorted({contact.mailbox_hash for contact in unmailed.values()}))
    whole = _not_erased(rows)
    undone = [
        row for row in rows if _undo(sweep, row, whole.get(row.signature_id), holds.get(row.signature_id))
    ]
    _mark(sweep, undone, undone_at=now)
    for row in undone:
        if contact := unmailed.get(row.signature_id):
            _mail_anew(contact, now)
    _mark(sweep, [row for row in rows if row not in undone], left_at=now)


def _not_erased(rows: list[SweptSignature]) -> dict[int, Signature]:
    """Those whose form wasn't erased (`retention.forget_rejected`), by their ids, and locked so that none is from now on."""
    pks = [row.signature_id for row in rows]
    whole = Signature.objects.filter(pk__in=pks).exclude(submission_key="")
    return {each.pk: each for each in whole.select_for_update(no_key=True).order_by("pk")}


def _unmailed(rows: list[SweptSignature]) -> dict[int, Contact]:
    """Whom those have as contact, by signature, whose confirmation mail was taken out before it went: its link is still there."""
    submitted = [row.signature_id for row in rows if row.from_state == State.SUBMITTED]
    had_one = MailLink.objects.filter(signature__in=submitted, purpose=LinkPurpose.CONFIRM)
    mailed = OutboxMail.objects.filter(signature__in=submitted, kind=MailKind.CONFIRM)
    contacts = Contact.objects.filter(
        signature__in=had_one.values("signature"), is_primary=True, mailbox__isnull=False
    )
    unmailed = contacts.exclude(signature__in=mailed.values("signature")).select_related(
        "signature__organisation", "signature__campaign__host", "signature__letter_version"
    )
    return {contact.signature_id: contact for contact in unmailed}


def _mail_anew(contact: Contact, now: datetime) -> None:
    """A fresh mail within the limits of forms, as long as its link could still be used."""
    signature = contact.signature
    if signature.submitted_at <= now - UNCONFIRMED_FOR or not life.accepts_confirmation(
        signature.campaign, signature.submitted_at, now
    ):
        return
    if Flag.NO_PROOF in signature.flags:  # a moderator sends it by hand
        return
    if slot := outbox.slot_for_form(contact.mailbox_hash, signature.campaign_id, now):
        notices.ask_to_confirm(signature, contact, now, not_before=slot)


def _holds(rows: list[SweptSignature]) -> dict[int, SignatureEvent]:
    """Who had put those on hold that were, by signature: the last time counts."""
    held = [row.signature_id for row in rows if row.from_state == State.ON_HOLD]
    events = SignatureEvent.objects.filter(
        signature__in=held, kind=EventKind.CHANGED, to_state=State.ON_HOLD
    ).order_by("happened_at", "pk")
    return {event.signature_id: event for event in events}


def _undo(
    sweep: Sweep, row: SweptSignature, signature: Signature | None, hold: SignatureEvent | None
) -> bool:
    """Back to the state before. Not what somebody opened again or rejected anew, nor what was erased or whose organisation has
    signed anew."""
    if signature is None:
        return False
    # The time is the sweep's own mark on the row: whoever rejected it after that had a reason of his own.
    if signature.state != State.REJECTED or signature.decided_at != row.rejected_at:
        return False
    assert sweep.undone_by is not None  # noqa: S101  # set with the state, for the type checker
    try:
        with transaction.atomic():
            undo_state(
                signature,
                to=State(row.from_state),
                actor=staff(sweep.undone_by),
                detail=detail_of(sweep),
                decided_at=hold.happened_at if hold else None,
                decided_by_id=hold.actor_id if hold else None,
                decision_reason="",
            )
    except AlreadyDecided:
        return False
    except IntegrityError as error:
        if "signature_one_live" not in str(error):
            raise
        return False
    return True


def _mark(sweep: Sweep, rows: list[SweptSignature], **moment: datetime) -> None:
    sweep.swept.filter(pk__in=[row.pk for row in rows]).update(**moment)
