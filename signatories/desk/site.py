"""The admin site of the staff: its home page says what waits. Log-in is allauth's."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext_lazy as _

from signatories.desk import work

# Django's page that leads from a row of any table to its public address, past every limit to one's campaigns.
NOT_OFFERED = {"view_on_site"}


class DeskSite(admin.AdminSite):
    site_header = site_title = "Undersigned"
    index_title = _("What waits")
    index_template = "admin/desk.html"
    # Cases and filters need the width; every page is one click from the front page.
    enable_nav_sidebar = False

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.disable_action("delete_selected")

    def get_urls(self) -> list[URLPattern | URLResolver]:
        return [each for each in super().get_urls() if getattr(each, "name", None) not in NOT_OFFERED]

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Sends to the log-in, and back afterwards. Whoever is logged in and no staff has no business here."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied
        wanted = request.GET.get("next", "")
        here = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
        following = wanted if here else reverse("admin:index")
        if request.user.is_authenticated:
            return HttpResponseRedirect(following)
        return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': following})}")

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        response = super().logout(request, extra_context)
        return HttpResponseRedirect(reverse("account_login")) if response.status_code == 200 else response

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        context = dict(extra_context or {})
        if request.user.has_perm("signatories.view_signature"):
            context["work"] = work.of(request.user, timezone.now())
        return super().index(request, context)
