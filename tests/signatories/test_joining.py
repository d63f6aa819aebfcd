"""The daily batch: what is counted and not named joins the total together, at the hour of the letter (rule 4)."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from campaigns.choices import PublicationMode
from campaigns.models import Campaign
from signatories import hiding, joining, moderation, tasks
from signatories.models import Signature
from signatories.states import State
from signatories.transitions import SIGNER
from tests.builders import give_evidence, make_campaign, make_signature, make_superuser

pytestmark = pytest.mark.django_db


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture
def campaign():
    """Closes on 30 September 2026 at noon in Zurich; its batch is at 6 o'clock there, 4 o'clock UTC in summer."""
    return make_campaign(opens_at=at("2026-09-01T00:00"), closes_at=at("2026-09-30T10:00"), batch_hour=6)


def accepted(campaign, moment, mode="withheld"):
    with time_machine.travel(at(moment), tick=False):
        signature = make_signature(campaign, state=State.CONFIRMED, publication_mode=mode)
        by = make_superuser()
        give_evidence(signature, by)
        give_evidence(signature, by, "callback")
        moderation.accept(signature=signature, by=by)
    return fresh(signature)


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def run(moment):
    with time_machine.travel(at(moment), tick=False):
        return joining.join_due()


@pytest.mark.parametrize("mode", ["withheld", "addressee_only"])
def test_s18_what_is_not_named_waits_for_the_hour_of_the_letter(campaign, mode):
    first = accepted(campaign, "2026-09-10T08:00", mode)
    second = accepted(campaign, "2026-09-10T20:00", mode)

    assert [run("2026-09-10T20:01"), run("2026-09-11T03:59")] == [0, 0]
    assert campaign.signatures.tally().count == 0
    assert run("2026-09-11T04:00") == 2

    assert {fresh(each).joined_total_at for each in (first, second)} == {at("2026-09-11T04:00")}
    assert campaign.signatures.tally().count == 2
    assert campaign.signatures.tally().named == 0


def test_a_public_one_counts_at_once_and_its_moment_stays(campaign):
    public = accepted(campaign, "2026-09-10T08:00", "public")

    assert run("2026-09-11T04:00") == 0

    assert public.joined_total_at == fresh(public).joined_total_at == at("2026-09-10T08:00")


def test_a_late_worker_takes_what_was_there_at_the_hour_and_nothing_since(campaign):
    in_time = accepted(campaign, "2026-09-10T08:00")
    since = accepted(campaign, "2026-09-11T09:00")

    assert [run("2026-09-11T09:01"), run("2026-09-11T09:02")] == [1, 0]

    assert fresh(in_time).joined_total_at == at("2026-09-11T04:00")
    assert fresh(since).joined_total_at is None
    assert run("2026-09-12T04:00") == 1


def test_a_second_run_changes_nothing(campaign):
    accepted(campaign, "2026-09-10T08:00")
    run("2026-09-11T04:00")
    before = list(Signature.objects.values())

    assert [run("2026-09-11T04:00"), run("2026-09-11T23:00")] == [0, 0]

    assert list(Signature.objects.values()) == before


def test_of_two_workers_at_once_one_does_it(campaign):
    accepted(campaign, "2026-09-10T08:00")
    seen = fresh(campaign)
    moment = at("2026-09-11T04:00")

    assert [joining._join(fresh(campaign), moment), joining._join(seen, moment)] == [1, 0]


def test_another_hour_on_the_same_day_makes_no_second_batch(campaign):
    accepted(campaign, "2026-09-10T08:00")
    run("2026-09-11T04:00")
    later = accepted(campaign, "2026-09-11T05:00")
    Campaign.objects.update(batch_hour=12)

    assert run("2026-09-11T10:30") == 0
    assert run("2026-09-12T10:00") == 1
    assert fresh(later).joined_total_at == at("2026-09-12T10:00")


def test_closing_takes_all_that_wait_and_what_comes_after_waits_for_the_next_hour(campaign):
    before = accepted(campaign, "2026-09-30T05:00")
    run("2026-09-30T05:01")
    with time_machine.travel(at("2026-09-30T09:00"), tick=False):
        after = make_signature(campaign, state=State.CONFIRMED, publication_mode="withheld")

    assert run("2026-09-30T09:59") == 0
    assert run("2026-09-30T10:00") == 1
    assert fresh(before).joined_total_at == at("2026-09-30T10:00")

    with time_machine.travel(at("2026-09-30T15:00"), tick=False):
        give_evidence(after, make_superuser())
        give_evidence(after, make_superuser(), "callback")
        moderation.accept(signature=after, by=make_superuser())
    assert [run("2026-09-30T15:01"), run("2026-10-01T03:59"), run("2026-10-01T04:00")] == [0, 0, 1]


def test_closing_in_the_night_keeps_the_batch_of_the_morning(campaign):
    Campaign.objects.update(closes_at=at("2026-09-30T01:00"))
    accepted(campaign, "2026-09-29T12:00")
    assert run("2026-09-30T01:00") == 1
    accepted(campaign, "2026-09-29T13:00")
    Signature.objects.filter(joined_total_at=None).update(submitted_at=at("2026-09-29T13:00"))

    assert run("2026-09-30T04:00") == 1


@pytest.mark.parametrize(
    ("now", "hour", "moment"),
    [
        # 29 March 2026: at 2 o'clock clocks in Zurich go to 3. What would be at 2 is at 3, that is 1 o'clock UTC.
        ("2026-03-29T00:59", 2, "2026-03-28T01:00"),
        ("2026-03-29T01:00", 2, "2026-03-29T01:00"),
        ("2026-03-30T00:00", 2, "2026-03-30T00:00"),
        # 25 October 2026: the hour from 2 to 3 comes twice, and the batch at its first time.
        ("2026-10-25T00:00", 2, "2026-10-25T00:00"),
        ("2026-10-25T01:30", 2, "2026-10-25T00:00"),
        ("2026-10-26T00:59", 2, "2026-10-25T00:00"),
        ("2026-10-26T01:00", 2, "2026-10-26T01:00"),
        ("2026-10-24T22:30", 0, "2026-10-24T22:00"),
        ("2026-10-25T22:30", 23, "2026-10-25T22:00"),
    ],
)
def test_changing_the_clocks_gives_one_batch_a_day(campaign, now, hour, moment):
    campaign.batch_hour = hour

    assert joining.last_daily(campaign, at(now)) == at(moment)


@pytest.mark.parametrize("start", ["2026-03-27T00:00", "2026-10-23T00:00"])
@pytest.mark.parametrize("hour", range(24))
def test_each_day_around_a_change_of_clocks_has_one_batch(campaign, start, hour):
    campaign.batch_hour, campaign.closes_at = hour, at("2030-01-01T00:00")
    campaign.batch_ran_at = joining.last_daily(campaign, at(start))
    ran = []
    for minutes in range(0, 5 * 24 * 60, 10):
        if moment := joining.due(campaign, at(start) + timedelta(minutes=minutes)):
            campaign.batch_ran_at = moment
            ran.append(moment.astimezone(campaign.zoneinfo).date())

    assert ran == [ran[0] + timedelta(days=passed) for passed in range(len(ran))]
    assert len(ran) in (4, 5)


@pytest.mark.parametrize("decide", [moderation.hold, moderation.put_back])
def test_what_is_held_is_out_at_once_and_joins_anew(campaign, decide):
    signature = accepted(campaign, "2026-09-10T08:00")
    run("2026-09-11T04:00")
    by = make_superuser()
    with time_machine.travel(at("2026-09-11T05:00"), tick=False):
        moderation.hold(signature=fresh(signature), by=by)
        assert campaign.signatures.tally().count == 0
        if decide is moderation.put_back:
            moderation.put_back(signature=fresh(signature), by=by)
        moderation.accept(signature=fresh(signature), by=by)

    assert fresh(signature).joined_total_at is None
    assert [run("2026-09-11T05:01"), run("2026-09-12T04:00")] == [0, 1]


def test_who_hides_leaves_the_total_and_joins_with_the_next_batch(campaign):
    signature = accepted(campaign, "2026-09-10T08:00", "public")
    accepted(campaign, "2026-09-10T09:00")
    with time_machine.travel(at("2026-09-11T05:00"), tick=False):
        hiding.hide(signature=signature, to=PublicationMode.WITHHELD, actor=SIGNER)

    # The batch of the morning comes late, and must not show at once that nobody has withdrawn.
    assert run("2026-09-11T05:01") == 1
    assert (campaign.signatures.tally().count, campaign.signatures.tally().named) == (1, 0)
    assert run("2026-09-12T04:00") == 1
    assert (campaign.signatures.tally().count, campaign.signatures.tally().named) == (2, 0)


def test_who_was_accepted_public_and_hid_meanwhile_does_not_count_at_the_click(campaign):
    with time_machine.travel(at("2026-09-10T08:00"), tick=False):
        seen = make_signature(campaign, state=State.CONFIRMED)
        by = make_superuser()
        give_evidence(seen, by)
        give_evidence(seen, by, "callback")
        hiding.hide(signature=fresh(seen), to=PublicationMode.WITHHELD, actor=SIGNER)
        moderation.accept(signature=seen, by=by)

    assert fresh(seen).joined_total_at is None


def test_the_worker_is_asked_every_minute(campaign, settings):
    accepted(campaign, "2026-09-10T08:00")

    with time_machine.travel(at("2026-09-11T04:00"), tick=False):
        tasks.join_total()

    assert campaign.signatures.tally().count == 1
    assert settings.CELERY["beat_schedule"]["join-total"] == {
        "task": tasks.join_total.name,
        "schedule": 60.0,
        "options": {"expires": 60},
    }
