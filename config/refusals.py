"""Turns down requests that no honest client sends, before a session, a form or the database meets them."""

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

View = Callable[..., HttpResponseBase]

PIECE = 64 * 1024
# How much of a body, and for how many seconds, we take in and throw away before we answer.
LARGEST_DISCARDED = 32 * 1024 * 1024
LONGEST_DISCARDING = 10


def accepts_bodies_up_to(size: int) -> Callable[[View], View]:
    """Let a view (an import, say) take a larger body than DATA_UPLOAD_MAX_MEMORY_SIZE; bytes."""

    def declare(view: View) -> View:
        view.largest_body = size  # type: ignore[attr-defined]
        return view

    return declare


class RefusalsMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if _holds_nul(request):
            # PostgreSQL stores no NUL: a token, a search or a session key with one would end as a server error.
            raise BadRequest("A NUL character in the address or in a cookie.")
        if "HTTP_TRANSFER_ENCODING" in request.META and "CONTENT_LENGTH" not in request.META:
            # Django would take such a body for an empty one.
            return _refusal(411, _("Please send the length of the request."))
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, args: Any, kwargs: Any) -> HttpResponse | None:
        """By length alone, also for uploads: Django measures form fields only, and writes every file to disk first."""
        largest = getattr(view, "largest_body", settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        if _announced_length(request) <= largest:
            return None
        _discard_body(request)
        return _refusal(
            413,
            _("What was sent is larger than %(size)s, so it was not read. Please go back and shorten it.")
            % {"size": filesizeformat(largest)},
        )


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


def _refusal(status: int, sentence: str) -> HttpResponse:
    response = HttpResponse(f"{sentence}\n", status=status, content_type="text/plain; charset=utf-8")
    response["Connection"] = "close"
    return response
