"""Response headers that keep a page to itself: a strict content policy for every page, admin and log-in included.

The outermost middleware, so that it has the last word. A view that needs another policy sets the header itself
(`response["Content-Security-Policy"] = policy(frame_ancestors="*")`); whatever a view has set stays.
"""

import logging
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from config.negotiation import lifetime

CONTENT_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
ALWAYS = {
    # Links that carry a token are opened from mails: their address goes to no other site.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}
# allauth shows the secret of a new one-time code as a picture inside the page.
PICTURE_INSIDE = {"mfa_activate_totp"}

logger = logging.getLogger(__name__)


def open_to_other_sites(headers: dict[str, str], path: str, url: str) -> None:
    """Static files that other sites load, for whitenoise: the script of the embedded block, and no other."""
    if url.endswith("/js/embed.js"):
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"


def policy(**changes: str) -> str:
    """The content policy with some directives changed: `policy(frame_ancestors="*")`."""
    directives = CONTENT_POLICY | {name.replace("_", "-"): value for name, value in changes.items()}
    return "; ".join(f"{name} {value}" for name, value in directives.items())


STRICT = policy()


class HeadersMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in ALWAYS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Security-Policy", _policy_of(request))
        # Browsers that don't know frame-ancestors.
        if "frame-ancestors 'none'" in response["Content-Security-Policy"]:
            response.headers.setdefault("X-Frame-Options", "DENY")
        if lifetime(response.headers.get("Cache-Control", "")) is not None:
            _finish_public(request, response)
        else:
            # No shared cache may guess; the reader's own may, so that "back" brings a half-filled form again.
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response


def _policy_of(request: HttpRequest) -> str:
    match = request.resolver_match
    if match is not None and match.view_name in PICTURE_INSIDE:
        return policy(img_src="'self' data:")
    return STRICT


def _finish_public(request: HttpRequest, response: HttpResponseBase) -> None:
    """Take off what middleware added to a page that is the same for everybody, and stop a page that isn't."""
    varies_by = [name.strip() for name in response.headers.get("Vary", "").split(",") if name.strip()]
    if response.has_header("No-Vary-Search"):
        # `@public` rendered it in the language of the path or the default one; LocaleMiddleware can't know.
        varies_by = [name for name in varies_by if name.lower() != "accept-language"]
    if response.cookies or "cookie" in (name.lower() for name in varies_by):
        logger.error(
            "%s calls itself public but depends on a cookie; it is kept out of every cache", request.path
        )
        response["Cache-Control"] = "private, no-store"
    response.headers.pop("Vary", None)
    if varies_by:
        response["Vary"] = ", ".join(varies_by)
