"""Until when the contacts of a letter are kept."""

import calendar
from datetime import datetime, timedelta

from campaigns.models import Campaign

# A letter that is never marked as delivered must not keep its contacts for ever: so many months after its deadline it is
# treated as if it had been.
DELIVERED_AT_THE_LATEST = 12
# So many days before, the managers are warned (scenario C22).
WARNED_DAYS_BEFORE = (14, 3)


def contacts_until(campaign: Campaign) -> datetime:
    """When the contacts of `campaign` are erased, in UTC: its months after the delivery, or after the latest day for one."""
    if campaign.delivered_at is not None:
        return months_after(campaign.delivered_at, campaign.retention_months)
    return months_after(campaign.closes_at, DELIVERED_AT_THE_LATEST + campaign.retention_months)


def months_after(moment: datetime, months: int) -> datetime:
    """The same day and time so many months later, or the last day of a month that is too short."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last))


def is_near(campaign: Campaign, now: datetime) -> bool:
    """Whether the managers should know by now that the day comes."""
    return contacts_until(campaign) - timedelta(days=max(WARNED_DAYS_BEFORE)) <= now
