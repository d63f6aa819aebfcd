"""Turns down requests that no honest client sends, before a session, a form or the database meets them.

Slow clients are the other danger. Who sends a form byte by byte, or takes a long file sip by sip, holds a thread all the
while, and granian sets no time limit. So only a few threads of each worker may wait for such clients; the rest stay
free for everybody's pages. A proxy in front that buffers requests keeps forms free, too (docs/settings.md).
"""

import time
from collections.abc import Callable, Iterable, Iterator
from threading import BoundedSemaphore
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse, UnreadablePostError
from django.http.response import HttpResponseBase
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

View = Callable[..., HttpResponseBase]

PIECE = 64 * 1024
# How much of a body, and for how many seconds, we take in and throw away before we answer.
LARGEST_DISCARDED = 32 * 1024 * 1024
LONGEST_DISCARDING = 10
# Threads of a worker (config/granian.env) that may wait for bodies, and for readers of streams, at one time.
BODY_PLACES = STREAM_PLACES = 3
# Seconds to wait for a place. An honest form has arrived before we look for it and is read in milliseconds. Where even
# that long a wait was in vain, slow senders hold all places: for a while nobody else spends a thread on waiting.
PATIENCE, IMPATIENCE = 1, 5


def accepts_bodies_up_to(size: int) -> Callable[[View], View]:
    """Let a view (an import, say) take a larger body than DATA_UPLOAD_MAX_MEMORY_SIZE; bytes."""

    def declare(view: View) -> View:
        view.largest_body = size  # type: ignore[attr-defined]
        return view

    return declare


class RefusalsMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.body_places = BoundedSemaphore(BODY_PLACES)
        self.impatient_until = 0.0
        self.stream_places = BoundedSemaphore(STREAM_PLACES)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if _holds_nul(request):
            # PostgreSQL stores no NUL: a token, a search or a session key with one would end as a server error.
            raise BadRequest("A NUL character in the address or in a cookie.")
        if "HTTP_TRANSFER_ENCODING" in request.META and "CONTENT_LENGTH" not in request.META:
            # Django would take such a body for an empty one.
            return _refusal(411, _("Please send the length of the request."))
        response = self.get_response(request)
        if request.resolver_match is None:
            self._leave_nothing_unread(request)
        if isinstance(response, StreamingHttpResponse) and not response.has_header("Content-Length"):
            return self._held(response)
        return response

    def process_view(self, request: HttpRequest, view: View, args: Any, kwargs: Any) -> HttpResponse | None:
        """Bodies by their length alone: Django measures form fields only, and writes every file to disk first."""
        length = _announced_length(request)
        if not length:
            return None
        if not self._got_body_place():
            return _busy()
        try:
            largest = getattr(view, "largest_body", settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
            if length > largest:
                _discard_body(request)
                return _too_large(largest)
            if length <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
                len(request.body)  # read now, while we hold the place; Django keeps it for the view
        except UnreadablePostError:
            return _refusal(400, _("The request broke off."))
        finally:
            self.body_places.release()
        return None

    def _got_body_place(self) -> bool:
        if time.monotonic() < self.impatient_until:
            return self.body_places.acquire(blocking=False)
        if self.body_places.acquire(timeout=PATIENCE):
            return True
        self.impatient_until = time.monotonic() + IMPATIENCE
        return False

    def _leave_nothing_unread(self, request: HttpRequest) -> None:
        """No view was asked, so nobody has looked at the body."""
        if _announced_length(request) and self.body_places.acquire(blocking=False):
            try:
                _discard_body(request)
            finally:
                self.body_places.release()

    def _held(self, response: StreamingHttpResponse) -> HttpResponseBase:
        """A stream holds its place until the server closes it."""
        if not self.stream_places.acquire(blocking=False):
            response.close()
            return _busy()
        pieces = cast("Iterable[bytes]", response.streaming_content)  # nothing here streams asynchronously
        response.streaming_content = HeldStream(pieces, self.stream_places)
        return response


class HeldStream:
    """The pieces of a stream, and the place that it gives back once."""

    def __init__(self, pieces: Iterable[bytes], places: BoundedSemaphore) -> None:
        self.pieces, self.places = iter(pieces), places
        self.is_open = True

    def __iter__(self) -> Iterator[bytes]:
        return self.pieces

    def close(self) -> None:
        if self.is_open:
            self.is_open = False
            self.places.release()


def _holds_nul(request: HttpRequest) -> bool:
    query = request.META.get("QUERY_STRING", "")
    if "\0" in request.path_info or "%00" in query or "\0" in query:
        return True
    # A quoted cookie can spell any character as an octal escape.
    return "\\" in request.META.get("HTTP_COOKIE", "") and any(
        "\0" in value for value in request.COOKIES.values()
    )


def _announced_length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _discard_body(request: HttpRequest) -> None:
    """Many clients read no answer before they have sent everything; closing on them looks like a broken server."""
    if "HTTP_EXPECT" in request.META:  # this one asked before sending
        return
    left, deadline = LARGEST_DISCARDED, time.monotonic() + LONGEST_DISCARDING
    while left > 0 and time.monotonic() < deadline:
        piece = request.read(PIECE)
        if not piece:
            return
        left -= len(piece)


def _too_large(largest: int) -> HttpResponse:
    sentence = _("What was sent is larger than %(size)s, so it was not read. Please go back and shorten it.")
    return _refusal(413, sentence % {"size": filesizeformat(largest)})


def _busy() -> HttpResponse:
    response = _refusal(
        503, _("Too many people are sending or loading at this moment. Please try again in a minute.")
    )
    response["Retry-After"] = "60"
    return response


def _refusal(status: int, sentence: str) -> HttpResponse:
    response = HttpResponse(f"{sentence}\n", status=status, content_type="text/plain; charset=utf-8")
    response["Connection"] = "close"
    return response
