"""A campaign: one letter from draft to archive, its host, its texts around the letter, its topics."""

import zoneinfo
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.choices import (
    LANGUAGES,
    Accent,
    ConsentKind,
    Intake,
    ListOrder,
    MaterialChangePolicy,
    NamingPolicy,
    PublicationMode,
    Role,
    SectionsPolicy,
    Stage,
)

# Addresses of the site itself: a campaign of that name could never be reached.
RESERVED_SLUGS = frozenset(
    {
        "admin",
        "staff",
        "static",
        "media",
        "dev",
        "healthz",
        "api",
        "verify",
        "confirm",
        "answer",
        "appeal",
        "dispute",
        "vouch",
        "manage",
        "publish",
        "download",
        "change-contact",
        "new-contact",
        "withdraw",
        "erase",
        "sitemap",
        "robots",
    }
    | {code for code, _name in LANGUAGES}
)


def validate_slug(value: str) -> None:
    """Refuses the site's own addresses as a campaign's."""
    if value in RESERVED_SLUGS:
        raise ValidationError(_("“%(value)s” is an address of the site itself."), params={"value": value})


def validate_zone(value: str) -> None:
    """Refuses anything but a name of the IANA time zone database, such as Europe/Zurich."""
    if value not in zoneinfo.available_timezones():
        raise ValidationError(
            _("“%(value)s” is not an IANA time zone such as Europe/Zurich."), params={"value": value}
        )


def default_languages() -> list[str]:
    return [settings.LANGUAGE_CODE]


def default_modes() -> list[str]:
    return [PublicationMode.PUBLIC.value]


class Host(models.Model):
    """The organisation that runs campaigns."""

    name = models.CharField(_("name"), max_length=255, unique=True)
    website = models.URLField(_("website"), blank=True)
    mailbox = models.EmailField(_("mailbox for questions"), blank=True)
    # Its sign, as a PNG that we wrote ourselves (`campaigns.marks`), and what its address is made of; both empty without one.
    mark = models.BinaryField(_("mark"), default=bytes, blank=True, editable=False)
    mark_digest = models.CharField(max_length=16, default="", blank=True, editable=False)

    class Meta:
        verbose_name = _("host")
        verbose_name_plural = _("hosts")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def picture(self) -> bytes:
        """The mark's PNG, b"" without one. Where it was not loaded, that is a query, but only where there is one."""
        return bytes(self.mark) if self.mark_digest else b""


class Topic(models.Model):
    """A subject that campaigns share, named in each language."""

    slug = models.SlugField(_("address"), unique=True)

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.slug


class TopicName(models.Model):
    topic = models.ForeignKey(Topic, models.CASCADE, related_name="names", verbose_name=_("topic"))
    language = models.CharField(_("language"), max_length=10, choices=LANGUAGES)
    name = models.CharField(_("name"), max_length=100)

    class Meta:
        verbose_name = _("topic name")
        verbose_name_plural = _("topic names")
        constraints = [
            models.UniqueConstraint(fields=["topic", "language"], name="topic_named_once_per_language"),
        ]

    def __str__(self) -> str:
        return self.name


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def readable(self, now: datetime) -> "CampaignQuerySet":
        """Campaigns whose page anybody may open at the moment `now`."""
        out = Q(embargo_until__isnull=True) | Q(embargo_until__lte=now)
        return self.exclude(stage__in=[Stage.DRAFT, Stage.CIRCULATING]).filter(out)

    def visible_to(self, user: User | AnonymousUser) -> "CampaignQuerySet":
        """Campaigns on which `user` has a role of any kind; all of them for a superuser."""
        return self._held_by(user, Role.values)

    def managed_by(self, user: User | AnonymousUser) -> "CampaignQuerySet":
        """Campaigns on which `user` is a manager; all of them for a superuser."""
        return self._held_by(user, [Role.MANAGER])

    def moderated_by(self, user: User | AnonymousUser) -> "CampaignQuerySet":
        """Campaigns on which `user` is a moderator; all of them for a superuser."""
        return self._held_by(user, [Role.MODERATOR])

    def _held_by(self, user: User | AnonymousUser, roles: list[str]) -> "CampaignQuerySet":
        if not (user.is_authenticated and user.is_active):
            return self.none()
        if user.is_superuser:
            return self
        # A subquery, not a join: two roles on one campaign must not list it twice.
        return self.filter(pk__in=user.campaign_roles.filter(role__in=roles).values("campaign"))


class Campaign(models.Model):
    """One letter from draft to archive. Times are stored in UTC; `zone` is the one that readers are told."""

    slug = models.SlugField(
        _("address"),
        max_length=60,
        unique=True,
        validators=[
            validate_slug,
            RegexValidator(r"^[a-z0-9]+(-[a-z0-9]+)*$", _("Small letters, digits and hyphens.")),
        ],
        help_text=_("The part of the address that names the letter, such as hrd-agenda."),
    )
    host = models.ForeignKey(Host, models.PROTECT, related_name="campaigns", verbose_name=_("host"))
    stage = models.CharField(_("stage"), max_length=20, choices=Stage, default=Stage.DRAFT)
    zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[validate_zone])
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))
    embargo_until = models.DateTimeField(_("embargo until"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)
    goal = models.PositiveIntegerField(_("goal"), null=True, blank=True)
    milestones = ArrayField(
        models.PositiveIntegerField(),
        default=list,
        blank=True,
        verbose_name=_("milestones"),
        help_text=_("Numbers on the way to the goal, such as 25, 50. Once reached, one stays reached."),
    )
    follows = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="followed_by",
        verbose_name=_("follows the campaign"),
    )
    topics = models.ManyToManyField(Topic, related_name="campaigns", blank=True, verbose_name=_("topics"))
    languages = ArrayField(
        models.CharField(max_length=10, choices=LANGUAGES),
        default=default_languages,
        verbose_name=_("languages"),
    )
    accent = models.CharField(_("accent colour"), max_length=10, choices=Accent, default=Accent.INK)
    naming_policy = models.CharField(
        _("names of countries and territories"),
        max_length=10,
        choices=NamingPolicy,
        default=NamingPolicy.COMMON,
    )
    list_order = models.CharField(
        _("order of the list"), max_length=10, choices=ListOrder, default=ListOrder.NAME
    )
    modes_allowed = ArrayField(
        models.CharField(max_length=20, choices=PublicationMode),
        default=default_modes,
        verbose_name=_("publication modes offered"),
    )
    sections_policy = models.CharField(
        _("networks and their sections"), max_length=10, choices=SectionsPolicy, default=SectionsPolicy.EACH
    )
    material_change_policy = models.CharField(
        _("signatories who do not re-affirm"),
        max_length=10,
        choices=MaterialChangePolicy,
        default=MaterialChangePolicy.KEEP,
    )
    late_endorsements = models.BooleanField(_("late endorsements, listed apart"), default=False)
    retention_months = models.PositiveSmallIntegerField(
        _("months after delivery for which contacts are kept"), default=6
    )
    intake = models.CharField(_("who may send a form"), max_length=10, choices=Intake, default=Intake.NORMAL)
    # What is counted and not named joins the total in one batch a day (product.md, rule 4).
    batch_hour = models.PositiveSmallIntegerField(
        _("hour of the daily batch"),
        default=6,
        validators=[MaxValueValidator(23)],
        help_text=_("0 to 23, in the letter's time zone: then signatures that are not named join the total."),
    )
    batch_ran_at = models.DateTimeField(null=True, blank=True, editable=False)
    caution_countries = ArrayField(
        models.CharField(max_length=2),
        default=list,
        blank=True,
        verbose_name=_("countries and territories with a safety notice"),
        help_text=_("For organisations there the form shows the safety notice and preselects “withheld”."),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ["-opens_at", "slug"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")),
                name="campaign_closes_after_it_opens",
                violation_error_message=_("The deadline must come after the opening."),
            ),
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="campaign_stage_known"),
            models.CheckConstraint(
                condition=Q(goal__isnull=True) | Q(goal__gt=0), name="campaign_goal_positive"
            ),
            models.CheckConstraint(condition=Q(intake__in=Intake.values), name="campaign_intake_known"),
            models.CheckConstraint(condition=Q(accent__in=Accent.values), name="campaign_accent_known"),
            models.CheckConstraint(
                condition=Q(list_order__in=ListOrder.values), name="campaign_list_order_known"
            ),
            models.CheckConstraint(condition=Q(batch_hour__lte=23), name="campaign_batch_hour_of_a_day"),
        ]

    def __str__(self) -> str:
        return self.slug

    def get_absolute_url(self) -> str:
        return reverse("campaigns:letter", kwargs={"slug": self.slug})

    def mailboxes_of_managers(self) -> list[str]:
        """Where those who manage the letter are written to; whoever left, or gave no mailbox, is not among them."""
        managers = User.objects.filter(
            is_active=True, campaign_roles__campaign=self, campaign_roles__role=Role.MANAGER
        )
        mailboxes = managers.exclude(email="").order_by("pk").values_list("email", flat=True)
        return list({mailbox.lower(): mailbox for mailbox in mailboxes}.values())

    @property
    def numbers_to_reach(self) -> set[int]:
        """The milestones and the goal."""
        return {*self.milestones, *([self.goal] if self.goal else [])}

    @property
    def zoneinfo(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.zone)


class CampaignText(models.Model):
    """What stands around the letter in one language: whom it is written to, how the host verifies, privacy."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="texts", verbose_name=_("campaign"))
    language = models.CharField(_("language"), max_length=10, choices=LANGUAGES)
    addressee_office = models.CharField(_("addressee: office"), max_length=255)
    addressee_person = models.CharField(_("addressee: person, once known"), max_length=255, blank=True)
    summary = models.TextField(_("summary in one sentence"), blank=True)
    how_verified = models.TextField(_("how the host verifies signatures"), blank=True)
    privacy_notice = models.TextField(_("privacy notice"), blank=True)
    safety_notice = models.TextField(
        _("safety notice"),
        blank=True,
        help_text=_("Shown in the form to organisations of the countries and territories chosen for it."),
    )

    class Meta:
        verbose_name = _("text around the letter")
        verbose_name_plural = _("texts around the letter")
        constraints = [
            models.UniqueConstraint(fields=["campaign", "language"], name="campaign_text_once_per_language"),
        ]

    def __str__(self) -> str:
        return f"{self.addressee_office} ({self.language})"


class ConsentText(models.Model):
    """A wording that signers agree to. Changing a wording means a new version: a consent names what was read."""

    campaign = models.ForeignKey(
        Campaign, models.CASCADE, related_name="consent_texts", verbose_name=_("campaign")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=ConsentKind)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    language = models.CharField(_("language"), max_length=10, choices=LANGUAGES)
    wording = models.TextField(_("wording"))

    class Meta:
        verbose_name = _("consent text")
        verbose_name_plural = _("consent texts")
        ordering = ["kind", "-version", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "kind", "version", "language"],
                name="consent_text_once_per_version_and_language",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} v{self.version} ({self.language})"
