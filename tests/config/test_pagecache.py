"""What is kept, for whom, for how long, and in how much room."""

from collections import Counter

import pytest

from config.pagecache import PageCache
from tests.config.small_site import HTML, PUBLIC, SEARCH, Reader, any_host

# --- how long --------------------------------------------------------------------------------------------


def test_a_public_page_is_rendered_once_while_it_is_fresh(reader, site, clock):
    assert reader.get().body == b"first"
    site.says(b"second", PUBLIC)
    clock.now += 1.9

    reply = reader.get()

    assert (reply.status, reply.body, reply.headers["content-length"]) == (200, b"first", "5")
    assert len(site.asked) == 1


def test_the_age_of_a_kept_page_is_told(reader, clock):
    assert reader.get().headers["age"] == "0"
    clock.now += 1.5
    assert reader.get().headers["age"] == "1"


def test_a_page_that_is_out_of_date_is_rendered_for_the_reader_who_finds_it(reader, site, clock):
    reader.get()
    site.says(b"second", PUBLIC)
    clock.now += 2

    assert [reader.get().body, reader.get().body] == [b"second", b"second"]
    assert len(site.asked) == 2


def test_the_first_reader_after_an_idle_hour_gets_no_old_page_even_if_the_render_fails(reader, site, clock):
    reader.get()
    site.says(b"broken", status="500 Internal Server Error")
    clock.now += 3600

    reply = reader.get()

    assert (reply.status, reply.body) == (500, b"broken")


def test_time_starts_when_the_render_ends(reader, site, clock):
    def slow():
        clock.now += 30

    site.before_answering = slow
    reader.get()
    clock.now += 1

    assert reader.get().headers["age"] == "1"
    assert len(site.asked) == 1


# --- what is never kept ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        ("200 OK", []),
        ("200 OK", [("Cache-Control", "public, max-age=60")]),
        ("200 OK", [("Cache-Control", "s-maxage=60")]),
        ("200 OK", [("Cache-Control", "public, s-maxage=0")]),
        ("200 OK", [("Cache-Control", "public, s-maxage=forever")]),
        ("200 OK", [("Cache-Control", "public, s-maxage=60, no-store")]),
        ("200 OK", [("Cache-Control", "private, s-maxage=60")]),
        ("200 OK", [("Cache-Control", "public, s-maxage=60, no-cache")]),
        ("200 OK", [PUBLIC, ("Set-Cookie", "csrf=1")]),
        ("200 OK", [PUBLIC, ("Vary", "Cookie")]),
        ("200 OK", [PUBLIC, ("Vary", "Accept-Encoding, Cookie")]),
        ("200 OK", [PUBLIC, ("Vary", "Accept-Language")]),
        ("200 OK", [PUBLIC, ("Vary", "*")]),
        ("200 OK", [PUBLIC, ("Content-Encoding", "gzip")]),
        ("302 Found", [PUBLIC, ("Location", "/en/")]),
        ("403 Forbidden", [PUBLIC]),
        ("500 Internal Server Error", [PUBLIC]),
        ("206 Partial Content", [PUBLIC]),
    ],
)
def test_other_answers_pass_untouched_and_are_not_kept(reader, cache, site, status, headers):
    site.says(b"mine", *headers, status=status)

    replies = [reader.get(), reader.get()]

    assert [reply.body for reply in replies] == [b"mine", b"mine"]
    assert replies[1].headers == {n.lower(): v for n, v in [HTML, *headers, ("Content-Length", "4")]}
    assert len(site.asked) == 2
    assert cache.entries == {}
    assert site.closed == 2


def test_a_request_with_authorization_is_neither_answered_from_the_cache_nor_kept(reader, cache, site):
    reader.get(authorization="Basic x")
    assert cache.entries == {}

    reader.get()
    reader.get(authorization="Basic x")

    assert len(site.asked) == 3


def test_posts_pass(reader, site):
    reader.get()
    assert reader.get(method="POST").body == b"first"
    assert len(site.asked) == 2


def test_a_stream_is_passed_on_piece_by_piece(clock):
    sent = []

    def stream(environ, start_response):
        start_response("200 OK", [PUBLIC])

        def pieces():
            for piece in (b"a", b"b"):
                sent.append(piece)
                yield piece

        return pieces()

    cache = PageCache(stream, host_is_valid=any_host, clock=clock)
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/csv", "HTTP_HOST": "h", "wsgi.url_scheme": "http"}
    chunks = iter(cache(environ, lambda *_: None))

    assert sent == []
    assert next(chunks) == b"a"
    assert sent == [b"a"]
    assert cache.entries == {}


def test_a_page_that_ends_early_is_an_error_and_is_not_kept(clock):
    def truncated(environ, start_response):
        start_response("200 OK", [PUBLIC, ("Content-Length", "10")])
        return [b"short"]

    cache = PageCache(truncated, host_is_valid=any_host, clock=clock)

    with pytest.raises(Exception, match="5 bytes came, 10 were announced"):
        Reader(cache).get()
    assert cache.entries == {}


def test_not_found_is_kept_for_a_second_at_most(reader, site, clock):
    site.says(
        b"no such letter",
        ("Cache-Control", "public, s-maxage=600, stale-while-revalidate=600"),
        status="404 Not Found",
    )
    reader.get()
    clock.now += 0.9
    assert reader.get().status == 404
    assert len(site.asked) == 1

    site.says(b"here it is", PUBLIC)
    clock.now += 0.1
    assert reader.get().body == b"here it is"


def test_a_permanent_redirect_is_kept(reader, site):
    site.says(b"", PUBLIC, ("Location", "/en/new/"), status="301 Moved Permanently")
    reader.get()
    reply = reader.get()
    assert (reply.status, reply.headers["location"], len(site.asked)) == (301, "/en/new/", 1)


def test_a_page_that_is_taken_back_disappears_at_once(reader, site, cache, clock):
    reader.get()
    site.says(b"gone", status="404 Not Found")
    clock.now += 2

    assert reader.get().status == 404
    assert cache.entries == {}


# --- for whom --------------------------------------------------------------------------------------------


def test_a_reader_with_a_session_gets_the_same_page(reader, site):
    reader.get()
    assert reader.get(cookie="session=abc").body == b"first"
    assert len(site.asked) == 1


def test_host_scheme_and_path_have_pages_of_their_own(reader, site):
    for count, where in enumerate(
        [
            {},
            {"host": "fr.letters.example"},
            {"scheme": "https"},
            {"path": "/fr/letter/"},
        ],
        start=1,
    ):
        site.body = str(count).encode()
        assert reader.get(**where).body == str(count).encode()
    assert reader.get().body == b"1"


def test_the_scheme_is_the_one_that_the_proxy_tells(site, clock):
    reader = Reader(
        PageCache(
            site,
            host_is_valid=any_host,
            https_header=("HTTP_X_FORWARDED_PROTO", "https"),
            clock=clock,
        )
    )
    site.body = b"plain"
    reader.get(x_forwarded_proto="http")
    site.body = b"secure"
    reader.get(x_forwarded_proto="https, http")

    assert reader.get(x_forwarded_proto="https", scheme="http").body == b"secure"
    assert reader.get(x_forwarded_proto="anything", scheme="https").body == b"plain"
    assert reader.get(scheme="http").body == b"plain"
    assert len(site.asked) == 2


@pytest.mark.parametrize("host", ["evil.example", "", "letters.example, letters.example.evil"])
def test_a_forged_host_leaves_nothing_behind(reader, cache, site, host):
    reader.get(host=host)
    assert (cache.entries, cache.parameters) == ({}, {})


def test_an_endless_path_leaves_nothing_behind(reader, cache):
    reader.get("/" + "a" * 2000)
    assert (cache.entries, cache.parameters) == ({}, {})


# --- the query -------------------------------------------------------------------------------------------


def test_unknown_parameters_meet_the_same_page_and_never_reach_the_view(reader, site, clock):
    reader.get()
    for number in range(5):
        assert reader.get(query=f"x={number}").body == b"first"
    assert len(site.asked) == 1

    clock.now += 10
    reader.get(query="utm=1&x=2")
    assert site.asked[-1]["QUERY_STRING"] == ""


def test_known_parameters_have_pages_of_their_own(reader, site):
    site.says(b"all", PUBLIC, SEARCH)
    reader.get()
    site.body = b"found"
    assert reader.get(query="q=peace").body == b"found"
    assert reader.get(query="x=1&q=peace&y=2").body == b"found"
    assert reader.get(query="").body == b"all"
    assert reader.get(query="q=").body == b"found"
    assert [environ["QUERY_STRING"] for environ in site.asked] == ["", "q=peace", "q="]


def test_order_and_spelling_of_a_query_do_not_matter(reader, site):
    site.says(b"page", PUBLIC, SEARCH)
    reader.get(query="q=%61%20b&after=3")
    reader.get(query="after=3&q=a+b")
    reader.get(query="after=%33&x&q=a+b")
    assert len(site.asked) == 1


def test_a_repeated_parameter_is_not_mixed_up_with_a_single_one(reader, site):
    site.says(b"one", PUBLIC, SEARCH)
    reader.get(query="q=a")
    site.body = b"other"
    assert reader.get(query="q=a&q=b").body == b"other"
    assert reader.get(query="q=a").body == b"one"
    assert reader.get(query="q=b&q=a").body == b"other"
    assert len(site.asked) == 3


def test_without_a_declaration_only_the_bare_address_is_kept(reader, site, cache):
    site.says(b"page", PUBLIC)
    reader.get()
    reader.get(query="x=1")
    reader.get(query="x=1")
    assert [environ["QUERY_STRING"] for environ in site.asked] == ["", "x=1", "x=1"]
    assert len(cache.entries) == 1


def test_a_query_that_is_too_long_to_keep_is_still_answered(reader, site, cache):
    site.says(b"page", PUBLIC, SEARCH)
    reader.get()
    assert reader.get(query="q=" + "a" * 600).body == b"page"
    assert len(cache.entries) == 1


def test_hostile_queries_do_no_harm(reader, site):
    site.says(b"page", PUBLIC, SEARCH)
    for query in ("%", "q=%zz", "q=%ff%fe", "q=%00", "&&&", "=", "q", "q=\xff", "a" * 100_000, "&" * 500):
        assert reader.get(query=query).body == b"page"


# --- trouble ---------------------------------------------------------------------------------------------


def test_a_failed_render_leaves_the_stale_page_in_place(reader, site, clock):
    reader.get()
    site.says(b"broken", status="503 Service Unavailable")
    clock.now += 4.9

    assert reader.get().body == b"first"
    assert site.closed == 2

    clock.now += 0.1
    assert reader.get().status == 503

    site.says(b"well again", PUBLIC)
    assert reader.get().body == b"well again"


def test_a_render_that_raises_leaves_the_stale_page_in_place(reader, site, clock, caplog):
    def fail():
        raise RuntimeError("no database")

    reader.get()
    site.before_answering = fail
    clock.now += 3
    assert reader.get().body == b"first"
    assert "could not be rendered" in caplog.text

    clock.now += 3
    with pytest.raises(RuntimeError, match="no database"):
        reader.get()

    site.before_answering = lambda: None
    assert reader.get().body == b"first"


def test_an_exception_on_an_unknown_address_is_the_applications_own(reader, site):
    def fail():
        raise RuntimeError("no database")

    site.before_answering = fail
    with pytest.raises(RuntimeError, match="no database"):
        reader.get()


# --- room ------------------------------------------------------------------------------------------------


def test_the_number_of_pages_is_bounded(site, clock):
    cache = PageCache(site, host_is_valid=any_host, clock=clock, max_entries=10)
    reader = Reader(cache)
    for number in range(100):
        reader.get(f"/en/{number}/")
    assert len(cache.entries) == 10
    assert len(cache.parameters) == 10
    assert cache.size == sum(entry.size for entry in cache.entries.values())


def test_the_bytes_are_bounded_and_a_huge_page_is_passed_on(site, clock):
    cache = PageCache(site, host_is_valid=any_host, clock=clock, max_bytes=100_000, largest_page=20_000)
    reader = Reader(cache)
    site.body = b"x" * 15_000
    for number in range(20):
        reader.get(f"/en/{number}/")
    assert len(cache.entries) == 3
    assert cache.size == sum(entry.size for entry in cache.entries.values()) <= 100_000

    site.body = b"x" * 20_001
    assert reader.get("/en/huge/").body == site.body
    assert len(cache.entries) == 3


def test_a_flood_of_searches_does_not_push_out_the_page_that_is_read(site, clock):
    cache = PageCache(site, host_is_valid=any_host, clock=clock, max_entries=10)
    reader = Reader(cache)
    site.says(b"letter", PUBLIC, SEARCH)
    reader.get()
    for number in range(200):
        reader.get(query=f"q={number}")
        reader.get()
    assert Counter(environ["QUERY_STRING"] for environ in site.asked)[""] == 1


def test_a_new_render_replaces_the_old_one_and_its_bytes(reader, cache, site, clock):
    for _ in range(5):
        reader.get()
        clock.now += 10
    assert len(cache.entries) == 1
    assert cache.size == next(iter(cache.entries.values())).size


# --- what one reader sends along -------------------------------------------------------------------------


def test_a_shared_render_takes_nothing_along_that_could_delay_or_refuse_it(reader, site, clock):
    reader.get()
    clock.now += 10

    reader.get(cookie='csrf="\\000"', transfer_encoding="chunked", expect="100-continue")

    rendered = site.asked[1]
    assert rendered.keys() & {"HTTP_COOKIE", "HTTP_TRANSFER_ENCODING", "HTTP_EXPECT"} == set()


def test_a_shared_render_waits_for_no_reader_s_body(cache, site, clock):
    reader = Reader(cache)
    reader.get()
    clock.now += 10
    never_comes = object()
    environ = site.asked[0] | {"CONTENT_LENGTH": "1000", "wsgi.input": never_comes}

    b"".join(cache(environ, lambda *_start: None))

    assert site.asked[1]["wsgi.input"] is not never_comes
    assert "CONTENT_LENGTH" not in site.asked[1]


def test_a_page_that_is_no_longer_public_is_asked_for_again_as_the_reader_asked(reader, site, clock):
    reader.get()
    site.says(b"for one", ("Cache-Control", "private"))
    clock.now += 10

    reply = reader.get(query="link=secret", cookie="session=mine")

    assert reply.body == b"for one"
    assert (site.asked[-1]["HTTP_COOKIE"], site.asked[-1]["QUERY_STRING"]) == ("session=mine", "link=secret")
    assert site.closed == len(site.asked)
