"""In which form a kept page is sent: entity tags, encodings, HEAD."""

import gzip
import threading

import brotli
import pytest

from config import pageentry
from tests.config.small_site import ANY_QUERY_IGNORED, LONG, PUBLIC, SEARCH


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ('W/"a1"', 304),
        ('"a1"', 304),
        ('"b", W/"a1"', 304),
        ("*", 304),
        ('"b"', 200),
        ('"a1', 200),
        ("a1", 200),
        ('W/"a11"', 200),
    ],
)
def test_a_reader_who_has_the_page_is_told_so(reader, site, asked, status):
    site.says(b"page", PUBLIC, ANY_QUERY_IGNORED, ("ETag", 'W/"a1"'))
    reader.get()

    reply = reader.get(if_none_match=asked)

    assert (reply.status, reply.body) == (status, b"" if status == 304 else b"page")
    assert len(site.asked) == 1


def test_not_modified_carries_what_caches_need_and_no_body_headers(reader, site):
    site.says(b"page", PUBLIC, ("ETag", 'W/"a1"'), ("Content-Language", "en"))
    reader.get()
    assert reader.get(if_none_match='W/"a1"').headers == {
        "cache-control": PUBLIC[1],
        "etag": 'W/"a1"',
        "age": "0",
    }


def test_the_one_who_renders_asks_for_the_whole_page_and_answers_the_reader_after_that(reader, site, clock):
    site.says(b"page", PUBLIC, ("ETag", 'W/"a1"'))
    reader.get()
    clock.now += 10

    reply = reader.get(if_none_match='W/"a1"', range="bytes=0-1", if_modified_since="x", accept_encoding="br")

    asked = site.asked[-1]
    assert reply.status == 304
    assert (
        not {"HTTP_IF_NONE_MATCH", "HTTP_RANGE", "HTTP_IF_MODIFIED_SINCE", "HTTP_ACCEPT_ENCODING"}
        & asked.keys()
    )
    assert reader.get().body == b"page"


def test_an_application_that_says_not_modified_is_believed_but_not_kept(reader, site, cache):
    site.says(b"", PUBLIC, SEARCH, ("ETag", 'W/"a1"'), status="304 Not Modified")
    assert reader.get(if_none_match='W/"a1"').status == 304
    assert cache.entries == {}

    site.says(b"page", PUBLIC, SEARCH, ("ETag", 'W/"a1"'))
    assert reader.get().body == b"page"


@pytest.mark.parametrize(
    ("accept", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("br;q=0.5, gzip;q=0.8", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("BR", "br"),
        ("*", "br"),
        ("*;q=0.1, gzip;q=0.5", "gzip"),
        ("br;q=0.5, identity", None),
        ("identity", None),
        ("", None),
        ("br;q=nonsense", None),
        ("br;q=0", None),
        ("deflate", None),
    ],
)
def test_the_page_is_compressed_as_the_reader_prefers(reader, site, accept, encoding):
    site.says(LONG, PUBLIC)
    reader.get()

    reply = reader.get(accept_encoding=accept)

    decode = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[encoding]
    assert reply.headers.get("content-encoding") == encoding
    assert decode(reply.body) == LONG
    assert reply.headers["content-length"] == str(len(reply.body))
    assert reply.headers["vary"] == "Accept-Encoding"


def test_each_form_is_made_once(reader, site):
    site.says(LONG, PUBLIC)
    assert reader.get(accept_encoding="br").body is not LONG
    first = reader.cache.entries[("letters.example", "http", "/en/letter/", "")].forms["br"]
    reader.get(accept_encoding="gzip, br")
    assert reader.cache.entries[("letters.example", "http", "/en/letter/", "")].forms["br"] is first


@pytest.mark.parametrize(("body", "kind"), [(b"{}", "application/json"), (LONG, "image/png")])
def test_small_bodies_and_pictures_are_sent_as_they_are(reader, site, body, kind):
    site.status, site.headers, site.body = (
        "200 OK",
        [("Content-Type", kind), PUBLIC, ("ETag", '"strong"')],
        body,
    )
    reader.get()
    reply = reader.get(accept_encoding="br")
    assert reply.body == body
    assert reply.headers["etag"] == '"strong"'
    assert not {"vary", "content-encoding"} & reply.headers.keys()


def test_a_strong_tag_becomes_weak_where_a_page_has_several_forms(reader, site):
    site.says(LONG, PUBLIC, ("ETag", '"strong"'))
    assert reader.get(accept_encoding="br").headers["etag"] == 'W/"strong"'
    assert reader.get(if_none_match='"strong"').status == 304


def test_head_has_the_headers_of_get_and_no_body(reader, site):
    site.says(LONG, PUBLIC)
    got = reader.get(accept_encoding="br")
    head = reader.get(method="HEAD", accept_encoding="br")
    assert (head.status, head.headers, head.body) == (200, got.headers, b"")
    assert len(site.asked) == 1


def test_a_head_that_finds_a_page_out_of_date_renders_it_for_everybody(reader, site, clock):
    reader.get()
    clock.now += 10
    site.body = b"second"
    assert reader.get(method="HEAD").headers["content-length"] == "6"
    assert reader.get().body == b"second"
    assert [environ["REQUEST_METHOD"] for environ in site.asked] == ["GET", "GET"]


def test_a_head_to_an_unknown_address_is_passed_on(reader, site, cache):
    reader.get(method="HEAD")
    assert site.asked[0]["REQUEST_METHOD"] == "HEAD"
    assert cache.entries == {}


def test_a_page_is_compressed_once_however_many_ask_at_the_same_moment(monkeypatch):
    begun, together = [], threading.Barrier(4)

    def slowly(body):
        begun.append(body)
        threading.Event().wait(0.05)
        return brotli.compress(body)

    monkeypatch.setitem(pageentry.CODERS, "br", slowly)
    entry = pageentry.Entry("200 OK", [("Content-Type", "text/html")], LONG, 0, (1, 1))
    answers = []

    def ask():
        together.wait()
        environ = {"HTTP_ACCEPT_ENCODING": "br", "REQUEST_METHOD": "GET"}
        answers.append(b"".join(entry.answer(environ, lambda *_: None, 0)))

    askers = [threading.Thread(target=ask) for _ in range(4)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join(10)

    assert begun == [LONG]
    assert [brotli.decompress(answer) for answer in answers] == [LONG] * 4
