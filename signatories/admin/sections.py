"""Where a moderator says of which network an organisation is a section: a search among the accepted signatories, and buttons."""

from typing import cast

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from signatories import moderation
from signatories.admin.case_forms import NoteForm
from signatories.admin.case_page import back_to
from signatories.admin.casefile import in_case
from signatories.admin.decisions import Answers, button
from signatories.models import Signature
from signatories.models.signature import SignatureQuerySet
from signatories.states import OrganisationType, State

SHOWN = 20


@require_safe
def section_of(request: HttpRequest, pk: int) -> HttpResponse:
    """Accepted signatories of the same campaign that may be its network; at first those that call themselves one."""
    signature = get_object_or_404(in_case(Signature.objects.moderated_by(request.user), request.user), pk=pk)
    if not request.user.has_perm("signatories.change_signature"):
        raise PermissionDenied
    asked = request.GET.get("q", "").strip()[:255].replace("\0", "")
    found = list(_networks(request, signature, asked)[: SHOWN + 1])
    context = {
        **admin.site.each_context(request),
        "opts": Signature._meta,
        "title": _("Of which network is it a section?"),
        "signature": signature,
        "asked": asked,
        "found": found[:SHOWN],
        "more": len(found) > SHOWN,
    }
    response = TemplateResponse(request, "admin/signatories/signature/section.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


def _networks(request: HttpRequest, signature: Signature, asked: str) -> SignatureQuerySet:
    others = (
        Signature.objects.moderated_by(request.user)
        .filter(campaign=signature.campaign_id, state=State.ACCEPTED)
        .exclude(organisation=signature.organisation_id)
        .select_related("organisation")
        .order_by("sort_key", "public_id")
    )
    if not asked:
        return others.filter(organisation__org_type=OrganisationType.NETWORK)
    return others.filter(
        Q(organisation__name__icontains=asked)
        | Q(organisation__native_name__icontains=asked)
        | Q(organisation__acronym__iexact=asked)
    )


@button(NoteForm)
def link_section(request: HttpRequest, signature: Signature, answers: Answers) -> HttpResponse:
    network = get_object_or_404(
        Signature.objects.moderated_by(request.user), pk=answers["network"], campaign=signature.campaign_id
    )
    moderation.link_section(
        signature=signature, network=network, by=cast("User", request.user), note=answers["note"]
    )
    messages.success(request, _("Linked with its network."))
    return back_to(signature.pk)


@button(NoteForm)
def unlink_section(request: HttpRequest, signature: Signature, answers: Answers) -> HttpResponse:
    moderation.unlink_section(signature=signature, by=cast("User", request.user), note=answers["note"])
    messages.success(request, _("Not linked with a network any more."))
    return back_to(signature.pk)
