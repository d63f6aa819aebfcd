"""Clients that send or read slowly hold a few threads at most; everybody else is served."""

import io
import threading

import pytest
from django.test import RequestFactory
from django.urls import resolve

from config import refusals
from config.refusals import BODY_PLACES, STREAM_PLACES, RefusalsMiddleware
from dev.environment import PROJECT
from tests.config.small_urls import form, stream

pytestmark = pytest.mark.urls("tests.config.small_urls")
FORM = "application/x-www-form-urlencoded"


class SlowBody(io.RawIOBase):
    """A body that comes when the test says so."""

    def __init__(self, body, asked, arrived):
        self.body, self.asked, self.arrived = io.BytesIO(body), asked, arrived

    def read(self, size=-1):
        self.asked.release()
        assert self.arrived.wait(10)
        return self.body.read(size)


class BrokenBody(io.RawIOBase):
    def read(self, size=-1):
        raise OSError("the client has gone")


def through(middleware, request, view):
    """As Django's handler does it."""
    request.resolver_match = resolve(request.path_info)
    return middleware.process_view(request, view, (), {}) or middleware(request)


@pytest.fixture
def middleware():
    views = {"/en/form/": form, "/en/stream/": stream}
    return RefusalsMiddleware(lambda request: views[request.path_info](request))


@pytest.fixture
def no_patience(monkeypatch):
    monkeypatch.setattr(refusals, "PATIENCE", 0)


def posted(body=b"name=peace"):
    return RequestFactory().post("/en/form/", body, content_type=FORM)


@pytest.mark.usefixtures("no_patience")
def test_slow_senders_hold_a_few_threads_and_readers_are_served_meanwhile(middleware):
    asked, arrived = threading.Semaphore(0), threading.Event()
    answers = []

    def send_slowly():
        request = posted()
        request._stream = SlowBody(b"name=peace", asked, arrived)
        answers.append(through(middleware, request, form).content)

    threads = [threading.Thread(target=send_slowly) for _ in range(BODY_PLACES)]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert asked.acquire(timeout=10)

    refused, at_once = (through(middleware, posted(), form) for _ in range(2))
    read = through(middleware, RequestFactory().get("/en/form/"), form)
    arrived.set()
    for thread in threads:
        thread.join(10)

    assert (refused.status_code, refused["Retry-After"]) == (503, "60")
    assert at_once.status_code == 503
    assert read.content == b"nothing"
    assert answers == [b"peace"] * BODY_PLACES
    assert through(middleware, posted(), form).content == b"peace"


def test_a_sender_who_breaks_off_gives_the_place_back(middleware):
    for _ in range(BODY_PLACES + 1):
        request = posted()
        request._stream = BrokenBody()
        assert through(middleware, request, form).status_code == 400
    assert through(middleware, posted(), form).content == b"peace"


def test_slow_readers_of_streams_hold_a_few_threads(middleware):
    request = RequestFactory().get("/en/stream/")
    held = [through(middleware, request, stream) for _ in range(STREAM_PLACES)]
    assert through(middleware, request, stream).status_code == 503
    assert through(middleware, RequestFactory().get("/en/form/"), form).status_code == 200

    assert b"".join(held[0]) == b"ab"
    for _ in range(2):
        held[0].close()

    again = through(middleware, request, stream)
    assert b"".join(again) == b"ab"
    assert through(middleware, request, stream).status_code == 503
    for response in [*held, again]:
        response.close()


def test_a_body_that_nobody_asked_for_is_read_and_thrown_away(middleware):
    request = RequestFactory().post("/nowhere", b"a" * 1_000_000, content_type=FORM)
    request.resolver_match = None
    middleware.get_response = lambda _request: form(RequestFactory().get("/"))

    middleware(request)

    assert request.read() == b""


def test_threads_are_left_for_pages():
    lines = (PROJECT / "config/granian.env").read_text().splitlines()
    threads = int(
        dict(line.split("=") for line in lines if "=" in line and line[0] != "#")["GRANIAN_BLOCKING_THREADS"]
    )
    assert threads - refusals.BODY_PLACES - refusals.STREAM_PLACES == 2
