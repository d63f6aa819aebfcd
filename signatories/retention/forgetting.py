"""What is kept for how long, and what goes."""

from datetime import datetime, timedelta

from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.utils import timezone

from signatories import network
from signatories.models import (
    Consent,
    Contact,
    Dispute,
    EventNote,
    MailLink,
    Organisation,
    OutboxMail,
    Signature,
)
from signatories.models.signature import UNCONFIRMED_FOR
from signatories.states import LinkPurpose, MailState, State
from signatories.transitions import SYSTEM, AlreadyDecided, change_state

# How long it can be seen that several came from one network.
NETWORK_HASH_FOR = timedelta(days=7)
# How long after its decision it can still be read what was said against a line, and from which mailbox.
DECIDED_DISPUTE_FOR = timedelta(days=30)
# Stands where the name of an organisation was that never confirmed.
ERASED = "–"
# What of the row itself leads back to who sent it. A row without its key is one whose form was erased.
WITHOUT_KEYS = {"submission_key": "", "network_hash": ""}


def expire_unconfirmed() -> int:
    """Ends every signature that was not confirmed in time and erases who sent it; how many."""
    expired = 0
    for signature in Signature.objects.never_confirmed_since(timezone.now() - UNCONFIRMED_FOR).iterator():
        try:
            expire(signature)
        except AlreadyDecided:  # confirmed this very moment
            continue
        expired += 1
    return expired


@transaction.atomic
def expire(signature: Signature) -> None:
    """Ends one unconfirmed signature: whatever was typed goes, the bare row and its events stay.

    The organisation is the form's own row (decision 0006). What was typed as its name may be a person's.
    """
    change_state(signature, to=State.EXPIRED, actor=SYSTEM, **WITHOUT_KEYS)
    _erase_form(signature)


def forget_rejected() -> int:
    """Erases the forms that nobody confirmed in time and that staff had rejected; how many. They stay rejected.

    On the day on which they would have expired: that is promised to whoever gets the mail, and no undo could use them later.
    """
    old = timezone.now() - UNCONFIRMED_FOR
    return sum(
        _forget_rejected(each, old) for each in Signature.objects.rejected_unconfirmed_since(old).iterator()
    )


@transaction.atomic
def _forget_rejected(signature: Signature, old: datetime) -> bool:
    """Asked once more in the same breath: an undo may have brought it back at this very moment."""
    still = Signature.objects.rejected_unconfirmed_since(old).filter(pk=signature.pk)
    if not still.update(**WITHOUT_KEYS):
        return False
    _erase_form(signature)
    return True


def _erase_form(signature: Signature) -> None:
    Consent.objects.filter(contact__signature=signature).delete()
    Contact.objects.filter(signature=signature).delete()
    MailLink.objects.filter(signature=signature).delete()
    OutboxMail.objects.filter(signature=signature).exclude(state=MailState.SENDING).delete()
    EventNote.objects.filter(event__signature=signature).delete()
    _erase_what_was_typed(signature)


def _erase_what_was_typed(signature: Signature) -> None:
    others = Signature.objects.filter(organisation=signature.organisation_id).exclude(pk=signature.pk)
    if others.exists():
        return
    Organisation.objects.filter(pk=signature.organisation_id, registered_at=None).update(
        name=ERASED,
        native_name="",
        native_language="",
        name_en="",
        acronym="",
        aliases=[],
        country_label="",
        identifier="",
        website="",
        registrable_domain="",
        sort_name="",
        sort_key="",
        match_key="",
    )


def forget_networks() -> None:
    """Erases the keys of past days, and the hashes that were made under them (docs/privacy.md)."""
    now = timezone.now()
    network.forget_keys(now)
    old = now - NETWORK_HASH_FOR
    Signature.objects.exclude(network_hash="").filter(submitted_at__lt=old).update(network_hash="")
    Dispute.objects.exclude(network_hash="").filter(sent_at__lt=old).update(network_hash="")


def forget_disputes() -> None:
    """Deletes disputes that nobody confirmed in time, and erases who sent a decided one, and what was said.

    That there was one stays, with its outcome. One that is still open stays whole: staff have yet to read it.
    """
    now = timezone.now()
    Dispute.objects.filter(confirmed_at=None, sent_at__lt=now - UNCONFIRMED_FOR).delete()
    decided = Dispute.objects.filter(decided_at__lt=now - DECIDED_DISPUTE_FOR).exclude(mailbox_hash="")
    decided.update(mailbox=None, words=None, mailbox_hash="", mailbox_domain="", link=None)
    links = MailLink.objects.filter(purpose=LinkPurpose.DISPUTE, dispute=None)
    links.filter(created_at__lt=now - UNCONFIRMED_FOR).delete()


def forget_sessions() -> None:
    """Erases the log-ins of staff that have ended; Django leaves their rows."""
    SessionStore.clear_expired()
