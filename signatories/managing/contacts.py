"""Another contact: the old mailbox agrees, the new one proves itself, the old one is told (scenario S7)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from signatories import publicity, verification
from signatories.identity import mailboxes, matching
from signatories.links import BadLink, LinkExpired, find_by_digest
from signatories.mail import notices
from signatories.managing import fresh
from signatories.models import Contact, ContactChange, Evidence, MailLink, Signature
from signatories.retention import erasing
from signatories.states import (
    EmailStatus,
    ErasureKind,
    EventKind,
    EvidenceKind,
    Flag,
    LinkPurpose,
    State,
)
from signatories.transitions import SIGNER, SYSTEM, Refused, record
from signatories.turns import decide_in_turn


class AlreadyContact(Refused):
    """The mailbox belongs to another contact of the same signature."""


@dataclass(frozen=True, kw_only=True)
class NewContact:
    """What a form says, cleaned: a parsed mailbox."""

    name: str
    role: str
    mailbox: str


def ask_for_contact(*, contact: Contact, new: NewContact) -> None:
    """Keeps what was typed until both mailboxes have agreed, and asks the old one. A wish before it gives way.

    Raises AlreadyContact, and what `fresh.ask` raises.
    """
    now = timezone.now()
    mailbox_hash = mailboxes.lookup_hash(new.mailbox)
    with transaction.atomic():
        decide_in_turn(contact.signature.campaign_id)
        _refuse_second(contact, mailbox_hash)
        link = fresh.ask(contact, LinkPurpose.CHANGE_CONTACT, now)
        ContactChange.objects.update_or_create(
            contact=contact,
            defaults={
                "signature": contact.signature,
                "name": new.name,
                "role": new.role,
                "mailbox": new.mailbox,
                "mailbox_hash": mailbox_hash,
                "language": contact.language,
                "old_link": link,
                "new_link": None,
                "asked_at": now,
                "confirmed_at": None,
            },
        )


def wish_of(link: MailLink) -> ContactChange:
    """What the link to the old mailbox confirms. Raises BadLink where another wish has taken its place."""
    wish = ContactChange.objects.filter(old_link=link).first()
    if wish is None:
        raise BadLink(_("This wish was called off, or another one has taken its place."))
    return wish


def confirm_from_old(*, digest: str) -> None:
    """The old mailbox agrees. Where the mailbox stays the same that is all; else the new one is asked.

    Raises what `fresh.use` and `wish_of` raise.
    """
    now = timezone.now()
    with transaction.atomic():
        link, contact = fresh.use(digest, LinkPurpose.CHANGE_CONTACT, now)
        wish = wish_of(link)
        if wish.mailbox_hash == contact.mailbox_hash:
            Contact.objects.filter(pk=contact.pk).update(name=wish.name, role=wish.role)
            record(
                contact.signature,
                kind=EventKind.CONTACT_CHANGED,
                actor=SIGNER,
                detail="same_mailbox",
                happened_at=now,
            )
            wish.delete()
            return
        wish.confirmed_at = now
        wish.new_link = notices.ask_new_contact(contact.signature, wish, now)
        wish.save(update_fields=["confirmed_at", "new_link"])


def outcome(digest: str) -> str:
    """What became of a confirmed wish: "asked" while the new mailbox has not agreed, "changed", or "" where it never did."""
    link = find_by_digest(digest, LinkPurpose.CHANGE_CONTACT)
    if ContactChange.objects.filter(old_link=link).exists():
        return "asked"
    changes = link.signature.events.filter(kind=EventKind.CONTACT_CHANGED, happened_at__gte=link.used_at)
    return "changed" if changes.exists() else ""


def find_for_new(digest: str) -> ContactChange:
    """What the link to the new mailbox is about. Raises BadLink, LinkUsed, LinkExpired."""
    link = find_by_digest(digest, LinkPurpose.NEW_CONTACT)
    if link.used_at is not None:
        raise fresh.LinkUsed(link.used_at)
    wish = (
        ContactChange.objects.select_related("contact")
        .filter(new_link=link, confirmed_at__isnull=False)
        .first()
    )
    if wish is None:
        raise BadLink(_("This link is not known. Perhaps a piece of it is missing."))
    if link.expires_at <= timezone.now():
        raise LinkExpired(_("This link has expired."))
    wish.signature = link.signature
    return wish


def accept_from_new(*, digest: str) -> Contact:
    """The new mailbox is proven: it takes the old one's place, every link to the old one is dead, and the old one is told.

    Raises what `find_for_new` raises, and AlreadyContact.
    """
    now = timezone.now()
    with transaction.atomic():
        decide_in_turn(find_for_new(digest).signature.campaign_id)
        wish = find_for_new(digest)
        old = Contact.objects.select_for_update().get(pk=wish.contact_id)
        old.signature = Signature.objects.select_related(
            "campaign__host", "organisation", "letter_version"
        ).get(pk=old.signature_id)
        _refuse_second(old, wish.mailbox_hash)
        # First, while it still is the old one's.
        notices.tell_contact_changed(old, now)
        _let_links_die(old, now)
        # An older backup must not bring the old one back.
        erasing.remember(ErasureKind.CONTACT, old.signature, old)
        new = _replace(old, wish)
        other_domain = _doubt_evidence(new, old.mailbox_domain, now)
        publicity.stop(new.signature, actor=SYSTEM, now=now)
        record(
            new.signature,
            kind=EventKind.CONTACT_CHANGED,
            actor=SIGNER,
            detail="other_domain" if other_domain else "same_domain",
            happened_at=now,
        )
        MailLink.objects.filter(digest=digest).update(used_at=now)
        wish.delete()
        notices.send_pages([new], now)
        return new


def _refuse_second(contact: Contact, mailbox_hash: str) -> None:
    others = Contact.objects.filter(signature=contact.signature_id).exclude(pk=contact.pk)
    if others.of_mailbox(mailbox_hash).exists():
        raise AlreadyContact(_("This mailbox is a contact of the signature already."))


def _replace(old: Contact, wish: ContactChange) -> Contact:
    new = Contact.objects.select_related("signature__campaign__host", "signature__organisation").get(
        pk=old.pk
    )
    new.name, new.role, new.mailbox = wish.name, wish.role, wish.mailbox
    new.mailbox_hash = wish.mailbox_hash
    new.mailbox_domain = mailboxes.domain_of(wish.mailbox or "")
    new.email_status = EmailStatus.DELIVERED
    new.save(update_fields=["name", "role", "mailbox", "mailbox_hash", "mailbox_domain", "email_status"])
    return new


def _let_links_die(contact: Contact, now: datetime) -> None:
    """All that the old mailbox holds. Links of no contact in particular went to the first one."""
    links = MailLink.objects.filter(expires_at__gt=now)
    links.filter(contact=contact).update(expires_at=now)
    if contact.is_primary:
        of_nobody = links.filter(signature=contact.signature_id, contact=None)
        of_nobody.exclude(purpose__in=[LinkPurpose.DISPUTE, LinkPurpose.NEW_CONTACT]).update(expires_at=now)


def _doubt_evidence(new: Contact, old_domain: str, now: datetime) -> bool:
    """What was seen of the old mailbox says nothing of the new one; whether the new one is on another domain.

    Whoever holds the mailbox alone could put another one there: what is left must meet the bar, or staff look again.
    The signature stays where it is meanwhile: it was theirs who are asked for, and an honest change takes nobody off the list.
    """
    other_domain = matching.registrable_domain(new.mailbox_domain) != matching.registrable_domain(old_domain)
    if not new.is_primary:
        return other_domain
    signature = new.signature
    about_the_mailbox = {EvidenceKind.MAILBOX, EvidenceKind.PUBLISHED_ADDRESS}
    if other_domain:
        about_the_mailbox.add(EvidenceKind.DOMAIN_MATCH)
    for evidence in signature.evidence.standing().filter(kind__in=about_the_mailbox):
        Evidence.objects.filter(pk=evidence.pk).update(taken_back_at=now)
        record(
            signature,
            kind=EventKind.EVIDENCE_TAKEN_BACK,
            actor=SYSTEM,
            detail=evidence.kind,
            happened_at=now,
        )
    Evidence.objects.create(signature=signature, kind=EvidenceKind.MAILBOX, recorded_at=now)
    record(signature, kind=EventKind.EVIDENCE, actor=SYSTEM, detail=EvidenceKind.MAILBOX, happened_at=now)
    _raise_flags(signature)
    return other_domain


def _raise_flags(signature: Signature) -> None:
    raised = set(verification.flags_anew(signature))
    if signature.state == State.ACCEPTED:
        signature.flags = [flag for flag in Flag if flag in raised]
        reached = verification.level_of(signature.evidence.counting().values_list("kind", flat=True))
        if reached < verification.bar(signature):
            raised.add(Flag.CONTACT_MOVED)
    flags = [flag.value for flag in Flag if flag in raised]
    Signature.objects.filter(pk=signature.pk).exclude(flags=flags).update(flags=flags)
    signature.flags = flags
