"""Erasing one contact everywhere: its row, its mail, its links, every word about it; and remembering that it is to stay so."""

from collections.abc import Iterable

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from signatories.identity import mailboxes
from signatories.models import (
    Contact,
    ContactChange,
    Dispute,
    Erasure,
    EventNote,
    Evidence,
    MailLink,
    OutboxMail,
    Signature,
)
from signatories.retention import offsite
from signatories.states import ErasureKind, EventKind, LinkPurpose, MailState
from signatories.transitions import SYSTEM, Actor, record

# Sent and given up: nothing personal is left in these but the hash of the mailbox, by which it is not flooded (`rules`).
SETTLED = (MailState.SENT, MailState.FAILED)


@transaction.atomic
def erase_contact(contact: Contact, *, actor: Actor = SYSTEM) -> bool:
    """Erases a contact of a signature; False if somebody else just did. Writes the event, and remembers it (`remember`).

    What was mailed stays mailed. A mail that is on its way this second arrives, and leaves nothing behind. A last mail to the
    mailbox must be queued after this call: it takes every mail that waits.
    Where it was the first contact, the next one is the first from now on.
    """
    held = Contact.objects.select_for_update(of=["self"]).select_related("signature")
    found = held.filter(pk=contact.pk).first()
    if found is None:
        return False
    signature = found.signature
    folded = _with_folded(signature)
    same = Contact.objects.filter(signature__in=folded, mailbox_hash=found.mailbox_hash)
    remember(ErasureKind.CONTACT, signature, found)
    forget_mail(folded, found.mailbox_hash)
    _forget_links(folded, list(same))
    forget_words(folded)
    _forget_disputes(folded, found)
    forget_admin_log(folded, same)
    ContactChange.objects.filter(signature__in=folded, mailbox_hash=found.mailbox_hash).delete()
    same.delete()
    _promote(signature)
    record(signature, kind=EventKind.CONTACT_ERASED, actor=actor)
    return True


def remember(kind: ErasureKind, signature: Signature, contact: Contact | None = None) -> None:
    """Notes for the list that is kept off-site what a restored backup must not bring back; `contact` for ErasureKind.CONTACT.

    To be called inside the transaction that does it. Once more for the same thing moves its time. What was merged into
    `signature` is noted as well: in an older backup it stands by itself.
    """
    now = timezone.now()
    mailbox_hash = contact.mailbox_hash if contact else ""
    erasures = [
        Erasure(kind=kind, digest=digest_of(kind, each, mailbox_hash), happened_at=now)
        for each in _with_folded(signature)
    ]
    note(erasures)
    transaction.on_commit(lambda: offsite.append(erasures))


def note(erasures: list[Erasure]) -> None:
    """Stores them; of what is known already only the time moves."""
    Erasure.objects.bulk_create(
        erasures, update_conflicts=True, unique_fields=["kind", "digest"], update_fields=["happened_at"]
    )


def _with_folded(signature: Signature) -> list[Signature]:
    return list(Signature.objects.filter(Q(pk=signature.pk) | Q(merged_into=signature)).order_by("pk"))


def digest_of(kind: ErasureKind | str, signature: Signature, mailbox_hash: str = "") -> str:
    """64 hex digits, keyed: without LOOKUP_HASH_KEY they name nobody."""
    return mailboxes.keyed_hash(
        f"erasure {ErasureKind(kind).value}", f"{signature.public_id}\0{mailbox_hash}"
    )


def forget_mail(signatures: Iterable[Signature], mailbox_hash: str) -> None:
    """Mail about `signatures` to this mailbox: what was not sent goes. The worker finds a claimed row gone, and settles nothing."""
    mails = OutboxMail.objects.filter(signature__in=signatures, recipient_hash=mailbox_hash)
    mails.exclude(state__in=SETTLED).delete()
    mails.update(recipient=None, context=None)


def _forget_links(signatures: list[Signature], contacts: list[Contact]) -> None:
    """Their links are dead. Those of no contact in particular went to the first one."""
    mine = Q(contact__in=contacts)
    if any(contact.is_primary for contact in contacts):
        mine |= Q(contact=None)
    links = MailLink.objects.filter(mine, signature__in=signatures).exclude(purpose=LinkPurpose.DISPUTE)
    # A referral without its link would be one that was never sent.
    now = timezone.now()
    links.filter(purpose=LinkPurpose.REFERRAL).update(contact=None)
    links.filter(purpose=LinkPurpose.REFERRAL, expires_at__gt=now).update(expires_at=now)
    links.exclude(purpose=LinkPurpose.REFERRAL).delete()


def forget_words(signatures: Iterable[Signature]) -> None:
    """What signer and staff wrote: nobody can tell which words speak of the person. What was decided, by whom and why, stays."""
    EventNote.objects.filter(event__signature__in=signatures).delete()
    Evidence.objects.filter(signature__in=signatures).exclude(note="").update(note="")


def _forget_disputes(signatures: list[Signature], contact: Contact) -> None:
    """Disputes from the same mailbox, and the words of others that name the person."""
    for dispute in Dispute.objects.filter(signature__in=signatures):
        if dispute.mailbox_hash == contact.mailbox_hash:
            columns = {"mailbox": None, "words": None, "mailbox_hash": "", "mailbox_domain": ""}
        elif mentions(dispute.words or "", contact):
            columns = {"words": None}
        else:
            continue
        Dispute.objects.filter(pk=dispute.pk).update(**columns)


def mentions(text: str, contact: Contact) -> bool:
    """Whether `text` holds the name, the role or the mailbox of `contact`, whatever the case."""
    held = text.casefold()
    return any(word.casefold() in held for word in (contact.name, contact.role, contact.mailbox) if word)


def forget_admin_log(signatures: Iterable[Signature], contacts: Iterable[Contact] = ()) -> None:
    """That staff changed something stays in the admin's log; what it was called goes."""
    rows: list[tuple[type[models.Model], Iterable[models.Model]]] = [
        (Contact, contacts),
        (Signature, signatures),
    ]
    for model, changed in rows:
        entries = LogEntry.objects.filter(
            content_type=ContentType.objects.get_for_model(model),
            object_id__in=[str(each.pk) for each in changed],
        )
        entries.update(object_repr="", change_message="")


def _promote(signature: Signature) -> None:
    contacts = Contact.objects.filter(signature=signature)
    if not contacts.filter(is_primary=True).exists():
        following = contacts.order_by("pk").values("pk")[:1]
        contacts.filter(pk__in=following).update(is_primary=True)
