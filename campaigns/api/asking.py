"""What a program asks the API for: its parameters, read strictly, and how it is answered."""

import json
import re
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation

from campaigns.weblinks import absolute
from config.publicpages import public

MOST = 200
DEFAULT = 100
CURSOR = re.compile("[-A-Za-z0-9_]*")
# Anybody's page may read these answers: they are the same for everybody, without cookies.
OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
Answer = Callable[..., Mapping[str, Any]]


class BadQuestion(ValueError):
    """A parameter that says nothing; the words are shown."""


class NoSuchPage(ValueError):
    """A cursor that no page before has given."""


def answered(*, query: tuple[str, ...] = ()) -> Callable[[Answer], Callable[..., HttpResponseBase]]:
    """Turn a function that returns facts into a public view of JSON, in the language of `?language=`."""

    def declare(answer: Answer) -> Callable[..., HttpResponseBase]:
        @public(query=("language", *query))
        @wraps(answer)
        def view(request: HttpRequest, **parts: Any) -> HttpResponse:
            try:
                with translation.override(_language(request)):
                    facts = answer(request, **parts)
            except BadQuestion as error:
                return _refused(400, str(error))
            except NoSuchPage:
                return _refused(404, "There is no such page: take the cursor from next.")
            except Http404:
                return _refused(404, "There is no such public letter.")
            response = _json(facts)
            if following := facts.get("next"):
                response["Link"] = f'<{following}>; rel="next"'
            return response

        return view

    return declare


def limit(request: HttpRequest) -> int:
    """`?limit=`: how many to a page, 1 to MOST. Raises BadQuestion."""
    written = request.GET.get("limit", str(DEFAULT))
    if not (written.isascii() and written.isdecimal() and len(written) <= 4 and 1 <= int(written) <= MOST):
        raise BadQuestion(f"limit is a whole number from 1 to {MOST}.")
    return int(written)


def cursor(request: HttpRequest) -> str:
    """`?after=`: where the page begins, "" for the first one. Raises NoSuchPage."""
    written = request.GET.get("after", "")
    if not CURSOR.fullmatch(written):
        raise NoSuchPage
    return written


def next_page(request: HttpRequest, after: str) -> str | None:
    """The whole address of the page that follows; None where there is none."""
    if not after:
        return None
    kept = {name: request.GET[name] for name in ("language", "limit") if name in request.GET}
    return absolute(f"{request.path}?{urlencode(kept | {'after': after})}")


def _language(request: HttpRequest) -> str:
    asked = request.GET.get("language", settings.LANGUAGE_CODE)
    if asked not in dict(settings.LANGUAGES):
        raise BadQuestion(f"language is one of {', '.join(dict(settings.LANGUAGES))}.")
    return asked


def _refused(status: int, words: str) -> HttpResponse:
    response = _json({"error": words}, status)
    # A letter under embargo must be there the second after.
    response["Cache-Control"] = "no-store"
    return response


def _json(facts: Mapping[str, Any], status: int = 200) -> HttpResponse:
    body = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
    return HttpResponse(body, status=status, content_type="application/json", headers=OPEN)
