"""What was erased, and what must stay so: hashes that outlive a restored backup, mailboxes that get no mail, warnings sent."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from signatories.states import ErasureKind


class Erasure(models.Model):
    """One line of the list that is kept off-site, so that a restored backup does not bring back what went (scenario C21).

    `digest` is a keyed hash: without the key it names nobody.
    """

    kind = models.CharField(_("what"), max_length=10, choices=ErasureKind)
    digest = models.CharField(max_length=64, editable=False)
    happened_at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        ordering = ["happened_at", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["kind", "digest"], name="erasure_once"),
            models.CheckConstraint(condition=Q(kind__in=ErasureKind.values), name="erasure_kind_known"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class SuppressedMailbox(models.Model):
    """A mailbox whose owner said that somebody else signs with it: it gets no confirmation mail until `until`. A keyed hash."""

    mailbox_hash = models.CharField(primary_key=True, max_length=64, editable=False)
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"))

    class Meta:
        verbose_name = _("suppressed mailbox")
        verbose_name_plural = _("suppressed mailboxes")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.since:%Y-%m-%d}"


class PurgeWarning(models.Model):
    """A warning that was queued for the managers of a letter: its contacts will be erased in `days` days, at `due_at`."""

    campaign = models.ForeignKey(
        Campaign, models.CASCADE, related_name="purge_warnings", verbose_name=_("campaign")
    )
    days = models.PositiveSmallIntegerField(_("days before"))
    due_at = models.DateTimeField(_("erasure due"))
    warned_at = models.DateTimeField(_("warned"))

    class Meta:
        verbose_name = _("warning of an erasure")
        verbose_name_plural = _("warnings of erasures")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["campaign", "days", "due_at"], name="purge_warning_once"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} · {self.days}"
