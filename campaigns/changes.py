"""What became of the list, as everybody may know it: by whole days, without a name (scenario C16)."""

from dataclasses import dataclass
from datetime import date, datetime

from campaigns.life import last_daily
from campaigns.models import Campaign


@dataclass(frozen=True)
class Withdrawals:
    """How many organisations withdrew, or had their name hidden, on a day of the campaign's zone."""

    day: date
    count: int


def withdrawals(campaign: Campaign, now: datetime) -> list[Withdrawals]:
    """Newest first, up to the last daily batch, so that the line gives no hour. The count falls at once, also by one not named."""
    counted = campaign.signatures.withdrawals(last_daily(campaign, now), campaign.zoneinfo)
    return [Withdrawals(day, count) for day, count in counted]
