"""Who came from one network: a hash under a key of the day, a flag for crowds, and nothing that leads back to an address."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_network

import pytest
import time_machine
from django.apps import apps
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from psycopg import sql

from signatories import network, retention, signing
from signatories.models import Dispute, NetworkKey, Signature
from signatories.states import Flag, State
from tests.builders import form_answers, fresh_token, make_campaign, make_signature

NOON = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
OFFICE = "203.0.113.77"
UNSPECIFIED = ".".join("0000")


@pytest.fixture(autouse=True)
def keys_are_made_anew():
    network.key_of.cache_clear()
    yield
    network.key_of.cache_clear()


def hashed(address, now=NOON, **headers):
    return network.hash_of(RequestFactory().get("/", REMOTE_ADDR=address, **headers), now)


def test_one_network_has_one_hash_a_day_of_22_characters(db):
    first = hashed(OFFICE)

    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", first)
    assert hashed(OFFICE, NOON + timedelta(hours=11)) == first
    assert hashed("203.0.113.78") != first
    assert hashed(OFFICE, NOON + timedelta(hours=12)) != first


def test_the_machines_of_one_connection_share_its_half_of_an_ipv6_address(db):
    first = hashed("2001:db8:0:1:aaaa::1")

    assert hashed("2001:db8:0:1:bbbb:cccc:dddd:eeee") == first
    assert hashed("2001:db8:0:2:aaaa::1") != first


def test_an_ipv4_address_is_the_same_however_it_is_written(db):
    assert hashed(f"::ffff:{OFFICE}") == hashed(OFFICE)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "127.0.0.1",
        "127.1.2.3",
        "::1",
        "::ffff:127.0.0.1",
        UNSPECIFIED,
        "::",
        "unix:",
        "nonsense",
        "1.2.3",
    ],
)
def test_who_comes_through_this_machine_or_from_nowhere_has_no_hash(db, address):
    assert hashed(address) == ""
    assert NetworkKey.objects.count() == 0


def test_without_a_proxy_nobody_chooses_his_own_address(db):
    assert hashed(OFFICE, HTTP_X_FORWARDED_FOR="198.51.100.1") == hashed(OFFICE)


def test_a_proxy_of_ours_stands_for_everybody_behind_it_and_has_no_hash(db, settings):
    settings.TRUSTED_PROXIES = (ip_network("203.0.113.0/28"),)

    assert hashed("203.0.113.5") == ""
    assert hashed(OFFICE) != ""


def wide(address):
    return network.hashes_of(RequestFactory().get("/", REMOTE_ADDR=address), NOON).wide


def test_the_wider_network_is_a_24_or_a_48(db):
    assert wide("203.0.113.1") == wide("203.0.113.254") != wide("203.0.114.1")
    assert wide("2001:db8:7::1") == wide("2001:db8:7:ffff::1") != wide("2001:db8:8::1")
    assert wide(OFFICE) != hashed(OFFICE)
    assert wide("127.0.0.1") == ""


def test_the_key_of_a_day_is_read_once(db):
    with CaptureQueriesContext(connection) as first:
        hashed(OFFICE)
    with CaptureQueriesContext(connection) as later:
        hashed("198.51.100.1")

    assert len(first) > 0
    assert len(later) == 0
    assert NetworkKey.objects.values_list("day", flat=True).get() == date(2026, 3, 3)
    assert len(bytes(NetworkKey.objects.get().key)) == 32


def test_processes_that_meet_share_one_key(transactional_db):
    def key_of_another_process(_number):
        try:
            return network.key_of.__wrapped__(date(2026, 3, 3))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        keys = set(pool.map(key_of_another_process, range(4)))

    assert len(keys) == 1
    assert NetworkKey.objects.count() == 1


def test_keys_go_after_two_days_and_hashes_after_seven(db):
    signature = make_signature(make_campaign(), network_hash="h" * 22)
    Dispute.objects.create(signature=signature, network_hash="h" * 22, sent_at=timezone.now())
    today = timezone.now().astimezone(UTC).date()
    for age in range(4):
        NetworkKey.objects.create(day=today - timedelta(days=age), key=b"k" * 32)

    retention.forget_networks(timezone.now())

    assert list(NetworkKey.objects.order_by("-day").values_list("day", flat=True)) == [
        today,
        today - timedelta(days=1),
    ]
    assert Signature.objects.get().network_hash == Dispute.objects.get().network_hash == "h" * 22
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)):
        retention.forget_networks(timezone.now())
    assert (Signature.objects.get().network_hash, Dispute.objects.get().network_hash) == ("", "")
    assert NetworkKey.objects.count() == 0


def test_what_was_never_confirmed_loses_its_hash_when_it_ends(db):
    signature = make_signature(make_campaign(), state=State.SUBMITTED, network_hash="h" * 22)

    retention.expire(signature)

    assert Signature.objects.get().network_hash == ""


# --- the flag --------------------------------------------------------------------------------------------


def from_network(campaign, at, state=State.CONFIRMED, network_hash="n" * 22):
    with time_machine.travel(at, tick=False):
        return make_signature(campaign, state=state, network_hash=network_hash)


def is_flagged(signature):
    return Flag.SAME_NETWORK in Signature.objects.get(pk=signature.pk).flags


@pytest.fixture
def letters(db):
    span = {"opens_at": NOON - timedelta(days=10), "closes_at": NOON + timedelta(days=10)}
    return make_campaign("letter-a", **span), make_campaign("letter-b", **span)


def minutes(count):
    return NOON + timedelta(minutes=count)


def test_a_fourth_from_one_network_within_the_hour_flags_all_that_wait(letters):
    campaign, other = letters
    first = from_network(campaign, NOON)
    second = from_network(other, minutes(20))
    never_confirmed = from_network(campaign, minutes(40), State.SUBMITTED)
    assert [is_flagged(each) for each in (first, second, never_confirmed)] == [False] * 3

    fourth = from_network(campaign, minutes(60))

    assert [is_flagged(each) for each in (first, second, fourth)] == [True] * 3
    assert Signature.objects.get(pk=fourth.pk).state == State.CONFIRMED


def test_three_of_one_office_are_spared_and_so_is_who_came_later(letters):
    campaign, _other = letters
    office = [from_network(campaign, minutes(count)) for count in (0, 1, 2)]
    late = from_network(campaign, minutes(63))

    assert [is_flagged(each) for each in [*office, late]] == [False] * 4


def test_an_earlier_one_is_flagged_by_a_later_one_that_is_no_crowd_itself(letters):
    campaign, _other = letters
    early = [from_network(campaign, minutes(count)) for count in (0, 5)]
    middle = from_network(campaign, minutes(50))

    late = from_network(campaign, minutes(105))

    assert [is_flagged(each) for each in [*early, middle, late]] == [False, False, True, False]


def test_other_networks_and_those_without_a_hash_make_no_crowd(letters):
    campaign, _other = letters
    without = [from_network(campaign, NOON, network_hash="") for _ in range(4)]
    apart = [from_network(campaign, NOON, network_hash=letter * 22) for letter in "abcd"]

    assert [is_flagged(each) for each in [*without, *apart]] == [False] * 8


def test_a_flagged_one_is_flagged_once_and_keeps_its_other_flags(letters):
    campaign, _other = letters
    with time_machine.travel(NOON, tick=False):
        first = make_signature(campaign, state=State.CONFIRMED, network_hash="n" * 22, website="")
    for count in range(1, 5):
        from_network(campaign, minutes(count))

    flags = Signature.objects.get(pk=first.pk).flags
    assert flags == [Flag.NO_WEBSITE, Flag.SAME_NETWORK]


def test_the_decided_are_not_touched(letters):
    campaign, _other = letters
    accepted = from_network(campaign, NOON, State.ACCEPTED)
    for count in range(1, 4):
        from_network(campaign, minutes(count))

    assert not is_flagged(accepted)


def test_confirming_asks_as_much_with_a_crowd_of_three_as_with_one_of_thirty(letters):
    campaign, _other = letters

    def queries_of_one():
        signature = from_network(campaign, minutes(1), State.SUBMITTED)
        token = fresh_token(signature)
        with time_machine.travel(minutes(2)), CaptureQueriesContext(connection) as captured:
            signing.confirm(token=token)
        return len(captured)

    for _ in range(4):
        from_network(campaign, NOON)
    few = queries_of_one()
    for _ in range(26):
        from_network(campaign, NOON)

    assert queries_of_one() == few


# --- no address stays ------------------------------------------------------------------------------------


def everything_stored():
    """All rows as the database shows them, so that no encoding of ours hides anything."""
    rows = []
    with connection.cursor() as cursor:
        for model in apps.get_models():
            table = sql.Identifier(model._meta.db_table)
            cursor.execute(sql.SQL("SELECT row_to_json(t)::text FROM {} t").format(table))
            rows += [text for (text,) in cursor.fetchall()]
    return "\n".join(rows)


def test_no_address_is_stored_or_logged_when_somebody_signs(client, db, caplog, capsys):
    caplog.set_level("DEBUG")
    campaign = make_campaign("hrd-agenda")
    came_from = {"REMOTE_ADDR": OFFICE, "HTTP_X_FORWARDED_FOR": "198.51.100.99"}

    client.get("/en/hrd-agenda/sign/", **came_from)
    client.post("/en/hrd-agenda/sign/", form_answers(), **came_from)
    client.post("/en/hrd-agenda/sign/send/", form_answers(name="Example Lantern"), **came_from)
    signature = Signature.objects.get()
    client.post(f"/en/confirm/{fresh_token(signature)}/", {"mandate": "on"}, **came_from)

    signature.refresh_from_db()
    assert (signature.state, signature.campaign) == (State.CONFIRMED, campaign)
    assert len(signature.network_hash) == 22
    stored = everything_stored()
    assert "Example Lantern" in stored
    told = stored + caplog.text + "".join(capsys.readouterr())
    assert [each for each in (OFFICE, "198.51.100.99", "cb00714d") if each in told] == []


def test_the_form_stores_the_network_and_asks_nothing_more_for_it(client, db):
    make_campaign("hrd-agenda")
    client.post("/en/hrd-agenda/sign/send/", form_answers(), REMOTE_ADDR=OFFICE)

    def queries(address):
        with CaptureQueriesContext(connection) as captured:
            client.post("/en/hrd-agenda/sign/send/", form_answers(), REMOTE_ADDR=address)
        return len(captured)

    assert queries(OFFICE) == queries("127.0.0.1")
    hashes = list(Signature.objects.order_by("pk").values_list("network_hash", flat=True))
    assert hashes == [hashes[0], hashes[0], ""]


def test_a_crowd_is_only_flagged_and_every_form_is_taken(client, db):
    make_campaign("hrd-agenda")

    answers = [
        client.post("/en/hrd-agenda/sign/send/", form_answers(), REMOTE_ADDR=OFFICE).status_code
        for _ in range(6)
    ]

    assert answers == [302] * 6
    assert Signature.objects.count() == 6
