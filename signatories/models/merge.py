"""Two signatures of one organisation that became one, with what is needed to take them apart again."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from signatories.models.signature import Signature


class Merge(models.Model):
    """`merged` went into `survivor`; `before` holds ids and values as they were, JSON, for the undo (30 days)."""

    survivor = models.ForeignKey(
        Signature, models.PROTECT, related_name="merges", verbose_name=_("surviving signature")
    )
    merged = models.ForeignKey(
        Signature, models.PROTECT, related_name="merges_away", verbose_name=_("merged signature")
    )
    merged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("merged by")
    )
    merged_at = models.DateTimeField(_("merged"))
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("undone by"),
    )
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)
    before = models.JSONField(default=dict, editable=False)

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        ordering = ["merged_at", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["merged"], condition=Q(undone_at__isnull=True), name="merge_once_at_a_time"
            ),
            models.CheckConstraint(condition=~Q(survivor=F("merged")), name="merge_of_two"),
        ]

    def __str__(self) -> str:
        return f"{self.merged_id} → {self.survivor_id}"
