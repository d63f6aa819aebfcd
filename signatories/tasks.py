"""What the worker does. Tasks carry no data and may be lost: the rows in the database are the guarantee."""

from celery import shared_task

from signatories import delivery, retention


@shared_task(name="signatories.tasks.drain_outbox")
def drain_outbox() -> None:
    """Sends what is due, batch after batch, until nothing is left."""
    delivery.drain()


@shared_task(name="signatories.tasks.expire_unconfirmed")
def expire_unconfirmed() -> None:
    """Ends signatures that were never confirmed."""
    retention.expire_unconfirmed()
