"""After the form: the neutral page, and the mail once more. Both say the same for every mailbox."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from campaigns import reading
from campaigns.models import Campaign
from signatories import limiting, network, signing, tokens
from signatories.forms import AgainForm
from signatories.identity import mailboxes
from signatories.limiting import Act, Way
from signatories.models import Heartbeat
from signatories.views import busy
from signatories.views.signing import UNPROCESSABLE, open_campaign

NOTE_LIFE = 24 * 60 * 60


@never_cache
@require_safe
def sent(request: HttpRequest, slug: str) -> HttpResponse:
    """“Check your mailbox”: where the mail goes, the reference, what to do if none comes."""
    campaign = open_campaign(slug)
    note = _note(request.GET.get("to", ""))
    context = {
        "campaign": campaign,
        "text": reading.letter_text(campaign, get_language() or "en"),
        "domain": mailboxes.domain_of(note["mailbox"]) if note else "",
        "reference": note.get("reference", ""),
        "to": request.GET.get("to", "") if note else "",
        "again": "again" in request.GET,
        "held": "held" in request.GET,
        "mail_is_slow": _worker_is_silent(),
        "form": AgainForm(),
    }
    return render(request, "signatories/sent.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def send_again(request: HttpRequest, slug: str) -> HttpResponse:
    """Sends the mail once more, to whom it may concern."""
    campaign = open_campaign(slug)
    note = _note(request.POST.get("to", ""))
    data = {"mailbox": note["mailbox"]} if note else request.POST
    form = AgainForm(data if request.method == "POST" else None)
    if not form.is_valid():
        return _show_again(request, campaign, form, status=UNPROCESSABLE if form.is_bound else 200)
    mailbox, reference, now = form.cleaned_data["mailbox"], note.get("reference", ""), timezone.now()
    networks = network.hashes_of(request, now)
    way = Way(campaign=campaign.pk)
    verdict = limiting.take(Act.AGAIN, now, networks=networks, way=way, mailbox=mailbox)
    if verdict.is_loud:
        to = request.POST["to"] if note else ""
        return busy.told(_show_again(request, campaign, form, notice=busy.notice(verdict), to=to), verdict)
    signing.send_again(
        campaign=campaign, mailbox=mailbox, reference=reference, within_limits=not verdict.is_quiet
    )
    to = tokens.seal({"mailbox": mailbox, "reference": reference})
    return HttpResponseRedirect(reverse("signatories:sent", kwargs={"slug": slug}) + f"?again&to={to}")


def _show_again(
    request: HttpRequest,
    campaign: Campaign,
    form: AgainForm,
    *,
    status: int = 200,
    notice: str = "",
    to: str = "",
) -> HttpResponse:
    text = reading.letter_text(campaign, get_language() or "en")
    context = {"campaign": campaign, "text": text, "form": form, "notice": notice, "to": to}
    return render(request, "signatories/again.html", context, status=status)


def _note(sealed: str) -> dict[str, str]:
    """What the page before sealed into the address; empty when it is too old or not ours."""
    try:
        return tokens.unseal(sealed, "mailbox", "reference", max_age=NOTE_LIFE)
    except tokens.BadSeal:
        return {}


def _worker_is_silent() -> bool:
    worker = Heartbeat.objects.filter(name=Heartbeat.WORKER).first()
    return worker is None or worker.is_silent(timezone.now())
