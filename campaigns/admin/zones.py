"""Times in the admin are typed and shown in the campaign's own zone: the deadline says noon in Geneva, not in UTC."""

import zoneinfo
from typing import Any

from django.contrib.admin.widgets import AdminSplitDateTime
from django.http import HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.admin.bases import Page
from campaigns.models import Campaign


class InCampaignZone(Page):
    """Renders and reads a page's form in the zone of its campaign."""

    def zone_of(self, request: HttpRequest, object_id: str | None) -> str:
        """The name of the zone; what was typed may be nonsense, then UTC."""
        raise NotImplementedError

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Django gives the two halves of a time no label that a screen reader could find."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, AdminSplitDateTime):
            for half, name in zip(field.widget.widgets, (_("date"), _("time")), strict=True):
                half.attrs["aria-label"] = f"{field.label}: {name}"
        return field

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        with timezone.override(_zone(self.zone_of(request, object_id))):
            response = super().changeform_view(request, object_id, form_url, extra_context)
            # Django renders later; the zone holds only here.
            return response.render() if isinstance(response, SimpleTemplateResponse) else response


def _zone(name: str) -> zoneinfo.ZoneInfo:
    return zoneinfo.ZoneInfo(name if name in zoneinfo.available_timezones() else "UTC")


def zone_of_campaign(campaigns: Any, campaign_id: str | None) -> str:
    """The zone of one of `campaigns` by an id as a form sends it."""
    if campaign_id is None or not campaign_id.isdecimal():
        return "UTC"
    campaign: Campaign | None = campaigns.filter(pk=campaign_id).first()
    return campaign.zone if campaign else "UTC"
