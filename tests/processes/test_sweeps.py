"""A rejection by condition whose worker dies, and one that two workers want at once (scenario M11)."""

from collections import Counter

import pytest
from django.utils import timezone

from campaigns.models import LetterVersion
from signatories.models import Contact, Organisation, Signature, SignatureEvent, Sweep
from signatories.moderation import sweeping
from signatories.states import Reason, State, SweepState
from signatories.sweeps import working
from signatories.sweeps.conditions import Condition
from tests.builders import make_moderator, make_signature
from tests.processes.test_at_the_same_time import at_once

pytestmark = pytest.mark.processes

ROBOTS = Condition(domain="robots.example")


def robots(campaign, count):
    """So many unconfirmed signatures with mailboxes on one domain, written at once."""
    organisations = Organisation.objects.bulk_create(
        Organisation(name=f"Robots {n}", country_code="KE", org_type="ngo", sort_key=f"{n}", match_key=f"{n}")
        for n in range(count)
    )
    signatures = Signature.objects.bulk_create(
        Signature(
            campaign=campaign,
            organisation=each,
            letter_version=LetterVersion.objects.get(campaign=campaign),
            submission_key=f"key{each.pk}",
            submitted_at=timezone.now(),
        )
        for each in organisations
    )
    Contact.objects.bulk_create(
        Contact(signature=each, mailbox_hash=f"{each.pk}", mailbox_domain="robots.example")
        for each in signatures
    )


def start(campaign, by):
    expected = sweeping.count(campaign=campaign, condition=ROBOTS)
    return sweeping.start(campaign=campaign, condition=ROBOTS, reason=Reason.ABUSE, by=by, expected=expected)


def rejections():
    """How often each signature was rejected: a Counter of that number."""
    times = Counter(SignatureEvent.objects.filter(to_state="rejected").values_list("signature", flat=True))
    return Counter(times.values())


def test_m11_a_worker_killed_in_the_middle_leaves_whole_batches_and_the_next_goes_on(machinery, campaign):
    robots(campaign, 3000)
    honest = make_signature(campaign, state="submitted")
    sweep = start(campaign, make_moderator(campaign))  # this process nudges another broker: beat must find it
    machinery.start("beat")
    worker = machinery.start("worker")
    machinery.wait_until(lambda: sweeping.progress(sweep)["rejected"] >= 200, "two batches are done")

    machinery.kill(worker)

    done = sweeping.progress(sweep)["rejected"]
    assert done < 3000
    assert done % working.BATCH == 0
    assert rejections() == {1: done}
    assert Signature.objects.filter(state=State.REJECTED).count() == done

    machinery.start("worker")

    machinery.wait_until(lambda: Sweep.objects.get().state == SweepState.DONE, "the sweep is done")
    assert sweeping.progress(sweep) == {"total": 3000, "rejected": 3000, "left": 0, "undone": 0, "kept": 0}
    assert rejections() == {1: 3000}
    assert Signature.objects.get(pk=honest.pk).state == State.SUBMITTED


def test_m11_workers_at_once_and_two_sweeps_over_the_same_rows_reject_each_once(campaign):
    robots(campaign, 450)
    moderator = make_moderator(campaign)
    first, second = start(campaign, moderator), start(campaign, moderator)

    results = at_once([lambda: working.work_until(float("inf")) for _ in range(4)])

    while working.work_on_one_batch():
        pass
    assert [result for result in results if isinstance(result, Exception)] == []
    assert rejections() == {1: 450}
    numbers = [sweeping.progress(each) for each in (first, second)]
    assert [each["rejected"] + each["left"] for each in numbers] == [450, 450]
    assert sum(each["rejected"] for each in numbers) == 450
    assert set(Sweep.objects.values_list("state", flat=True)) == {SweepState.DONE}


def test_a_cancel_while_workers_are_at_it_stops_between_batches_and_an_undo_brings_all_back(campaign):
    robots(campaign, 900)
    moderator = make_moderator(campaign)
    sweep = start(campaign, moderator)

    results = at_once(
        [
            lambda: working.work_until(float("inf")),
            lambda: working.work_until(float("inf")),
            lambda: sweeping.cancel(sweep=sweep, by=moderator),
        ]
    )

    assert [result for result in results if isinstance(result, Exception)] == []
    sweep.refresh_from_db()
    assert sweep.state == SweepState.CANCELLED
    done = sweeping.progress(sweep)["rejected"]
    assert done % working.BATCH == 0
    assert Signature.objects.filter(state=State.REJECTED).count() == done

    sweeping.undo(sweep=sweep, by=moderator)
    at_once([lambda: working.work_until(float("inf")) for _ in range(3)])
    while working.work_on_one_batch():
        pass
    assert Signature.objects.filter(state=State.SUBMITTED).count() == 900
