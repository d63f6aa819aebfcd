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


class CirculationLink(models.Model):
    """A link by which a letter is passed on; `via` says by whom. The database holds only the SHA-256 of its random key."""

    campaign = models.ForeignKey(
        Campaign, models.CASCADE, related_name="circulation_links", verbose_name=_("campaign")
    )
    via = models.SlugField(
        _("passed on by"), max_length=60, db_index=False, help_text=_("Such as partners-list.")
    )
    digest = models.CharField(max_length=64, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("made by")
    )
    created_at = models.DateTimeField(_("made"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("circulation link")
        verbose_name_plural = _("circulation links")
        ordering = ["via", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["digest"], name="circulation_link_digest_unique"),
        ]

    def __str__(self) -> str:
        return self.via
