"""What became of the list, as everybody may know it: by whole days, without a name (scenario C16)."""

from dataclasses import dataclass
from datetime import date, datetime

from campaigns.life import last_daily
from campaigns.models import Campaign


@dataclass(frozen=True)
class Withdrawals:
    """How many organisations withdrew on a day of the campaign's zone."""

    day: date
    count: int


def withdrawals(campaign: Campaign, now: datetime) -> list[Withdrawals]:
    """Newest first, up to the last daily batch: what is told sooner would tell when one whose name is withheld went."""
    counted = campaign.signatures.withdrawals(last_daily(campaign, now), campaign.zoneinfo)
    return [Withdrawals(day, count) for day, count in counted]
