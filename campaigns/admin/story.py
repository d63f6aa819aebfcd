"""Updates: the news around a letter."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from campaigns.admin.bases import StackedPart
from campaigns.admin.forms import UpdateForm
from campaigns.admin.scope import CampaignScoped
from campaigns.admin.zones import InCampaignZone, zone_of_campaign
from campaigns.models import Campaign, Update, UpdateText
from campaigns.translation import pick


class UpdateTextInline(StackedPart):
    model = UpdateText
    extra = 0
    min_num = 1


@admin.register(Update)
class UpdateAdmin(InCampaignZone, CampaignScoped):
    form = UpdateForm
    inlines = [UpdateTextInline]
    list_display = ["title", "campaign", "kind", "published_at"]
    list_select_related = ["campaign"]
    fields = ["campaign", "kind", "published_at", "ask", "ask_status"]
    view_on_site = False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Update]:
        return super().get_queryset(request).prefetch_related("texts")

    @admin.display(description=_("title"))
    def title(self, update: Update) -> str:
        text = pick(update.texts.all(), "en")
        return text.title if text else str(_("(no text yet)"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [] if obj is None else ["campaign"]

    def zone_of(self, request: HttpRequest, object_id: str | None) -> str:
        if object_id is None:
            chosen = request.POST.get("campaign") or request.GET.get("campaign")
            return zone_of_campaign(Campaign.objects.managed_by(request.user), chosen)
        if not object_id.isdecimal():
            return "UTC"
        campaign = Campaign.objects.filter(updates=int(object_id)).first()
        return campaign.zone if campaign else "UTC"
