"""Which member of staff may work on which campaign. What they may do there is said by their groups."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.choices import Role
from campaigns.models.campaign import Campaign


class CampaignRole(models.Model):
    """Limits the rights of a user's groups to one campaign."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="campaign_roles", verbose_name=_("user")
    )
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="roles", verbose_name=_("campaign"))
    role = models.CharField(_("role"), max_length=20, choices=Role)

    class Meta:
        verbose_name = _("role on a campaign")
        verbose_name_plural = _("roles on campaigns")
        constraints = [
            models.UniqueConstraint(fields=["user", "campaign", "role"], name="campaign_role_once"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="campaign_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.campaign} · {self.get_role_display()}"
