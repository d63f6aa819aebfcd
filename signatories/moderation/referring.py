"""Asking a signatory to vouch: one moderator asks, a second one agrees where the signatory is asked too often. Scenario S22."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from signatories import referrals
from signatories.mail import notices
from signatories.models import Contact, Referral, Signature
from signatories.states import WAITING, EventKind
from signatories.transitions import AlreadyDecided, Refused, record, staff


def ask_to_vouch(
    *, signature: Signature, referrer: Signature, by: User, signer_agreed: bool, note: str = ""
) -> Referral:
    """Mails the first contact of `referrer` the question whether it knows who stands behind `signature`.

    `signer_agreed`: the signer named this signatory, or agreed that it is asked, for the mail tells it who wants to sign.
    Beyond `referrals.ENOUGH` for one organisation nothing is mailed until a second moderator agrees. Raises Refused.
    """
    if not signer_agreed:
        raise Refused(
            _(
                "Ask only whom the signer named, or agreed to: the question tells that the group wants to sign."
            )
        )
    now = timezone.now()
    with transaction.atomic():
        referrals.one_at_a_time(signature.campaign_id)
        signature, referrer = _fresh(signature), _fresh(referrer)
        _refuse_unless_waiting(signature)
        referrals.refuse_unless_may_vouch(referrer, signature)
        Referral.objects.ran_out(now).filter(signature=signature, referrer=referrer).delete()
        referrals.refuse_asked_before(referrer, signature, now)
        contact = _contact_of(referrer)
        unagreed = referrals.wants_agreement(referrer, now)
        referral = Referral.objects.create(
            signature=signature, referrer=referrer, requested_by=by, requested_at=now
        )
        if not unagreed:
            _send(referral, contact, now)
        record(
            signature,
            kind=EventKind.REFERRAL_ASKED,
            actor=staff(by),
            note=_words_of_asking(referrer, unagreed, note),
        )
    return referral


def agree_to_ask(*, referral: Referral, by: User) -> None:
    """The second pair of eyes: somebody else than who asked has looked, and the question goes out. Raises Refused."""
    now = timezone.now()
    with transaction.atomic():
        referrals.one_at_a_time(referral.signature.campaign_id)
        referral = _unagreed(referral)
        if referral.requested_by_id == by.pk:
            raise Refused(_("You have asked yourself: a colleague has to look."))
        _refuse_unless_waiting(referral.signature)
        referrals.refuse_unless_may_vouch(referral.referrer, referral.signature)
        referral.agreed_by = by
        _send(referral, _contact_of(referral.referrer), now)
        words = _("Agreed that “%(name)s” is asked.") % {"name": referral.referrer.shown_name}
        record(referral.signature, kind=EventKind.REFERRAL_ASKED, actor=staff(by), note=words)


def call_off(*, referral: Referral, by: User) -> None:
    """Takes a request back that waits for a second moderator. Raises Refused once it was mailed."""
    with transaction.atomic():
        referrals.one_at_a_time(referral.signature.campaign_id)
        referral = _unagreed(referral)
        words = _("“%(name)s” is not asked after all.") % {"name": referral.referrer.shown_name}
        record(referral.signature, kind=EventKind.NOTE, actor=staff(by), note=words)
        referral.delete()


def _send(referral: Referral, contact: Contact, now: datetime) -> None:
    referral.link = notices.ask_to_vouch(referral.signature, referral.referrer, contact, now)
    referral.save(update_fields=["link", "agreed_by"])


def _contact_of(referrer: Signature) -> Contact:
    contact = referrer.contacts.filter(is_primary=True).first()
    if contact is None or not contact.mailbox:
        raise Refused(_("This signatory has no mailbox any more to which the question could go."))
    return contact


def _refuse_unless_waiting(signature: Signature) -> None:
    if signature.state not in WAITING:
        raise AlreadyDecided(signature)


def _fresh(signature: Signature) -> Signature:
    """As it is under the lock, with what rules and mail need of it."""
    return Signature.objects.select_related(
        "organisation", "campaign__host", "letter_version", "decided_by"
    ).get(pk=signature.pk)


def _unagreed(referral: Referral) -> Referral:
    found = (
        Referral.objects.unagreed()
        .select_related(
            "signature__organisation",
            "signature__campaign__host",
            "signature__letter_version",
            "signature__decided_by",
            "referrer__organisation",
        )
        .filter(pk=referral.pk)
        .first()
    )
    if found is None:
        raise Refused(_("A colleague was faster: it does not wait for a second pair of eyes any more."))
    return found


def _words_of_asking(referrer: Signature, unagreed: bool, note: str) -> str:
    named = _("“%(name)s”. The signer named this signatory, or agreed that it is asked.")
    words = [named % {"name": referrer.shown_name}]
    if unagreed:
        words.append(_("It vouches often: the mail waits until a colleague agrees."))
    return " ".join([*words, note]).strip()
