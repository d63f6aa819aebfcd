"""What happened, and what left the house: to read, on the user's campaigns."""

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.admin.scope import CampaignScoped, ViewOnly
from signatories.admin.filters import CampaignFilter
from signatories.models import ExportLog, SignatureEvent
from signatories.states import EventKind

# Their words name the other signature, which may not be public.
NAMING = frozenset(
    {
        EventKind.NOT_DUPLICATE,
        EventKind.MERGED,
        EventKind.UNMERGED,
        EventKind.SECTION,
        EventKind.REFERRAL_ASKED,
        EventKind.REFERRAL_ANSWERED,
    }
)


class EventCampaignFilter(CampaignFilter):
    def queryset(
        self, request: HttpRequest, queryset: models.QuerySet[SignatureEvent]
    ) -> models.QuerySet[SignatureEvent]:
        return queryset.filter(signature__campaign__slug=self.value()) if self.value() else queryset


@admin.register(SignatureEvent)
class SignatureEventAdmin(ViewOnly, CampaignScoped):
    to_campaign = "signature__campaign"
    list_display = ["happened_at", "organisation", "kind", "who", "from_state", "to_state", "reason", "words"]
    list_filter = [EventCampaignFilter, "kind"]
    list_select_related = ["signature__organisation", "actor", "note"]
    search_fields = ["signature__organisation__name"]
    ordering = ["-happened_at", "-pk"]
    fields = [
        "organisation",
        "happened_at",
        "kind",
        "who",
        "from_state",
        "to_state",
        "reason",
        "detail",
        "words",
    ]
    show_full_result_count = False
    view_on_site = False

    @admin.display(description=_("organisation"))
    def organisation(self, event: SignatureEvent) -> str:
        return event.signature.shown_name

    @admin.display(description=_("who"))
    def who(self, event: SignatureEvent) -> str:
        return event.actor.get_username() if event.actor else event.get_actor_kind_display()

    @admin.display(description=_("note"))
    def words(self, event: SignatureEvent) -> str:
        note = getattr(event, "note", None)
        if note is None:
            return ""
        is_kept = event.signature.is_masked or event.kind in NAMING
        return gettext("(on the page of the case)") if is_kept else str(note.text)


@admin.register(ExportLog)
class ExportLogAdmin(ViewOnly, CampaignScoped):
    list_display = [
        "exported_at",
        "campaign",
        "export_set",
        "exported_by",
        "row_count",
        "filters",
        "reason",
        "with_withheld",
    ]
    list_filter = [CampaignFilter]
    list_select_related = ["campaign", "exported_by"]
    show_full_result_count = False
    view_on_site = False
