"""A fresh mail to the stored mailbox, before anything is done that the page's own link may not do (product.md, rule 9)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from signatories.links import BadLink, LinkExpired, find_by_digest
from signatories.mail import notices
from signatories.models import Contact, MailLink
from signatories.states import LinkPurpose, MailKind
from signatories.transitions import Refused
from signatories.turns import decide_in_turn

PURPOSES = (
    LinkPurpose.PUBLISH,
    LinkPurpose.DOWNLOAD,
    LinkPurpose.CHANGE_CONTACT,
    LinkPurpose.WITHDRAW,
    LinkPurpose.ERASE,
)
# Each mail for one of these asks for something else, and the last one counts.
WITH_A_WISH = (LinkPurpose.PUBLISH, LinkPurpose.CHANGE_CONTACT)
# Whoever was forwarded the page's link must not flood its owner's mailbox.
MAILS_A_DAY = 10
SAME_AGAIN = timedelta(seconds=60)
A_DAY = timedelta(days=1)


class LinkUsed(Refused):
    """The link worked once, `at` that moment."""

    def __init__(self, at: datetime) -> None:
        super().__init__(_("This link has been used."))
        self.at = at


class TooManyMails(Refused):
    """Enough was asked for."""


def ask(contact: Contact, purpose: LinkPurpose, now: datetime) -> MailLink:
    """Queues the mail that asks whether `contact` wants this; gives its link. To be called inside a transaction.

    Raises TooManyMails, and BadLink where the contact was erased meanwhile.
    """
    still = Contact.objects.select_for_update().filter(pk=contact.pk, mailbox_hash=contact.mailbox_hash)
    if not still.exists():
        raise BadLink(_("This link is not known. Perhaps a piece of it is missing."))
    recent = contact.links.filter(purpose__in=PURPOSES, created_at__gt=now - A_DAY)
    if (
        recent.count() >= MAILS_A_DAY
        or recent.filter(purpose=purpose, created_at__gt=now - SAME_AGAIN).exists()
    ):
        raise TooManyMails(
            _("A mail was sent to your mailbox just now. Please look there, or try again later.")
        )
    link, address = notices.link_for(contact, purpose, now)
    link.save(force_insert=True)
    notices.tell_contact(contact, MailKind.FRESH, now, link=address, purpose=purpose)
    return link


def ask_for(*, contact: Contact, purpose: LinkPurpose) -> None:
    """As `ask`, for what needs no more words: a copy of the data, stepping back, an erasure."""
    with transaction.atomic():
        ask(contact, purpose, timezone.now())


def find(digest: str, purpose: LinkPurpose) -> MailLink:
    """The fresh link with this digest, if it still works. Raises BadLink, LinkUsed, LinkExpired."""
    link = find_by_digest(digest, purpose)
    contacts = Contact.objects.select_related("signature__organisation", "signature__campaign__host")
    link.contact = contacts.filter(links=link).first()
    if link.used_at is not None:
        if purpose in WITH_A_WISH and _by_a_later_one(link):
            raise BadLink(_("This wish was called off, or another one has taken its place."))
        raise LinkUsed(link.used_at)
    if link.contact is None or link.expires_at <= timezone.now():
        raise LinkExpired(_("This link has expired."))
    return link


def _by_a_later_one(link: MailLink) -> bool:
    """Whether a later mail was followed, which used this link up as well (`use`)."""
    same = MailLink.objects.filter(contact=link.contact, purpose=link.purpose, used_at=link.used_at)
    return same.filter(created_at__gt=link.created_at).exists()


def has_page(digest: str) -> bool:
    """Whether whoever opened this link is the contact of a signature, and so has an own page."""
    return MailLink.objects.filter(digest=digest, contact__mailbox__isnull=False).exists()


def use(digest: str, purpose: LinkPurpose, now: datetime) -> tuple[MailLink, Contact]:
    """Uses up the link, and every other one that was mailed for the same; of two at once one is through.

    To be called first in a transaction: it takes the letter's turn. Raises what `find` raises.
    """
    decide_in_turn(find(digest, purpose).signature.campaign_id)
    link = find(digest, purpose)
    contact = link.contact
    assert contact is not None  # noqa: S101  # for the type checker; `find` saw to it
    if not MailLink.objects.filter(pk=link.pk, used_at=None).update(used_at=now):
        raise LinkUsed(now)
    contact.links.filter(purpose=purpose, used_at=None).update(used_at=now)
    return link, contact
