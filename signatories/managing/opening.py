"""The way to the signer's own page: a mailed link, and a new one for whoever has lost it."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from signatories.identity import mailboxes
from signatories.links import BadLink, LinkExpired, find_by_digest
from signatories.mail import notices, outbox
from signatories.models import Contact
from signatories.models.contact import ContactQuerySet
from signatories.states import LinkPurpose, MailKind

# Of one person who signed so many letters each has a link in the mail.
MOST_PAGES = 5


def contact_of(digest: str) -> Contact:
    """Whose page the link with this digest opens, with the signature it is about now. Raises BadLink and LinkExpired.

    The signature is the contact's, not the link's: after a merge that took the contact along it is the one that survived.
    """
    link = find_by_digest(digest, LinkPurpose.MANAGE)
    if link.expires_at <= timezone.now():
        raise LinkExpired(_("This link has expired."))
    contact = _with_signature().filter(links=link).first()
    if contact is None or not contact.mailbox:
        raise BadLink(_("This link is not known. Perhaps a piece of it is missing."))
    return contact


def send_link(*, mailbox: str, within_limits: bool = True) -> None:
    """Mails `mailbox` the links to its pages, within the limits (also those of `limiting`); nothing to one that nobody knows.

    Says nothing and takes as long, whatever it did: the caller answers alike for every mailbox (product.md, rule 6).
    """
    now = timezone.now()
    recipient_hash = mailboxes.lookup_hash(mailbox)
    with transaction.atomic():
        # Also when nothing is written: with a broker that is away, the time of the answer would tell.
        transaction.on_commit(outbox.nudge)
        has_room = outbox.has_room(recipient_hash, MailKind.MANAGE, now)
        contacts = _known(recipient_hash)
        if contacts and has_room and within_limits:
            notices.send_pages(contacts, now)
        else:
            notices.send_no_page(mailbox, now)


def _known(recipient_hash: str) -> list[Contact]:
    """Newest first. Forms that nobody has confirmed have no page: a stranger may have typed the mailbox."""
    known = _with_signature().of_mailbox(recipient_hash).filter(signature__confirmed_at__isnull=False)
    return list(known.order_by("-pk")[:MOST_PAGES])


def _with_signature() -> ContactQuerySet:
    return Contact.objects.select_related(
        "signature__organisation", "signature__campaign__host", "signature__letter_version"
    )
