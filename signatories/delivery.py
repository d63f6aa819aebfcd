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
from typing import Any

from django.conf import settings
from django.core import mail as django_mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.db.models import F
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.utils import timezone

from signatories import emails
from signatories.models import Contact, Heartbeat, OutboxMail
from signatories.states import EmailStatus, MailState

log = logging.getLogger(__name__)

BATCH = 50
# Minutes before the next try after the first, second, … failure; then the mail is given up.
RETRY_AFTER_MINUTES = (1, 5, 15, 60, 240, 720)
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
    Heartbeat.objects.update_or_create(name="worker", defaults={"seen_at": timezone.now()})
    release_stuck()
    with _nobody_else_sends() as alone:
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


def _drain_alone(deadline: float) -> tuple[int, bool]:
    sent = 0
    while batch := claim(BATCH):
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


@transaction.atomic
def claim(limit: int) -> list[OutboxMail]:
    """Takes up to `limit` due mails for this worker, oldest first; other workers pass over them."""
    now = timezone.now()
    batch = list(
        OutboxMail.objects.select_for_update(skip_locked=True)
        .filter(state=MailState.QUEUED, not_before__lte=now)
        .order_by("not_before", "pk")[:limit]
    )
    mark = uuid.uuid4()
    OutboxMail.objects.filter(pk__in=[mail.pk for mail in batch]).update(
        state=MailState.SENDING, claimed_at=now, claim=mark
    )
    for mail in batch:
        mail.state, mail.claimed_at, mail.claim = MailState.SENDING, now, mark
    return batch


def send(batch: Iterable[OutboxMail], deadline: float = math.inf) -> int:
    """Sends a claimed batch over one connection; how many went out. What it does not get to is free again.

    Never raises for a single mail's fault. Raises MailServerGone.
    """
    way = django_mail.get_connection()
    left = deque(batch)
    sent = 0
    try:
        while left and time.monotonic() < deadline:
            _open(way)
            sent += _send_one(left.popleft(), way)
    except MailServerGone as error:
        _hand_back(left, last_error=str(error)[:60], not_before=timezone.now() + MAIL_SERVER_REST)
        raise
    else:
        _hand_back(left)
    finally:
        way.close()
    return sent


def _open(way: BaseEmailBackend) -> None:
    """Connects and logs in where that is not done yet. What goes wrong here is no mail's fault and costs none a try."""
    try:
        way.open()
    except (smtplib.SMTPException, OSError) as error:
        raise MailServerGone(_named(error)) from error


def _hand_back(batch: Iterable[OutboxMail], **columns: Any) -> None:
    """Frees mails that were claimed and not tried."""
    for mail in batch:
        OutboxMail.objects.filter(pk=mail.pk, claim=mail.claim).update(
            state=MailState.QUEUED, claim=None, claimed_at=None, **columns
        )


def _named(error: Exception) -> str:
    """A class of error and a reply code, never a server's words: those may hold a mailbox."""
    return f"{type(error).__name__} {getattr(error, 'smtp_code', '')}".strip()


def _send_one(mail: OutboxMail, way: BaseEmailBackend) -> bool:
    if not _still_ours(mail):
        return False
    try:
        message = emails.render(mail)
    # A key is missing, a template is broken: ours to mend. Until then the others must not wait behind it.
    except (ValueError, KeyError, TemplateDoesNotExist, TemplateSyntaxError) as error:
        _settle_failure(mail, f"not rendered: {_named(error)}", never_given_up=True)
        return False
    try:
        message.connection = way
        message.send()
    # A reply for good: the server knows the mailbox and does not take it.
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _words in error.recipients.values()]
        _settle_failure(
            mail, f"recipient refused {codes[0]}", for_good=all(500 <= code < 600 for code in codes)
        )
        return False
    # This mail's turn, or the server while it took it: busy, greylisting, gone. All of these pass.
    except (smtplib.SMTPException, OSError) as error:
        _settle_failure(mail, _named(error))
        way.close()
        return False
    _settle_sent(mail)
    return True


def _still_ours(mail: OutboxMail) -> bool:
    """Whether the lease holds: a slow server may have kept the batch so long that another worker has it now."""
    age = timezone.now() - (mail.claimed_at or timezone.now())
    if age < timedelta(seconds=settings.OUTBOX_LEASE_SECONDS / 2):
        return True
    return bool(OutboxMail.objects.filter(pk=mail.pk, claim=mail.claim).update(claimed_at=timezone.now()))


@transaction.atomic
def _settle_sent(mail: OutboxMail) -> None:
    # The mail is out. A crash of the database server right now could repeat it; waiting for the disk after
    # every single mail would halve the rate. A crash of this process loses nothing: the server has the row.
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
    OutboxMail.objects.filter(pk=mail.pk, claim=mail.claim).update(
        state=MailState.SENT,
        settled_at=timezone.now(),
        attempts=F("attempts") + 1,
        recipient=None,
        context=None,
        last_error="",
        claim=None,
    )
    if mail.signature_id is not None:
        Contact.objects.filter(
            signature_id=mail.signature_id,
            mailbox_hash=mail.recipient_hash,
            email_status=EmailStatus.UNKNOWN,
        ).update(email_status=EmailStatus.SENT)


def _settle_failure(
    mail: OutboxMail, error: str, *, for_good: bool = False, never_given_up: bool = False
) -> None:
    attempts = mail.attempts + 1
    given_up = for_good or (attempts > len(RETRY_AFTER_MINUTES) and not never_given_up)
    log.warning("Mail %s was not sent (%s), attempt %s.", mail.public_id, error, attempts)
    ours = OutboxMail.objects.filter(pk=mail.pk, claim=mail.claim)
    if given_up:
        ours.update(
            state=MailState.FAILED,
            settled_at=timezone.now(),
            attempts=attempts,
            last_error=error[:60],
            recipient=None,
            context=None,
            claim=None,
        )
        return
    wait = timedelta(minutes=RETRY_AFTER_MINUTES[min(attempts, len(RETRY_AFTER_MINUTES)) - 1])
    ours.update(
        state=MailState.QUEUED,
        attempts=attempts,
        last_error=error[:60],
        not_before=timezone.now() + wait,
        claim=None,
        claimed_at=None,
    )
