"""The page behind the link that asks a signatory to vouch. Opening it changes nothing; what it says is the staff's to weigh."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from campaigns.lines import printed
from campaigns.translation import pick
from signatories.forms import VouchForm
from signatories.links import BadLink, LinkExpired
from signatories.models import Referral
from signatories.moderation import vouching
from signatories.states import Vouch
from signatories.views.confirming import NOT_FOUND
from signatories.views.signing import GONE, UNPROCESSABLE


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def vouch(request: HttpRequest, token: str) -> HttpResponse:
    """Shows who wants to sign and what was answered; a POST with one of the two buttons answers."""
    form = VouchForm(request.POST if request.method == "POST" else None)
    try:
        referral = vouching.find(token)
        vouching.may_answer(referral, timezone.now())
        if form.is_valid():
            vouching.answer(token=token, says=Vouch(form.cleaned_data["says"]))
            return HttpResponseRedirect(request.path)
    except BadLink:
        return _private(render(request, "signatories/vouch_unknown.html", status=NOT_FOUND))
    except (LinkExpired, vouching.NoLongerAsked):
        return _over(request)
    except vouching.AlreadyAnswered:
        return _answered(request, token)
    status = UNPROCESSABLE if form.is_bound else 200
    return _private(render(request, "signatories/vouch.html", _of(referral, token), status=status))


@never_cache
@require_POST
def take_back(request: HttpRequest, token: str) -> HttpResponse:
    """Takes the vouch back, as long as the link holds."""
    try:
        vouching.take_back_by_link(token=token)
    except BadLink:
        return _private(render(request, "signatories/vouch_unknown.html", status=NOT_FOUND))
    except LinkExpired:
        return _over(request)
    return HttpResponseRedirect(reverse("signatories:vouch", kwargs={"token": token}))


def _answered(request: HttpRequest, token: str) -> HttpResponse:
    referral, now = (
        vouching.find(token),
        timezone.now(),
    )  # read anew: the answer may have come at this very moment
    context = {
        **_of(referral, token),
        "may_name": vouching.may_name(referral, now),
        "may_take_back": vouching.may_take_back(referral, now),
    }
    return _private(render(request, "signatories/vouch_answered.html", context))


def _over(request: HttpRequest) -> HttpResponse:
    return _private(render(request, "signatories/vouch_over.html", status=GONE))


def _of(referral: Referral, token: str) -> dict[str, object]:
    signature, language = referral.signature, get_language() or "en"
    return {
        "referral": referral,
        "token": token,
        "campaign": signature.campaign,
        "text": pick(signature.letter_version.texts.all(), language),
        "line": printed(signature.organisation, signature.campaign, language),
    }


def _private(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex"
    return response
