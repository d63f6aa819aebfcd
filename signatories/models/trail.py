"""The trail: what happened to a signature and what left the house. Rows are only ever added; the database sees to it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from signatories.fields import EncryptedText
from signatories.models.signature import Signature
from signatories.states import ActorKind, EventKind, ExportSet, Reason, State


class SignatureEvent(models.Model):
    """One thing that happened to a signature. Holds no personal data of the signer: words are in its note."""

    signature = models.ForeignKey(
        Signature,
        models.PROTECT,
        related_name="events",
        db_index=False,  # `event_of_signature` begins with it
        verbose_name=_("signature"),
    )
    kind = models.CharField(_("what"), max_length=20, choices=EventKind)
    actor_kind = models.CharField(_("who"), max_length=10, choices=ActorKind)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,  # asked only when a member of staff is deleted
        verbose_name=_("by"),
    )
    from_state = models.CharField(_("from"), max_length=20, choices=State, blank=True)
    to_state = models.CharField(_("to"), max_length=20, choices=State, blank=True)
    reason = models.CharField(_("reason"), max_length=30, choices=Reason, blank=True)
    detail = models.CharField(
        _("detail"), max_length=60, blank=True, help_text=_("A code, such as a kind of evidence.")
    )
    happened_at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["happened_at", "pk"]
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=EventKind.values), name="event_kind_known"),
            models.CheckConstraint(
                condition=Q(actor_kind=ActorKind.STAFF, actor__isnull=False)
                | (~Q(actor_kind=ActorKind.STAFF) & Q(actor__isnull=True)),
                name="event_staff_named",
            ),
        ]
        indexes = [
            models.Index(fields=["signature", "happened_at"], name="event_of_signature"),
            # What signers have written is rare; the desk asks for it each time it opens.
            models.Index(
                fields=["signature"],
                condition=Q(kind__in=[EventKind.ANSWERED, EventKind.APPEALED]),
                name="event_of_reply",
            ),
            # The letter's page says how many left its list.
            models.Index(fields=["signature"], condition=Q(kind=EventKind.MODE), name="event_of_mode"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class EventNote(models.Model):
    """The words of an event, of staff or signer. Apart from it and encrypted: words may name people and must be erasable."""

    event = models.OneToOneField(
        SignatureEvent, models.PROTECT, primary_key=True, related_name="note", verbose_name=_("event")
    )
    text = EncryptedText(_("note"))

    class Meta:
        verbose_name = _("note of an event")
        verbose_name_plural = _("notes of events")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.text)[:80]


class ExportLog(models.Model):
    """A file with signatories that staff took out: who, when, why, which rows."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="exports", verbose_name=_("campaign"))
    exported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by")
    )
    export_set = models.CharField(_("set"), max_length=20, choices=ExportSet)
    reason = models.CharField(_("reason"), max_length=255, blank=True)
    filters = models.CharField(_("filter"), max_length=500, blank=True)
    with_withheld = models.BooleanField(_("with withheld rows"), default=False)
    row_count = models.PositiveIntegerField(_("rows"))
    exported_at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ["-exported_at"]
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(condition=Q(export_set__in=ExportSet.values), name="export_set_known"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} · {self.get_export_set_display()}"
