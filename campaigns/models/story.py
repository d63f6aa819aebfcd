"""What happens around a letter: updates and quotes."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.choices import LANGUAGES, AskStatus, UpdateKind
from campaigns.models.campaign import Campaign
from campaigns.models.letter import Ask


class Update(models.Model):
    """A dated piece of news. Without a date of publication it is a draft."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="updates", verbose_name=_("campaign"))
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=20, choices=UpdateKind, default=UpdateKind.NEWS)
    ask = models.ForeignKey(
        Ask, models.SET_NULL, null=True, blank=True, related_name="updates", verbose_name=_("about the ask")
    )
    ask_status = models.CharField(
        _("status of the ask from then on"), max_length=20, choices=AskStatus, blank=True, default=""
    )
    published_at = models.DateTimeField(_("published"), null=True, blank=True)

    class Meta:
        verbose_name = _("update")
        verbose_name_plural = _("updates")
        ordering = ["-published_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=UpdateKind.values), name="update_kind_known"),
            models.CheckConstraint(
                condition=Q(ask_status="") | Q(ask__isnull=False, ask_status__in=AskStatus.values),
                name="update_ask_status_needs_ask",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.public_id}"


class UpdateText(models.Model):
    update = models.ForeignKey(Update, models.CASCADE, related_name="texts", verbose_name=_("update"))
    language = models.CharField(_("language"), max_length=10, choices=LANGUAGES)
    title = models.CharField(_("title"), max_length=255)
    body = models.TextField(_("text"), help_text=_("Markdown"))

    class Meta:
        verbose_name = _("update text")
        verbose_name_plural = _("update texts")
        constraints = [
            models.UniqueConstraint(fields=["update", "language"], name="update_text_once_per_language"),
        ]

    def __str__(self) -> str:
        return self.title


class Milestone(models.Model):
    """A number of signatories that a campaign has reached, and when. It stays, also when the count falls again."""

    campaign = models.ForeignKey(
        Campaign, models.CASCADE, related_name="milestones_reached", verbose_name=_("campaign")
    )
    number = models.PositiveIntegerField(_("number"))
    reached_on = models.DateField(_("reached on"))

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="milestone_reached_once"),
            models.CheckConstraint(condition=Q(number__gt=0), name="milestone_positive"),
        ]

    def __str__(self) -> str:
        return str(self.number)


class Quote(models.Model):
    """What a spokesperson says of the letter, in one language."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="quotes", verbose_name=_("campaign"))
    language = models.CharField(_("language"), max_length=10, choices=LANGUAGES)
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    text = models.TextField(_("quote"))
    speaker = models.CharField(_("speaker"), max_length=255)
    speaker_role = models.CharField(_("role of the speaker"), max_length=255, blank=True)

    class Meta:
        verbose_name = _("quote")
        verbose_name_plural = _("quotes")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "language", "position"], name="quote_position_unique"
            ),
        ]

    def __str__(self) -> str:
        return self.speaker
