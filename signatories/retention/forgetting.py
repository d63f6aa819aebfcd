"""Forms that came to nothing, and what strangers left: gone after days, with all that was typed."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, Q

from signatories import network, replies
from signatories.models import (
    Consent,
    Contact,
    Dispute,
    MailLink,
    NameChange,
    Organisation,
    OutboxMail,
    Signature,
)
from signatories.models.signature import UNCONFIRMED_FOR, SignatureQuerySet
from signatories.retention.erasing import forget_admin_log, forget_words
from signatories.states import EventKind, LinkPurpose, State
from signatories.transitions import SYSTEM, AlreadyDecided, change_state

# A rejection can be appealed against for so long; then what was typed goes.
REJECTED_FOR = timedelta(days=30)
# How long it can be seen that several came from one network.
NETWORK_HASH_FOR = timedelta(days=7)
# How long after its decision it can still be read what was said against a line, and from which mailbox.
DECIDED_DISPUTE_FOR = timedelta(days=30)
# Stands where the name of an organisation was that never confirmed.
ERASED = "–"
# What of the row itself leads back to who sent it. A row without its key is one whose form was erased.
WITHOUT_KEYS = {"submission_key": "", "network_hash": ""}


def expire_unconfirmed(now: datetime) -> int:
    """Ends every signature that was not confirmed in time and erases who sent it; how many."""
    expired = 0
    for signature in Signature.objects.never_confirmed_since(now - UNCONFIRMED_FOR).iterator():
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


def forget_rejected(now: datetime) -> int:
    """Erases the forms that staff had rejected; how many. They stay rejected.

    Those that nobody confirmed go on the day on which they would have expired: that is promised to whoever gets the mail, and
    no undo could use them later. Those that were confirmed go 30 days after the last word on them was said, and not while
    staff owe one.
    """
    unconfirmed = Signature.objects.rejected_unconfirmed_since(now - UNCONFIRMED_FOR)
    refused = _refused_since(now - REJECTED_FOR)
    return sum(_forget_rejected(each, found) for found in (unconfirmed, refused) for each in found.iterator())


def _refused_since(moment: datetime) -> SignatureQuerySet:
    """Rejected after their confirmation, and neither that nor anything about an appeal or a dispute is younger, or open."""
    said = Q(events__kind__in=[EventKind.APPEALED, EventKind.APPEAL_REFUSED, EventKind.DISPUTE_DECIDED])
    rejected = Signature.objects.filter(state=State.REJECTED, confirmed_at__isnull=False)
    old = rejected.filter(decided_at__lt=moment).exclude(submission_key="")
    last = old.alias(last_word=Max("events__happened_at", filter=said))
    quiet = last.filter(Q(last_word=None) | Q(last_word__lt=moment))
    open_disputes = Dispute.objects.open().values("signature")
    return quiet.exclude(pk__in=replies.appealed(old).values("pk")).exclude(pk__in=open_disputes)


@transaction.atomic
def _forget_rejected(signature: Signature, found: SignatureQuerySet) -> bool:
    """Asked once more in the same breath: an undo may have brought it back at this very moment."""
    if not found.filter(pk=signature.pk).exists():
        return False
    still = Signature.objects.filter(pk=signature.pk, state=State.REJECTED).exclude(submission_key="")
    if not still.update(**WITHOUT_KEYS):
        return False
    _erase_form(signature)
    return True


def _erase_form(signature: Signature) -> None:
    Consent.objects.filter(contact__signature=signature).delete()
    Contact.objects.filter(signature=signature).delete()
    # The confirmation links lead to a fresh form until they have been dead for a month (scenario S11).
    MailLink.objects.filter(signature=signature).exclude(purpose=LinkPurpose.CONFIRM).delete()
    # A mail that is on its way arrives; the worker finds its row gone and settles nothing.
    OutboxMail.objects.filter(signature=signature).delete()
    forget_words([signature])
    NameChange.objects.filter(signature=signature).delete()
    forget_admin_log([signature])
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
        search_key="",
    )


def forget_networks(now: datetime) -> int:
    """Erases the keys of past days, and the hashes that were made under them (docs/privacy.md); how many hashes."""
    network.forget_keys(now)
    old = now - NETWORK_HASH_FOR
    signed = Signature.objects.exclude(network_hash="").filter(submitted_at__lt=old)
    disputed = Dispute.objects.exclude(network_hash="").filter(sent_at__lt=old)
    return signed.update(network_hash="") + disputed.update(network_hash="")


def forget_disputes(now: datetime) -> int:
    """Deletes disputes that nobody confirmed in time, and erases who sent a decided one, and what was said.

    That there was one stays, with its outcome. One that is still open stays whole: staff have yet to read it.
    """
    unconfirmed = Dispute.objects.filter(confirmed_at=None, sent_at__lt=now - UNCONFIRMED_FOR).delete()[0]
    decided = Dispute.objects.filter(decided_at__lt=now - DECIDED_DISPUTE_FOR).exclude(mailbox_hash="")
    erased = decided.update(mailbox=None, words=None, mailbox_hash="", mailbox_domain="", link=None)
    links = MailLink.objects.filter(purpose=LinkPurpose.DISPUTE, dispute=None)
    return unconfirmed + erased + links.filter(created_at__lt=now - UNCONFIRMED_FOR).delete()[0]
