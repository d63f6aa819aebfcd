"""Deciding disputes: right, and the signature goes; or turned down, and it stands. All that a page showed at once."""

from collections.abc import Collection

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from signatories.mail import notices
from signatories.models import Dispute, Signature
from signatories.moderation.deciding import reject, revoke
from signatories.states import WAITING, EventKind, Flag, Outcome, Reason, State
from signatories.transitions import Refused, record, staff
from signatories.turns import decide_in_turn


class DisputeDecided(Refused):
    """A colleague was faster."""


def uphold_disputes(
    *, signature: Signature, disputes: Collection[int], by: User, reason: Reason, note: str = ""
) -> int:
    """The line was wrong: accepted → revoked, waiting → rejected; one that has ended stays so. How many were decided.

    `disputes` are ids, as the page showed them. Raises DisputeDecided, and what `revoke` and `reject` raise.
    """
    with transaction.atomic():
        decided = _decide(signature, disputes, by, Outcome.UPHELD)
        if signature.state == State.ACCEPTED:
            revoke(signature=signature, by=by, reason=reason, note=note)
        elif signature.state in WAITING:
            reject(signature=signature, by=by, reason=reason, note=note)
    return decided


def turn_down_disputes(*, signature: Signature, disputes: Collection[int], by: User, note: str) -> int:
    """The signature stands, in the state that it has: one on hold is accepted, or put back, by a button of its own.

    The bar comes down again with the last outsider's dispute. After one from inside V3 is needed for good.
    """
    if not note:
        raise Refused(_("Say in a sentence why the signature stands."))
    with transaction.atomic():
        decided = _decide(signature, disputes, by, Outcome.TURNED_DOWN, note)
        kept = Dispute.objects.confirmed().filter(signature=signature)
        if not kept.exclude(outcome=Outcome.TURNED_DOWN, from_inside=False).exists():
            signature.flags = [flag for flag in signature.flags if flag != Flag.DISPUTED]
            Signature.objects.filter(pk=signature.pk).update(flags=signature.flags)
    return decided


def _decide(
    signature: Signature, disputes: Collection[int], by: User, outcome: Outcome, note: str = ""
) -> int:
    """Closes those of `disputes` that are open, and tells who sent them. What came in meanwhile stays open."""
    now = timezone.now()
    decide_in_turn(signature.campaign_id)
    # Before the disputes, as where one is confirmed: its flags must not be those of an older page.
    signature.flags = Signature.objects.select_for_update(no_key=True).get(pk=signature.pk).flags
    still_open = Dispute.objects.open().filter(signature=signature, pk__in=disputes)
    found = list(still_open.select_for_update().order_by("pk"))
    if not found:
        raise DisputeDecided(_("Nothing is left to decide: a colleague was faster."))
    Dispute.objects.filter(pk__in=[each.pk for each in found]).update(
        outcome=outcome, decided_by=by, decided_at=now
    )
    record(signature, kind=EventKind.DISPUTE_DECIDED, actor=staff(by), detail=outcome, note=note)
    for dispute in found:
        dispute.signature = signature
        notices.tell_dispute_decided(dispute, now)
    return len(found)


def reveal_disputers(*, signature: Signature, by: User) -> list[Dispute]:
    """The disputes with their mailboxes, oldest first. That they were looked at is an event."""
    with transaction.atomic():
        record(signature, kind=EventKind.REVEALED, actor=staff(by), detail="disputers")
        return list(signature.disputes.confirmed())
