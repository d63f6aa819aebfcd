"""The other buttons behind the mailed link: “I did not do this”, its undoing, and a new link for one that is too old.

POST only: a mail scanner that follows links presses none of them (product.md, rule 5).
"""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from signatories import disowning, limiting, links, network, signing
from signatories.limiting import Act, Way
from signatories.states import LinkPurpose
from signatories.views import busy
from signatories.views.confirming import show_expired, unknown


@never_cache
@require_POST
def not_me(request: HttpRequest, token: str) -> HttpResponse:
    try:
        disowning.disown(token=token)
    except links.BadLink:
        return unknown(request)
    return _back_to(token)


@never_cache
@require_POST
def take_mail_again(request: HttpRequest, token: str) -> HttpResponse:
    try:
        disowning.take_mail_again(token=token)
    except links.BadLink:
        return unknown(request)
    return _back_to(token)


@never_cache
@require_POST
def new_link(request: HttpRequest, token: str) -> HttpResponse:
    """Sends a new link to the mailbox that was given with the form, whoever presses."""
    try:
        link = links.find_link(token, LinkPurpose.CONFIRM)
    except links.BadLink:
        return unknown(request)
    now = timezone.now()
    networks = network.hashes_of(request, now)
    verdict = limiting.take(Act.AGAIN, now, networks=networks, way=Way(campaign=link.signature.campaign_id))
    if verdict.is_loud:
        return busy.told(show_expired(request, link.signature, token, notice=busy.notice(verdict)), verdict)
    signing.send_new_link(link.signature)
    return _back_to(token, "?sent")


def _back_to(token: str, query: str = "") -> HttpResponse:
    return HttpResponseRedirect(reverse("signatories:confirm", kwargs={"token": token}) + query)
