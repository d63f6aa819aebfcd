"""Evidence: one checked reason to believe a signature."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from signatories.models.signature import Signature
from signatories.states import EvidenceKind, State


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def standing(self) -> "EvidenceQuerySet":
        """Evidence that has not been taken back."""
        return self.filter(taken_back_at__isnull=True)

    def counting(self) -> "EvidenceQuerySet":
        """Standing evidence from which a level follows: nobody vouches who is no longer accepted. `Evidence.counts` in SQL."""
        return self.standing().filter(Q(referrer__isnull=True) | Q(referrer__state=State.ACCEPTED))


class Evidence(models.Model):
    """Recorded by a member of staff, or by the program when a mailbox was proven. Never deleted, only taken back."""

    signature = models.ForeignKey(
        Signature, models.PROTECT, related_name="evidence", verbose_name=_("signature")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=EvidenceKind)
    identifier = models.CharField(_("number in the register"), max_length=100, blank=True)
    note = models.TextField(_("where it was seen"), blank=True, max_length=2000)
    referrer = models.ForeignKey(
        Signature,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="vouched_for",
        verbose_name=_("who vouches"),
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("recorded by"),
    )
    recorded_at = models.DateTimeField(_("recorded"))
    taken_back_at = models.DateTimeField(_("taken back"), null=True, blank=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["recorded_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["signature", "kind", "referrer"],
                condition=Q(taken_back_at__isnull=True),
                nulls_distinct=False,
                name="evidence_once_per_kind",
            ),
            models.CheckConstraint(condition=Q(kind__in=EvidenceKind.values), name="evidence_kind_known"),
            models.CheckConstraint(
                condition=Q(kind=EvidenceKind.MAILBOX)
                | Q(recorded_by__isnull=False)
                | Q(referrer__isnull=False),
                name="evidence_recorded_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(kind=EvidenceKind.REFERRAL, referrer__isnull=False)
                | (~Q(kind=EvidenceKind.REFERRAL) & Q(referrer__isnull=True)),
                name="evidence_referral_has_referrer",
            ),
            models.CheckConstraint(
                condition=~Q(kind=EvidenceKind.REGISTER) | ~Q(identifier=""),
                name="evidence_register_has_identifier",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def counts(self) -> bool:
        """Whether it stands, and whoever vouches is still accepted."""
        return self.taken_back_at is None and (self.referrer is None or self.referrer.state == State.ACCEPTED)
