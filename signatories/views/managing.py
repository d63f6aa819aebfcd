"""The signer's own page: how it is opened, what it shows, how it is closed. Opening it changes nothing about the signature."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns.choices import ConsentKind
from campaigns.lines import printed
from campaigns.translation import pick
from signatories import limiting, network, publicity, tokens
from signatories.forms import current_consents
from signatories.limiting import Act
from signatories.links import BadLink, LinkExpired
from signatories.managing import leaving, news, opening, publishing
from signatories.models import Contact
from signatories.signer_view import as_its_signer_knows_it, has_joined
from signatories.states import State
from signatories.views import busy
from signatories.views.confirming import NOT_FOUND
from signatories.views.holding import hold, holder, let_go, staff_must_leave
from signatories.views.managing_forms import PageLinkForm
from signatories.views.signing import GONE, UNPROCESSABLE


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def open_page(request: HttpRequest, token: str) -> HttpResponse:
    """Moves the mailed token from the address into the session; with a POST, where staff had to log out first."""
    digest = tokens.digest(token)
    try:
        opening.contact_of(digest)
    except BadLink:
        return door(request, status=NOT_FOUND, notice="unknown")
    except LinkExpired:
        return door(request, status=GONE, notice="expired")
    if staff_must_leave(request):
        return staff_page(request)
    hold(request, digest)
    return HttpResponseRedirect(reverse("signatories:own_page"))


@never_cache
@require_safe
def own_page(request: HttpRequest) -> HttpResponse:
    """Shows the signature and what can be done about it; to whoever has no page open, how to open one."""
    contact = holder(request)
    return door(request) if contact is None else show(request, contact)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mail_link(request: HttpRequest) -> HttpResponse:
    """Mails the link to the own page, to whom it may concern."""
    form = PageLinkForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return door(request, form=form, status=UNPROCESSABLE if form.is_bound else 200)
    mailbox, now = form.cleaned_data["mailbox"], timezone.now()
    verdict = limiting.take(Act.MANAGE, now, networks=network.hashes_of(request, now), mailbox=mailbox)
    if verdict.is_loud:
        return busy.told(door(request, form=form, wait=busy.notice(verdict)), verdict)
    opening.send_link(mailbox=mailbox, within_limits=not verdict.is_quiet)
    return HttpResponseRedirect(reverse("signatories:page_link_sent"))


@never_cache
@require_safe
def link_sent(request: HttpRequest) -> HttpResponse:
    """“If we know it, a mail is on its way”: the same for every mailbox."""
    return private(render(request, "signatories/manage/link_sent.html"))


@never_cache
@require_POST
def leave_page(request: HttpRequest) -> HttpResponse:
    """Closes the page, for whoever shares the machine with others."""
    let_go(request)
    return HttpResponseRedirect(reverse("signatories:own_page"))


def staff_page(request: HttpRequest) -> HttpResponse:
    """To a member of staff who opens a signer's link: a button that logs out and opens it. Nothing is lost by the look."""
    return private(render(request, "signatories/manage/as_staff.html"))


def door(
    request: HttpRequest,
    *,
    form: PageLinkForm | None = None,
    status: int = 200,
    notice: str = "",
    wait: str = "",
) -> HttpResponse:
    context = {"form": form or PageLinkForm(), "notice": notice, "wait": wait}
    return private(render(request, "signatories/manage/door.html", context, status=status))


def show(request: HttpRequest, contact: Contact, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page of `contact`; `more` are what was done just now, and forms that come back with what was typed."""
    return private(render(request, "signatories/manage/page.html", seen_by(contact) | more, status=status))


def seen_by(contact: Contact) -> dict[str, Any]:
    """What the page shows: the state as the signer may know it, never what staff noted, and of the mailbox its domain."""
    signature, language = contact.signature, get_language() or "en"
    campaign = signature.campaign
    organisation, state = as_its_signer_knows_it(signature)
    may_change = state in publicity.CHANGEABLE
    return {
        "contact": contact,
        "signature": signature,
        "campaign": campaign,
        "text": pick(signature.letter_version.texts.all(), language),
        "version": signature.letter_version,
        "state": State(state),
        "has_joined": has_joined(signature),
        "line": printed(organisation, campaign, language),
        "may_change": may_change,
        "hides": publicity.more_private(signature.publication_mode) if may_change else [],
        "shows": publishing.offered(signature),
        "step": signature.mode_changes.standing().first(),
        "name_wish": signature.name_changes.open().first(),
        "wants_news": news.wants_news(contact),
        "news_text": current_consents(list(campaign.consent_texts.all()), language).get(ConsentKind.UPDATES),
        "may_withdraw": leaving.may_withdraw(signature),
    }


def private(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex"
    return response
