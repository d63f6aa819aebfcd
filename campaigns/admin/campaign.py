"""The campaign's page: its dates and policies, the texts around the letter, the way to everything else of it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from campaigns import checklist, keeping, life
from campaigns.admin.bases import Page, RowFormSet, StackedPart, TabularPart
from campaigns.admin.forms import CampaignForm, is_out
from campaigns.admin.intake import switch_intake
from campaigns.admin.scope import CampaignScoped, ScopedFields
from campaigns.admin.zones import InCampaignZone, zone_of_campaign
from campaigns.choices import Role
from campaigns.models import (
    Campaign,
    CampaignRole,
    CampaignText,
    ConsentText,
    LetterText,
    Quote,
    Topic,
    TopicName,
)
from config.freshlogin import address_to_confirm, is_fresh


class CampaignTextInline(ScopedFields, StackedPart):
    model = CampaignText
    extra = 0
    min_num = 1


class ConsentTextInline(ScopedFields, StackedPart):
    """A wording that somebody may have agreed to stays; a new wording is a new version beside it."""

    model = ConsentText
    extra = 0
    classes = ["collapse"]

    def _is_free(self, campaign: Campaign | None) -> bool:
        return campaign is None or not campaign.signatures.exists()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and self._is_free(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and self._is_free(obj)


class QuoteInline(ScopedFields, StackedPart):
    model = Quote
    extra = 0
    classes = ["collapse"]


class FreshRoles(RowFormSet):
    """Refuses changes of roles whose author did not log in just now; what was typed on the page stays."""

    request: HttpRequest

    def clean(self) -> None:
        super().clean()
        if self.has_changed() and not is_fresh(self.request):
            raise ValidationError(
                format_html(
                    '{} <a href="{}" target="_blank">{}</a>',
                    _("Roles are changed with a fresh log-in."),
                    address_to_confirm(reverse("mfa_index")),
                    _("Confirm who you are in another tab, then save again."),
                )
            )


class RoleInline(TabularPart):
    """Who works on the campaign is for superusers to say."""

    formset = FreshRoles
    model = CampaignRole
    extra = 0
    autocomplete_fields = ["user"]

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        made: Any = super().get_formset(request, obj, **kwargs)  # a class of this request alone
        made.request = request
        return made


@admin.register(Campaign)
class CampaignAdmin(InCampaignZone, CampaignScoped):
    to_campaign = "pk"
    form = CampaignForm
    inlines = [CampaignTextInline, ConsentTextInline, QuoteInline]
    list_display = ["slug", "letter_title", "host", "stage", "closes"]
    list_filter = ["stage"]
    list_select_related = ["host"]
    search_fields = ["slug"]
    formfield_overrides = {models.ManyToManyField: {"widget": forms.CheckboxSelectMultiple}}
    view_on_site = False
    change_form_template = "admin/campaigns/campaign/change_form.html"
    fieldsets = [
        (None, {"fields": ["slug", "host", "stage"]}),
        (_("Dates"), {"fields": ["zone", "opens_at", "closes_at", "embargo_until", "delivered_at"]}),
        (_("Languages and topics"), {"fields": ["languages", "topics"]}),
        # What no page heeds yet (re-affirming) is not offered: a switch that does nothing would be believed.
        (_("How it looks"), {"fields": ["accent", "follows"]}),
        (
            _("Signatories"),
            {"fields": ["intake", "goal", "milestones", "list_order", "naming_policy", "sections_policy"]},
        ),
        (_("Signatories at risk"), {"fields": ["modes_allowed", "batch_hour", "caution_countries"]}),
        (_("More"), {"classes": ["collapse"], "fields": ["retention_months", "contacts_until"]}),
    ]

    def get_urls(self) -> list[URLPattern]:
        switch = path(
            "<int:pk>/intake/", self.admin_site.admin_view(switch_intake), name="campaigns_campaign_intake"
        )
        return [switch, *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Campaign]:
        newest = LetterText.objects.filter(version__campaign=models.OuterRef("pk")).order_by(
            "-version__number", "pk"
        )
        reachable: models.QuerySet[Campaign] = super().get_queryset(request)
        return reachable.annotate(newest_title=models.Subquery(newest.values("title")[:1]))

    @admin.display(description=_("contacts are erased on"))
    def contacts_until(self, campaign: Campaign) -> str:
        if campaign.pk is None:
            return "–"
        return date_format(timezone.localtime(keeping.contacts_until(campaign)), "DATE_FORMAT")

    def get_field_queryset(
        self, db: str | None, db_field: Any, request: HttpRequest
    ) -> models.QuerySet[Any] | None:
        if db_field.name == "follows":  # its own page will lead here
            return Campaign.objects.managed_by(request.user)
        return super().get_field_queryset(db, db_field, request)

    def get_fieldsets(self, request: HttpRequest, obj: Campaign | None = None) -> Any:
        """A letter of others that this one follows is neither named nor changed here."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or obj.follows_id is None or self._is_visible(request, obj.follows_id):
            return fieldsets
        return [
            (
                title,
                {
                    **options,
                    "fields": [
                        "follows_elsewhere" if name == "follows" else name for name in options["fields"]
                    ],
                },
            )
            for title, options in fieldsets
        ]

    def _is_visible(self, request: HttpRequest, pk: int) -> bool:
        return Campaign.objects.visible_to(request.user).filter(pk=pk).exists()

    @admin.display(description=_("follows the campaign"))
    def follows_elsewhere(self, campaign: Campaign) -> str:
        return str(_("A letter that you don’t work on."))

    @admin.display(description=_("letter"))
    def letter_title(self, campaign: Campaign) -> str:
        return getattr(campaign, "newest_title", None) or "–"

    @admin.display(description=_("closes"), ordering="closes_at")
    def closes(self, campaign: Campaign) -> str:
        return f"{campaign.closes_at.astimezone(campaign.zoneinfo):%Y-%m-%d %H:%M} {campaign.zone}"

    def zone_of(self, request: HttpRequest, object_id: str | None) -> str:
        if typed := request.POST.get("zone"):
            return typed
        return zone_of_campaign(Campaign.objects.visible_to(request.user), object_id)

    def get_inlines(self, request: HttpRequest, obj: Campaign | None) -> list[Any]:
        inlines = list(super().get_inlines(request, obj))
        return [*inlines, RoleInline] if request.user.is_superuser else inlines

    def get_readonly_fields(self, request: HttpRequest, obj: Campaign | None = None) -> list[str]:
        """The address that readers and mails know stays what it is."""
        if obj is None:
            return ["contacts_until"]
        shown = ["contacts_until", "follows_elsewhere"]
        # As it is stored: a form that comes back with errors has put the typed stage into `obj`.
        stored = Campaign.objects.values_list("stage", flat=True).get(pk=obj.pk)
        return ["slug", *shown] if is_out(stored) else shown

    def save_model(self, request: HttpRequest, obj: Campaign, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change and isinstance(request.user, User) and not request.user.is_superuser:
            CampaignRole.objects.create(user=request.user, campaign=obj, role=Role.MANAGER)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        campaign = kwargs.get("obj")
        if campaign is not None:
            context |= {
                "points": checklist.points(campaign),
                "phase": life.phase(campaign, timezone.now()),
                "versions": campaign.letter_versions.prefetch_related("texts"),
                "is_frozen": campaign.letter_versions.frozen().exists(),
                "asks": campaign.asks.prefetch_related("texts"),
                "updates": campaign.updates.prefetch_related("texts"),
                "works_on_it": self.has_change_permission(request, campaign),
            }
        return super().render_change_form(request, context, *args, **kwargs)


class TopicNameInline(TabularPart):
    model = TopicName
    extra = 0
    min_num = 1


@admin.register(Topic)
class TopicAdmin(Page):
    inlines = [TopicNameInline]
    search_fields = ["slug"]
    view_on_site = False
