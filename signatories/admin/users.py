"""The accounts of the staff and their roles: for superusers with a fresh log-in. A lost password or second factor is reset here."""

from typing import Any

import allauth.account.admin
import allauth.mfa.admin  # noqa: F401  # registers what is taken off below
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from campaigns.admin.bases import Page, TabularPart
from campaigns.models import CampaignRole
from config.freshlogin import fresh_log_in_required

# Secrets of second factors and mailboxes that nothing uses are no pages.
admin.site.unregister([Authenticator, EmailAddress, User, Group])


class ForSuperusers(Page):
    @method_decorator(fresh_log_in_required)
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return super().changeform_view(request, *args, **kwargs)

    @method_decorator(fresh_log_in_required)
    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return super().delete_view(request, *args, **kwargs)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)


class RoleInline(TabularPart):
    model = CampaignRole
    extra = 0


@admin.register(User)
class StaffAdmin(ForSuperusers, UserAdmin):  # type: ignore[type-arg]  # takes none at run time
    inlines = [RoleInline]
    list_display = [
        "username",
        "first_name",
        "last_name",
        "is_active",
        "is_staff",
        "is_superuser",
        "has_second_factor",
    ]
    change_form_template = "admin/auth/user/change_form.html"

    @admin.display(description=gettext_lazy("second factor"), boolean=True)
    def has_second_factor(self, user: User) -> bool:
        return bool(getattr(user, "second_factor", False))

    def get_queryset(self, request: HttpRequest) -> Any:
        held = Authenticator.objects.filter(user=OuterRef("pk"))
        return super().get_queryset(request).annotate(second_factor=Exists(held))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.reset_second_factor))
        return [
            path("<int:pk>/reset-second-factor/", view, name="auth_user_reset_second_factor"),
            *super().get_urls(),
        ]

    @method_decorator(fresh_log_in_required)
    def user_change_password(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return super().user_change_password(request, *args, **kwargs)

    @method_decorator(fresh_log_in_required)
    def reset_second_factor(self, request: HttpRequest, pk: int) -> HttpResponse:
        """For somebody who lost the telephone and the recovery codes. Never one's own: two people see to it."""
        if not request.user.is_superuser or request.user.pk == pk:
            raise PermissionDenied
        user = get_object_or_404(User, pk=pk)
        Authenticator.objects.filter(user=user).delete()
        self.log_change(request, user, _("Second factor reset."))
        done = _("The second factor of %(user)s is gone; the next log-in asks for the password alone.")
        messages.success(request, done % {"user": user.get_username()})
        return HttpResponseRedirect(reverse("admin:auth_user_change", args=[pk]))


@admin.register(Group)
class StaffGroupAdmin(ForSuperusers, GroupAdmin):
    pass
