"""The pages behind the fresh mails. The mailed link leads to a page without a token: its GET shows what will be done, or that
it was done and when; its POST does it, once.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from campaigns.translation import pick
from signatories import tokens
from signatories.links import BadLink, find_by_digest
from signatories.managing import contacts, fresh, held, leaving, publishing
from signatories.models import MailLink, Signature
from signatories.states import LinkPurpose
from signatories.transitions import Refused
from signatories.views.confirming import NOT_FOUND
from signatories.views.holding import erased_at, fresh_link, hold_fresh, note_erasure, staff_must_leave
from signatories.views.managing import door, private, staff_page
from signatories.views.managing_acts import FORBIDDEN
from signatories.views.signing import GONE

PIECE = 64 * 1024
Shown = dict[str, Any]
Act = Callable[[HttpRequest, str], HttpResponseBase | None]
View = Callable[[HttpRequest], HttpResponseBase]


def opens(purpose: LinkPurpose) -> Callable[[HttpRequest, str], HttpResponse]:
    """The view behind a mailed link: moves its token from the address into the session."""

    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request: HttpRequest, token: str) -> HttpResponse:
        digest = tokens.digest(token)
        try:
            find_by_digest(digest, purpose)
        except BadLink as refusal:
            return _over(request, purpose, digest, refusal)
        if staff_must_leave(request):
            return staff_page(request)
        hold_fresh(request, purpose, digest)
        return _to_page(purpose)

    return view


def behind(
    purpose: LinkPurpose, show: Callable[[str], Shown], done: Callable[[str], Shown] = lambda _digest: {}
) -> Callable[[Act], View]:
    """Makes the POST of a fresh link a view; `show` and `done` find what its page shows before and after, by the digest.

    It leads back to the page, so that whoever loads it again, or never got the answer, reads what was done.
    """

    def declare(act: Act) -> View:
        name = act.__name__

        @never_cache
        @require_http_methods(["GET", "HEAD", "POST"])
        @wraps(act)
        def view(request: HttpRequest) -> HttpResponseBase:
            erased = erased_at(request) if purpose == LinkPurpose.ERASE else None
            digest = fresh_link(request, purpose)
            if erased:
                return _done(request, name, erased)
            if digest is None:
                return _nothing_open(request)
            try:
                if request.method == "POST":
                    return act(request, digest) or _to_page(purpose)
                return private(render(request, f"signatories/manage/{name}.html", show(digest)))
            except fresh.LinkUsed as used:
                if request.method == "POST":
                    return _to_page(purpose)
                return _done(request, name, used.at, **done(digest))
            except Refused as refusal:
                return _over(request, purpose, digest, refusal)

        return view

    return declare


def _to_page(purpose: LinkPurpose) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse(f"signatories:{purpose.value}_now"))


def _nothing_open(request: HttpRequest) -> HttpResponse:
    """No cookies, or closed meanwhile."""
    if request.method == "POST":
        return door(request, status=FORBIDDEN, notice="link_closed")
    return door(request, notice="no_link")


def _over(request: HttpRequest, purpose: LinkPurpose, digest: str, refusal: Refused) -> HttpResponse:
    context = {
        "why": str(refusal),
        "has_page": fresh.has_page(digest),
        "perhaps_erased": purpose == LinkPurpose.ERASE and isinstance(refusal, BadLink),
    }
    status = NOT_FOUND if isinstance(refusal, BadLink) else GONE
    return private(render(request, "signatories/manage/over.html", context, status=status))


def _done(request: HttpRequest, name: str, at: datetime, **more: Any) -> HttpResponse:
    return private(render(request, f"signatories/manage/done_{name}.html", {"at": at} | more))


def _of(signature: Signature) -> Shown:
    text = pick(signature.letter_version.texts.all(), get_language() or "en")
    return {"signature": signature, "campaign": signature.campaign, "text": text}


def _of_link(digest: str, purpose: LinkPurpose) -> tuple[MailLink, Shown]:
    link = fresh.find(digest, purpose)
    contact = link.contact
    assert contact is not None  # noqa: S101  # for the type checker; `find` saw to it
    return link, _of(contact.signature)


def _shown_download(digest: str) -> Shown:
    return _of_link(digest, LinkPurpose.DOWNLOAD)[1]


def _shown_withdraw(digest: str) -> Shown:
    _link, context = _of_link(digest, LinkPurpose.WITHDRAW)
    if not leaving.may_withdraw(context["signature"]):
        raise leaving.NothingToWithdraw(_("This signature has ended already."))
    return context


def _shown_erase(digest: str) -> Shown:
    return _of_link(digest, LinkPurpose.ERASE)[1]


def _shown_publish(digest: str) -> Shown:
    link, context = _of_link(digest, LinkPurpose.PUBLISH)
    return context | {"step": publishing.wish_of(link)}


def _shown_change_contact(digest: str) -> Shown:
    link, context = _of_link(digest, LinkPurpose.CHANGE_CONTACT)
    return context | {"wish": contacts.wish_of(link)}


def _done_change_contact(digest: str) -> Shown:
    return {"outcome": contacts.outcome(digest)}


def _shown_new_contact(digest: str) -> Shown:
    wish = contacts.find_for_new(digest)
    return _of(wish.signature) | {"wish": wish}


@behind(LinkPurpose.DOWNLOAD, _shown_download)
def download(_request: HttpRequest, digest: str) -> HttpResponseBase:
    """The data as a file, in pieces. Its name tells whoever sees the folder nothing of organisation or letter."""
    packed = held.take_out(digest=digest)
    pieces = (packed[start : start + PIECE] for start in range(0, len(packed), PIECE))
    response = StreamingHttpResponse(pieces, content_type="application/zip")
    response["Content-Disposition"] = (
        f'attachment; filename="data_{timezone.now().astimezone(UTC):%Y%m%dT%H%M%SZ}.zip"'
    )
    response["X-Robots-Tag"] = "noindex"
    return response


@behind(LinkPurpose.WITHDRAW, _shown_withdraw)
def withdraw(_request: HttpRequest, digest: str) -> None:
    leaving.withdraw(digest=digest)


@behind(LinkPurpose.ERASE, _shown_erase)
def erase(request: HttpRequest, digest: str) -> None:
    leaving.erase(digest=digest)
    note_erasure(request, timezone.now())


@behind(LinkPurpose.PUBLISH, _shown_publish)
def confirm_publish(_request: HttpRequest, digest: str) -> None:
    publishing.confirm_publicity(digest=digest)


@behind(LinkPurpose.CHANGE_CONTACT, _shown_change_contact, _done_change_contact)
def confirm_contact(_request: HttpRequest, digest: str) -> None:
    contacts.confirm_from_old(digest=digest)


@behind(LinkPurpose.NEW_CONTACT, _shown_new_contact)
def new_contact(_request: HttpRequest, digest: str) -> None:
    contacts.accept_from_new(digest=digest)
