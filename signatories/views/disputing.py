"""“Dispute this entry”: the form, the neutral page after it, and the page behind the mailed link."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from campaigns import reading
from campaigns.choices import PublicationMode
from campaigns.lines import printed
from signatories import disputing, limiting, links, network
from signatories.disputing import Objection
from signatories.forms import DisputeForm, DisputeWordsForm
from signatories.limiting import Act, Way
from signatories.models import Dispute, Signature
from signatories.states import State
from signatories.views import busy
from signatories.views.signing import GONE, UNPROCESSABLE, open_campaign

NOT_FOUND = 404


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Takes what somebody says against a public line."""
    filled = DisputeForm(request.POST if request.method == "POST" else None)
    signature = public_line(slug, public_id)
    if not filled.is_valid():
        return show_form(request, signature, filled, status=UNPROCESSABLE if filled.is_bound else 200)
    now = timezone.now()
    networks = network.hashes_of(request, now)
    verdict = limiting.take(Act.DISPUTE, now, networks=networks, way=Way(campaign=signature.campaign_id))
    if verdict.is_loud:
        return busy.told(show_form(request, signature, filled, notice=busy.notice(verdict)), verdict)
    objection = Objection(
        mailbox=filled.cleaned_data["mailbox"],
        words=filled.cleaned_data["words"],
        language=get_language() or "en",
        network_hash=networks.near,
    )
    disputing.dispute(signature=signature, objection=objection)
    return HttpResponseRedirect(reverse("signatories:dispute_sent", kwargs={"slug": slug}))


def public_line(slug: str, public_id: UUID) -> Signature:
    """The signature of a line that everybody can read.

    Raises Http404, the same for a withheld one, one that waits, one of another letter and one that never was.
    """
    campaign = open_campaign(slug)
    public = Signature.objects.public().filter(campaign=campaign)
    signature = get_object_or_404(public.select_related("organisation"), public_id=public_id)
    signature.campaign = campaign
    return signature


def show_form(
    request: HttpRequest, signature: Signature, filled: DisputeForm, *, status: int = 200, notice: str = ""
) -> HttpResponse:
    context = {"form": filled, "notice": notice, **_of(signature)}
    return render(request, "signatories/dispute/form.html", context, status=status)


@never_cache
@require_safe
def sent(request: HttpRequest, slug: str) -> HttpResponse:
    """“Check your mailbox”, the same for every mailbox, also for those that get no mail."""
    campaign = open_campaign(slug)
    text = reading.letter_text(campaign, get_language() or "en")
    return render(request, "signatories/dispute/sent.html", {"campaign": campaign, "text": text})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Shows what is disputed, and what came of it; a POST confirms."""
    try:
        dispute = disputing.find_dispute(token)
        disputing.refuse_expired(dispute, timezone.now())
        if dispute.confirmed_at is not None:
            return _private(render(request, "signatories/dispute/confirmed.html", _told(dispute)))
        posted = request.POST if request.method == "POST" else None
        filled = DisputeWordsForm(posted, initial={"words": dispute.words})
        if filled.is_valid():
            disputing.confirm_dispute(token=token, words=filled.cleaned_data["words"])
            return HttpResponseRedirect(request.path)
    except links.BadLink:
        return render(request, "signatories/dispute/bad_link.html", status=NOT_FOUND)
    except links.LinkExpired:
        context = _of(dispute.signature)
        return _private(render(request, "signatories/dispute/link_expired.html", context, status=GONE))
    context = {"form": filled, **_of(dispute.signature)}
    status = UNPROCESSABLE if filled.is_bound else 200
    return _private(render(request, "signatories/dispute/confirm.html", context, status=status))


def _told(dispute: Dispute) -> dict[str, object]:
    """What whoever confirmed is told. Where the line is gone, or no longer public, it is thanks and no more.

    That an insider reads something else than an outsider tells the holder of a proven mailbox about that mailbox alone:
    whether it is stored here. Nobody else can open the link.
    """
    signature = dispute.signature
    may_speak = not dispute.outcome and signature.publication_mode == PublicationMode.PUBLIC
    is_listed = signature.state == State.ACCEPTED and signature.joined_total_at is not None
    return {
        "is_off": may_speak and dispute.from_inside and signature.state == State.ON_HOLD,
        "is_ticket": may_speak and not dispute.from_inside and is_listed,
        **_of(signature),
    }


def _of(signature: Signature) -> dict[str, object]:
    """Its line is named as long as everybody may read it; a link that was mailed before must not tell more.

    Nor may it tell into what the line was merged.
    """
    language = get_language() or "en"
    is_public = signature.publication_mode == PublicationMode.PUBLIC and signature.state != State.MERGED
    return {
        "campaign": signature.campaign,
        "text": reading.letter_text(signature.campaign, language),
        "line": printed(signature.organisation, signature.campaign, language) if is_public else None,
    }


def _private(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex"
    return response
