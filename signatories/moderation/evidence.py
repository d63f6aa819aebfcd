"""Evidence: one checked reason to believe a signature, recorded by a person, never deleted."""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from signatories import verification
from signatories.models import Evidence, Signature
from signatories.moderation import vouching
from signatories.states import EventKind, EvidenceKind, Flag
from signatories.transitions import Refused, record, staff
from signatories.turns import decide_in_turn

# A person records these; the mailbox is proven by the program, a referral by the referrer's own mail link.
RECORDABLE = tuple(kind for kind in EvidenceKind if kind not in (EvidenceKind.MAILBOX, EvidenceKind.REFERRAL))


def add_evidence(
    *, signature: Signature, kind: EvidenceKind, by: User, note: str = "", identifier: str = ""
) -> Evidence:
    """Records one checked reason to believe `signature`. Raises Refused for a kind that no person records."""
    if kind not in RECORDABLE:
        raise Refused(_("This kind of evidence is not recorded by hand."))
    if kind == EvidenceKind.REGISTER and not identifier:
        raise Refused(_("Evidence from a register needs the number in it."))
    with transaction.atomic():
        decide_in_turn(signature.campaign_id)
        _make_room(signature, kind, by)
        evidence = Evidence.objects.create(
            signature=signature,
            kind=kind,
            note=note,
            identifier=identifier,
            recorded_by=by,
            recorded_at=timezone.now(),
        )
        record(signature, kind=EventKind.EVIDENCE, actor=staff(by), detail=kind, note=note)
        _settle_moved_contact(signature)
    return evidence


def _make_room(signature: Signature, kind: EvidenceKind, by: User) -> None:
    """What was seen before the signer's latest wish gives way: for that wish somebody has looked again. Else it is there already."""
    standing = signature.evidence.standing().filter(kind=kind).first()
    if standing is None:
        return
    names = signature.name_changes.open().filter(asked_at__gt=standing.recorded_at)
    modes = signature.mode_changes.to_check().filter(confirmed_at__gt=standing.recorded_at)
    if not (names.exists() or modes.exists()):
        raise Refused(_("This evidence is recorded already."))
    take_back_evidence(evidence=standing, by=by)


def _settle_moved_contact(signature: Signature) -> None:
    """With enough seen of the new mailbox there is nothing left to look at."""
    fresh = Signature.objects.get(pk=signature.pk)
    if Flag.CONTACT_MOVED not in fresh.flags:
        return
    reached = verification.level_of(fresh.evidence.counting().values_list("kind", flat=True))
    if reached >= verification.bar(fresh):
        signature.flags = [flag for flag in fresh.flags if flag != Flag.CONTACT_MOVED]
        Signature.objects.filter(pk=signature.pk).update(flags=signature.flags)


def take_back_evidence(*, evidence: Evidence, by: User, note: str = "") -> None:
    """Marks `evidence` as not standing any more; the row stays. The proven mailbox can't be taken back.

    A vouch goes with more: `vouching.take_back`.
    """
    if evidence.kind == EvidenceKind.MAILBOX:
        raise Refused(_("That the mailbox was proven can't be taken back."))
    if evidence.kind == EvidenceKind.REFERRAL:
        vouching.take_back(evidence=evidence, by=by, note=note)
        return
    with transaction.atomic():
        decide_in_turn(evidence.signature.campaign_id)
        standing = Evidence.objects.standing().filter(pk=evidence.pk)
        if standing.update(taken_back_at=timezone.now()):
            record(
                evidence.signature,
                kind=EventKind.EVIDENCE_TAKEN_BACK,
                actor=staff(by),
                detail=evidence.kind,
                note=note,
            )
