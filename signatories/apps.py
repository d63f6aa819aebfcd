"""Who stands behind a letter, and by what right."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class SignatoriesConfig(AppConfig):
    name = "signatories"
    verbose_name = _("Signatories")


class DeskConfig(AdminConfig):
    """Django admin whose home page shows the work that waits."""

    default_site = "signatories.desk.site.DeskSite"
