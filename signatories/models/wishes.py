"""What a signer asked for on the own page and what cannot be had at once: more publicity, another name, another contact."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.choices import LANGUAGES, PublicationMode
from signatories.fields import EncryptedText
from signatories.models.contact import Contact, MailLink
from signatories.models.signature import Signature
from signatories.states import NameOutcome


class ModeChangeQuerySet(models.QuerySet["ModeChange"]):
    def standing(self) -> "ModeChangeQuerySet":
        """Those that are neither done nor called off."""
        return self.filter(applied_at__isnull=True, stopped_at__isnull=True)

    def to_check(self) -> "ModeChangeQuerySet":
        """Those that wait for the staff: confirmed by mail, not yet checked through a second channel."""
        return self.standing().filter(confirmed_at__isnull=False, checked_at__isnull=True)

    def due(self, now: datetime) -> "ModeChangeQuerySet":
        """Those whose 72 hours are over at the moment `now`."""
        return self.standing().filter(checked_at__isnull=False, effective_at__lte=now)


class ModeChange(models.Model):
    """A step towards publicity: asked on the own page, confirmed by mail, checked by staff, done 72 hours later.

    The signer can call it off at any moment; staff can never begin one (product.md, "Publication mode").
    """

    signature = models.ForeignKey(
        Signature, models.PROTECT, related_name="mode_changes", verbose_name=_("signature")
    )
    to_mode = models.CharField(_("wanted mode"), max_length=20, choices=PublicationMode)
    link = models.OneToOneField(
        MailLink, models.SET_NULL, null=True, blank=True, related_name="mode_change", verbose_name=_("link")
    )
    asked_at = models.DateTimeField(_("asked"))
    confirmed_at = models.DateTimeField(_("confirmed by mail"), null=True, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("checked by"),
    )
    checked_at = models.DateTimeField(_("checked through a second channel"), null=True, blank=True)
    effective_at = models.DateTimeField(_("takes effect"), null=True, blank=True)
    applied_at = models.DateTimeField(_("done"), null=True, blank=True)
    stopped_at = models.DateTimeField(_("called off"), null=True, blank=True)

    objects = ModeChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("step towards publicity")
        verbose_name_plural = _("steps towards publicity")
        ordering = ["asked_at", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["signature"],
                condition=Q(applied_at__isnull=True, stopped_at__isnull=True),
                name="mode_change_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(to_mode__in=PublicationMode.values) & ~Q(to_mode=PublicationMode.WITHHELD),
                name="mode_change_towards_publicity",
            ),
            models.CheckConstraint(
                condition=Q(checked_at__isnull=True, checked_by__isnull=True, effective_at__isnull=True)
                | Q(
                    confirmed_at__isnull=False,
                    checked_at__isnull=False,
                    checked_by__isnull=False,
                    effective_at__isnull=False,
                ),
                name="mode_change_checked_after_the_mail",
            ),
            models.CheckConstraint(
                condition=Q(applied_at__isnull=True) | Q(applied_at__gte=models.F("effective_at")),
                name="mode_change_not_before_its_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["effective_at"],
                condition=Q(applied_at__isnull=True, stopped_at__isnull=True),
                name="mode_change_standing",
            ),
        ]

    def __str__(self) -> str:
        return self.get_to_mode_display()


class NameChangeQuerySet(models.QuerySet["NameChange"]):
    def open(self) -> "NameChangeQuerySet":
        """Those that wait for the staff."""
        return self.filter(outcome="")


class NameChange(models.Model):
    """Another name that the signer asks for; the old one stays shown until staff have decided.

    `is_small`: a correction of at most two letters, which takes one click; anything else is verified anew (scenario S20).
    """

    signature = models.ForeignKey(
        Signature, models.PROTECT, related_name="name_changes", verbose_name=_("signature")
    )
    name = models.CharField(_("name"), max_length=255)
    native_name = models.CharField(_("name in its own language"), max_length=255, blank=True)
    acronym = models.CharField(_("acronym"), max_length=40, blank=True)
    is_small = models.BooleanField(_("small correction"))
    asked_at = models.DateTimeField(_("asked"))
    outcome = models.CharField(_("outcome"), max_length=20, choices=NameOutcome, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    objects = NameChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("wish for another name")
        verbose_name_plural = _("wishes for another name")
        ordering = ["asked_at", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["signature"], condition=Q(outcome=""), name="name_change_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["", *NameOutcome.values]), name="name_change_outcome_known"
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["", NameOutcome.REPLACED])
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="name_change_decided_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ContactChange(models.Model):
    """Another contact for a signature: confirmed from the old mailbox first, then from the new one. Erased once it is done."""

    signature = models.ForeignKey(
        Signature, models.PROTECT, related_name="contact_changes", verbose_name=_("signature")
    )
    contact = models.ForeignKey(
        Contact, models.CASCADE, related_name="changes", verbose_name=_("contact to be replaced")
    )
    name = EncryptedText(_("name"), null=True)
    role = EncryptedText(_("role"), null=True)
    mailbox = EncryptedText(_("mailbox"), null=True)
    mailbox_hash = models.CharField(max_length=64, editable=False)
    language = models.CharField(_("language"), max_length=10, choices=LANGUAGES, default="en")
    old_link = models.OneToOneField(
        MailLink,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="contact_change",
        verbose_name=_("link"),
    )
    new_link = models.OneToOneField(
        MailLink,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="contact_change_to",
        verbose_name=_("link to the new mailbox"),
    )
    asked_at = models.DateTimeField(_("asked"))
    confirmed_at = models.DateTimeField(_("confirmed from the old mailbox"), null=True, blank=True)

    class Meta:
        verbose_name = _("change of contact")
        verbose_name_plural = _("changes of contact")
        ordering = ["asked_at", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["contact"], name="contact_change_one_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.signature_id}"
