"""What the worker does. Tasks carry no data and may be lost: the rows in the database are the guarantee."""

import time
from contextlib import suppress
from typing import Any

from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from campaigns import milestones
from signatories import joining, publicity, retention
from signatories.mail import delivery
from signatories.sweeps import working

# Seconds of sending in one task. A worker that is asked to end finishes its task first, and is asked to be quick.
SHIFT = 5


def ask_for(task: Any, *, expires: float) -> None:
    """Nudges the worker. A dead broker only delays what it is about: beat's own nudge comes in a moment, or when it is back."""
    with suppress(OperationalError):
        task.apply_async(expires=expires, retry=False)


@shared_task(name="signatories.tasks.drain_outbox")
def drain_outbox() -> None:
    """Sends what is due for one shift, then asks for the next."""
    _sent, more = delivery.drain_until(time.monotonic() + SHIFT)
    if more:
        ask_for(drain_outbox, expires=SHIFT)


@shared_task(name="signatories.tasks.sweep")
def sweep() -> None:
    """Rejects by condition, or takes that back, for one shift, then asks for the next."""
    if working.work_until(time.monotonic() + SHIFT):
        ask_for(sweep, expires=SHIFT)


@shared_task(name="signatories.tasks.join_total")
def join_total() -> None:
    """Takes what is counted and not named into the total, where the hour of a letter's daily batch has come."""
    if joining.join_due():
        milestones.note_all(timezone.now())


@shared_task(name="signatories.tasks.note_milestones")
def note_milestones() -> None:
    """Writes down which goals and milestones the letters have reached."""
    milestones.note_all(timezone.now())


@shared_task(name="signatories.tasks.publish_due")
def publish_due() -> None:
    """Shows names to more people where the signer asked for it, the staff checked it and 72 hours have passed."""
    publicity.apply_due()


@shared_task(name="signatories.tasks.expire_unconfirmed")
def expire_unconfirmed() -> None:
    """Ends signatures that were never confirmed."""
    retention.expire_unconfirmed(timezone.now())


@shared_task(name="signatories.tasks.forget_networks")
def forget_networks() -> None:
    """Erases the keys of past days and the hashes of networks that are a week old."""
    retention.forget_networks(timezone.now())


@shared_task(name="signatories.tasks.purge")
def purge() -> None:
    """Erases whatever has had its day, once a night."""
    if retention.is_due(timezone.now()):
        retention.purge()
