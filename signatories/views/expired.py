"""What a reader meets whose form has lost its CSRF cookie: the same form, nothing typed is lost."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import resolve
from django.utils.translation import gettext as _
from django.views.decorators.csrf import requires_csrf_token

from signatories.forms import DisputeForm, SignForm
from signatories.views import disputing
from signatories.views.signing import open_campaign, show_form

OF_THE_SIGN_FORM = {"signatories:sign", "signatories:change", "signatories:send"}
FORBIDDEN = 403


@requires_csrf_token
def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW. `reason` is for its log, not for readers."""
    match = resolve(request.path_info)
    notice = _(
        "The page was open for too long, or cookies are off. Everything typed is still here: please send it again."
    )
    if match.view_name in OF_THE_SIGN_FORM:
        campaign = open_campaign(match.kwargs["slug"])
        filled = SignForm(request.POST, campaign=campaign)
        return show_form(request, campaign, filled, status=FORBIDDEN, notice=notice)
    if match.view_name == "signatories:dispute":
        signature = disputing.public_line(**match.kwargs)
        typed = DisputeForm(request.POST)
        return disputing.show_form(request, signature, typed, status=FORBIDDEN, notice=notice)
    return render(request, "403_csrf.html", status=FORBIDDEN)
