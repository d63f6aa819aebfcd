"""A rejection by condition: which signatures it found, how far it has come, what it left."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from signatories.models.signature import Signature
from signatories.states import Reason, State, SweepState


class Sweep(models.Model):
    """One rejection by condition on one campaign. What it takes is written down when it begins; later comers are spared."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="sweeps", verbose_name=_("campaign"))
    condition = models.JSONField(_("condition"), editable=False)
    reason = models.CharField(_("reason"), max_length=30, choices=Reason)
    note = models.TextField(_("note for the staff"), blank=True, max_length=2000)
    state = models.CharField(_("state"), max_length=10, choices=SweepState, default=SweepState.QUEUED)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("started by")
    )
    started_at = models.DateTimeField(_("started"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("cancelled by"),
    )
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("undone by"),
    )

    class Meta:
        verbose_name = _("rejection by condition")
        verbose_name_plural = _("rejections by condition")
        ordering = ["-started_at", "-pk"]
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(condition=Q(state__in=SweepState.values), name="sweep_state_known"),
            # States alone, or nothing, would take everybody who waits.
            models.CheckConstraint(
                condition=Q(condition__has_key="parts") & ~Q(condition__parts={}),
                name="sweep_has_a_condition",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} · {self.get_state_display()}"


class SweptSignature(models.Model):
    """One signature that a sweep found, the state it had, and what became of it."""

    sweep = models.ForeignKey(
        Sweep, models.CASCADE, related_name="swept", verbose_name=_("rejection by condition")
    )
    signature = models.ForeignKey(
        Signature, models.PROTECT, related_name="swept", verbose_name=_("signature")
    )
    from_state = models.CharField(_("state before"), max_length=20, choices=State)
    rejected_at = models.DateTimeField(_("rejected"), null=True, blank=True)
    left_at = models.DateTimeField(_("left as it was"), null=True, blank=True)
    undone_at = models.DateTimeField(_("brought back"), null=True, blank=True)

    class Meta:
        verbose_name = _("signature in a rejection by condition")
        verbose_name_plural = _("signatures in a rejection by condition")
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["sweep", "signature"], name="swept_once"),
        ]
        indexes = [
            models.Index(
                fields=["sweep", "id"],
                condition=Q(rejected_at__isnull=True, left_at__isnull=True),
                name="swept_to_reject",
            ),
            models.Index(
                fields=["sweep", "id"],
                condition=Q(rejected_at__isnull=False, undone_at__isnull=True, left_at__isnull=True),
                name="swept_to_undo",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.signature_id}"
