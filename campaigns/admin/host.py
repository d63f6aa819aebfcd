"""The host's page, and the way to its mark."""

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from campaigns.admin.bases import Page
from campaigns.admin.marks import change_mark, show_mark
from campaigns.models import Host


@admin.register(Host)
class HostAdmin(Page):
    list_display = ["name", "website", "mailbox", "has_mark"]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    view_on_site = False
    change_form_template = "admin/campaigns/host/change_form.html"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Host]:
        hosts: models.QuerySet[Host] = super().get_queryset(request)
        return hosts.defer("mark")

    @admin.display(description=_("mark"), boolean=True, ordering="mark_digest")
    def has_mark(self, host: Host) -> bool:
        return bool(host.mark_digest)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/mark/", view(change_mark), name="campaigns_host_mark"),
            path("<int:pk>/mark.png", view(show_mark), name="campaigns_host_mark_png"),
            *super().get_urls(),
        ]
