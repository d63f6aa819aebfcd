"""Sending what the outbox holds: claim a batch, send it over one connection, settle each mail on its own."""

import logging
import math
import smtplib
import time
import uuid
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.core import mail as django_mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection
from django.utils import timezone

from signatories.mail import budget, emails, settling
from signatories.mail.emails import BuiltMail
from signatories.models import Heartbeat, OutboxMail
from signatories.states import ON_REQUEST, MailState

log = logging.getLogger(__name__)

BATCH = 100
# How long a batch waits that met no mail server. Short: when the server is back, mail must not stay behind.
MAIL_SERVER_REST = timedelta(minutes=1)


SENDING_LOCK = 7_364_129  # any number, but the same in every worker


class MailServerGone(Exception):
    """No mail can go out now, whichever it is; says by which kind of error."""


def drain() -> int:
    """Sends what is due until nothing is left; how many were sent. Safe to call in any number of workers at once."""
    sent, _more = drain_until(math.inf)
    return sent


def drain_until(deadline: float) -> tuple[int, bool]:
    """Sends what is due until `time.monotonic()` passes `deadline`; how many went out, and whether more is due.

    While the mail server is away nothing is, for it would only be asked in vain; nor while another worker is at it.
    """
    Heartbeat.objects.update_or_create(name=Heartbeat.WORKER, defaults={"seen_at": timezone.now()})
    release_stuck()
    with _nobody_else_sends() as alone, _not_waiting_for_the_disk():
        return _drain_alone(deadline) if alone else (0, False)


@contextmanager
def _nobody_else_sends() -> Iterator[bool]:
    """One mail is in flight at a time, so a crash repeats at most one (product.md, rule 14).

    The lock is the connection's: it ends with the process that holds it. The rows' own claims hold without it, too.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [SENDING_LOCK])
        (alone,) = cursor.fetchone()
    try:
        yield alone
    finally:
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [SENDING_LOCK])


@contextmanager
def _not_waiting_for_the_disk() -> Iterator[None]:
    """A mail that is out is settled at once, but not yet on the disk: waiting for it after each would halve the rate.

    If the database's own machine dies right then, it may forget the last half second, and those mails go out once more.
    A crash of this process loses nothing: the server has the rows.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET synchronous_commit")


def _drain_alone(deadline: float) -> tuple[int, bool]:
    sent, left = 0, budget.left(timezone.now())
    while batch := claim(BATCH, on_request=left):
        left -= sum(mail.kind in ON_REQUEST for mail in batch)
        try:
            sent += send(batch, deadline)
        except MailServerGone as error:
            log.warning("The mail server takes nothing (%s); mail waits.", error)
            return sent, False
        if time.monotonic() >= deadline:
            return sent, True
    return sent, False


def release_stuck() -> int:
    """Frees mails whose worker died: claimed longer ago than the lease and never settled."""
    long_ago = timezone.now() - timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)
    return OutboxMail.objects.filter(state=MailState.SENDING, claimed_at__lt=long_ago).update(
        state=MailState.QUEUED, claim=None, claimed_at=None
    )


# By hand: found and marked in one trip. With a SELECT and an UPDATE through the models it takes a tenth of a drain (measured).
_CLAIM = """
    WITH due AS (
        SELECT id FROM signatories_outboxmail
        WHERE state = %(queued)s AND not_before <= %(now)s AND (kind <> ALL(%(on_request)s) OR %(is_some_left)s)
        ORDER BY not_before, id LIMIT %(limit)s
        FOR UPDATE SKIP LOCKED
    )
    UPDATE signatories_outboxmail AS mail SET state = %(sending)s, claimed_at = %(now)s, claim = %(mark)s
    FROM due WHERE mail.id = due.id
    RETURNING mail.*, (SELECT publication_mode FROM signatories_signature WHERE id = mail.signature_id)
"""


def claim(limit: int, *, on_request: float = math.inf) -> list[OutboxMail]:
    """Takes up to `limit` due mails for this worker, oldest first; other workers pass over them.

    At most `on_request` of them were asked for by somebody: near the end of the hour's budget batches are smaller.
    """
    values = {
        "on_request": [kind.value for kind in ON_REQUEST],
        "is_some_left": on_request > 0,
        "queued": MailState.QUEUED.value,
        "sending": MailState.SENDING.value,
        "now": timezone.now(),
        "mark": uuid.uuid4(),
        "limit": min(limit, on_request) if on_request > 0 else limit,
    }
    return sorted(OutboxMail.objects.raw(_CLAIM, values), key=lambda mail: (mail.not_before, mail.pk))


def send(batch: Iterable[OutboxMail], deadline: float = math.inf) -> int:
    """Sends a claimed batch over one connection; how many went out. What it does not get to is free again.

    Never raises for a single mail's fault. Raises MailServerGone.
    """
    way = django_mail.get_connection()
    left = deque(_rendered(batch))
    sent = []
    try:
        while left and time.monotonic() < deadline:
            _open(way)
            mail, message = left.popleft()
            if _send_one(mail, message, way):
                sent.append(mail)
    except MailServerGone as error:
        later = timezone.now() + MAIL_SERVER_REST
        settling.hand_back((mail for mail, _message in left), last_error=str(error)[:60], not_before=later)
        raise
    else:
        settling.hand_back(mail for mail, _message in left)
    finally:
        settling.note_contacts_reached(sent)
        way.close()
    return len(sent)


def _rendered(batch: Iterable[OutboxMail]) -> Iterator[tuple[OutboxMail, BuiltMail]]:
    """The mails of a batch with what is to be sent. All before the first is sent: in a row it takes half the time."""
    for mail in batch:
        try:
            yield mail, emails.render(mail)
        # A key is missing, a template is broken: ours to mend. Until then the others must not wait behind it.
        except Exception as error:  # noqa: BLE001  # whatever it is, it is this mail's alone
            settling.settle_failure(mail, f"not rendered: {_named(error)}", never_given_up=True)


def _open(way: BaseEmailBackend) -> None:
    """Connects and logs in where that is not done yet. What goes wrong here is no mail's fault and costs none a try."""
    try:
        way.open()
    except (smtplib.SMTPException, OSError) as error:
        raise MailServerGone(_named(error)) from error


def _named(error: Exception) -> str:
    """A class of error and a reply code, never a server's words: those may hold a mailbox."""
    return f"{type(error).__name__} {getattr(error, 'smtp_code', '')}".strip()


def _send_one(mail: OutboxMail, message: BuiltMail, way: BaseEmailBackend) -> bool:
    if not _still_ours(mail):
        return False
    try:
        message.connection = way
        message.send()
    # A reply for good: the server knows the mailbox and does not take it.
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _words in error.recipients.values()]
        settling.settle_failure(
            mail, f"recipient refused {codes[0]}", for_good=all(500 <= code < 600 for code in codes)
        )
        return False
    # This mail's turn, or the server while it took it: busy, greylisting, gone. All of these pass.
    except (smtplib.SMTPException, OSError) as error:
        settling.settle_failure(mail, _named(error))
        way.close()
        return False
    settling.settle_sent(mail)
    return True


def _still_ours(mail: OutboxMail) -> bool:
    """Whether the lease holds: a slow server may have kept the batch so long that another worker has it now."""
    age = timezone.now() - (mail.claimed_at or timezone.now())
    if age < timedelta(seconds=settings.OUTBOX_LEASE_SECONDS / 2):
        return True
    return bool(OutboxMail.objects.filter(pk=mail.pk, claim=mail.claim).update(claimed_at=timezone.now()))
