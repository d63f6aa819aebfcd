"""The form, its review, and sending it. Nothing is kept between the steps but what the page itself carries."""

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from campaigns import life, reading
from campaigns.choices import Intake, PublicationMode
from campaigns.lines import printed
from campaigns.models import Campaign, CirculationLink, ConsentText
from campaigns.opening import open_letter
from signatories import caution, limiting, network, proving, signing, tokens
from signatories.forms import SignForm, opened_now
from signatories.identity import mailboxes
from signatories.limiting import Act, Way
from signatories.proving import Proof
from signatories.views import busy, invitations

UNPROCESSABLE = 422
GONE = 410


def open_campaign(slug: str) -> Campaign:
    """The readable campaign of that address. Raises Http404."""
    return get_object_or_404(Campaign.objects.readable(timezone.now()).select_related("host"), slug=slug)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest, slug: str) -> HttpResponse:
    """Shows the form; a filled one is checked and shown as it will be printed."""
    campaign = open_campaign(slug)
    link = invitations.link_of(request, campaign)
    if not _is_open_to(campaign, link):
        return closed(request, campaign)
    if request.method != "POST":
        initial = {"opened": opened_now(), "invited": invitations.sealed(link)}
        return show_form(request, campaign, SignForm(campaign=campaign, initial=initial))
    filled = _filled(request, campaign)
    if not filled.is_valid():
        return show_form(request, campaign, filled, status=UNPROCESSABLE)
    if filled.needs_caution:
        return show_form(request, campaign, _cautioned(request, campaign), status=UNPROCESSABLE)
    return show_review(request, campaign, filled)


@never_cache
@require_POST
def change(request: HttpRequest, slug: str) -> HttpResponse:
    """Back from the review, or over from another language: the form with everything typed still in it."""
    campaign = open_campaign(slug)
    if not _is_open_to(campaign, invitations.link_of(request, campaign)):
        return closed(request, campaign)
    typed = {name: value for name, value in request.POST.items() if name in SignForm.base_fields}
    typed["opened"] = typed.get("opened") or opened_now()
    return show_form(request, campaign, SignForm(campaign=campaign, initial=typed))


@never_cache
@require_POST
def send(request: HttpRequest, slug: str) -> HttpResponse:
    """Stores the reviewed form and leads to the neutral page."""
    now = timezone.now()
    letter = open_letter(slug, now)
    if letter is None:
        raise Http404
    campaign, language = letter.campaign, get_language() or "en"
    link = invitations.link_of(request, campaign)
    if not _is_open_to(campaign, link):
        return closed(request, campaign)
    filled = _filled(request, campaign, letter.consent_texts)
    if not filled.is_valid():
        return show_form(request, campaign, filled, status=UNPROCESSABLE)
    if filled.needs_caution:
        return show_form(request, campaign, _cautioned(request, campaign), status=UNPROCESSABLE)
    if filled.was_too_fast:
        return show_review(request, campaign, _reopened(request, campaign), too_fast=True)
    networks, mailbox = network.hashes_of(request, now), filled.cleaned_data["mailbox"]
    proof = _proof_of(request, campaign, filled)
    if proof is Proof.WRONG:
        # For its network alone: it must not use up anything that belongs to others.
        verdict = limiting.take(Act.SIGN, now, networks=networks)
    else:
        way = Way(campaign=campaign.pk, link=link.pk if link else None, unproven=proof is Proof.MISSING)
        verdict = limiting.take(Act.SIGN, now, networks=networks, way=way, mailbox=mailbox)
    if verdict.is_loud:
        return busy.told(show_review(request, campaign, filled, notice=busy.notice(verdict)), verdict)
    if proof is Proof.WRONG:
        notice = _("The page was open for too long. Everything typed is still here: please send it again.")
        response = show_review(request, campaign, filled, notice=notice)
        response.status_code = UNPROCESSABLE
        return response
    entry = replace(
        filled.entry(),
        network_hash=networks.near,
        via=link.via if link else "",
        mail_waits=verdict.is_quiet,
        is_held=proof is Proof.MISSING or verdict.is_held,
    )
    try:
        reference = signing.sign(
            campaign=campaign, entry=entry, language=language, heading=letter.heading(language)
        )
    except (signing.LetterClosed, signing.NoVersion):
        return closed(request, campaign)
    note = tokens.seal({"mailbox": mailbox, "reference": reference})
    held = "&held" if entry.is_held else ""
    return HttpResponseRedirect(reverse("signatories:sent", kwargs={"slug": slug}) + f"?to={note}{held}")


def _is_open_to(campaign: Campaign, link: CirculationLink | None) -> bool:
    """Whether the letter takes a form now, from whoever came by `link`."""
    is_open = life.is_open_to_all if link is None else life.accepts_forms
    return is_open(campaign, timezone.now())


def _proof_of(request: HttpRequest, campaign: Campaign, filled: SignForm) -> Proof:
    if campaign.intake != Intake.CHALLENGE:
        return Proof.GIVEN
    answers = filled.cleaned_data
    return proving.judge(
        request.POST.get("altcha", ""),
        letter=campaign.slug,
        mailbox=answers["mailbox"],
        name=answers["name"],
    )


def _filled(
    request: HttpRequest, campaign: Campaign, consent_texts: list[ConsentText] | None = None
) -> SignForm:
    filled = SignForm(request.POST, campaign=campaign, consent_texts=consent_texts)
    if not filled.is_offered:
        raise Http404(_("This letter can't be signed yet."))
    return filled


def _cautioned(request: HttpRequest, campaign: Campaign) -> SignForm:
    """The same form under the safety notice, with “withheld” chosen; whoever sends it on may choose otherwise."""
    data = request.POST.copy()
    data["publication_mode"] = PublicationMode.WITHHELD
    data["cautioned"] = caution.mark(campaign)
    filled = SignForm(data, campaign=campaign)
    filled.is_valid()
    return filled


def _reopened(request: HttpRequest, campaign: Campaign) -> SignForm:
    """The same form, opened now: whoever waits the moment that a person needs may send it."""
    data = request.POST.copy()
    data["opened"] = opened_now(again=True)
    filled = SignForm(data, campaign=campaign)
    filled.is_valid()
    return filled


def show_form(
    request: HttpRequest, campaign: Campaign, filled: SignForm, *, status: int = 200, notice: str = ""
) -> HttpResponse:
    if not filled.is_offered:
        raise Http404(_("This letter can't be signed yet."))
    context = {"form": filled, "notice": notice, "too_fast": False, **_surroundings(campaign)}
    return render(request, "signatories/sign.html", context, status=status)


def show_review(
    request: HttpRequest, campaign: Campaign, filled: SignForm, *, too_fast: bool = False, notice: str = ""
) -> HttpResponse:
    organisation = signing.organisation_from(filled.entry())
    context = {
        "form": filled,
        "carried": _carried(filled),
        "notice": notice,
        "too_fast": too_fast,
        "challenge": _challenge(campaign),
        "suggested": mailboxes.suggestion(filled.cleaned_data["mailbox"]),
        "line": printed(organisation, campaign, get_language() or "en"),
        "mode": filled.cleaned_data["publication_mode"],
        "shows_caution": caution.is_due(campaign, organisation.country_code),
        **_surroundings(campaign),
    }
    return render(request, "signatories/review.html", context, status=UNPROCESSABLE if too_fast else 200)


def _challenge(campaign: Campaign) -> str:
    if campaign.intake != Intake.CHALLENGE:
        return ""
    return proving.new_challenge(campaign.slug, timezone.now())


def _carried(filled: SignForm) -> list[tuple[str, str]]:
    """Names and values that the review page carries on, as they were typed."""
    data = filled.data if isinstance(filled.data, QueryDict) else QueryDict()
    return [(name, value) for name in filled.fields if (value := str(data.get(name, "")))]


def closed(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    status = 200 if request.method in ("GET", "HEAD") else GONE
    return render(request, "signatories/closed.html", _surroundings(campaign), status=status)


def _surroundings(campaign: Campaign) -> dict[str, Any]:
    now = timezone.now()
    language = get_language() or "en"
    return {
        "campaign": campaign,
        "text": reading.letter_text(campaign, language),
        "phase": life.phase(campaign, now),
    }
