"""Which mail is queued for what happened, with what its templates need to know."""

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from campaigns.translation import pick
from signatories import tokens
from signatories.mail import outbox
from signatories.models import Contact, MailLink, OutboxMail, Signature
from signatories.states import LinkPurpose, MailKind

# Scenario S11: the link lives 72 hours (the unconfirmed row lives 7 days).
LINK_LIFE = timedelta(hours=72)


def ask_to_confirm(signature: Signature, contact: Contact, now: datetime, *, not_before: datetime) -> None:
    """Queues the mail that asks to confirm, with a link of its own; older links work until one is used."""
    link, mail = confirmation(signature, contact, now, not_before=not_before)
    link.save(force_insert=True)
    outbox.queue(mail)


def confirmation(
    signature: Signature, contact: Contact, now: datetime, *, not_before: datetime, title: str = ""
) -> tuple[MailLink, OutboxMail]:
    """A new link and the mail that carries it, for the caller to store.

    `title` is the letter's in the contact's language, where the caller knows it.
    """
    token = tokens.new_token()
    link = MailLink(
        signature=signature,
        purpose=LinkPurpose.CONFIRM,
        digest=tokens.digest(token),
        created_at=now,
        expires_at=not_before + LINK_LIFE,
    )
    context = _context(signature, contact.language, title)
    with translation.override(contact.language):
        path = reverse("signatories:confirm", kwargs={"token": token})
    mail = outbox.new_mail(
        kind=MailKind.CONFIRM,
        signature=signature,
        recipient=contact.mailbox or "",
        language=contact.language,
        context=context | {"link": f"{settings.SITE_URL}{path}"},
        now=now,
        not_before=not_before,
    )
    return link, mail


def tell_decision(signature: Signature, kind: MailKind, now: datetime) -> None:
    """Queues the mail that tells the first contact what was decided; nothing when the contact was erased."""
    contact = signature.contacts.filter(is_primary=True).first()
    if contact is None or not contact.mailbox:
        return
    mail = outbox.new_mail(
        kind=kind,
        signature=signature,
        recipient=contact.mailbox,
        language=contact.language,
        context=_context(signature, contact.language),
        now=now,
    )
    outbox.queue(mail)


def _context(signature: Signature, language: str, title: str = "") -> dict[str, str]:
    """What every mail about a signature may say; all of it is text."""
    campaign = signature.campaign
    text = None if title else pick(signature.letter_version.texts.all(), language)
    with translation.override(language):
        page = f"{settings.SITE_URL}{campaign.get_absolute_url()}"
    return {
        "organisation": signature.organisation.name,
        "title": text.title if text else title,
        "host": campaign.host.name,
        "host_mailbox": campaign.host.mailbox,
        "reference": signature.reference,
        "page": page,
    }
