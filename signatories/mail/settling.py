"""What becomes of a claimed mail: sent, tried again later, given up, or free again as if nothing had been."""

import logging
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import F
from django.utils import timezone

from signatories.models import Contact, OutboxMail
from signatories.states import EmailStatus, MailState

log = logging.getLogger(__name__)

# Minutes before the next try after the first, second, … failure; then the mail is given up.
RETRY_AFTER_MINUTES = (1, 5, 15, 60, 240, 720)

# By hand: an update through the models costs as much as rendering the mail (measured).
_SENT = """
    UPDATE signatories_outboxmail
    SET state = %(sent)s, settled_at = %(now)s, attempts = attempts + 1,
        recipient = NULL, context = NULL, last_error = '', claim = NULL
    WHERE id = %(id)s AND claim = %(claim)s
"""


def settle_sent(mail: OutboxMail) -> None:
    values: dict[str, Any] = {
        "sent": MailState.SENT.value,
        "now": timezone.now(),
        "id": mail.pk,
        "claim": mail.claim,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SENT, values)


def note_contacts_reached(mails: Iterable[OutboxMail]) -> None:
    """Notes at the contacts that their mail went out, for a whole batch at once.

    Who dies before leaves them unknown, which they are: no more was heard of them than that a mail server took something.
    """
    took_it = Contact.objects.filter(
        signature__mails__in=[mail.pk for mail in mails], mailbox_hash=F("signature__mails__recipient_hash")
    )
    # The status stands outside the subquery: there PostgreSQL looks at it once more if somebody confirms at this moment.
    Contact.objects.filter(pk__in=took_it.values("pk"), email_status=EmailStatus.UNKNOWN).update(
        email_status=EmailStatus.SENT
    )


def settle_failure(
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
        if for_good:  # the server knows: nobody there takes mail
            Contact.objects.filter(signature__mails=mail, mailbox_hash=mail.recipient_hash).update(
                email_status=EmailStatus.BOUNCED
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


def hand_back(batch: Iterable[OutboxMail], **columns: Any) -> None:
    """Frees mails that were claimed and not tried."""
    for mail in batch:
        OutboxMail.objects.filter(pk=mail.pk, claim=mail.claim).update(
            state=MailState.QUEUED, claim=None, claimed_at=None, **columns
        )
