"""Log-in as allauth does it; what an account may do is asked in one query."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import Permission
from django.db.models import Q


class StaffBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """`app.codename` of what the account and its groups may do, kept for the request.

        Django asks for an account's own permissions and for those of its groups one after the other, on each page.
        """
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None:
            return set()
        kept: set[str] | None = getattr(user_obj, "all_permissions_kept", None)
        if kept is None:
            mine = Permission.objects.all()
            if not user_obj.is_superuser:
                mine = mine.filter(Q(user=user_obj) | Q(group__user=user_obj)).distinct()
            pairs = mine.order_by().values_list("content_type__app_label", "codename")
            kept = user_obj.all_permissions_kept = {f"{app}.{codename}" for app, codename in pairs}
        return kept
