"""Somebody says that a public line is wrong. Counts once the mailbox is proven."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.choices import LANGUAGES
from signatories.fields import EncryptedText
from signatories.models.contact import MailLink
from signatories.models.signature import Signature
from signatories.states import Outcome


class DisputeQuerySet(models.QuerySet["Dispute"]):
    def confirmed(self) -> "DisputeQuerySet":
        """Those whose mailbox is proven; staff see no others."""
        return self.filter(confirmed_at__isnull=False)

    def open(self) -> "DisputeQuerySet":
        """Those that staff have to decide."""
        return self.confirmed().filter(outcome="")


class Dispute(models.Model):
    """`from_inside`: sent from the organisation's stored mailbox or its own domain. `mailbox` and `words` are erased in time.

    Until it is confirmed, `from_inside` is only what the form said.
    """

    signature = models.ForeignKey(
        Signature, models.PROTECT, related_name="disputes", verbose_name=_("signature")
    )
    mailbox = EncryptedText(_("mailbox"), null=True)
    mailbox_hash = models.CharField(max_length=64, editable=False)
    mailbox_domain = models.CharField(_("domain of the mailbox"), max_length=253, blank=True)
    words = EncryptedText(_("what is wrong"), null=True)
    language = models.CharField(_("language"), max_length=10, choices=LANGUAGES, default="en")
    network_hash = models.CharField(max_length=22, editable=False, default="", blank=True)
    link = models.OneToOneField(
        MailLink, models.SET_NULL, null=True, blank=True, related_name="dispute", verbose_name=_("link")
    )
    sent_at = models.DateTimeField(_("sent"))
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    from_inside = models.BooleanField(_("from the organisation itself"), default=False)
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    objects = DisputeQuerySet.as_manager()

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        ordering = ["confirmed_at", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="")
                | Q(confirmed_at__isnull=False, decided_at__isnull=False, decided_by__isnull=False),
                name="dispute_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["", *Outcome.values]), name="dispute_outcome_known"
            ),
        ]
        indexes = [
            models.Index(fields=["mailbox_hash", "sent_at"], name="dispute_by_mailbox"),
            models.Index(
                fields=["network_hash", "sent_at"], name="dispute_by_network", condition=~Q(network_hash="")
            ),
            models.Index(
                fields=["confirmed_at"],
                name="dispute_open",
                condition=Q(outcome="", confirmed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"…@{self.mailbox_domain}"

    @property
    def is_open(self) -> bool:
        """Whether it waits for a decision of the staff."""
        return self.confirmed_at is not None and not self.outcome
