"""A campaign's phases on its clock."""

from datetime import UTC, datetime, timedelta

import pytest

from campaigns.life import Phase, accepts_confirmation, accepts_forms, phase
from campaigns.models import Campaign

OPENS = datetime(2026, 9, 1, 10, tzinfo=UTC)
CLOSES = datetime(2026, 9, 30, 10, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def a_campaign(**fields):
    return Campaign(**{"slug": "a", "stage": "public", "opens_at": OPENS, "closes_at": CLOSES, **fields})


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (OPENS - SECOND, Phase.UPCOMING),
        (OPENS, Phase.OPEN),
        (CLOSES - SECOND, Phase.OPEN),
        (CLOSES, Phase.CLOSED),
    ],
)
def test_the_clock_opens_and_closes_a_public_campaign(moment, expected):
    campaign = a_campaign()

    assert phase(campaign, moment) is expected
    assert accepts_forms(campaign, moment) is (expected is Phase.OPEN)


def test_an_embargo_hides_a_public_campaign_to_the_second():
    campaign = a_campaign(embargo_until=OPENS + SECOND)

    assert phase(campaign, OPENS) is Phase.EMBARGOED
    assert phase(campaign, OPENS + SECOND) is Phase.OPEN


@pytest.mark.parametrize("stage", ["draft", "circulating", "delivered", "answered", "archived"])
def test_other_stages_are_what_staff_decided(stage):
    assert phase(a_campaign(stage=stage), OPENS) == stage
    assert not accepts_forms(a_campaign(stage=stage), OPENS)


def test_a_form_sent_in_time_can_be_confirmed_for_a_day_after_the_deadline():
    campaign = a_campaign()

    assert accepts_confirmation(campaign, CLOSES - SECOND, CLOSES + timedelta(hours=24) - SECOND)
    assert not accepts_confirmation(campaign, CLOSES - SECOND, CLOSES + timedelta(hours=24))
    assert not accepts_confirmation(campaign, CLOSES, CLOSES + SECOND)


def test_readable_agrees_with_the_phase(db):
    from tests.builders import make_campaign

    now = OPENS + SECOND
    hidden = {Phase.DRAFT, Phase.CIRCULATING, Phase.EMBARGOED}
    for stage in ("draft", "circulating", "public", "delivered", "answered", "archived"):
        make_campaign(f"stage-{stage}", stage=stage, opens_at=OPENS, closes_at=CLOSES)
    make_campaign("embargoed", opens_at=OPENS, closes_at=CLOSES, embargo_until=now + SECOND)

    readable = set(Campaign.objects.readable(now).values_list("slug", flat=True))

    assert readable == {each.slug for each in Campaign.objects.all() if phase(each, now) not in hidden}
