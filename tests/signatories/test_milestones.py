"""Goals and milestones are noted once they are reached, and stay when the count falls again."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from campaigns import milestones
from campaigns.models import Campaign, Milestone
from signatories import moderation, tasks
from signatories.models import Signature
from signatories.states import Reason, State
from tests.builders import give_evidence, make_campaign, make_signature, make_superuser

pytestmark = pytest.mark.django_db


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture
def campaign():
    """In Zurich the day begins at 22:00 UTC; the batch of those who are not named is at 4:00 UTC."""
    return make_campaign(
        opens_at=at("2026-09-01T00:00"),
        closes_at=at("2026-09-30T10:00"),
        batch_hour=6,
        milestones=[1, 2],
        goal=3,
    )


def accept(campaign, moment, **answers):
    with time_machine.travel(at(moment), tick=False):
        signature = make_signature(campaign, state=State.CONFIRMED, **answers)
        by = make_superuser()
        give_evidence(signature, by)
        give_evidence(signature, by, "callback")
        moderation.accept(signature=signature, by=by)
        return Signature.objects.get(pk=signature.pk)


def note(moment):
    with time_machine.travel(at(moment), tick=False):
        tasks.note_milestones()
    return dict(Milestone.objects.values_list("number", "reached_on"))


def test_a_number_is_noted_with_the_day_in_the_letters_zone(campaign):
    assert note("2026-09-10T20:00") == {}
    accept(campaign, "2026-09-10T22:10")

    assert note("2026-09-10T22:30") == {1: date(2026, 9, 11)}


def test_a_number_that_was_passed_before_somebody_typed_it_has_the_day_on_which_it_was_passed(campaign):
    Campaign.objects.update(milestones=[], goal=None)
    for moment in ("2026-09-10T08:00", "2026-09-11T08:00", "2026-09-12T08:00"):
        accept(campaign, moment)
    Campaign.objects.update(milestones=[2])

    assert note("2026-09-20T08:00") == {2: date(2026, 9, 11)}


def test_a_second_run_does_nothing_and_the_first_day_stays(campaign):
    accept(campaign, "2026-09-10T08:00")
    first = note("2026-09-10T08:01")

    assert note("2026-09-14T08:00") == first == {1: date(2026, 9, 10)}
    assert Milestone.objects.count() == 1


def test_milestones_and_goal_are_reached_one_after_the_other(campaign):
    for moment in ("2026-09-10T08:00", "2026-09-11T08:00", "2026-09-12T08:00"):
        accept(campaign, moment)
        note(moment)

    assert note("2026-09-20T08:00") == {1: date(2026, 9, 10), 2: date(2026, 9, 11), 3: date(2026, 9, 12)}


def test_what_was_reached_stays_when_the_count_falls_or_the_manager_changes_the_numbers(campaign):
    signature = accept(campaign, "2026-09-10T08:00")
    reached = note("2026-09-10T09:00")

    moderation.revoke(signature=signature, by=make_superuser(), reason=Reason.IMPERSONATION)
    Campaign.objects.update(milestones=[50], goal=None)

    assert campaign.signatures.tally().count == 0
    assert note("2026-09-11T09:00") == reached == {1: date(2026, 9, 10)}


@pytest.mark.parametrize("mode", ["withheld", "addressee_only"])
def test_s18_who_is_not_named_reaches_nothing_before_the_daily_batch(campaign, mode):
    accept(campaign, "2026-09-10T08:00", publication_mode=mode)
    assert note("2026-09-11T03:59") == {}

    with time_machine.travel(at("2026-09-11T04:00"), tick=False):
        tasks.join_total()

    assert dict(Milestone.objects.values_list("number", "reached_on")) == {1: date(2026, 9, 11)}


@pytest.mark.parametrize(
    "fields",
    [
        {"stage": "draft"},
        {"stage": "circulating"},
        {"stage": "archived"},
        {"embargo_until": at("2026-09-20T00:00")},
    ],
)
def test_letters_that_nobody_reads_yet_and_archived_ones_reach_nothing(campaign, fields):
    accept(campaign, "2026-09-10T08:00")
    Campaign.objects.update(**fields)

    assert note("2026-09-10T09:00") == {}


@pytest.mark.parametrize("stage", ["delivered", "answered"])
def test_a_letter_that_was_delivered_may_still_reach_one(campaign, stage):
    accept(campaign, "2026-09-10T08:00")
    Campaign.objects.update(stage=stage)

    assert note("2026-10-10T09:00") == {1: date(2026, 9, 10)}


def test_a_letter_with_nothing_left_to_reach_is_not_even_counted(campaign, django_assert_num_queries):
    accept(campaign, "2026-09-10T08:00")
    Campaign.objects.update(milestones=[1], goal=None)
    note("2026-09-10T09:00")

    with django_assert_num_queries(2):
        assert milestones.note_all(at("2026-09-10T10:00")) == []


def test_the_worker_is_asked_every_minute(settings):
    assert settings.CELERY["beat_schedule"]["note-milestones"] == {
        "task": tasks.note_milestones.name,
        "schedule": 60.0,
        "options": {"expires": 60},
    }
