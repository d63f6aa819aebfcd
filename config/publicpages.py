"""The way in which a view says "everybody reads this": `@public()` sets the headers and takes the reader away.

    @public(query=("q", "country", "after"))
    def signatories(request, slug): ...

The view gets a request without cookies, session, user, messages and undeclared query parameters, in the language of
the path (else the default one): what it renders can't depend on who asks, so one page serves everybody. A parameter
that matters but isn't declared does not arrive. A view that has to keep one answer out of all caches (an embargoed
letter opened by its press link) sets `Cache-Control` itself, which is left alone.

A view whose body changes at every render although its facts don't (a time in `count.json`) sets its own ETag from the
facts; else the tag is made from the body.
"""

from collections.abc import Callable
from functools import wraps
from hashlib import blake2b
from typing import Any, NoReturn

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.handlers.exception import response_for_exception
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.utils import translation
from django.utils.cache import get_conditional_response

from config.negotiation import canonical_query, lifetime, no_vary_search

View = Callable[..., HttpResponseBase]

# Of a 304 a browser takes these over into the page that it has: they must not fall back to those of any page.
WHO_MAY_LOAD = (
    "Content-Security-Policy",
    "Cross-Origin-Resource-Policy",
    "Access-Control-Allow-Origin",
    "Access-Control-Expose-Headers",
)
CACHED_STATUSES = (200, 301, 404)
# Old from the start, so that no cache keeps a letter that has just opened away from its readers; but not "private": the front
# must put it in the place of its copy of a page that was taken away (deploy/front/nginx.conf).
NOT_THERE = {"Cache-Control": "must-revalidate", "Expires": "0"}


class CookieOnPublicPage(Exception):
    """A page that everybody shares was about to set a cookie, or to look at the reader's session."""


class NoSession:
    """Stands where the session was. SessionMiddleware takes a request without these attributes as one without session."""

    def _refuse(self, *args: object) -> NoReturn:
        raise CookieOnPublicPage("This page is for everybody; it has no session.")

    get = pop = __getitem__ = __setitem__ = __delitem__ = __contains__ = _refuse


def public(
    *, s_maxage: int = 1, stale: int = 1, max_age: int = 0, query: tuple[str, ...] = ()
) -> Callable[[View], View]:
    """Declare a view public. Seconds; what a reader sees is never older than their sum and one render."""
    cache_control = f"public, max-age={max_age}, s-maxage={s_maxage}, stale-while-revalidate={stale}"

    def declare(view: View) -> View:
        @wraps(view)
        def for_everybody(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in ("GET", "HEAD"):
                return HttpResponseNotAllowed(["GET", "HEAD"])
            _take_the_reader_away(request, query)
            language = translation.get_language_from_path(request.path_info) or settings.LANGUAGE_CODE
            with translation.override(language):
                try:
                    response = view(request, *args, **kwargs)
                except Http404 as missing:
                    response = response_for_exception(request, missing)
                    for name, value in NOT_THERE.items():
                        response[name] = value
                if isinstance(response, SimpleTemplateResponse):
                    response.render()
            _refuse_cookies(request, response)
            response.headers.setdefault("Cache-Control", cache_control)
            if response.status_code not in CACHED_STATUSES:
                del response["Cache-Control"]
            if lifetime(response.headers.get("Cache-Control", "")) is None:
                return response
            response.headers.setdefault("Content-Language", language)
            response["No-Vary-Search"] = no_vary_search(query)
            return _tagged(request, response)

        return for_everybody

    return declare


def _take_the_reader_away(request: HttpRequest, query: tuple[str, ...]) -> None:
    request.COOKIES = {}
    request.session = NoSession()  # type: ignore[assignment]
    request.user = AnonymousUser()
    # Messages stay stored for the reader's next page of their own.
    request.__dict__.pop("_messages", None)
    # A token that the middleware took from a cookie, or renewed because the cookie was damaged.
    for name in ("CSRF_COOKIE", "CSRF_COOKIE_NEEDS_UPDATE"):
        request.META.pop(name, None)
    # Too long to be kept is still answered, with the declared parameters only.
    kept = canonical_query(request.META.get("QUERY_STRING", ""), query)
    if kept is not None:
        request.META["QUERY_STRING"] = kept
        request.GET = QueryDict(kept)


def _refuse_cookies(request: HttpRequest, response: HttpResponseBase) -> None:
    if response.cookies or request.META.get("CSRF_COOKIE_NEEDS_UPDATE"):
        raise CookieOnPublicPage(
            f"{request.path} is for everybody and sets a cookie (a csrf_token in its template?). "
            "Forms live on an address of their own."
        )


def _tagged(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    if response.status_code != 200 or not isinstance(response, HttpResponse):
        return response
    if not response.has_header("ETag"):
        response["ETag"] = f'W/"{blake2b(response.content, digest_size=12).hexdigest()}"'
    answer = get_conditional_response(request, etag=response["ETag"], response=response) or response
    # A reader who has the page already also teaches the cache what the page depends on.
    answer["No-Vary-Search"] = response["No-Vary-Search"]
    for name in WHO_MAY_LOAD:
        if response.has_header(name):
            answer[name] = response[name]
    return answer
