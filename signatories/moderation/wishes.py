"""What staff decide about a signer's wishes: another name, and the check before more publicity. They can begin neither."""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from signatories import publicity, register, verification
from signatories.mail import notices
from signatories.models import ModeChange, NameChange, Signature
from signatories.moderation.deciding import BelowTheBar
from signatories.moderation.evidence import add_evidence
from signatories.states import (
    EventKind,
    EvidenceKind,
    Flag,
    MailKind,
    NameOutcome,
)
from signatories.transitions import Refused, record, staff
from signatories.turns import decide_in_turn

# What reaches the organisation past the mailbox.
SECOND_CHANNEL = (EvidenceKind.CALLBACK, EvidenceKind.PUBLIC_STATEMENT)
# Two letters can make somebody else of an organisation.
SUSPICIOUS = frozenset({Flag.LOOK_ALIKE, Flag.FAMOUS})
# Staff need not look again at that the mailbox was proven: the wish itself came through it.
_BY_THE_WISH = EvidenceKind.MAILBOX


def take_name(*, signature: Signature, wish: int, by: User) -> None:
    """The name that was asked for is printed from now on; history, order, keys and flags follow, and the signer is told.

    A small correction needs no more than this. Any other name needs evidence that was recorded after the wish and meets the bar
    by itself, and so does a small one that makes the organisation look like another. Raises BelowTheBar, PossibleDuplicate, and
    Refused for a wish that another one has replaced, or where the organisation signed a letter that `by` does not moderate.
    """
    with transaction.atomic():
        register.wait_for_decisions(signature.organisation_id)
        change = _open_name(signature, wish)
        register.refuse_elsewhere(signature.organisation, by)
        register.change_organisation(
            signature.organisation,
            by=by,
            asked_by=signature,
            name=change.name,
            native_name=change.native_name,
            acronym=change.acronym,
        )
        before = set(signature.flags)
        signature.refresh_from_db(fields=["flags"])
        if not change.is_small or SUSPICIOUS.intersection(signature.flags) - before:
            _refuse_below_the_bar(signature, change)
        _decide(signature, change, by, NameOutcome.TAKEN)


def refuse_name(*, signature: Signature, wish: int, by: User, note: str = "") -> None:
    """The name stays as it is; the signer is told politely. `note` stays with the staff. Raises Refused as `take_name`."""
    with transaction.atomic():
        decide_in_turn(signature.campaign_id)
        change = _open_name(signature, wish)
        record(signature, kind=EventKind.NAME_REFUSED, actor=staff(by), note=note)
        _decide(signature, change, by, NameOutcome.REFUSED)


def _open_name(signature: Signature, wish: int) -> NameChange:
    change = signature.name_changes.open().filter(pk=wish).first()
    if change is None:
        raise Refused(_("The signer has asked for another name since, or somebody has decided."))
    if signature.state not in publicity.CHANGEABLE:
        raise Refused(_("The signature has ended."))
    return change


def _refuse_below_the_bar(signature: Signature, change: NameChange) -> None:
    seen = (
        signature.evidence.counting().filter(recorded_at__gt=change.asked_at).values_list("kind", flat=True)
    )
    needed = verification.bar(signature)
    if verification.level_of([*seen, _BY_THE_WISH]) < needed:
        raise BelowTheBar(
            _("Another name is verified anew: record evidence for it first, enough for %(needed)s by itself.")
            % {"needed": needed.label}
        )


def _decide(signature: Signature, change: NameChange, by: User, outcome: NameOutcome) -> None:
    now = timezone.now()
    NameChange.objects.filter(pk=change.pk).update(outcome=outcome, decided_by=by, decided_at=now)
    if contact := notices.first_contact(signature):
        notices.tell_contact(contact, MailKind.NAME_DECIDED, now, taken=outcome == NameOutcome.TAKEN)


def check_publicity(*, signature: Signature, wish: int, kind: EvidenceKind, by: User, note: str) -> None:
    """Records that the organisation was asked through a second channel and wants it: who was reached, when, in `note`.

    Every contact is told, with the way to call it off; it takes effect 72 hours later by itself. Raises Refused without words,
    for another kind than `SECOND_CHANNEL`, and for a wish that was called off, replaced, or not confirmed by mail.
    """
    if kind not in SECOND_CHANNEL:
        raise Refused(_("A second channel is a call back, or a public statement."))
    if not note:
        raise Refused(_("Say in a sentence whom you reached, how and when."))
    with transaction.atomic():
        decide_in_turn(signature.campaign_id)
        if not signature.mode_changes.to_check().filter(pk=wish).exists():
            raise Refused(_("The signer has called it off, or somebody has checked it."))
        add_evidence(signature=signature, kind=kind, by=by, note=note)
        now = timezone.now()
        effective_at = now + publicity.NOTICE
        ModeChange.objects.filter(pk=wish).update(checked_by=by, checked_at=now, effective_at=effective_at)
        record(signature, kind=EventKind.MODE_CHECKED, actor=staff(by), detail=kind, note=note)
        for contact in signature.contacts.exclude(mailbox=None):
            contact.signature = signature
            notices.tell_with_page(contact, MailKind.PUBLISHING, now, effective_at=effective_at.isoformat())


def refuse_publicity(*, signature: Signature, wish: int, by: User, note: str) -> None:
    """The check found that the organisation does not want it: it is called off. Towards privacy staff may act at any time."""
    if not note:
        raise Refused(_("Say in a sentence what you found."))
    with transaction.atomic():
        decide_in_turn(signature.campaign_id)
        if not signature.mode_changes.standing().filter(pk=wish).exists():
            raise Refused(_("The signer has called it off, or it is done."))
        publicity.stop(signature, actor=staff(by), now=timezone.now())
        record(signature, kind=EventKind.NOTE, actor=staff(by), note=note)


def look_at_vouching(*, signature: Signature, by: User, note: str) -> None:
    """Somebody has asked why the signatory took a vouch back: nothing more to look at. Raises Refused without words."""
    if not note:
        raise Refused(_("Say in a sentence what you found."))
    with transaction.atomic():
        decide_in_turn(signature.campaign_id)
        flags = Signature.objects.values_list("flags", flat=True).get(pk=signature.pk)
        left = [flag for flag in flags if flag != Flag.VOUCH_TAKEN_BACK]
        Signature.objects.filter(pk=signature.pk).update(flags=left)
        record(signature, kind=EventKind.NOTE, actor=staff(by), note=note)
