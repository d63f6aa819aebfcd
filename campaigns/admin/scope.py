"""Which rows a member of staff reaches: those of campaigns where a CampaignRole names him. Every admin page starts here."""

import logging
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db import IntegrityError, models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from campaigns.admin.bases import Page
from campaigns.models import Campaign

if TYPE_CHECKING:
    from django.contrib.admin.options import BaseModelAdmin

    PageOrPart = BaseModelAdmin[Any]
else:
    PageOrPart = object

logger = logging.getLogger(__name__)


class ScopedFields(PageOrPart):
    """For pages and their inlines: a field that points to another row offers only rows within reach."""

    def get_field_queryset(
        self, db: str | None, db_field: Any, request: HttpRequest
    ) -> models.QuerySet[Any] | None:
        related = db_field.remote_field.model
        if related is Campaign:
            return Campaign.objects.managed_by(request.user)
        if isinstance(page := self.admin_site._registry.get(related), CampaignScoped):  # noqa: SLF001  # Django offers no other way
            return page.get_queryset(request)
        return super().get_field_queryset(db, db_field, request)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Without the icons beside a field that change, show or delete the other row: they have pages of their own."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            widget = field.widget
            widget.can_change_related = widget.can_view_related = widget.can_delete_related = False
            widget.can_add_related = widget.can_add_related and db_field.remote_field.model is not Campaign
        return field


class CampaignScoped(ScopedFields, Page):
    """A page of rows that belong to a campaign. The rows of another campaign's do not exist: 404, by any address."""

    # The way from the model to its campaign, as a look-up.
    to_campaign = "campaign"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).filter(**self._within(Campaign.objects.visible_to(request.user)))

    def _within(self, campaigns: models.QuerySet[Campaign]) -> dict[str, Any]:
        return {f"{self.to_campaign}__in": campaigns}

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Django would send to the front page for a row that isn't there; here it is not found, and logged (M16)."""
        found = super().get_object(request, object_id, from_field)
        if found is None:
            logger.warning(
                "User %s asked for %s %s, which is not within reach.",
                request.user.pk,
                self.opts.label_lower,
                object_id[:20].encode("ascii", "backslashreplace").decode(),
            )
            raise Http404
        return found

    def may_work_on(self, request: HttpRequest, row: Any) -> bool:
        """Whether the user has the role that changing `row` asks for: campaign manager, unless a page says otherwise."""
        within = self._within(Campaign.objects.managed_by(request.user))
        return super().get_queryset(request).filter(pk=row.pk, **within).exists()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or self.may_work_on(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or self.may_work_on(request, obj))

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except IntegrityError:
            return _refused_by_the_database(request)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().delete_view(request, *args, **kwargs)
        except IntegrityError:
            return _refused_by_the_database(request)


def _refused_by_the_database(request: HttpRequest) -> HttpResponse:
    # Only where somebody else was faster: what can be known beforehand, forms and permissions say in better words.
    messages.error(
        request, _("Not saved: this was changed or frozen meanwhile. Here it is as it stands now.")
    )
    return HttpResponseRedirect(request.get_full_path())


class ViewOnly(Page):
    """Rows that are read here and written elsewhere."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
