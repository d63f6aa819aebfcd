"""The letter's text in numbered versions, and its asks. A frozen version is guarded by the database."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.choices import LANGUAGES, AskStatus, TextStatus
from campaigns.models.campaign import Campaign


class LetterVersionQuerySet(models.QuerySet["LetterVersion"]):
    def frozen(self) -> "LetterVersionQuerySet":
        return self.filter(frozen_at__isnull=False)

    def current(self) -> "LetterVersion | None":
        """The newest frozen version: the one that is read and signed."""
        return self.frozen().order_by("-number").first()


class LetterVersion(models.Model):
    """A numbered state of the letter. Frozen, it has a SHA-256 and its texts can't change any more."""

    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="letter_versions", verbose_name=_("campaign")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    is_material = models.BooleanField(
        _("material change"), default=False, help_text=_("Signatories are asked to re-affirm.")
    )
    note = models.CharField(_("what changed"), max_length=255, blank=True)
    frozen_at = models.DateTimeField(_("frozen"), null=True, blank=True, editable=False)
    sha256 = models.CharField(_("SHA-256"), max_length=64, null=True, blank=True, editable=False)

    objects = LetterVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter version")
        verbose_name_plural = _("letter versions")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="letter_version_number_unique"),
            models.UniqueConstraint(fields=["campaign", "sha256"], name="letter_version_sha256_unique"),
            models.CheckConstraint(
                condition=Q(frozen_at__isnull=True, sha256__isnull=True)
                | Q(frozen_at__isnull=False, sha256__regex=r"^[0-9a-f]{64}$"),
                name="letter_version_frozen_with_sha256",
            ),
        ]

    def __str__(self) -> str:
        return gettext("Version %(number)d") % {"number": self.number}


class LetterText(models.Model):
    version = models.ForeignKey(
        LetterVersion, models.PROTECT, related_name="texts", verbose_name=_("version")
    )
    language = models.CharField(_("language"), max_length=10, choices=LANGUAGES)
    status = models.CharField(
        _("status"), max_length=20, choices=TextStatus, default=TextStatus.AUTHORITATIVE
    )
    title = models.CharField(_("title"), max_length=255)
    body = models.TextField(
        _("letter"), help_text=_("Markdown: paragraphs, ## headings, lists, emphasis, links.")
    )

    class Meta:
        verbose_name = _("letter text")
        verbose_name_plural = _("letter texts")
        constraints = [
            models.UniqueConstraint(fields=["version", "language"], name="letter_text_once_per_language"),
            models.UniqueConstraint(
                fields=["version"],
                condition=Q(status=TextStatus.AUTHORITATIVE),
                name="letter_text_one_authoritative",
            ),
            models.CheckConstraint(
                condition=Q(status__in=TextStatus.values), name="letter_text_status_known"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Ask(models.Model):
    """One demand of the letter. Its texts are part of the letter's SHA-256; its status is news about it."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="asks", verbose_name=_("campaign"))
    position = models.PositiveSmallIntegerField(_("position"))
    status = models.CharField(_("status"), max_length=20, choices=AskStatus, default=AskStatus.OPEN)

    class Meta:
        verbose_name = _("ask")
        verbose_name_plural = _("asks")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "position"], name="ask_position_unique"),
            models.CheckConstraint(condition=Q(status__in=AskStatus.values), name="ask_status_known"),
        ]

    def __str__(self) -> str:
        return gettext("Ask %(number)d") % {"number": self.position}


class AskText(models.Model):
    ask = models.ForeignKey(Ask, models.CASCADE, related_name="texts", verbose_name=_("ask"))
    language = models.CharField(_("language"), max_length=10, choices=LANGUAGES)
    text = models.TextField(_("text"))

    class Meta:
        verbose_name = _("ask text")
        verbose_name_plural = _("ask texts")
        constraints = [
            models.UniqueConstraint(fields=["ask", "language"], name="ask_text_once_per_language"),
        ]

    def __str__(self) -> str:
        return self.text[:80]
