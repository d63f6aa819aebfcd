"""Layers of limits: what is counted for whom, what stands in Redis, and what happens while it is away."""

import time
from datetime import timedelta

import pytest
import redis
from django.utils import timezone
from limits import parse_many

from signatories import limiting
from signatories.limiting import Act, Breaker, Layer, Way, take
from signatories.network import Networks

pytestmark = pytest.mark.django_db
HERE, THERE = Networks("here", "around"), Networks("there", "around")
NOW = timezone.now()


@pytest.fixture(autouse=True)
def small_numbers(settings):
    for name, numbers in {
        "NETWORK": "3/10minutes;5/day",
        "WIDE_NETWORK": "6/10minutes",
        "CAMPAIGN": "8/minute",
        "NOWHERE": "3/minute",
        "WITHOUT_PROOF": "2/minute",
        "MAILBOX": "2/10minutes",
        "DOMAIN": "4/10minutes",
    }.items():
        setattr(settings, f"LIMIT_{name}", tuple(parse_many(numbers)))


def used_up(times, **whose):
    """What each of so many forms is told."""
    return [take(Act.SIGN, NOW, **whose).used_up for _ in range(times)]


def test_a_network_has_a_burst_and_then_must_wait():
    verdicts = [take(Act.SIGN, NOW, networks=HERE) for _ in range(4)]

    assert [each.used_up for each in verdicts] == [None, None, None, Layer.NETWORK]
    assert verdicts[-1].is_loud
    assert 0 < verdicts[-1].wait <= 600


def test_networks_side_by_side_share_the_wider_one():
    assert used_up(3, networks=HERE) + used_up(3, networks=THERE) == [None] * 6
    assert used_up(1, networks=Networks("third", "around")) == [Layer.WIDE_NETWORK]
    assert used_up(1, networks=Networks("third", "elsewhere")) == [None]


def everywhere(times, way):
    """What forms from so many different networks are told."""
    return [
        take(Act.SIGN, NOW, networks=Networks(f"near{n}", f"wide{n}"), way=way).used_up for n in range(times)
    ]


LETTER = Way(campaign=1)


def test_who_is_stopped_as_a_network_does_not_use_the_letter_up_for_others():
    used_up(50, networks=HERE, way=LETTER)

    assert everywhere(5, LETTER) == [None] * 5
    assert everywhere(1, LETTER) == [Layer.CAMPAIGN]
    assert everywhere(1, Way(campaign=2)) == [None]


def test_a_letter_over_its_limit_takes_forms_until_ten_times_that():
    told = everywhere(81, LETTER)

    assert told == [None] * 8 + [Layer.CAMPAIGN] * 72 + [Layer.CEILING]
    held = limiting.Verdict(Layer.CAMPAIGN)
    assert (held.is_held, held.is_loud, held.is_quiet) == (True, False, False)


def test_who_comes_from_nowhere_uses_a_part_of_the_letter_at_most():
    assert used_up(20, way=LETTER) == [None] * 3 + [Layer.NOWHERE] * 17
    assert everywhere(6, LETTER) == [None] * 5 + [Layer.CAMPAIGN]


def test_forms_without_their_proof_use_nothing_up_for_others():
    unproven = Way(campaign=1, unproven=True)
    mailbox = "jo@lantern.example"

    assert everywhere(20, unproven) == [None] * 2 + [Layer.WITHOUT_PROOF] * 18
    assert used_up(4, way=unproven, mailbox=mailbox) == [None] * 3 + [Layer.NOWHERE]
    assert used_up(2, way=LETTER, mailbox=mailbox) == [None] * 2


def test_who_was_invited_is_counted_by_the_link():
    everywhere(9, LETTER)

    assert everywhere(9, Way(campaign=1, link=5)) == [None] * 8 + [Layer.CAMPAIGN]
    assert everywhere(1, Way(campaign=1, link=6)) == [None]


def test_asking_again_has_no_limit_that_all_people_of_a_letter_share():
    told = [
        take(Act.AGAIN, NOW, networks=Networks(f"near{n}", f"wide{n}"), way=LETTER).used_up
        for n in range(100)
    ]

    assert told == [None] * 100


def test_a_mailbox_over_its_limit_is_told_to_nobody_and_others_go_on():
    verdicts = [take(Act.SIGN, NOW, mailbox="Jo.Doe+letters@gmail.com") for _ in range(3)]

    assert [each.used_up for each in verdicts] == [None, None, Layer.MAILBOX]
    assert (verdicts[-1].is_loud, verdicts[-1].is_quiet) == (False, True)
    assert used_up(1, mailbox="jodoe@googlemail.com") == [Layer.MAILBOX]
    assert used_up(1, mailbox="other@gmail.com") == [None]


def test_a_domain_has_a_limit_unless_strangers_share_it():
    own = [take(Act.SIGN, NOW, mailbox=f"person{n}@lantern.example").used_up for n in range(5)]
    shared = [take(Act.SIGN, NOW, mailbox=f"person{n}@gmail.com").used_up for n in range(30)]

    assert own == [None] * 4 + [Layer.DOMAIN]
    assert shared == [None] * 30


def test_each_act_is_counted_by_itself():
    used_up(4, networks=HERE)

    assert take(Act.AGAIN, NOW, networks=HERE).used_up is None


def test_a_new_day_knows_nothing_of_yesterdays_mailboxes():
    used_up(3, mailbox="jo@lantern.example")

    assert take(Act.SIGN, NOW + timedelta(days=1), mailbox="jo@lantern.example").used_up is None


def test_redis_holds_hashes_that_name_nobody_and_go_by_themselves(client, settings):
    from tests.builders import form_answers, make_campaign

    make_campaign("letter")
    answers = form_answers(mailbox="jo.doe@lantern.example")
    client.post("/en/letter/sign/send/", answers, REMOTE_ADDR="203.0.113.77")
    server = redis.from_url(settings.REDIS_URL)
    keys = [key.decode() for key in server.scan_iter("*LIMITER*")]

    assert len(keys) == 7
    for told in ("203.0", "cb00714d", "jo.doe", "lantern"):
        assert not [key for key in keys if told in key.lower()]
    assert {0 < server.ttl(key) <= 24 * 60 * 60 for key in keys} == {True}


def test_all_limits_take_one_trip(monkeypatch):
    trips = []
    client = limiting.storage(limiting.settings.REDIS_URL).get_connection()
    original = client.execute_command
    monkeypatch.setattr(
        client, "execute_command", lambda *args, **kw: (trips.append(args[0]), original(*args, **kw))[1]
    )
    take(Act.SIGN, NOW, networks=HERE, way=LETTER, mailbox="jo@lantern.example")
    trips.clear()

    take(Act.SIGN, NOW, networks=HERE, way=LETTER, mailbox="jo@lantern.example")

    assert trips == ["EVALSHA"]


def test_a_server_that_was_started_anew_learns_the_script_again(settings):
    take(Act.SIGN, NOW, networks=HERE)
    redis.from_url(settings.REDIS_URL).script_flush()

    assert used_up(3, networks=HERE) == [None, None, Layer.NETWORK]


def test_without_redis_nobody_is_refused_and_one_of_many_waits(settings, monkeypatch):
    monkeypatch.setattr(limiting, "_breaker", Breaker())
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    asked = []
    monkeypatch.setattr(
        limiting.OneTripStorage,
        "take",
        lambda *_: (asked.append(time.monotonic()), (_ for _ in ()).throw(redis.ConnectionError))[1],
    )

    assert used_up(20, networks=HERE) == [None] * 20
    assert len(asked) == 1


def test_a_breaker_lets_one_try_after_its_rest_and_all_once_that_one_came_through(monkeypatch):
    clock = [1000.0]
    monkeypatch.setattr(limiting.time, "monotonic", lambda: clock[0])
    breaker = Breaker()
    breaker.failed()

    assert [breaker.may_try() for _ in range(3)] == [False] * 3
    clock[0] += limiting.REST
    assert [breaker.may_try() for _ in range(3)] == [True, False, False]
    breaker.worked()
    assert [breaker.may_try() for _ in range(3)] == [True] * 3
