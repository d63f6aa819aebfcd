"""The signer withdraws, or has the contact data erased; each after a fresh mail (scenarios S17, S24)."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from signatories import publicity
from signatories.mail import notices
from signatories.managing import fresh, merged
from signatories.models import Signature
from signatories.retention import erasing
from signatories.signer_view import as_its_signer_knows_it
from signatories.states import LEADS_TO, ErasureKind, LinkPurpose, MailKind, NameOutcome, State
from signatories.transitions import SIGNER, Refused, change_state


class NothingToWithdraw(Refused):
    """The signature has ended already, or never counted."""


def may_withdraw(signature: Signature) -> bool:
    """Before and after closing, and in the archive: only the state decides."""
    return State.WITHDRAWN in LEADS_TO[State(as_its_signer_knows_it(signature)[1])]


def withdraw(*, digest: str) -> None:
    """confirmed, on_hold or accepted → withdrawn; a receipt goes to every contact. Raises NothingToWithdraw and what `fresh.use` raises.

    When it joined the total stays with it: from that the list of changes on the letter's page is made.
    """
    now = timezone.now()
    with transaction.atomic():
        _link, contact = fresh.use(digest, LinkPurpose.WITHDRAW, now)
        signature = (
            Signature.objects.select_for_update(no_key=True, of=["self"])
            .select_related("campaign__host", "organisation", "letter_version", "merged_into")
            .get(pk=contact.signature_id)
        )
        if not may_withdraw(signature):
            raise NothingToWithdraw(_("This signature has ended already."))
        _leave(signature, now)
        publicity.stop(signature, actor=SIGNER, now=now)
        signature.name_changes.open().update(outcome=NameOutcome.REPLACED, decided_at=now)
        erasing.remember(ErasureKind.LEFT, signature)
        for each in signature.contacts.exclude(mailbox=None):
            notices.tell_contact(each, MailKind.WITHDRAWN, now)


def _leave(signature: Signature, now: datetime) -> None:
    if signature.state == State.MERGED:
        # It counts no more, and what survived is not this signer's alone to end. An undo of the merge withdraws it.
        Signature.objects.filter(pk=signature.pk).update(withdrawn_at=now)
        merged.tell_staff(signature, merged.WITHDREW)
    else:
        change_state(signature, to=State.WITHDRAWN, actor=SIGNER, withdrawn_at=now)


def erase(*, digest: str) -> None:
    """Erases the contact whose mailbox has just confirmed it; what is printed stays. One last mail. Raises what `fresh.use` raises."""
    now = timezone.now()
    with transaction.atomic():
        _link, contact = fresh.use(digest, LinkPurpose.ERASE, now)
        # Nobody who could call it off would hear of it.
        publicity.stop(contact.signature, actor=SIGNER, now=now)
        erasing.erase_contact(contact, actor=SIGNER)
        # Last: the erasure takes every mail that waits. `contact` is what it was, in memory alone.
        notices.tell_contact(contact, MailKind.ERASED, now)
