"""The pages behind the links by which a signer answers a question or appeals. Opening one changes nothing."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from campaigns.translation import pick
from signatories import answering, links
from signatories.forms import ReplyForm
from signatories.models import MailLink, SignatureEvent
from signatories.states import LinkPurpose
from signatories.views.confirming import NOT_FOUND
from signatories.views.signing import GONE, UNPROCESSABLE


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Shows what the host asks; a POST answers it."""
    form = ReplyForm(_sent(request), label=_("Your answer"))
    try:
        link = links.find_link(token, LinkPurpose.ANSWER)
        answering.may_answer(link, timezone.now())
        if form.is_valid():
            answering.answer(token=token, words=form.cleaned_data["words"])
            return HttpResponseRedirect(request.path)
    except links.BadLink:
        return _page(request, "bad_link", status=NOT_FOUND)
    except links.LinkExpired:
        return _page(request, "reply_expired", link, status=GONE)
    except answering.AlreadyWritten as before:
        return _page(request, "answered", link, moment=before.moment)
    asked = SignatureEvent.objects.select_related("note").filter(question__link=link).first()
    return _page(request, "answer", link, status=_status(form), form=form, asked=asked)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: HttpRequest, token: str) -> HttpResponse:
    """Asks what speaks for a second look; a POST asks for it."""
    form = ReplyForm(_sent(request), label=_("What should the host know?"))
    try:
        link = links.find_link(token, LinkPurpose.APPEAL)
        answering.may_appeal(link, timezone.now())
        if form.is_valid():
            answering.appeal(token=token, words=form.cleaned_data["words"])
            return HttpResponseRedirect(request.path)
    except links.BadLink:
        return _page(request, "bad_link", status=NOT_FOUND)
    except links.LinkExpired:
        return _page(request, "reply_expired", link, status=GONE)
    except answering.LookedAtAgain:
        return _page(request, "looked_at_again", link)
    except answering.AlreadyWritten as before:
        return _page(request, "appealed", link, moment=before.moment)
    return _page(request, "appeal", link, status=_status(form), form=form)


def _sent(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _status(form: ReplyForm) -> int:
    return UNPROCESSABLE if form.is_bound else 200


def _page(
    request: HttpRequest, name: str, link: MailLink | None = None, *, status: int = 200, **more: object
) -> HttpResponse:
    response = render(request, f"signatories/{name}.html", _of(link) | more, status=status)
    response["X-Robots-Tag"] = "noindex"
    return response


def _of(link: MailLink | None) -> dict[str, object]:
    """What each of the pages shows: whose letter it is about and the reference, and not the organisation's name."""
    if link is None:
        return {}
    signature = link.signature
    text = pick(signature.letter_version.texts.all(), get_language() or "en")
    return {"signature": signature, "campaign": signature.campaign, "text": text}
