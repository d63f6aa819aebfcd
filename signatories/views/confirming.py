"""The page behind the mailed link. Opening it changes nothing: mail scanners follow links (product.md, rule 5)."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from campaigns.choices import PublicationMode
from campaigns.lines import printed
from campaigns.translation import pick
from signatories import disowning, links, signing
from signatories.forms import ConfirmForm
from signatories.models import MailLink, Signature
from signatories.signer_view import as_its_signer_knows_it
from signatories.states import WAITING, LinkPurpose
from signatories.views.signing import GONE, UNPROCESSABLE

NOT_FOUND = 404


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Shows what is confirmed; a POST with the mandate ticked confirms it."""
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    try:
        link = links.find_link(token, LinkPurpose.CONFIRM)
    except links.BadLink:
        return unknown(request)
    try:
        signing.may_confirm(link, timezone.now())
        if form.is_valid():
            signing.confirm(token=token)
            return HttpResponseRedirect(request.path)
    except links.BadLink:
        return _over(request, link.signature, token)
    except links.LinkExpired:
        return show_expired(request, link.signature, token)
    except signing.LetterClosed:
        return render(request, "signatories/too_late.html", letter_of(link.signature), status=GONE)
    except signing.AlreadyConfirmed as answer:
        return _private(render(request, "signatories/confirmed.html", _of(answer.signature)))
    return _private(_show(request, form, link, token))


def unknown(request: HttpRequest) -> HttpResponse:
    return render(request, "signatories/bad_link.html", status=NOT_FOUND)


def show_expired(request: HttpRequest, signature: Signature, token: str, *, notice: str = "") -> HttpResponse:
    """The link is too old, the form still waits: a new link goes to the mailbox that was given, and nowhere else (S11)."""
    context = {"notice": notice, "sent": "sent" in request.GET, "token": token, **letter_of(signature)}
    return _private(render(request, "signatories/link_expired.html", context, status=GONE))


def _over(request: HttpRequest, signature: Signature, token: str) -> HttpResponse:
    """Never confirmed, and no longer to be: erased in the meantime, disowned by the owner of the mailbox, or turned down."""
    if not signature.submission_key:
        return _private(render(request, "signatories/erased.html", letter_of(signature), status=GONE))
    if disowning.is_disowned(signature):
        silent = disowning.takes_no_mail(signature)
        context = {"takes_no_mail": silent, "token": token, **letter_of(signature)}
        return _private(render(request, "signatories/disowned.html", context))
    return unknown(request)


def letter_of(signature: Signature) -> dict[str, object]:
    """What a stranger may read who holds the link: which letter, and not even that where the name is not for the public."""
    if signature.publication_mode != PublicationMode.PUBLIC:
        return {}
    language = get_language() or "en"
    return {"campaign": signature.campaign, "text": pick(signature.letter_version.texts.all(), language)}


def _show(request: HttpRequest, form: ConfirmForm, link: MailLink, token: str) -> HttpResponse:
    context = {"form": form, "token": token, **_of(link.signature)}
    return render(
        request, "signatories/confirm.html", context, status=UNPROCESSABLE if form.is_bound else 200
    )


def _of(signature: Signature) -> dict[str, object]:
    language = get_language() or "en"
    organisation, state = as_its_signer_knows_it(signature)
    return {
        "signature": signature,
        "campaign": signature.campaign,
        "version": signature.letter_version,
        "text": pick(signature.letter_version.texts.all(), language),
        "line": printed(organisation, signature.campaign, language),
        "mode": signature.publication_mode,
        "is_being_checked": state in WAITING,
    }


def _private(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex"
    return response
