"""Rejecting by condition: the condition, the count with a sample, the progress, what was done so far (scenario M11)."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.admin.scope import CampaignScoped, ViewOnly
from campaigns.models import Campaign
from signatories.admin import sweep_forms
from signatories.admin.filters import CampaignFilter, at_level
from signatories.admin.sweep_forms import BeginForm, ConditionForm
from signatories.desk import clusters, work
from signatories.identity import mailboxes
from signatories.models import Signature, Sweep
from signatories.moderation import sweeping
from signatories.states import Level, Reason
from signatories.sweeps.conditions import Condition, believed
from signatories.sweeps.working import AT_WORK
from signatories.transitions import Refused

UNPROCESSABLE, CONFLICT = 422, 409
SAMPLE = 20
# Seconds after which the page of one that is at work asks again by itself, without a script.
REFRESH = 3
PERIODS = (1, 7)


@admin.register(Sweep)
class SweepAdmin(ViewOnly, CampaignScoped):
    """For moderators, each on the own campaigns."""

    list_display = [
        "started_at",
        "campaign",
        "condition_in_words",
        "rejected",
        "state",
        "started_by",
        "reason",
    ]
    list_filter = [CampaignFilter]
    list_select_related = ["campaign", "started_by"]
    show_full_result_count = False
    view_on_site = False
    change_list_template = "admin/signatories/sweep/change_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Sweep]:
        mine = Sweep.objects.filter(campaign__in=Campaign.objects.moderated_by(request.user))
        done = Count("swept", filter=Q(swept__rejected_at__isnull=False, swept__undone_at=None))
        return mine.annotate(rejected_now=done).order_by("-started_at", "-pk")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("signatories.change_signature")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_urls(self) -> list[URLPattern]:
        pages: dict[str, Callable[..., HttpResponse]] = {
            "condition/": self.condition_view,
            "count/": self.count_view,
            "begin/": self.begin_view,
            "clusters/": self.clusters_view,
            "<int:pk>/cancel/": self.cancel_view,
            "<int:pk>/undo/": self.undo_view,
        }
        own = [
            path(
                address,
                self.admin_site.admin_view(self._for_moderators(view)),
                name=f"signatories_sweep_{view.__name__.removesuffix('_view')}",
            )
            for address, view in pages.items()
        ]
        return [*own, *super().get_urls()]

    def _for_moderators(self, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        def guarded(request: HttpRequest, **of_the_address: int) -> HttpResponse:
            if not self.has_view_permission(request):
                raise PermissionDenied
            return view(request, **of_the_address)

        return guarded

    def condition_view(self, request: HttpRequest) -> HttpResponse:
        """The form, filled in as far as the address says."""
        return self._ask(
            request, ConditionForm(user=request.user, initial=sweep_forms.prefilled(request.GET))
        )

    def count_view(self, request: HttpRequest) -> HttpResponse:
        """What the condition would hit, before anything happens."""
        form = ConditionForm(request.GET, user=request.user)
        if not form.is_valid():
            return self._ask(request, form, status=UNPROCESSABLE)
        return self._show_count(request, form)

    def begin_view(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        form, begin = ConditionForm(request.POST, user=request.user), BeginForm(request.POST)
        if not form.is_valid():
            return self._ask(request, form, status=UNPROCESSABLE)
        if not begin.is_valid():
            return self._show_count(request, form, request.POST, status=UNPROCESSABLE)
        try:
            sweep = sweeping.start(
                campaign=form.cleaned_data["campaign"],
                condition=form.condition(),
                reason=Reason(begin.cleaned_data["reason"]),
                note=begin.cleaned_data["note"],
                by=cast("User", request.user),
                expected=begin.cleaned_data["expected"],
            )
        except Refused as refusal:
            messages.error(request, str(refusal))
            return self._show_count(request, form, request.POST, status=CONFLICT)
        return _to(sweep)

    def cancel_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._press(request, pk, sweeping.cancel, _("Cancelled."))

    def undo_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._press(request, pk, sweeping.undo, _("What was rejected is being brought back."))

    def clusters_view(self, request: HttpRequest) -> HttpResponse:
        days = PERIODS[1] if request.GET.get("days") == str(PERIODS[1]) else PERIODS[0]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Clusters"),
            "days": days,
            "clusters": clusters.of(request.user, timezone.now(), days=days),
        }
        return TemplateResponse(request, "admin/signatories/sweep/clusters.html", context)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """How far it has come. It takes no POST: two buttons have addresses of their own."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        sweep = self.get_object(request, object_id)
        progress, at_work = sweeping.progress(sweep), sweep.state in AT_WORK
        undoing = progress["undone"] + progress["kept"] if sweep.undone_by_id else None
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Rejection by condition no. %(number)d") % {"number": sweep.pk},
            "sweep": sweep,
            "condition": sweep_forms.in_words(Condition.from_json(sweep.condition)),
            "spares": sweep.condition["spare_believed"],
            "progress": progress,
            "done": progress["rejected"] + progress["left"] if undoing is None else undoing,
            "at_work": at_work,
            "left": _left(sweep)[:SAMPLE],
        }
        response = TemplateResponse(request, "admin/signatories/sweep/progress.html", context)
        response["Cache-Control"] = "private, no-store"
        if at_work:
            response["Refresh"] = str(REFRESH)
        return response

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return _to(self.get_object(request, object_id))

    def _press(self, request: HttpRequest, pk: int, act: Callable[..., None], done: str) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        sweep = get_object_or_404(self.get_queryset(request), pk=pk)
        try:
            act(sweep=sweep, by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, done)
        return _to(sweep)

    def _ask(self, request: HttpRequest, form: ConditionForm, status: int = 200) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Reject by condition"),
            "form": form,
        }
        return TemplateResponse(request, "admin/signatories/sweep/condition.html", context, status=status)

    def _show_count(
        self, request: HttpRequest, form: ConditionForm, typed: QueryDict | None = None, status: int = 200
    ) -> HttpResponse:
        """The page before the decision; `typed` came back from it, and is shown with the number as it is now."""
        campaign, condition = form.cleaned_data["campaign"], form.condition()
        hit = condition.found(campaign)
        numbers = condition.found_with_believed(campaign).aggregate(
            all=Count("pk"), believed=Count("pk", filter=Q(believed()))
        )
        count = sweeping.count(campaign=campaign, condition=condition)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Reject by condition"),
            "form": form,
            "begin": _begin_form(typed, count),
            "campaign": campaign,
            "condition": sweep_forms.in_words(condition),
            "free_mail": mailboxes.is_free_mail(condition.domain or condition.exact_domain or "-"),
            "count": count,
            "believed": numbers["believed"],
            "spared": numbers["all"] - count,
            "at_the_bar": sum(at_level(hit, level).count() for level in (Level.V2, Level.V3)),
            "sample": _sample(hit),
        }
        return TemplateResponse(request, "admin/signatories/sweep/count.html", context, status=status)

    @admin.display(description=gettext_lazy("condition"))
    def condition_in_words(self, sweep: Sweep) -> str:
        said = sweep_forms.in_words(Condition.from_json(sweep.condition))
        return "; ".join(f"{label}: {value}" for label, value in said)

    @admin.display(description=gettext_lazy("rejected"))
    def rejected(self, sweep: Any) -> int:
        count: int = sweep.rejected_now
        return count


def _to(sweep: Sweep) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:signatories_sweep_change", args=[sweep.pk]))


def _begin_form(typed: QueryDict | None, count: int) -> BeginForm:
    if typed is None:
        return BeginForm(initial={"expected": count})
    renewed = typed.copy()
    renewed["expected"] = str(count)
    return BeginForm(renewed)


def _sample(hit: QuerySet[Signature]) -> list[work.Waiting]:
    """The first that a condition hits, as a list shows them."""
    now = timezone.now()
    first = Signature.objects.filter(pk__in=hit.order_by("submitted_at", "pk").values("pk")[:SAMPLE])
    return [work.listed(each, now) for each in work.in_list(first).order_by("submitted_at", "pk")]


def _left(sweep: Sweep) -> QuerySet[Signature]:
    """What it left as it was, or could not bring back."""
    return (
        Signature.objects.filter(Exists(sweep.swept.filter(signature=OuterRef("pk"), left_at__isnull=False)))
        .select_related("organisation", "decided_by")
        .order_by("pk")
    )
