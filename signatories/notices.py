"""Which mail is queued for what happened, with what its templates need to know."""

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from campaigns.translation import pick
from signatories import outbox, tokens
from signatories.models import Contact, MailLink, Signature
from signatories.states import LinkPurpose, MailKind

# Scenario S11: the link lives 72 hours (the unconfirmed row lives 7 days).
LINK_LIFE = timedelta(hours=72)


def ask_to_confirm(
    signature: Signature, contact: Contact, now: datetime, *, not_before: datetime, title: str = ""
) -> None:
    """Queues the mail that asks to confirm, with a link of its own; older links work until one is used.

    `title` is the letter's in the contact's language, where the caller knows it.
    """
    token = tokens.new_token()
    MailLink.objects.create(
        signature=signature,
        purpose=LinkPurpose.CONFIRM,
        digest=tokens.digest(token),
        created_at=now,
        expires_at=not_before + LINK_LIFE,
    )
    context = _context(signature, contact.language, title)
    with translation.override(contact.language):
        path = reverse("signatories:confirm", kwargs={"token": token})
    outbox.queue(
        kind=MailKind.CONFIRM,
        signature=signature,
        recipient=contact.mailbox or "",
        language=contact.language,
        context=context | {"link": f"{settings.SITE_URL}{path}"},
        now=now,
        not_before=not_before,
    )


def tell_decision(signature: Signature, kind: MailKind, now: datetime) -> None:
    """Queues the mail that tells the first contact what was decided; nothing when the contact was erased."""
    contact = signature.contacts.filter(is_primary=True).first()
    if contact is None or not contact.mailbox:
        return
    outbox.queue(
        kind=kind,
        signature=signature,
        recipient=contact.mailbox,
        language=contact.language,
        context=_context(signature, contact.language),
        now=now,
    )


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
