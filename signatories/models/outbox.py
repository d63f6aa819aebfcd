"""The outbox: mail as rows of the same transaction as what it tells. The broker is never the guarantee."""

import uuid
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.choices import LANGUAGES
from signatories.fields import EncryptedText
from signatories.models.signature import Signature
from signatories.states import ON_REQUEST, MailKind, MailState


class OutboxMail(models.Model):
    """One mail. `recipient` and `context` (JSON for its templates, with the link) are erased once it is sent."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    signature = models.ForeignKey(
        Signature, models.PROTECT, null=True, blank=True, related_name="mails", verbose_name=_("signature")
    )
    kind = models.CharField(_("kind"), max_length=30, choices=MailKind)
    language = models.CharField(_("language"), max_length=10, choices=LANGUAGES)
    recipient = EncryptedText(_("recipient"), null=True)
    recipient_hash = models.CharField(max_length=64, editable=False)
    context = EncryptedText(null=True, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=MailState, default=MailState.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    not_before = models.DateTimeField(_("not before"))
    claimed_at = models.DateTimeField(_("claimed"), null=True, blank=True)
    claim = models.UUIDField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("queued"))
    settled_at = models.DateTimeField(_("sent or given up"), null=True, blank=True)
    # A class of error and a reply code, never a server's words: those may hold a mailbox.
    last_error = models.CharField(_("last error"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        ordering = ["created_at", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(state__in=MailState.values), name="outbox_state_known"),
            models.CheckConstraint(
                condition=~Q(state=MailState.SENDING) | Q(claimed_at__isnull=False, claim__isnull=False),
                name="outbox_sending_is_claimed",
            ),
        ]
        indexes = [
            models.Index(fields=["not_before", "id"], condition=Q(state=MailState.QUEUED), name="outbox_due"),
            models.Index(fields=["claimed_at"], condition=Q(state=MailState.SENDING), name="outbox_sending"),
            models.Index(fields=["recipient_hash", "created_at"], name="outbox_by_recipient"),
            # How much of the hour's budget is used (`mail.budget`).
            models.Index(
                fields=["settled_at"],
                condition=Q(kind__in=ON_REQUEST, settled_at__isnull=False),
                name="outbox_on_request_settled",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.get_state_display()}"


class Heartbeat(models.Model):
    """When a part of the machinery was last seen at work, so that pages can say that it is not."""

    # The worker looks into the outbox every few seconds; silent for so long, it is not at work.
    SILENT_AFTER = timedelta(seconds=60)
    WORKER, BACKUP, PURGE, ERASURE_LIST = "worker", "backup", "purge", "erasure_list"
    # Back-ups are made once a night: one that is older was left out.
    BACKUP_LATE_AFTER = timedelta(hours=36)
    # So is the purge.
    PURGE_LATE_AFTER = timedelta(hours=36)

    name = models.CharField(max_length=30, primary_key=True)
    seen_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name

    def is_silent(self, now: datetime) -> bool:
        return now - self.seen_at > self.SILENT_AFTER
