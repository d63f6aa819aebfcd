"""Where the manager of a letter says who convened it: a button on the case, and two actions of the list."""

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from signatories import moderation
from signatories.admin.bulk import each_by_itself, say
from signatories.admin.case_page import back_to
from signatories.admin.casefile import in_case
from signatories.models import Signature
from signatories.states import PartInCampaign
from signatories.transitions import Refused


@require_POST
def convenor(request: HttpRequest, pk: int) -> HttpResponse:
    user = cast("User", request.user)
    signature = get_object_or_404(in_case(Signature.objects.managed_by(user), user), pk=pk)
    if not may_convene(user):
        raise PermissionDenied
    if request.POST.get("part") not in PartInCampaign:
        raise Http404
    to = PartInCampaign(request.POST["part"])
    try:
        moderation.give_part(signature=signature, to=to, by=user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _said(to) % {"name": signature.shown_name})
    return back_to(pk)


def may_convene(user: User | AnonymousUser) -> bool:
    """Whether the user's groups allow it; of which letters is said by the roles."""
    return user.has_perm("campaigns.change_campaign")


@admin.action(description=gettext_lazy("Mark as convenors"), permissions=["convene"])
def make_convenors(modeladmin: Any, request: HttpRequest, queryset: QuerySet[Signature]) -> None:
    _give(request, queryset, PartInCampaign.CONVENOR)


@admin.action(description=gettext_lazy("Convenors no longer"), permissions=["convene"])
def make_signatories(modeladmin: Any, request: HttpRequest, queryset: QuerySet[Signature]) -> None:
    _give(request, queryset, PartInCampaign.SIGNATORY)


def _give(request: HttpRequest, queryset: QuerySet[Signature], to: PartInCampaign) -> None:
    user = cast("User", request.user)
    chosen = Signature.objects.managed_by(user).filter(pk__in=queryset.values("pk"))
    changed, left = each_by_itself(
        chosen.select_related("organisation", "campaign").order_by("sort_key", "pk"),
        lambda signature: moderation.give_part(signature=signature, to=to, by=user),
    )
    words = ngettext("%(count)d changed.", "%(count)d changed.", changed) % {"count": changed}
    say(request, words, left)


def _said(to: PartInCampaign) -> str:
    if to == PartInCampaign.CONVENOR:
        return _("%(name)s is a convenor; readers see convenors first.")
    return _("%(name)s is a signatory like the others.")
