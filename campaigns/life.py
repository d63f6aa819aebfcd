"""A campaign's life: what staff decided (the stage) and what the clock says, computed at the moment of asking."""

from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

from campaigns.choices import Intake, Stage
from campaigns.models import Campaign

# A form sent before the deadline can still be confirmed for so long after it (product.md, "A campaign's life").
CONFIRM_GRACE = timedelta(hours=24)
# The page says in its last days that it closes soon.
LAST_DAYS = timedelta(hours=72)


class Phase(StrEnum):
    DRAFT = "draft"
    CIRCULATING = "circulating"
    EMBARGOED = "embargoed"
    UPCOMING = "upcoming"
    OPEN = "open"
    CLOSED = "closed"
    DELIVERED = "delivered"
    ANSWERED = "answered"
    ARCHIVED = "archived"


def phase(campaign: Campaign, now: datetime) -> Phase:
    """Where the campaign stands at the moment `now`. The deadline itself already counts as closed."""
    if campaign.stage != Stage.PUBLIC:
        return Phase(campaign.stage)
    if campaign.embargo_until is not None and now < campaign.embargo_until:
        return Phase.EMBARGOED
    if now < campaign.opens_at:
        return Phase.UPCOMING
    return Phase.OPEN if now < campaign.closes_at else Phase.CLOSED


def is_readable(campaign: Campaign, now: datetime) -> bool:
    """Whether anybody may open its page at the moment `now`: the same as `Campaign.objects.readable`."""
    is_out = campaign.embargo_until is None or campaign.embargo_until <= now
    return is_out and campaign.stage not in (Stage.DRAFT, Stage.CIRCULATING)


def closes_soon(campaign: Campaign, now: datetime) -> bool:
    """Whether it is open and its last days have begun at the moment `now`."""
    return phase(campaign, now) is Phase.OPEN and campaign.closes_at - now <= LAST_DAYS


def accepts_forms(campaign: Campaign, now: datetime) -> bool:
    """Whether a new form is taken at the moment `now`, be it only from organisations that the host has sent a link."""
    return phase(campaign, now) is Phase.OPEN


def is_open_to_all(campaign: Campaign, now: datetime) -> bool:
    """Whether anybody's form is taken at the moment `now`."""
    return accepts_forms(campaign, now) and campaign.intake != Intake.CLOSED


def accepts_confirmation(campaign: Campaign, submitted_at: datetime, now: datetime) -> bool:
    """Whether a form sent at `submitted_at` can be confirmed at the moment `now`."""
    in_time = submitted_at < campaign.closes_at
    return in_time and now < campaign.closes_at + CONFIRM_GRACE and campaign.stage != Stage.ARCHIVED


def last_daily(campaign: Campaign, now: datetime) -> datetime:
    """When the clocks of the campaign's zone last showed the hour of its batch, in UTC.

    An hour that clocks skip is the one after it; one that they show twice, its first time.
    """
    today = now.astimezone(campaign.zoneinfo).date()
    for day in (today, today - timedelta(days=1)):
        moment = datetime.combine(day, time(campaign.batch_hour), tzinfo=campaign.zoneinfo).astimezone(UTC)
        if moment <= now:
            break
    return moment
