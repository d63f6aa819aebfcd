"""Circulation links: managers make and end them. The address with its key is shown once, when it is made."""

from typing import Any, cast

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from campaigns import circulation
from campaigns.admin.scope import CampaignScoped
from campaigns.models import Campaign, CirculationLink


@admin.action(description=gettext_lazy("End the chosen links"), permissions=["add"])
def end_links(modeladmin: Any, request: HttpRequest, queryset: QuerySet[CirculationLink]) -> None:
    mine = queryset.filter(campaign__in=Campaign.objects.managed_by(request.user))
    ended = mine.filter(ended_at=None).update(ended_at=timezone.now())
    messages.success(
        request, ngettext("%(count)d link ended.", "%(count)d links ended.", ended) % {"count": ended}
    )


@admin.register(CirculationLink)
class CirculationLinkAdmin(CampaignScoped):
    list_display = ["via", "campaign", "created_by", "created_at", "ended_at"]
    list_select_related = ["campaign", "created_by"]
    fields = ["campaign", "via"]
    actions = [end_links]
    view_on_site = False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: CirculationLink, form: Any, change: bool) -> None:
        link, key = circulation.make(
            campaign=obj.campaign, via=obj.via, by=cast("User", request.user), now=timezone.now()
        )
        obj.pk, obj.created_by, obj.created_at = link.pk, link.created_by, link.created_at
        with translation.override(settings.LANGUAGE_CODE):
            path = reverse("signatories:sign", kwargs={"slug": link.campaign.slug})
        words = _("Copy this address now: it is shown this once, and whoever has it may sign.")
        address = f"{settings.SITE_URL}{path}?key={key}"
        messages.warning(request, format_html("{} <code>{}</code>", words, address))

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:campaigns_circulationlink_changelist"))
