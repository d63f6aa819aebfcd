"""Milestones: numbers that a campaign has reached. They are written down, so that they stay when the count falls again."""

from datetime import datetime

from campaigns import counts
from campaigns.models import Campaign, Milestone


def note(campaign: Campaign, now: datetime) -> list[Milestone]:
    """Writes down what the public total has reached by the moment `now`; a second time changes nothing.

    By the day in the campaign's zone: the hour would tell when somebody was accepted (product.md, rule 4).
    """
    numbers = {*campaign.milestones, *([campaign.goal] if campaign.goal else [])}
    reached = counts.tally(campaign).count
    day = now.astimezone(campaign.zoneinfo).date()
    return Milestone.objects.bulk_create(
        [
            Milestone(campaign=campaign, number=each, reached_on=day)
            for each in sorted(numbers)
            if each <= reached
        ],
        ignore_conflicts=True,
    )
