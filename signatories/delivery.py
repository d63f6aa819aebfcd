"""Sending what the outbox holds: claim a batch, send it over one connection, settle each mail on its own."""

import logging
import smtplib
import uuid
from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.core import mail as django_mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from signatories import emails
from signatories.models import Contact, Heartbeat, OutboxMail
from signatories.states import EmailStatus, MailState

log = logging.getLogger(__name__)

BATCH = 50
# Minutes before the next try after the first, second, … failure; then the mail is given up.
RETRY_AFTER_MINUTES = (1, 5, 15, 60, 240, 720)


def drain() -> int:
    """Sends what is due until nothing is left; how many were sent. Safe to run in any number of workers."""
    Heartbeat.objects.update_or_create(name="worker", defaults={"seen_at": timezone.now()})
    release_stuck()
    sent = 0
    while batch := claim(BATCH):
        sent += send(batch)
    return sent


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


def send(batch: Iterable[OutboxMail]) -> int:
    """Sends a claimed batch over one connection; how many went out. Never raises for a single mail's fault."""
    way = django_mail.get_connection()
    sent = 0
    try:
        for mail in batch:
            sent += _send_one(mail, way)
    finally:
        way.close()
    return sent


def _send_one(mail: OutboxMail, way: BaseEmailBackend) -> bool:
    if not _still_ours(mail):
        return False
    try:
        way.open()
        message = emails.render(mail)
        message.connection = way
        message.send()
    # A reply for good: the server knows the mailbox and does not take it.
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _words in error.recipients.values()]
        _settle_failure(mail, f"recipient refused {codes[0]}", for_good=all(500 <= code < 600 for code in codes))
        return False
    # The server or the way to it: busy, greylisting, gone. All of these pass.
    except (smtplib.SMTPException, OSError) as error:
        _settle_failure(mail, f"{type(error).__name__} {getattr(error, 'smtp_code', '')}".strip(), for_good=False)
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
    Contact.objects.filter(
        signature_id=mail.signature_id, mailbox_hash=mail.recipient_hash, email_status=EmailStatus.UNKNOWN
    ).update(email_status=EmailStatus.SENT)


def _settle_failure(mail: OutboxMail, error: str, *, for_good: bool) -> None:
    attempts = mail.attempts + 1
    given_up = for_good or attempts > len(RETRY_AFTER_MINUTES)
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
    wait = timedelta(minutes=RETRY_AFTER_MINUTES[attempts - 1])
    ours.update(
        state=MailState.QUEUED,
        attempts=attempts,
        last_error=error[:60],
        not_before=timezone.now() + wait,
        claim=None,
        claimed_at=None,
    )
