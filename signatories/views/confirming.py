"""The page behind the mailed link. Opening it changes nothing: mail scanners follow links (product.md, rule 5)."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from campaigns.lines import printed
from campaigns.translation import pick
from signatories import links, signing
from signatories.forms import ConfirmForm
from signatories.models import MailLink, Organisation, Signature
from signatories.states import WAITING, LinkPurpose, State
from signatories.views.signing import GONE, UNPROCESSABLE

NOT_FOUND = 404


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Shows what is confirmed; a POST with the mandate ticked confirms it."""
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    try:
        link = links.find_link(token, LinkPurpose.CONFIRM)
        signing.may_confirm(link, timezone.now())
        if form.is_valid():
            signing.confirm(token=token)
            return HttpResponseRedirect(request.path)
    except links.BadLink:
        return render(request, "signatories/bad_link.html", status=NOT_FOUND)
    except links.LinkExpired:
        return render(request, "signatories/link_expired.html", _of(link.signature), status=GONE)
    except signing.LetterClosed:
        return render(request, "signatories/too_late.html", _of(link.signature), status=GONE)
    except signing.AlreadyConfirmed as answer:
        return _private(render(request, "signatories/confirmed.html", _of(answer.signature)))
    return _private(_show(request, form, link))


def _show(request: HttpRequest, form: ConfirmForm, link: MailLink) -> HttpResponse:
    context = {"form": form, **_of(link.signature)}
    return render(
        request, "signatories/confirm.html", context, status=UNPROCESSABLE if form.is_bound else 200
    )


def _of(signature: Signature) -> dict[str, object]:
    language = get_language() or "en"
    organisation, state = _as_its_signer_knows_it(signature)
    return {
        "signature": signature,
        "campaign": signature.campaign,
        "version": signature.letter_version,
        "text": pick(signature.letter_version.texts.all(), language),
        "line": printed(organisation, signature.campaign, language),
        "is_being_checked": state in WAITING,
    }


def _as_its_signer_knows_it(signature: Signature) -> tuple[Organisation, str]:
    """A merge changes nothing here: it would tell the second signer that there is a first, who may be withheld (S15)."""
    if signature.state != State.MERGED:
        return signature.organisation, signature.state
    merge = signature.merges_away.get(undone_at=None)
    return Organisation.objects.get(pk=merge.before["organisation"]), merge.before["state"]


def _private(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex"
    return response
