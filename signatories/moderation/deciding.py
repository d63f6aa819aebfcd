"""The decisions: accept, hold, reject, revoke, put back. Each function is one transaction and leaves an event."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns import corrections
from campaigns.choices import PublicationMode
from signatories import second_eyes, verification
from signatories.mail import notices
from signatories.models import Organisation, Signature
from signatories.moderation import appeals
from signatories.moderation.evidence import add_evidence
from signatories.states import EvidenceKind, Flag, MailKind, Reason, State
from signatories.transitions import AlreadyDecided, IllegalTransition, Refused, change_state, staff
from signatories.turns import decide_in_turn
from signatories.twins import refuse_duplicate

# Whoever poses as somebody, or does mischief, learns nothing from us.
TOLD_NOTHING = (Reason.IMPERSONATION, Reason.ABUSE)


class BelowTheBar(Refused):
    """The evidence does not reach the level that is needed."""


def accept(*, signature: Signature, by: User, note: str = "", with_colleague: bool = False) -> None:
    """confirmed or on_hold → accepted. A public signature counts from this moment.

    `with_colleague`: at V1, because another moderator has asked for it (`second_eyes`); `note` says why.
    Raises BelowTheBar, PossibleDuplicate, IllegalTransition, AlreadyDecided, and Refused for a colleague who hasn't asked or
    while the organisation itself disputes it.
    """
    now = timezone.now()
    with transaction.atomic():
        decide_in_turn(signature.campaign_id)
        _refuse_unless_waiting(signature)
        _refuse_disputed(signature)
        if with_colleague:
            second_eyes.refuse_unless_agreed(signature, by, note)
        else:
            _refuse_below_the_bar(signature)
        refuse_duplicate(signature)
        is_public = signature.publication_mode == PublicationMode.PUBLIC
        change_state(
            signature,
            to=State.ACCEPTED,
            actor=staff(by),
            note=note,
            decided_at=now,
            decided_by=by,
            decision_reason="",
            joined_total_at=now if is_public else None,
        )
        Organisation.objects.filter(pk=signature.organisation_id, registered_at=None).update(
            registered_at=now
        )
        if contact := notices.first_contact(signature):
            notices.tell_with_page(contact, MailKind.ACCEPTED, now)


def accept_on(
    *, signature: Signature, kind: EvidenceKind, by: User, note: str = "", identifier: str = ""
) -> None:
    """Records evidence and accepts, both or neither: the clear case in one go. Raises what either of them raises."""
    with transaction.atomic():
        add_evidence(signature=signature, kind=kind, by=by, note=note, identifier=identifier)
        accept(signature=signature, by=by)


def _refuse_unless_waiting(signature: Signature) -> None:
    """Looks at the row as it is now, so that the slower of two moderators is told about the faster one."""
    fresh = Signature.objects.select_related("decided_by").get(pk=signature.pk)
    if fresh.state != signature.state:
        raise AlreadyDecided(fresh)
    if fresh.state not in (State.CONFIRMED, State.ON_HOLD):
        raise IllegalTransition(fresh.state, State.ACCEPTED)
    # The bar depends on them, and a dispute may have come in since the page was opened.
    signature.flags = fresh.flags
    # The signer may have hidden it since: then it must not join the total at this click.
    signature.publication_mode = fresh.publication_mode


def _refuse_disputed(signature: Signature) -> None:
    """What the organisation itself disputes does not come back unread, however old and good the evidence is."""
    if Flag.DISPUTED in signature.flags and signature.disputes.open().filter(from_inside=True).exists():
        raise Refused(_("The organisation itself disputes it: decide that first."))


def _refuse_below_the_bar(signature: Signature) -> None:
    # Asked anew, under the lock: a colleague may have taken evidence back since the page was opened.
    reached = verification.level_of(signature.evidence.counting().values_list("kind", flat=True))
    needed = verification.bar(signature)
    if reached < needed:
        raise BelowTheBar(
            _("Verification level %(reached)s is below %(needed)s: record more evidence first.")
            % {"reached": reached.label, "needed": needed.label}
        )


def hold(*, signature: Signature, by: User, note: str = "") -> None:
    """confirmed or accepted → on_hold. An accepted one leaves list and count. Raises what `change_state` raises."""
    with transaction.atomic():
        decide_in_turn(signature.campaign_id)  # it may vouch for one that is being accepted
        change_state(
            signature,
            to=State.ON_HOLD,
            actor=staff(by),
            note=note,
            decided_at=timezone.now(),
            decided_by=by,
            joined_total_at=None,
        )


def reject(*, signature: Signature, by: User, reason: Reason, note: str = "") -> None:
    """submitted, confirmed or on_hold → rejected. `note` stays with the staff.

    The signer is told politely, but only in a proven mailbox: an unproven one may be a stranger's who never signed. What had
    been accepted and was on hold goes as by `revoke`: it stood on the list.
    """
    now = timezone.now()
    with transaction.atomic():
        decide_in_turn(signature.campaign_id)
        was_accepted = signature.events.filter(to_state=State.ACCEPTED).exists()
        _turn_down(signature, State.REJECTED, by, reason, note, now)
        if was_accepted:
            _correct(signature, by, reason, now)
        if signature.confirmed_at is not None and not (was_accepted and reason in TOLD_NOTHING):
            notices.tell_rejection(signature, now)


def revoke(*, signature: Signature, by: User, reason: Reason, note: str = "") -> None:
    """accepted → revoked: it leaves list and count, and where its name was public, a correction says that one was taken back.

    The managers are told, and the signer, unless it was no honest one. Raises what `change_state` raises.
    """
    now = timezone.now()
    with transaction.atomic():
        decide_in_turn(signature.campaign_id)
        _turn_down(signature, State.REVOKED, by, reason, note, now, joined_total_at=None)
        _correct(signature, by, reason, now)
        if reason not in TOLD_NOTHING:
            notices.tell_decision(signature, MailKind.REJECTED, now, taken_back=True)


def _correct(signature: Signature, by: User, reason: Reason, now: datetime) -> None:
    """Tells the managers, and the readers where they had read the name. The correction names nobody; of a signature that was not
    public it would tell that there was one."""
    notices.tell_managers(signature, by, reason, now)
    if signature.publication_mode == PublicationMode.PUBLIC:
        corrections.publish(
            signature.campaign,
            now,
            title=gettext_lazy("Correction: one signature was taken back"),
            body=gettext_lazy(
                "The host found that a signature should not have been accepted. List and count are without it now."
            ),
        )


def _turn_down(
    signature: Signature, to: State, by: User, reason: Reason, note: str, now: datetime, **columns: Any
) -> None:
    change_state(
        signature,
        to=to,
        actor=staff(by),
        reason=reason,
        note=note,
        decided_at=now,
        decided_by=by,
        decision_reason=reason,
        **columns,
    )


def put_back(*, signature: Signature, by: User, note: str = "") -> None:
    """on_hold → confirmed, back into the queue; rejected or revoked → confirmed, opened again. Nobody is mailed.

    Raises Refused for one that was never confirmed, whose organisation has signed anew since, or whose signer appeals
    against a rejection by `by`.
    """
    if signature.confirmed_at is None:
        raise Refused(_("It was never confirmed, so it can't be opened again."))
    if not signature.submission_key:
        raise Refused(_("What its signer sent has been erased, so it can't be opened again."))
    try:
        with transaction.atomic():
            decide_in_turn(signature.campaign_id)
            appeals.refuse_who_rejected(signature, by)
            change_state(
                signature,
                to=State.CONFIRMED,
                actor=staff(by),
                note=note,
                decided_at=None,
                decided_by=None,
                decision_reason="",
            )
    except IntegrityError as error:
        if "signature_one_live" not in str(error):
            raise
        raise Refused(_("The organisation has signed anew meanwhile.")) from error
