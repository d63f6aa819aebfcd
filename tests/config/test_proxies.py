"""Whom a request comes from: nobody chooses his own address, and behind declared proxies the right hop counts."""

from ipaddress import ip_network

import pytest

from config.proxies import settle

CLIENT, ELSEWHERE = "203.0.113.77", "198.51.100.1"
OURS = tuple(ip_network(each) for each in ("127.0.0.0/8", "::1/128", "10.0.0.0/8", "192.0.2.0/29"))


@pytest.fixture
def asked(settings):
    """Who asks, for a peer and what its forwarding header says."""
    settings.TRUSTED_PROXIES = OURS

    def ask(peer, forwarded=None):
        meta = {"REMOTE_ADDR": peer}
        if forwarded is not None:
            meta["HTTP_X_FORWARDED_FOR"] = forwarded
        settle(meta)
        assert "HTTP_X_FORWARDED_FOR" not in meta
        return meta["REMOTE_ADDR"]

    return ask


def test_a_stranger_says_in_vain_who_he_is(asked):
    assert asked(CLIENT, ELSEWHERE) == CLIENT
    assert asked(CLIENT, f"{ELSEWHERE}, 127.0.0.1") == CLIENT
    assert asked(CLIENT, "10.0.0.1") == CLIENT
    assert asked(CLIENT) == CLIENT


def test_without_a_declared_proxy_nobody_is_believed(settings):
    settings.TRUSTED_PROXIES = ()
    meta = {
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_X_FORWARDED_FOR": ELSEWHERE,
        "HTTP_X_FORWARDED_PROTO": "https",
    }

    settle(meta)

    assert meta == {"REMOTE_ADDR": "127.0.0.1"}


@pytest.mark.parametrize(
    "forwarded",
    [
        CLIENT,
        f" {CLIENT} ",
        f"{ELSEWHERE}, {CLIENT}",
        f"{ELSEWHERE},{CLIENT},10.1.2.3",
        f"10.9.9.9, 127.0.0.1, {CLIENT}, 192.0.2.3, 10.1.2.3",
        f"nonsense, {CLIENT}",
        f"{CLIENT}:51000",
        f"::ffff:{CLIENT}",
        f'"{CLIENT}"',
    ],
)
def test_the_first_hop_from_the_right_that_is_no_proxy_of_ours_counts(asked, forwarded):
    assert asked("127.0.0.1", forwarded) == CLIENT


@pytest.mark.parametrize(
    "forwarded", ["2001:db8::7", "[2001:db8::7]", "[2001:db8::7]:443", "::1, 2001:db8::7, ::1"]
)
def test_ipv6_hops_are_read_too(asked, forwarded):
    assert asked("::1", forwarded) == "2001:db8::7"
    assert asked("::ffff:10.0.0.1", forwarded) == "2001:db8::7"


@pytest.mark.parametrize(
    "forwarded", ["", "unknown", ",", "1.2.3", f"{CLIENT}, nonsense", "_hidden", "\x00", "9" * 5000]
)
def test_where_the_last_hop_is_no_address_the_proxy_stands_for_it(asked, forwarded):
    assert asked("10.0.0.1", forwarded) == "10.0.0.1"


def test_a_client_inside_the_own_network_is_the_leftmost_of_it(asked):
    assert asked("127.0.0.1", "10.0.0.8, 10.0.0.2") == "10.0.0.8"


def test_the_scheme_too_is_believed_of_proxies_alone(client, settings, db):
    settings.TRUSTED_PROXIES = OURS
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_SSL_REDIRECT = True
    forwarded = {"HTTP_X_FORWARDED_PROTO": "https"}

    assert client.get("/robots.txt", REMOTE_ADDR="127.0.0.1", **forwarded).status_code == 200
    assert client.get("/robots.txt", REMOTE_ADDR=CLIENT, **forwarded).status_code == 301
