"""Milestones: numbers that a campaign has reached. They are written down, so that they stay when the count falls again."""

from datetime import date, datetime

from campaigns import counts
from campaigns.choices import Stage
from campaigns.models import Campaign, Milestone

# More are no milestones any more, and each is a row that the letter's page reads.
MOST = 20
LARGEST = 1_000_000


def note_all(now: datetime) -> list[Milestone]:
    """Writes down what letters that anybody may read have reached; an archived one reaches nothing more."""
    campaigns = Campaign.objects.readable(now).exclude(stage=Stage.ARCHIVED).order_by("pk")
    return [each for campaign in campaigns for each in note(campaign, now)]


def note(campaign: Campaign, now: datetime) -> list[Milestone]:
    """Writes down what the public total has reached by the moment `now`, and returns it; a second time there is nothing to do.

    By the day in the campaign's zone: the hour would tell when somebody was accepted (product.md, rule 4).
    """
    left = campaign.numbers_to_reach - set(campaign.milestones_reached.values_list("number", flat=True))
    if not left:  # nothing to count for
        return []
    count = counts.tally(campaign).count
    reached = [
        Milestone(campaign=campaign, number=each, reached_on=_day_of(campaign, count - each, now))
        for each in sorted(left)
        if each <= count
    ]
    # Two workers may meet here: the first one's day stays.
    return Milestone.objects.bulk_create(reached, ignore_conflicts=True)


def _day_of(campaign: Campaign, later: int, now: datetime) -> date:
    """On which day the one joined the total after whom so many `later` ones came: a number may be typed in long after it was passed."""
    joined = (
        campaign.signatures.counted().order_by("-joined_total_at").values_list("joined_total_at", flat=True)
    )
    return (joined[later:].first() or now).astimezone(campaign.zoneinfo).date()
