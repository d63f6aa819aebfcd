"""The whole web process, from a server's call to the bytes: Django inside, the page cache around it."""

from ipaddress import ip_network

import pytest

from config.pagecache import PageCache
from config.wsgi import application, django_application, host_is_valid
from tests.config import small_urls
from tests.config.small_site import Reader

pytestmark = [pytest.mark.urls("tests.config.small_urls"), pytest.mark.django_db]


@pytest.fixture
def cache(clock):
    return PageCache(django_application, host_is_valid=host_is_valid, clock=clock)


@pytest.fixture
def reader(cache):
    return Reader(cache, host="testserver")


def test_the_process_serves_through_the_cache():
    assert isinstance(application, PageCache)
    assert application.application is django_application


def test_a_public_page_is_rendered_once_for_all_readers(reader):
    before = small_urls.count.renders

    first = reader.get("/count.json")
    others = [
        reader.get("/count.json", query="x=1", cookie="session=abcdefgh", accept_language="fr")
        for _ in range(5)
    ]

    assert small_urls.count.renders == before + 1
    assert {other.body for other in others} == {first.body}
    assert {other.headers["content-language"] for other in others} == {"en"}
    assert reader.get("/count.json", if_none_match='W/"80"').status == 304


def test_a_poller_who_has_the_page_already_teaches_the_cache_too(reader, cache):
    assert reader.get("/count.json", if_none_match='W/"80"').status == 304
    assert list(cache.parameters) == [("testserver", "http", "/count.json")]
    assert cache.entries == {}

    assert reader.get("/count.json").status == 200
    assert len(cache.entries) == 1


def test_the_declared_query_reaches_the_view_and_nothing_else(reader):
    for _ in range(2):
        assert reader.get("/en/page/", query="x=1&q=%D0%BC%D0%B8%D1%80&y=2").body.startswith(
            "en {'q': 'мир'}".encode()
        )


def test_a_strangers_word_for_https_puts_no_page_with_http_links_under_https(settings, clock):
    settings.SECURE_PROXY_SSL_HEADER = https = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.TRUSTED_PROXIES = (ip_network("10.0.0.0/8"),)
    cache = PageCache(
        django_application,
        host_is_valid=host_is_valid,
        https_header=https,
        is_believed=application.is_believed,
        clock=clock,
    )
    reader = Reader(cache, host="testserver")

    def schemes_kept(peer):
        cache.entries.clear()
        reader.get("/count.json", peer=peer, x_forwarded_proto="https")
        return [scheme for _host, scheme, _path, _query in cache.entries]

    assert schemes_kept("203.0.113.77") == ["http"]
    assert schemes_kept("10.0.0.1") == ["https"]


def test_a_forged_host_is_refused_and_leaves_nothing_behind(reader, cache):
    assert reader.get("/count.json", host="evil.example").status == 400
    assert (cache.entries, cache.parameters) == ({}, {})


@pytest.mark.parametrize(
    ("host", "valid"),
    [
        ("testserver", True),
        ("testserver:8000", True),
        ("TESTSERVER", True),
        ("evil.example", False),
        ("testserver.evil.example", False),
        ("testserver,evil.example", False),
        ("testserver/..", False),
        ("", False),
    ],
)
def test_hosts_are_judged_as_django_judges_them(host, valid):
    assert host_is_valid(host) is valid


@pytest.mark.parametrize(
    "path", ["/en/embargoed/", "/en/forbidden/", "/en/form/", "/en/nowhere/", "/en/false-public/"]
)
def test_what_is_not_for_everybody_is_not_kept(reader, cache, path):
    reader.get(path)
    assert cache.entries == {}
