"""The pages behind the fresh mails. A GET shows what will be done, a POST does it, once."""

from collections.abc import Callable
from datetime import UTC
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from campaigns.translation import pick
from signatories.links import BadLink
from signatories.managing import contacts, fresh, held, leaving, publishing
from signatories.models import MailLink, Signature
from signatories.states import LinkPurpose
from signatories.transitions import Refused
from signatories.views.confirming import NOT_FOUND
from signatories.views.holding import let_go
from signatories.views.managing import private
from signatories.views.signing import GONE

PIECE = 64 * 1024
Shown = dict[str, Any]
View = Callable[[HttpRequest, str], HttpResponseBase]


def behind(show: Callable[[str], Shown]) -> Callable[[Callable[[HttpRequest, str], HttpResponseBase]], View]:
    """Makes the POST of a mailed link a view: its GET shows what `show` finds, a link that can't do it any more says so."""

    def declare(act: Callable[[HttpRequest, str], HttpResponseBase]) -> View:
        @never_cache
        @require_http_methods(["GET", "HEAD", "POST"])
        @wraps(act)
        def view(request: HttpRequest, token: str) -> HttpResponseBase:
            try:
                context = show(token)
                if request.method == "POST":
                    return act(request, token)
            except Refused as refusal:
                status = NOT_FOUND if isinstance(refusal, BadLink) else GONE
                over = render(request, "signatories/manage/over.html", {"why": str(refusal)}, status=status)
                return private(over)
            return private(render(request, f"signatories/manage/{act.__name__}.html", context))

        return view

    return declare


def _of(signature: Signature) -> Shown:
    text = pick(signature.letter_version.texts.all(), get_language() or "en")
    return {"signature": signature, "campaign": signature.campaign, "text": text}


def _of_link(token: str, purpose: LinkPurpose) -> tuple[MailLink, Shown]:
    link = fresh.find(token, purpose)
    contact = link.contact
    assert contact is not None  # noqa: S101  # for the type checker; `find` saw to it
    return link, _of(contact.signature)


def _shown_download(token: str) -> Shown:
    return _of_link(token, LinkPurpose.DOWNLOAD)[1]


def _shown_withdraw(token: str) -> Shown:
    _link, context = _of_link(token, LinkPurpose.WITHDRAW)
    if not leaving.may_withdraw(context["signature"]):
        raise leaving.NothingToWithdraw(_("This signature has ended already."))
    return context


def _shown_erase(token: str) -> Shown:
    return _of_link(token, LinkPurpose.ERASE)[1]


def _shown_publish(token: str) -> Shown:
    link, context = _of_link(token, LinkPurpose.PUBLISH)
    return context | {"step": publishing.wish_of(link)}


def _shown_change_contact(token: str) -> Shown:
    link, context = _of_link(token, LinkPurpose.CHANGE_CONTACT)
    return context | {"wish": contacts.wish_of(link)}


def _shown_new_contact(token: str) -> Shown:
    wish = contacts.find_for_new(token)
    return _of(wish.signature) | {"wish": wish}


def _done(request: HttpRequest, name: str, **more: Any) -> HttpResponse:
    return private(render(request, f"signatories/manage/done_{name}.html", more))


@behind(_shown_download)
def download(request: HttpRequest, token: str) -> HttpResponseBase:
    """The data as a file, in pieces. Its name tells whoever sees the folder nothing of organisation or letter."""
    packed = held.take_out(token=token)
    pieces = (packed[start : start + PIECE] for start in range(0, len(packed), PIECE))
    response = StreamingHttpResponse(pieces, content_type="application/zip")
    response["Content-Disposition"] = (
        f'attachment; filename="data_{timezone.now().astimezone(UTC):%Y%m%dT%H%M%SZ}.zip"'
    )
    response["X-Robots-Tag"] = "noindex"
    return response


@behind(_shown_withdraw)
def withdraw(request: HttpRequest, token: str) -> HttpResponse:
    leaving.withdraw(token=token)
    return _done(request, "withdraw")


@behind(_shown_erase)
def erase(request: HttpRequest, token: str) -> HttpResponse:
    leaving.erase(token=token)
    let_go(request)
    return _done(request, "erase")


@behind(_shown_publish)
def confirm_publish(request: HttpRequest, token: str) -> HttpResponse:
    publishing.confirm_publicity(token=token)
    return _done(request, "publish")


@behind(_shown_change_contact)
def confirm_contact(request: HttpRequest, token: str) -> HttpResponse:
    return _done(request, "contact", asks_new=contacts.confirm_from_old(token=token))


@behind(_shown_new_contact)
def new_contact(request: HttpRequest, token: str) -> HttpResponse:
    contacts.accept_from_new(token=token)
    return _done(request, "new_contact")
