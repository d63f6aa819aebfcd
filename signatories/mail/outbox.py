"""Queueing mail: rows written with what they tell, a nudge to the worker after the commit, limits per mailbox."""

import json
import logging
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.db import connection, transaction
from kombu.exceptions import OperationalError

from signatories.identity import mailboxes
from signatories.models import OutboxMail, Signature
from signatories.states import MailKind, State

log = logging.getLogger(__name__)

# Scenario S9: nobody's mailbox can be flooded through the form.
CONFIRM_MAILS_A_DAY = 3
CONFIRM_MAIL_PAUSE = timedelta(seconds=60)
# No confirmation mail is queued for a later moment than this.
LONGEST_WAIT = timedelta(days=1)
A_DAY = timedelta(days=1)

NUDGE_EVERY = 0.5  # seconds; one nudge serves all mail queued meanwhile
BROKER_REST = 10.0  # seconds for which a dead broker is left alone; beat's own nudges bridge the gap
_next_nudge = 0.0
_nudge_lock = threading.Lock()


def new_mail(
    *,
    kind: MailKind,
    signature: Signature | None,
    recipient: str,
    language: str,
    context: dict[str, Any],
    now: datetime,
    not_before: datetime | None = None,
) -> OutboxMail:
    """One mail, for the caller to store with what it tells, in one transaction, and to `nudge` after its commit."""
    return OutboxMail(
        signature=signature,
        kind=kind,
        language=language,
        recipient=recipient,
        recipient_hash=mailboxes.lookup_hash(recipient),
        context=json.dumps(context),
        created_at=now,
        not_before=not_before or now,
    )


def queue(mail: OutboxMail) -> OutboxMail:
    """Writes a new mail into the outbox; it goes out after the commit of the transaction around this call."""
    mail.save(force_insert=True)
    transaction.on_commit(nudge)
    return mail


# By hand: each form asks it, and Django takes longer to put such a question than PostgreSQL to answer it (measured). More
# than one statement, because the others must see what others wrote while the first waited for them.
_RECENT = """
    SELECT pg_advisory_xact_lock(hashtextextended(%(mailbox)s, 0));
    SELECT until FROM signatories_suppressedmailbox WHERE mailbox_hash = %(mailbox)s AND until > %(now)s;
    SELECT mail.not_before, signature.campaign_id, signature.state, signature.id, signature.network_hash
    FROM signatories_outboxmail AS mail LEFT JOIN signatories_signature AS signature ON signature.id = mail.signature_id
    WHERE mail.recipient_hash = %(mailbox)s AND mail.kind = %(kind)s AND mail.not_before > %(since)s
    ORDER BY mail.not_before DESC LIMIT %(limit)s
"""


@dataclass(frozen=True)
class Recent:
    """A confirmation mail of the last day, or one that is to come, and the state of the signature that it is about."""

    not_before: datetime
    campaign_id: int | None
    state: str | None
    signature_id: int | None
    network_hash: str | None

    @property
    def unanswered(self) -> bool:
        """Whether that signature still waits for its link. One that was rejected or has expired waits for nothing."""
        return self.state == State.SUBMITTED


@dataclass(frozen=True)
class Mailbox:
    """The mails of a mailbox, newest first and at most one more than a day has; until when its owner wants none (`disowning`)."""

    recent: list[Recent]
    wants_none_until: datetime | None


def next_confirm_slot(recipient_hash: str, now: datetime) -> datetime:
    """The earliest moment, `now` at best, at which one more confirmation mail may go to this mailbox.

    Until the end of the transaction nobody else gets an answer for it.
    """
    return _slot(_mailbox(recipient_hash, now), now)


def slot_of_form(recipient_hash: str, signature: Signature, now: datetime) -> datetime:
    """As `next_confirm_slot`, for whoever asks on the page after the form of `signature`.

    Strangers who sign in his name may have used up the day's mails. So where none of them was about this form, nor about one
    from its network, there is one more.
    """
    mailbox = _mailbox(recipient_hash, now)
    slot = _slot(mailbox, now)
    if slot <= now or mailbox.wants_none_until or len(mailbox.recent) > CONFIRM_MAILS_A_DAY:
        return slot
    near = {
        (each.signature_id == signature.pk, each.network_hash == signature.network_hash)
        for each in mailbox.recent
    }
    return max(now, mailbox.recent[0].not_before + CONFIRM_MAIL_PAUSE) if near == {(False, False)} else slot


def next_staff_slot(recipient_hash: str, now: datetime) -> datetime:
    """As `next_confirm_slot`, for a mail that staff ask for: a minute after another one, but not kept from anybody whose three
    mails of the day somebody else has used up, nor by an owner's wish for none. Mail that is to come later doesn't hold it up."""
    recent = _mailbox(recipient_hash, now).recent
    near = [each.not_before for each in recent if each.not_before <= now + CONFIRM_MAIL_PAUSE]
    return max([now, *(moment + CONFIRM_MAIL_PAUSE for moment in near)])


def slot_for_form(recipient_hash: str, campaign_id: int, now: datetime) -> datetime | None:
    """As `next_confirm_slot`, for a form that just came in. None: it gets no mail of its own yet.

    That is so while the mail of another form on this letter is unanswered: whoever floods the letter in a stranger's name
    sends him one mail, not three. An owner who signs for a second organisation gets its mail once he has confirmed the
    first, or when he asks for it. Also None where the next place is too far ahead: the mail that the owner asks for
    must have one soon.
    """
    mailbox = _mailbox(recipient_hash, now)
    if any(each.unanswered and each.campaign_id == campaign_id for each in mailbox.recent):
        return None
    slot = _slot(mailbox, now)
    return slot if slot <= now + LONGEST_WAIT else None


def has_room(recipient_hash: str, kind: MailKind, now: datetime) -> bool:
    """Whether one more mail of a kind that anybody may ask for goes to this mailbox now: three a day, a minute apart.

    That its owner wants no confirmation mail is about forms alone. Until the end of the transaction nobody else gets an answer.
    """
    recent = _mailbox(recipient_hash, now, kind).recent
    return _slot(Mailbox(recent, wants_none_until=None), now) <= now


def alone_with(recipient_hashes: Iterable[str]) -> None:
    """Until the end of the transaction nobody else gets a place for a mail to these mailboxes."""
    with connection.cursor() as cursor:
        for recipient_hash in recipient_hashes:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [recipient_hash])


def _mailbox(recipient_hash: str, now: datetime, kind: MailKind = MailKind.CONFIRM) -> Mailbox:
    values: dict[str, Any] = {
        "mailbox": recipient_hash,
        "kind": kind.value,
        "now": now,
        "since": now - A_DAY,
        "limit": CONFIRM_MAILS_A_DAY + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(_RECENT, values)
        cursor.nextset()
        wish = cursor.fetchone()
        cursor.nextset()
        return Mailbox([Recent(*row) for row in cursor.fetchall()], wish[0] if wish else None)


def _slot(mailbox: Mailbox, now: datetime) -> datetime:
    recent, slot = mailbox.recent[:CONFIRM_MAILS_A_DAY], max(now, mailbox.wants_none_until or now)
    if recent:
        slot = max(slot, recent[0].not_before + CONFIRM_MAIL_PAUSE)
    if len(recent) == CONFIRM_MAILS_A_DAY:
        slot = max(slot, recent[-1].not_before + A_DAY)
    return slot


def nudge() -> None:
    """Asks the worker to look into the outbox, at most twice a second. A dead broker only delays mail."""
    global _next_nudge
    with _nudge_lock:
        if time.monotonic() < _next_nudge:
            return
        _next_nudge = time.monotonic() + NUDGE_EVERY
    try:
        # By name: the worker's tasks stand above, for some of them queue mail themselves.
        current_app.send_task("signatories.tasks.drain_outbox", expires=60, retry=False)
    except OperationalError:
        log.warning("The broker does not answer; mail waits for the next beat.")
        with _nudge_lock:
            _next_nudge = time.monotonic() + BROKER_REST
