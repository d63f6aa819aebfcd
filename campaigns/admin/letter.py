"""The letter's versions and its asks. A frozen version is read here, previewed, and joined by courtesy translations."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from campaigns import versions
from campaigns.admin.bases import StackedPart
from campaigns.admin.forms import AskForm, CourtesyTextForm, FrozenTextForm, LetterTextForm, LetterTextFormSet
from campaigns.admin.preview import preview
from campaigns.admin.scope import CampaignScoped
from campaigns.models import Ask, AskText, LetterText, LetterVersion
from campaigns.translation import pick


class LetterTextInline(StackedPart):
    model = LetterText
    form = LetterTextForm
    formset = LetterTextFormSet
    extra = 0
    min_num = 1


class FrozenTextInline(StackedPart):
    model = LetterText
    form = FrozenTextForm
    fields = ["language", "status", "title", "body"]
    readonly_fields = ["language", "title", "body"]
    extra = 0
    can_delete = False
    verbose_name_plural = gettext_lazy("frozen texts")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class CourtesyTextInline(StackedPart):
    model = LetterText
    form = CourtesyTextForm
    extra = 0
    verbose_name = gettext_lazy("courtesy translation")
    verbose_name_plural = gettext_lazy("add courtesy translations")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[LetterText]:
        return super().get_queryset(request).none()


@admin.register(LetterVersion)
class LetterVersionAdmin(CampaignScoped):
    list_display = ["__str__", "campaign", "number", "title", "is_material", "frozen_at"]
    list_select_related = ["campaign"]
    fields = ["campaign", "is_material", "note"]
    view_on_site = False
    change_form_template = "admin/campaigns/letterversion/change_form.html"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[LetterVersion]:
        return super().get_queryset(request).prefetch_related("texts").order_by("campaign__slug", "-number")

    @admin.display(description=gettext_lazy("title"))
    def title(self, version: LetterVersion) -> str:
        text = pick(version.texts.all(), "en")
        return text.title if text else "–"

    def get_inlines(self, request: HttpRequest, obj: LetterVersion | None) -> list[Any]:
        frozen = obj is not None and obj.frozen_at is not None
        return [FrozenTextInline, CourtesyTextInline] if frozen else [LetterTextInline]

    def get_fields(self, request: HttpRequest, obj: LetterVersion | None = None) -> Any:
        fields = ["campaign", "is_material", "note"]
        return fields if obj is None else [*fields, "number", "frozen_at", "sha256"]

    def get_readonly_fields(self, request: HttpRequest, obj: LetterVersion | None = None) -> list[str]:
        if obj is None:
            return []
        fixed = ["campaign", "number", "frozen_at", "sha256"]
        return fixed if obj.frozen_at is None else [*fixed, "is_material"]

    def has_delete_permission(self, request: HttpRequest, obj: LetterVersion | None = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.frozen_at is None)

    def save_model(self, request: HttpRequest, obj: LetterVersion, form: Any, change: bool) -> None:
        if not change:
            # Two who do this at once get the same number; the database refuses one, and the page says so.
            last = obj.campaign.letter_versions.aggregate(last=models.Max("number"))["last"]
            obj.number = (last or 0) + 1
        super().save_model(request, obj, form, change)

    def get_urls(self) -> list[URLPattern]:
        site = self.admin_site.admin_view
        return [
            path("<int:pk>/freeze/", site(require_POST(self.freeze)), name="campaigns_letterversion_freeze"),
            path(
                "<int:pk>/preview/<slug:language>/",
                site(require_safe(self.preview)),
                name="campaigns_letterversion_preview",
            ),
            *super().get_urls(),
        ]

    def freeze(self, request: HttpRequest, pk: int) -> HttpResponse:
        version = self.get_object(request, str(pk))
        if not self.has_change_permission(request, version):
            raise PermissionDenied
        try:
            frozen = versions.freeze(version)
        except versions.NotReady as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Version %(number)s is frozen.") % {"number": frozen.number})
        return HttpResponseRedirect(reverse("admin:campaigns_letterversion_change", args=[pk]))

    def preview(self, request: HttpRequest, pk: int, language: str) -> HttpResponse:
        version = self.get_object(request, str(pk))
        if not self.has_view_permission(request, version):
            raise PermissionDenied
        return preview(request, version, language, may_freeze=self.has_change_permission(request, version))


class AskTextInline(StackedPart):
    """Once the letter is frozen, what an ask says stays; a translation into another language may join."""

    model = AskText
    extra = 0
    min_num = 1

    def has_change_permission(self, request: HttpRequest, obj: Ask | None = None) -> bool:
        return super().has_change_permission(request, obj) and not is_frozen(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Ask | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not is_frozen(obj)


@admin.register(Ask)
class AskAdmin(CampaignScoped):
    form = AskForm
    inlines = [AskTextInline]
    list_display = ["words", "campaign", "position", "status"]
    list_select_related = ["campaign"]
    fields = ["campaign", "position", "status"]
    view_on_site = False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Ask]:
        return super().get_queryset(request).prefetch_related("texts").order_by("campaign__slug", "position")

    @admin.display(description=gettext_lazy("ask"))
    def words(self, ask: Ask) -> str:
        text = pick(ask.texts.all(), "en")
        return str(text) if text else "–"

    def get_readonly_fields(self, request: HttpRequest, obj: Ask | None = None) -> list[str]:
        if obj is None:
            return []
        return ["campaign", "position"] if is_frozen(obj) else ["campaign"]

    def has_delete_permission(self, request: HttpRequest, obj: Ask | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not is_frozen(obj)


def is_frozen(ask: Ask | None) -> bool:
    """Whether a frozen version of the letter holds the words of `ask`."""
    return ask is not None and ask.campaign.letter_versions.frozen().exists()
