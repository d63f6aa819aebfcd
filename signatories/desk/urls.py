"""Addresses of the staff's log-in. What is not offered answers 404, but keeps its name: allauth's pages ask for it."""

from typing import NoReturn

from allauth.core.internal import ratelimit
from allauth.mfa.webauthn.views import login_webauthn
from django.http import Http404, HttpRequest
from django.urls import include, path, re_path
from django.views.generic import RedirectView

# Nobody signs up; another member of staff resets a password; the admin changes one's own; mailboxes are not used.
NOT_OFFERED = r"^(?:signup|email|confirm-email|password|login/code)/"


def not_offered(request: HttpRequest) -> NoReturn:
    raise Http404


# Each question for a passkey makes a session, also a stranger's; allauth counts the answers alone.
CHALLENGES = {
    "app": "allauth.mfa",
    "action": "challenge",
    "config": {"challenge": "20/m/ip"},
    "limit_get": True,
}

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    re_path(NOT_OFFERED, not_offered),
    path("", include("allauth.account.urls")),
    path("mfa/webauthn/login/", ratelimit.decorator(**CHALLENGES)(login_webauthn)),
    path("mfa/", include("allauth.mfa.urls")),
]
