"""How much mail that was asked for may still go out within this hour: a flood of forms must not become a flood of mail."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from signatories.models import OutboxMail
from signatories.states import ON_REQUEST, MailState

AN_HOUR = timedelta(hours=1)


def hour_of(now: datetime) -> datetime:
    """When the hour of the clock began; with it the budget is new."""
    return now.replace(minute=0, second=0, microsecond=0)


def used(now: datetime) -> Q:
    """The mails that have had their place in this hour. Those that failed for good had one, too."""
    return Q(kind__in=ON_REQUEST, settled_at__gte=hour_of(now))


def due(now: datetime) -> Q:
    """The mails that need a place now."""
    return Q(kind__in=ON_REQUEST, state=MailState.QUEUED, not_before__lte=now)


def left(now: datetime) -> int:
    """How many of these mails may still be sent before the hour is over."""
    return max(0, settings.CONFIRM_MAILS_AN_HOUR - OutboxMail.objects.filter(used(now)).count())


def waits_until(now: datetime, *, used: int, due: int) -> datetime | None:
    """When such mails go out again, if some wait because the budget is used up; else None."""
    if due == 0 or used < settings.CONFIRM_MAILS_AN_HOUR:
        return None
    return hour_of(now) + AN_HOUR
