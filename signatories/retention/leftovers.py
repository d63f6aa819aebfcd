"""What is left over once its time is up: hashes, words and names that nobody needs any more, log-ins, accounts of who has left."""

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, make_password
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import Exists, OuterRef, Q

from campaigns import keeping
from campaigns.models import Campaign
from signatories.models import (
    Contact,
    ContactChange,
    Erasure,
    EventNote,
    Evidence,
    ExportLog,
    MailLink,
    ModeChange,
    NameChange,
    OutboxMail,
    Signature,
    SignatureEvent,
    SuppressedMailbox,
    Sweep,
)
from signatories.models.merge import UNDO_FOR
from signatories.models.signature import UNCONFIRMED_FOR
from signatories.states import EventKind, LinkPurpose, MailState

# The limits on mails look a day back; one more for mail that waited.
RECIPIENT_HASH_FOR = timedelta(days=2)
# Mail that could not be sent for so long tells nobody anything new: its links are dead.
WAITING_MAIL_FOR = timedelta(days=30)
# A page says for so long that its link has expired; then it knows it no more.
DEAD_LINK_FOR = timedelta(days=30)
# How long it can be read what was asked for and how it was answered; the trail keeps that it was.
ANSWERED_WISH_FOR = timedelta(days=30)
# Words about somebody whose contact is erased, written since.
WORDS_AFTER_ERASURE_FOR = timedelta(days=30)
# What staff did in the admin, why they took a file out, and which condition they rejected by.
STAFF_WORDS_FOR = timedelta(days=365)
# An account that was switched off and not used for so long is one of somebody who has left.
LEFT_ACCOUNT_FOR = timedelta(days=365)
# No back-up is kept for longer; after that, nothing can come back that would have to be erased again.
ERASURES_FOR = timedelta(days=2 * 365)


def forget_mail(now: datetime) -> int:
    """Gives up mail that waited for a month, takes the text out of whatever is settled, and two days later the hash."""
    late = OutboxMail.objects.filter(
        state__in=[MailState.QUEUED, MailState.SENDING], not_before__lt=now - WAITING_MAIL_FOR
    )
    given_up = late.update(state=MailState.FAILED, settled_at=now, last_error="too old", claim=None)
    settled = OutboxMail.objects.filter(state__in=[MailState.SENT, MailState.FAILED])
    held = settled.exclude(recipient=None, context=None)
    emptied = held.update(recipient=None, context=None)
    old = settled.filter(not_before__lt=now - RECIPIENT_HASH_FOR).exclude(recipient_hash="")
    return given_up + emptied + old.update(recipient_hash="")


def forget_links(now: datetime) -> int:
    """Deletes links that have been dead for a month. A referral without its link would be one that was never sent, and a
    dispute's goes with the dispute."""
    dead = MailLink.objects.filter(expires_at__lt=now - DEAD_LINK_FOR)
    return dead.exclude(purpose__in=[LinkPurpose.REFERRAL, LinkPurpose.DISPUTE]).delete()[0]


def forget_words(now: datetime) -> int:
    """Deletes words about signatures whose contact was erased, or whose letter's day is over, once they are a month old."""
    over = [each.pk for each in Campaign.objects.all() if keeping.contacts_until(each) <= now]
    erased = SignatureEvent.objects.filter(signature=OuterRef("pk"), kind=EventKind.CONTACT_ERASED)
    nobodys = Signature.objects.filter(
        Exists(erased) | Q(campaign__in=over), ~Exists(Contact.objects.filter(signature=OuterRef("pk")))
    )
    old = now - WORDS_AFTER_ERASURE_FOR
    notes = EventNote.objects.filter(event__signature__in=nobodys, event__happened_at__lt=old)
    evidence = Evidence.objects.filter(signature__in=nobodys, recorded_at__lt=old).exclude(note="")
    return notes.delete()[0] + evidence.update(note="")


def forget_wishes(now: datetime) -> int:
    """Deletes wishes of signers that were answered a month ago, or never confirmed in time."""
    old, unconfirmed = now - ANSWERED_WISH_FOR, now - UNCONFIRMED_FOR
    names = NameChange.objects.exclude(outcome="").filter(
        Q(decided_at__lt=old) | Q(decided_at=None, asked_at__lt=old)
    )
    modes = ModeChange.objects.filter(
        Q(applied_at__lt=old)
        | Q(stopped_at__lt=old)
        | Q(stopped_at=None, confirmed_at=None, asked_at__lt=unconfirmed)
    )
    contacts = ContactChange.objects.filter(asked_at__lt=unconfirmed)
    return sum(each.delete()[0] for each in (names, modes, contacts))


def forget_merged_names(now: datetime) -> int:
    """Takes the names out of merges that can't be undone any more. The ids stay: they say what is one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE signatories_merge SET before = before - ARRAY['name', 'names']"
            " WHERE merged_at < %s AND before ?| ARRAY['name', 'names']",
            [now - UNDO_FOR],
        )
        return int(cursor.rowcount)


def forget_staff_words(now: datetime) -> int:
    """What staff typed a year ago: entries of the admin's log, reasons and filters of exports, conditions of sweeps."""
    old = now - STAFF_WORDS_FOR
    entries = LogEntry.objects.filter(action_time__lt=old).delete()[0]
    exports = ExportLog.objects.filter(exported_at__lt=old).exclude(reason="", filters="")
    sweeps = Sweep.objects.filter(started_at__lt=old, ended_at__isnull=False)
    return (
        entries
        + exports.update(reason="", filters="")
        + sweeps.exclude(note="").update(note="")
        + _forget_conditions(old)
    )


def _forget_conditions(old: datetime) -> int:
    """Of a condition only the parts that can name somebody go: a domain, a piece of a name, a network's code."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE signatories_sweep SET condition = jsonb_set(condition, '{parts}', jsonb_build_object('name', '…'))"
            " WHERE started_at < %s AND ended_at IS NOT NULL AND condition->'parts' <> jsonb_build_object('name', '…')",
            [old],
        )
        return int(cursor.rowcount)


def forget_suppressed(now: datetime) -> int:
    """Deletes the hashes of mailboxes that may be written to again, and of erasures that no back-up can undo any more."""
    free = SuppressedMailbox.objects.filter(until__lt=now).delete()[0]
    return free + Erasure.objects.filter(happened_at__lt=now - ERASURES_FOR).delete()[0]


def forget_sessions(now: datetime) -> int:
    """Deletes the log-ins of staff, and the opened pages of signers, that have ended; Django leaves their rows."""
    return Session.objects.filter(expire_date__lt=now).delete()[0]


def forget_former_staff(now: datetime) -> int:
    """Takes name, mailbox and secrets out of accounts that were switched off. The user name stays: the trail says who decided."""
    old = now - LEFT_ACCOUNT_FOR
    left = User.objects.filter(is_active=False, date_joined__lt=old)
    left = left.filter(Q(last_login=None) | Q(last_login__lt=old))
    secrets: int = Authenticator.objects.filter(user__in=left).delete()[0]
    mailboxes: int = EmailAddress.objects.filter(user__in=left).delete()[0]
    named = left.exclude(first_name="", last_name="", email="", password__startswith=UNUSABLE_PASSWORD_PREFIX)
    nameless = {"first_name": "", "last_name": "", "email": "", "password": make_password(None)}
    changed: int = named.update(**nameless)
    return secrets + mailboxes + changed
