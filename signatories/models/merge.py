"""Two signatures of one organisation that became one, with what is needed to take them apart again."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from signatories.models.signature import Signature

UNDO_FOR = timedelta(days=30)  # product.md, "merged"


class MergeQuerySet(models.QuerySet["Merge"]):
    def standing(self) -> "MergeQuerySet":
        """Merges that nobody has undone."""
        return self.filter(undone_at__isnull=True)

    def after(self, merge: "Merge | None" = None) -> "MergeQuerySet":
        """Standing merges that the survivor of `merge` (without one: of the outer query's) took part in later."""
        survivor, pk = (
            (OuterRef("survivor"), OuterRef("pk")) if merge is None else (merge.survivor_id, merge.pk)
        )
        return self.standing().filter(Q(survivor=survivor) | Q(merged=survivor), pk__gt=pk)

    def on_case(self, signature: Signature) -> "MergeQuerySet":
        """What was folded into `signature`, directly or not, and what it was folded into; the newest first, one query.

        `is_covered`: a later one has to be undone before.
        """
        return (
            self.standing()
            .filter(Q(merged=signature) | Q(merged__merged_into=signature))
            .select_related("survivor__organisation", "merged", "merged_by")
            .annotate(is_covered=Exists(Merge.objects.after()))
            .order_by("-pk")
        )


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

    objects = MergeQuerySet.as_manager()

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

    @property
    def undo_until(self) -> datetime:
        return self.merged_at + UNDO_FOR

    @property
    def merged_name(self) -> str:
        """What the organisation of the merged signature was called; a dash once that can't be undone any more and was erased."""
        return str(self.before.get("name") or "–")
