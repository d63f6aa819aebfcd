"""The nightly purge: every rule of `rules`, one after the other, and a note that it was done."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta

from django.utils import timezone

from signatories.models import Heartbeat
from signatories.retention import dating, offsite, rules, warning

# From this hour on (UTC) the night's purge is due. Whatever hinders it, the next hour tries again.
HOUR = time(2)


def is_due(now: datetime) -> bool:
    """Whether there has been no purge since this night's hour."""
    tonight = datetime.combine(now.astimezone(UTC).date(), HOUR, UTC)
    if tonight > now:
        tonight -= timedelta(days=1)
    return not Heartbeat.objects.filter(name=Heartbeat.PURGE, seen_at__gte=tonight).exists()


def purge() -> dict[str, int]:
    """Warns, sets the dates of erasure, erases what is due; how many rows each step changed.

    Each row or statement is a transaction of its own, and asks anew: safe to be killed, to be run twice, and by two at once.
    """
    done = {name: step(timezone.now()) for name, step in steps()}
    Heartbeat.objects.update_or_create(name=Heartbeat.PURGE, defaults={"seen_at": timezone.now()})
    return done


def steps() -> Iterator[tuple[str, Callable[[datetime], int]]]:
    yield "set_dates", dating.set_dates
    yield "warn", warning.warn
    yield from ((action.__name__, action) for action in rules.actions())
    yield "catch_up", offsite.catch_up
