"""What a signatory answers when it is asked to vouch, and how a vouch is taken back. Scenario S22."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from signatories import referrals
from signatories.links import BadLink, LinkExpired, find_link
from signatories.models import Evidence, MailLink, Referral, Signature
from signatories.states import WAITING, EventKind, EvidenceKind, Flag, LinkPurpose, State, Vouch
from signatories.transitions import SIGNER, SYSTEM, Actor, Refused, change_state, record, staff


class AlreadyAnswered(Refused):
    """The signatory has said what it had to say."""


class NoLongerAsked(Refused):
    """The question has been settled without an answer, or who was asked may not answer it any more."""


def find(token: str) -> Referral:
    """The referral that the mailed link asks about. Raises BadLink; whether it may be answered is another question."""
    link = find_link(token, LinkPurpose.REFERRAL)
    found = (
        Referral.objects.filter(link=link)
        .select_related(
            "link",
            "evidence",
            "referrer__organisation",
            "signature__organisation",
            "signature__campaign__host",
            "signature__letter_version",
        )
        .first()
    )
    if found is None:
        raise BadLink(_("This link is not known. Perhaps a piece of it is missing."))
    return found


def may_answer(referral: Referral, now: datetime) -> None:
    """Raises AlreadyAnswered, LinkExpired or NoLongerAsked, the last without a reason: that is the staff's to know."""
    if referral.answer:
        raise AlreadyAnswered(_("You have answered already."))
    if _is_over(referral, now):
        raise LinkExpired(_("This link has expired."))
    over = NoLongerAsked(_("This question is no longer open."))
    if not _is_there(referral.signature) or _vouches_already(referral):
        raise over
    try:
        referrals.refuse_unless_may_vouch(referral.referrer, referral.signature)
    except Refused as refusal:
        raise over from refusal


def may_take_back(referral: Referral, now: datetime) -> bool:
    """Whether the link still takes the vouch back."""
    return referral.stands and not _is_over(referral, now)


def may_name(referral: Referral, now: datetime) -> bool:
    """Whether who has answered is still shown of whom: as long as the link holds and the group wants to sign under its name."""
    return not _is_over(referral, now) and _is_there(referral.signature)


def answer(*, token: str, says: Vouch) -> None:
    """What the signatory says about who wants to sign. A yes is evidence; a no is shown to the staff alone.

    Raises what `find` and `may_answer` raise.
    """
    now = timezone.now()
    with transaction.atomic():
        referrals.one_at_a_time(find(token).signature.campaign_id)
        referral = find(token)  # as it is now
        may_answer(referral, now)
        if says == Vouch.YES:
            referral.evidence = Evidence.objects.create(
                signature=referral.signature,
                kind=EvidenceKind.REFERRAL,
                referrer=referral.referrer,
                recorded_at=now,
            )
        referral.answer, referral.answered_at = says, now
        referral.save(update_fields=["answer", "answered_at", "evidence"])
        MailLink.objects.filter(referral=referral).update(used_at=now)
        record(
            referral.signature,
            kind=EventKind.REFERRAL_ANSWERED,
            actor=SYSTEM,  # it is another signatory that speaks, not the signer of this one
            detail=says,
            note=_quoted(referral.referrer),
        )


def take_back_by_link(*, token: str) -> None:
    """The signatory's own second thought. Raises BadLink, LinkExpired; pressed again it does nothing."""
    referral = find(token)
    if _is_over(referral, timezone.now()):
        raise LinkExpired(_("This link has expired."))
    if referral.evidence is not None:
        take_back(evidence=referral.evidence, by=None)


def take_back(*, evidence: Evidence, by: User | None, note: str = "") -> None:
    """Marks a vouch as not standing any more, and puts back to the staff who are accepted: who vouched, and whom it vouched for.

    `by`: the member of staff; then both go on hold. None when the signatory itself took it back: then its own line stays, with a
    flag, for a mailed link may have been forwarded, and takes nobody's own line off (product.md, rule 9). Pressed again it does
    nothing.
    """
    now = timezone.now()
    with transaction.atomic():
        referrals.one_at_a_time(evidence.signature.campaign_id)
        evidence = Evidence.objects.select_related("signature__organisation", "referrer__organisation").get(
            pk=evidence.pk
        )
        if not Evidence.objects.standing().filter(pk=evidence.pk).update(taken_back_at=now):
            return
        referrer = evidence.referrer
        assert referrer is not None  # noqa: S101  # for the type checker; the database holds it
        record(
            evidence.signature,
            kind=EventKind.EVIDENCE_TAKEN_BACK,
            actor=staff(by) if by else SYSTEM,
            detail=EvidenceKind.REFERRAL,
            note=" ".join([_quoted(referrer), note]).strip(),
        )
        reasons = {
            evidence.signature_id: _("“%(name)s” no longer vouches for it."),
            referrer.pk: _("It no longer vouches for “%(name)s”."),
        }
        others = {evidence.signature_id: referrer, referrer.pk: evidence.signature}
        both = Signature.objects.select_for_update(no_key=True).filter(pk__in=reasons).order_by("pk")
        for each in both:
            if each.state == State.ACCEPTED:
                words = reasons[each.pk] % {"name": others[each.pk].shown_name}
                if by is None and each.pk == referrer.pk:
                    _flag(each, words)
                else:
                    _put_on_hold(each, staff(by) if by else SYSTEM, now, words)


def _flag(referrer: Signature, note: str) -> None:
    flags = [flag.value for flag in Flag if flag in {*referrer.flags, Flag.VOUCH_TAKEN_BACK}]
    Signature.objects.filter(pk=referrer.pk).update(flags=flags)
    record(referrer, kind=EventKind.NOTE, actor=SIGNER, note=note)


def _put_on_hold(signature: Signature, actor: Actor, now: datetime, note: str) -> None:
    change_state(
        signature,
        to=State.ON_HOLD,
        actor=actor,
        note=note,
        decided_at=now,
        decided_by=actor.user,
        joined_total_at=None,
    )


def _is_there(signature: Signature) -> bool:
    return signature.state in (*WAITING, State.ACCEPTED)


def _vouches_already(referral: Referral) -> bool:
    """Its vouch for another signature has come along with a merge."""
    return referral.signature.evidence.standing().filter(referrer=referral.referrer).exists()


def _is_over(referral: Referral, now: datetime) -> bool:
    return referral.link is None or referral.link.expires_at <= now


def _quoted(signature: Signature) -> str:
    return f"“{signature.shown_name}”"
