"""What a signer may write back through a mailed link: an answer to a question, an appeal against a rejection."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from signatories import replies
from signatories.links import LinkExpired, find_link
from signatories.models import MailLink, Question, Signature
from signatories.states import EventKind, LinkPurpose, State
from signatories.transitions import SIGNER, Refused, record


class AlreadyWritten(Refused):
    """Through this link, or against this rejection, somebody has written before; says when."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment
        super().__init__(_("Already received."))


class LookedAtAgain(Refused):
    """The signature is not rejected any more."""


def may_answer(link: MailLink, now: datetime) -> None:
    """Raises AlreadyWritten or LinkExpired if no answer comes in through `link` at the moment `now`."""
    if link.used_at is not None:
        raise AlreadyWritten(link.used_at)
    if link.expires_at <= now:
        raise LinkExpired(_("This link has expired."))


def answer(*, token: str, words: str) -> None:
    """Stores the signer's answer as an event. The state stays, also where it was decided meanwhile.

    Where the signature was merged, the answer waits with the one that survived as well, behind the reference. Raises what `find_link` and `may_answer` raise.
    """
    now = timezone.now()
    link = find_link(token, LinkPurpose.ANSWER)
    may_answer(link, now)
    with transaction.atomic():
        signature = _locked(link)
        _use(link, now)
        event = record(link.signature, kind=EventKind.ANSWERED, actor=SIGNER, note=words, happened_at=now)
        Question.objects.filter(link=link).update(answered=event)
        if signature.merged_into is not None:
            record(
                signature.merged_into,
                kind=EventKind.ANSWERED,
                actor=SIGNER,
                note=f"{signature.reference}: {words}",
                happened_at=now,
            )


def may_appeal(link: MailLink, now: datetime) -> None:
    """Raises AlreadyWritten, LinkExpired or LookedAtAgain if nobody can appeal through `link` at the moment `now`."""
    may_answer(link, now)
    if link.signature.state != State.REJECTED:
        raise LookedAtAgain(_("The signature has been looked at again since."))
    if said := replies.appeal_of_this_rejection(link.signature):
        raise AlreadyWritten(said.happened_at)


def appeal(*, token: str, words: str) -> None:
    """Stores what speaks against the rejection; another moderator than who rejected looks at it. One for each rejection.

    Raises what `find_link` and `may_appeal` raise.
    """
    now = timezone.now()
    link = find_link(token, LinkPurpose.APPEAL)
    with transaction.atomic():
        _locked(link)  # through two links at once there would be two
        link = find_link(token, LinkPurpose.APPEAL)
        may_appeal(link, now)
        _use(link, now)
        record(link.signature, kind=EventKind.APPEALED, actor=SIGNER, note=words, happened_at=now)


def _locked(link: MailLink) -> Signature:
    """The signature as it is now, and stays until the transaction ends."""
    return Signature.objects.select_for_update(no_key=True).get(pk=link.signature_id)


def _use(link: MailLink, now: datetime) -> None:
    """A link works once: of two at the same moment one is through, the other one waits here and then finds it used."""
    if not MailLink.objects.filter(pk=link.pk, used_at=None).update(used_at=now):
        raise AlreadyWritten(now)
