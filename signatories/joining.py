"""The daily batch: signatures that are counted and not named join the total together, never when they are accepted (rule 4)."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from campaigns.life import last_daily
from campaigns.models import Campaign
from signatories.models import Signature, SignatureEvent
from signatories.states import EventKind, State


def join_due(now: datetime | None = None) -> int:
    """Runs every batch whose moment has come; how many signatures joined. Safe to call at any time, in any number of workers."""
    now = now or timezone.now()
    waiting = Signature.objects.filter(
        campaign=OuterRef("pk"), state=State.ACCEPTED, joined_total_at__isnull=True
    )
    joined = 0
    for campaign in Campaign.objects.filter(Exists(waiting)).order_by("pk"):
        if moment := due(campaign, now):
            joined += _join(campaign, moment)
    return joined


def due(campaign: Campaign, now: datetime) -> datetime | None:
    """The moment of the newest batch that has come and was not run; None if there is none.

    One a day, also after the hour was changed or the clocks were; and one at closing.
    """
    ran, closing = campaign.batch_ran_at, campaign.closes_at
    daily = last_daily(campaign, now)
    moments = []
    if ran is None or (ran < daily and (ran == closing or _day(campaign, ran) < _day(campaign, daily))):
        moments.append(daily)
    if closing <= now and (ran is None or ran < closing):
        moments.append(closing)
    return max(moments, default=None)


def _day(campaign: Campaign, moment: datetime) -> date:
    return moment.astimezone(campaign.zoneinfo).date()


def _join(campaign: Campaign, moment: datetime) -> int:
    """All of one batch join at its `moment`, however late the worker comes; both rows or neither, so that a dead one costs nothing."""
    with transaction.atomic():
        as_read = Campaign.objects.filter(pk=campaign.pk, batch_ran_at=campaign.batch_ran_at)
        if not as_read.update(batch_ran_at=moment):
            return 0  # another worker was faster
        waiting = Signature.objects.filter(
            campaign=campaign, state=State.ACCEPTED, joined_total_at__isnull=True
        )
        return waiting.exclude(Exists(_moved_since(moment))).update(joined_total_at=moment)


def _moved_since(moment: datetime) -> QuerySet[SignatureEvent]:
    """What was accepted or hidden after the moment waits for the next one: a late worker must not show it at once."""
    return SignatureEvent.objects.filter(
        signature=OuterRef("pk"), kind__in=[EventKind.CHANGED, EventKind.MODE], happened_at__gt=moment
    )
