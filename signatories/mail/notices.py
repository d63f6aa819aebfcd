"""Which mail is queued for what happened, with what its templates need to know."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language

from campaigns import countries
from campaigns.choices import PublicationMode
from campaigns.models import Campaign, LetterText
from campaigns.translation import pick
from signatories import storing, tokens
from signatories.mail import decoys, discreet, outbox
from signatories.models import Contact, ContactChange, Dispute, MailLink, OutboxMail, Signature
from signatories.states import LinkPurpose, MailKind, Reason

# Who is asked to vouch, may be away for a while.
VOUCH_LINK_LIFE = timedelta(days=30)
# Scenario S11: the link lives 72 hours (the unconfirmed row lives 7 days).
LINK_LIFE = timedelta(hours=72)
# Whoever is asked something, or told no, may need to ask others first.
REPLY_LIFE = timedelta(days=30)


# The signer's own page can be opened again and again (scenario S7).
PAGE_LINK_LIFE = timedelta(days=30)

# The pages that mailed links open are called like their purpose, but for these.
PAGES = {LinkPurpose.DISPUTE: "confirm_dispute", LinkPurpose.REFERRAL: "vouch"}


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
    link, address = _new_link(
        signature, LinkPurpose.CONFIRM, contact.language, now, expires_at=not_before + LINK_LIFE
    )
    mail = outbox.new_mail(
        kind=MailKind.CONFIRM,
        signature=signature,
        recipient=contact.mailbox or "",
        language=contact.language,
        context=_context_for(MailKind.CONFIRM, signature, contact.language, title=title, link=address),
        now=now,
        not_before=not_before,
    )
    return link, mail


def ask_nobody(campaign: Campaign, mailbox: str, now: datetime) -> None:
    """Nothing, and as much work as `confirmation` and storing it with an event."""
    language = get_language() or "en"
    texts = LetterText.objects.filter(version__campaign=campaign, version__frozen_at__isnull=False)
    text = pick(list(texts), language)
    page = {
        "title": text.title if text else "",
        "page": campaign.get_absolute_url(),
        "host": campaign.host.name,
    }
    context = page | {"link": settings.SITE_URL, "organisation": mailbox, "reference": tokens.new_token()}
    mail = outbox.new_mail(
        kind=MailKind.CONFIRM, signature=None, recipient=mailbox, language=language, context=context, now=now
    )
    decoys.as_if_stored(mail, rows=2)


def _new_link(
    signature: Signature, purpose: LinkPurpose, language: str, now: datetime, *, expires_at: datetime
) -> tuple[MailLink, str]:
    """A link, not yet stored, and its address in `language`."""
    token = tokens.new_token()
    with translation.override(language):
        path = reverse(f"signatories:{PAGES.get(purpose, purpose.value)}", kwargs={"token": token})
    link = MailLink(
        signature=signature,
        purpose=purpose,
        digest=tokens.digest(token),
        created_at=now,
        expires_at=expires_at,
    )
    return link, f"{settings.SITE_URL}{path}"


def first_contact(signature: Signature) -> Contact | None:
    """Whom mail about `signature` goes to; None when the contact was erased."""
    contact = signature.contacts.filter(is_primary=True).first()
    return contact if contact is not None and contact.mailbox else None


def tell_decision(signature: Signature, kind: MailKind, now: datetime, **more: Any) -> None:
    """Queues the mail that tells the first contact what was decided; nothing when the contact was erased."""
    if contact := first_contact(signature):
        _tell(signature, contact, kind, now, **more)


def link_for(
    contact: Contact, purpose: LinkPurpose, now: datetime, *, life: timedelta = LINK_LIFE
) -> tuple[MailLink, str]:
    """A link, not yet stored, that dies with the mailbox of `contact`, and its address in that contact's language."""
    link, address = _new_link(contact.signature, purpose, contact.language, now, expires_at=now + life)
    link.contact = contact
    return link, address


def tell_contact(contact: Contact, kind: MailKind, now: datetime, **more: Any) -> None:
    """Queues a mail to one contact of a signature."""
    _tell(contact.signature, contact, kind, now, **more)


def tell_with_page(contact: Contact, kind: MailKind, now: datetime, **more: Any) -> None:
    """As `tell_contact`, with the link to the signer's own page."""
    link, address = link_for(contact, LinkPurpose.MANAGE, now, life=PAGE_LINK_LIFE)
    link.save(force_insert=True)
    tell_contact(contact, kind, now, link=address, **more)


def tell_published(signature: Signature, now: datetime) -> None:
    """Queues the mail that the name is shown to more people now, to every contact; discreet, as this mailbox was until now."""
    for contact in signature.contacts.exclude(mailbox=None):
        contact.signature = signature
        tell_with_page(contact, MailKind.PUBLISHING, now, done=True, discreet=True)


def tell_contact_changed(old: Contact, now: datetime) -> None:
    """Tells the old mailbox, whose links are dead, with the page that everybody can open: it says whom to write to."""
    with translation.override(old.language):
        path = reverse("signatories:page_link")
    tell_contact(old, MailKind.CONTACT_CHANGED, now, link=f"{settings.SITE_URL}{path}")


def ask_new_contact(signature: Signature, wish: ContactChange, now: datetime) -> MailLink:
    """Queues the mail that asks a new mailbox whether it will be the contact; gives its link."""
    link, address = _new_link(
        signature, LinkPurpose.NEW_CONTACT, wish.language, now, expires_at=now + LINK_LIFE
    )
    link.save(force_insert=True)
    outbox.queue(
        outbox.new_mail(
            kind=MailKind.NEW_CONTACT,
            signature=signature,
            recipient=wish.mailbox or "",
            language=wish.language,
            context=_context_for(MailKind.NEW_CONTACT, signature, wish.language, link=address),
            now=now,
        )
    )
    return link


def send_pages(contacts: Sequence[Contact], now: datetime) -> None:
    """Stores one mail with a link to the own page of each of `contacts`, who share a mailbox; written in the first one's language."""
    first, links, pages = contacts[0], [], []
    for contact in contacts:
        link, address = link_for(contact, LinkPurpose.MANAGE, now, life=PAGE_LINK_LIFE)
        links.append(link)
        pages.append({"reference": contact.signature.reference, "link": address})
    storing.insert([*links, _page_mail(first.mailbox or "", first.signature, first.language, pages, now)])


def send_no_page(mailbox: str, now: datetime) -> None:
    """Nothing, and as much work as `send_pages`."""
    pages = [{"reference": "–", "link": settings.SITE_URL}]
    decoys.as_if_stored(_page_mail(mailbox, None, settings.LANGUAGE_CODE, pages, now), rows=1)


def _page_mail(
    mailbox: str, signature: Signature | None, language: str, pages: list[dict[str, str]], now: datetime
) -> OutboxMail:
    """Names neither organisation nor letter: it may be about several, and some may be withheld."""
    return outbox.new_mail(
        kind=MailKind.MANAGE,
        signature=signature,
        recipient=mailbox,
        language=language,
        context={"pages": pages},
        now=now,
    )


def ask_signer(signature: Signature, contact: Contact, words: str, now: datetime) -> MailLink:
    """Queues the mail that puts a question to `contact`, with the link by which it is answered."""
    link, address = _new_link(
        signature, LinkPurpose.ANSWER, contact.language, now, expires_at=now + REPLY_LIFE
    )
    link.save(force_insert=True)
    _tell(signature, contact, MailKind.QUESTION, now, question=words, link=address)
    return link


def tell_rejection(signature: Signature, now: datetime) -> None:
    """Queues the mail that says no, with the link by which a second look is asked for."""
    if contact := first_contact(signature):
        link, address = _new_link(
            signature, LinkPurpose.APPEAL, contact.language, now, expires_at=now + REPLY_LIFE
        )
        link.save(force_insert=True)
        _tell(signature, contact, MailKind.REJECTED, now, link=address)


def tell_managers(signature: Signature, by: User, reason: Reason, now: datetime) -> None:
    """Queues the mails that tell the letter's managers of a revocation, in the site's own language; a name only if it was public."""
    case = reverse("admin:signatories_signature_change", args=[signature.pk])
    language = settings.LANGUAGE_CODE
    context = _context(signature, language) | {"who": by.get_username(), "case": f"{settings.SITE_URL}{case}"}
    if signature.publication_mode != PublicationMode.PUBLIC:
        context["organisation"] = ""
    with translation.override(language):
        context["reason"] = str(reason.label)
    for mailbox in signature.campaign.mailboxes_of_managers():
        outbox.queue(
            outbox.new_mail(
                kind=MailKind.REVOKED,
                signature=signature,
                recipient=mailbox,
                language=language,
                context=context,
                now=now,
            )
        )


def _tell(signature: Signature, contact: Contact, kind: MailKind, now: datetime, **more: Any) -> None:
    mail = outbox.new_mail(
        kind=kind,
        signature=signature,
        recipient=contact.mailbox or "",
        language=contact.language,
        context=_context_for(kind, signature, contact.language, **more),
        now=now,
    )
    outbox.queue(mail)


def ask_to_confirm_dispute(dispute: Dispute, now: datetime) -> MailLink:
    """Queues the mail that asks whoever disputes a line to confirm it; gives its link.

    The words of the form are not in it: anybody could have anything sent to anybody.
    """
    link, address = _new_link(
        dispute.signature, LinkPurpose.DISPUTE, dispute.language, now, expires_at=now + LINK_LIFE
    )
    link.save(force_insert=True)
    _queue_for_disputer(dispute, MailKind.DISPUTE_CONFIRM, now, link=address)
    return link


def tell_dispute_decided(dispute: Dispute, now: datetime) -> None:
    """Queues the mail that says that somebody has looked, and not what was found; nothing once the mailbox is erased.

    If the line was merged meanwhile, it says what was disputed, not into what it went.
    """
    if not dispute.mailbox:
        return
    line = dispute.link.signature if dispute.link else dispute.signature
    merge = line.merges_away.standing().first()
    name = merge.merged_name if merge else line.organisation.name
    _queue_for_disputer(dispute, MailKind.DISPUTE_DECIDED, now, organisation=name)


def _queue_for_disputer(dispute: Dispute, kind: MailKind, now: datetime, **more: str) -> None:
    context = _context_for(kind, dispute.signature, dispute.language, **more)
    # By the reference signer and staff know each other: it is none of a stranger's.
    del context["reference"]
    mail = outbox.new_mail(
        kind=kind,
        signature=dispute.signature,
        recipient=dispute.mailbox or "",
        language=dispute.language,
        context=context,
        now=now,
    )
    outbox.queue(mail)


def ask_to_vouch(signature: Signature, referrer: Signature, contact: Contact, now: datetime) -> MailLink:
    """Queues the question to a `contact` of `referrer` whether it knows who stands behind `signature`; gives its link.

    To a signatory that isn't named in public the mail says nothing of letter or group: others may read its mailbox. The page
    behind the link does.
    """
    link, address = _new_link(
        referrer, LinkPurpose.REFERRAL, contact.language, now, expires_at=now + VOUCH_LINK_LIFE
    )
    link.save(force_insert=True)
    host = signature.campaign.host
    context = {"host": host.name, "host_mailbox": host.mailbox, "link": address}
    context |= _who_asks(signature, contact.language)
    if discreet.is_due(MailKind.REFERRAL, referrer.publication_mode):
        context = discreet.cut(context)
    mail = outbox.new_mail(
        kind=MailKind.REFERRAL,
        signature=referrer,
        recipient=contact.mailbox or "",
        language=contact.language,
        context=context,
        now=now,
    )
    outbox.queue(mail)
    return link


def _who_asks(signature: Signature, language: str) -> dict[str, str]:
    """The group and its letter; nothing of the person who signed for it."""
    organisation, policy = signature.organisation, signature.campaign.naming_policy
    country = organisation.country_label or countries.label(organisation.country_code, language, policy)
    about = _context(signature, language)
    return {"group": organisation.name, "country": country, "title": about["title"], "page": about["page"]}


def _context_for(
    kind: MailKind, signature: Signature, language: str, *, title: str = "", **more: Any
) -> dict[str, Any]:
    """What a mail to a contact of `signature` is rendered from. What must not stand in it isn't stored with it either."""
    context = _context(signature, language, title) | more
    must_be = "discreet" in more or discreet.is_due(kind, signature.publication_mode)
    return discreet.cut(context) if must_be else context


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
