"""Queueing mail: rows written with what they tell, a nudge to the worker after the commit, limits per mailbox."""

import json
import logging
import threading
import time
from datetime import datetime, timedelta

from django.db import connection, transaction
from kombu.exceptions import OperationalError

from signatories import mailboxes
from signatories.models import OutboxMail, Signature
from signatories.states import MailKind
from signatories.tasks import drain_outbox

log = logging.getLogger(__name__)

# Scenario S9: nobody's mailbox can be flooded through the form.
CONFIRM_MAILS_A_DAY = 3
CONFIRM_MAIL_PAUSE = timedelta(seconds=60)

NUDGE_EVERY = 0.5  # seconds; one nudge serves all mail queued meanwhile
BROKER_REST = 10.0  # seconds for which a dead broker is left alone; beat's own nudges bridge the gap
_next_nudge = 0.0
_nudge_lock = threading.Lock()


def queue(
    *,
    kind: MailKind,
    signature: Signature,
    recipient: str,
    language: str,
    context: dict[str, str],
    now: datetime,
    not_before: datetime | None = None,
) -> OutboxMail:
    """Writes one mail into the outbox; it goes out after the commit of the transaction around this call."""
    mail = OutboxMail.objects.create(
        signature=signature,
        kind=kind,
        language=language,
        recipient=recipient,
        recipient_hash=mailboxes.lookup_hash(recipient),
        context=json.dumps(context),
        created_at=now,
        not_before=not_before or now,
    )
    transaction.on_commit(nudge)
    return mail


def lock_mailbox(recipient_hash: str) -> None:
    """Lets one transaction at a time decide about mail to this mailbox; released at its end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [recipient_hash])


def next_confirm_slot(recipient_hash: str, now: datetime) -> datetime:
    """The earliest moment, `now` at best, at which one more confirmation mail may go to this mailbox."""
    recent = list(
        OutboxMail.objects.filter(
            recipient_hash=recipient_hash, kind=MailKind.CONFIRM, not_before__gt=now - timedelta(days=1)
        )
        .order_by("-not_before")
        .values_list("not_before", flat=True)[:CONFIRM_MAILS_A_DAY]
    )
    slot = now
    if recent:
        slot = max(slot, recent[0] + CONFIRM_MAIL_PAUSE)
    if len(recent) == CONFIRM_MAILS_A_DAY:
        slot = max(slot, recent[-1] + timedelta(days=1))
    return slot


def nudge() -> None:
    """Asks the worker to look into the outbox, at most twice a second. A dead broker only delays mail."""
    global _next_nudge
    with _nudge_lock:
        if time.monotonic() < _next_nudge:
            return
        _next_nudge = time.monotonic() + NUDGE_EVERY
    try:
        drain_outbox.apply_async(expires=60, retry=False)
    except OperationalError:
        log.warning("The broker does not answer; mail waits for the next beat.")
        with _nudge_lock:
            _next_nudge = time.monotonic() + BROKER_REST
