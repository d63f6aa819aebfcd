"""The admin site of the staff: its home page says what waits. Log-in is allauth's."""

from functools import update_wrapper
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext_lazy as _

from signatories.desk import idle, purges, work
from signatories.desk.secondfactor import lacks_second_factor

# Django's page that leads from a row of any table to its public address, past every limit to one's campaigns.
NOT_OFFERED = {"view_on_site"}
# Where in the session it stands what page somebody asked for who had to set up a second factor first.
WANTED = "wanted_page"


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

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Each page of the admin puts the idle log-out off. What was sent too late is shown, not thrown away."""
        guarded = super().admin_view(view, cacheable)

        def watched(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if request.user.is_authenticated:
                idle.put_off(request)
            elif request.method == "POST":
                return idle.show_what_was_typed(request)
            return guarded(request, *args, **kwargs)

        return update_wrapper(watched, guarded)

    def has_permission(self, request: HttpRequest) -> bool:
        """Asked before every page of the admin."""
        return super().has_permission(request) and not lacks_second_factor(request.user)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Sends to the log-in or to setting up a second factor, and back afterwards. Whoever is no staff has no business here."""
        wanted = request.GET.get("next", "")
        following = wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else ""
        if not request.user.is_authenticated:
            query = urlencode({"next": following or reverse("admin:index")})
            return HttpResponseRedirect(f"{reverse('account_login')}?{query}")
        if self.has_permission(request):
            kept = request.session.pop(WANTED, "")
            return HttpResponseRedirect(following or kept or reverse("admin:index"))
        if not super().has_permission(request):
            raise PermissionDenied
        request.session[WANTED] = following
        return HttpResponseRedirect(reverse("mfa_index"))

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        response = super().logout(request, extra_context)
        return HttpResponseRedirect(reverse("account_login")) if response.status_code == 200 else response

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        context = dict(extra_context or {})
        if request.user.has_perm("signatories.view_signature"):
            now = timezone.now()
            context["work"] = at_work = work.of(request.user, now)
            context["purges"] = purges.of(request.user, at_work.seen, now)
        return super().index(request, context)
