"""The way to the next number, and what was reached on it for good."""

from dataclasses import dataclass

from django import template
from django.utils import timezone

from campaigns import life
from campaigns.counts import Tally
from campaigns.models import Campaign
from campaigns.reading import ReadMilestone, milestones_of
from campaigns.templatetags.counting import grouped

register = template.Library()
register.filter(grouped)


@dataclass(frozen=True)
class Way:
    """`ahead`: the number that comes next, of which `is_goal` says whether it is the goal; None once there is none.

    `is_going`: whether the count can still get there. `goal`: the goal, once it is reached; from then on nothing is ahead.
    `reached`: the milestones before it, with their days.
    """

    is_going: bool
    ahead: int | None
    is_goal: bool
    goal: ReadMilestone | None
    reached: list[ReadMilestone]


@register.simple_tag
def way_of(campaign: Campaign, tally: Tally) -> Way:
    """For a campaign of `reading.to_read`. What was reached once stays reached, also when the count falls below it."""
    milestones = milestones_of(campaign)
    reached = [each for each in milestones if each.reached_on or each.number <= tally.count]
    goal = next((each for each in reached if each.number == campaign.goal), None)
    ahead = next((each.number for each in milestones if each not in reached), None)
    return Way(
        is_going=life.phase(campaign, timezone.now()) in (life.Phase.UPCOMING, life.Phase.OPEN),
        ahead=None if goal else ahead,
        is_goal=ahead == campaign.goal,
        goal=goal,
        reached=[each for each in reached if each != goal and each.reached_on],
    )
