"""“I did not do this”: what the owner of a mailbox may do with a mail that somebody else asked for (scenario S8).

Whoever reads the mail owns the mailbox, or has its trust. The form is rejected, and the mailbox gets no further confirmation
mail for a while. The same link lifts that; staff can write there all along. More often than an impostor it was a slip of the
finger, so the reason claims nothing about who it was.
"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from signatories.links import BadLink, find_link
from signatories.mail import outbox
from signatories.models import OutboxMail, Signature, SuppressedMailbox
from signatories.states import EventKind, LinkPurpose, MailKind, MailState, Reason, State
from signatories.transitions import SYSTEM, change_state, record

# Long enough for a campaign of pranks to end, short enough for an organisation that may want to sign another day.
NO_MAIL_FOR = timedelta(days=90)
REASON = Reason.NO_EVIDENCE


def disown(*, token: str) -> None:
    """submitted → rejected, and no confirmation mail to this mailbox for a while. A second time nothing happens.

    Raises BadLink, also where the signature has been confirmed: it then stands on a mandate, and is disputed instead.
    """
    now = timezone.now()
    signature = find_link(token, LinkPurpose.CONFIRM).signature
    with transaction.atomic():
        owner = _owner(signature)
        outbox.alone_with([owner])
        signature.refresh_from_db(fields=["state"])
        if signature.state == State.REJECTED and is_disowned(signature):
            return
        if signature.state != State.SUBMITTED:
            raise BadLink(_("This link is not known. Perhaps a piece of it is missing."))
        change_state(
            signature, to=State.REJECTED, actor=SYSTEM, reason=REASON, decision_reason=REASON, decided_at=now
        )
        record(signature, kind=EventKind.NOT_ME, actor=SYSTEM)
        SuppressedMailbox.objects.update_or_create(
            mailbox_hash=owner, defaults={"since": now, "until": now + NO_MAIL_FOR}
        )
        OutboxMail.objects.filter(
            recipient_hash=owner, kind=MailKind.CONFIRM, state=MailState.QUEUED
        ).delete()


def take_mail_again(*, token: str) -> None:
    """The owner has thought better of it: the mailbox gets confirmation mail again. Raises BadLink."""
    link = find_link(token, LinkPurpose.CONFIRM)
    if not is_disowned(link.signature):
        raise BadLink(_("This link is not known. Perhaps a piece of it is missing."))
    SuppressedMailbox.objects.filter(mailbox_hash=_owner(link.signature)).delete()


def is_disowned(signature: Signature) -> bool:
    return signature.events.filter(kind=EventKind.NOT_ME).exists()


def takes_no_mail(signature: Signature) -> bool:
    """Whether the mailbox of `signature` still wants no confirmation mail."""
    mine = SuppressedMailbox.objects.filter(mailbox_hash=_owner(signature))
    return mine.filter(until__gt=timezone.now()).exists()


def _owner(signature: Signature) -> str:
    """The hash of the mailbox that got the link."""
    found = signature.contacts.filter(is_primary=True).values_list("mailbox_hash", flat=True).first()
    if found is None:
        raise BadLink(_("This link is not known. Perhaps a piece of it is missing."))
    return found
