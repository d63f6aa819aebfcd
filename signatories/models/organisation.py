"""The register of organisations, which lasts across campaigns."""

from django.contrib.auth.models import AnonymousUser, User
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Upper
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.choices import PublicationMode
from campaigns.models import Campaign
from signatories.states import OrganisationType


def domain_label() -> models.Func:
    """What stands before the first dot of the website's domain: all of one country or trade share the rest."""
    parts = (F("registrable_domain"), Value("."), Value(1))
    return models.Func(*parts, function="split_part", output_field=models.CharField())


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def registered(self) -> "OrganisationQuerySet":
        """Organisations of which staff have accepted a signature at least once."""
        return self.filter(registered_at__isnull=False)

    def visible_to(self, user: User | AnonymousUser) -> "OrganisationQuerySet":
        """Organisations that signed, in whatever state, a campaign on which `user` has a role."""
        if user.is_superuser:
            return self
        return self.filter(signatures__campaign__in=Campaign.objects.visible_to(user)).distinct()


class Organisation(models.Model):
    """One organisation. A form writes a row of its own; staff find out which rows are the same (decision 0006)."""

    name = models.CharField(_("name"), max_length=255)
    native_name = models.CharField(_("name in its own language"), max_length=255, blank=True)
    native_language = models.CharField(
        _("that language"), max_length=35, blank=True, help_text=_("BCP 47, such as ka")
    )
    name_en = models.CharField(_("name in English"), max_length=255, blank=True)
    acronym = models.CharField(_("acronym"), max_length=40, blank=True)
    aliases = ArrayField(
        models.CharField(max_length=255), default=list, blank=True, verbose_name=_("other names")
    )
    country_code = models.CharField(
        _("country or territory"), max_length=2, validators=[RegexValidator(r"^[A-Z]{2}$")]
    )
    country_label = models.CharField(
        _("name of the country or territory as stated"), max_length=100, blank=True,
        help_text=_("Only if it is to differ from the campaign's policy."),
    )  # fmt: skip
    org_type = models.CharField(_("type of organisation"), max_length=20, choices=OrganisationType)
    identifier = models.CharField(_("number in a public register"), max_length=100, blank=True)
    website = models.URLField(_("website"), max_length=255, blank=True)
    registrable_domain = models.CharField(
        _("domain of the website"), max_length=253, blank=True, editable=False
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="sections", verbose_name=_("section of")
    )
    sort_name = models.CharField(
        _("sort as"), max_length=255, blank=True, help_text=_("Only if the list would place it wrongly.")
    )
    sort_key = models.CharField(max_length=255, editable=False, db_collation="C")
    match_key = models.CharField(max_length=255, editable=False, db_collation="C")
    search_key = models.CharField(max_length=600, editable=False, db_collation="C", default="")
    registered_at = models.DateTimeField(_("first accepted"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["sort_key", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="organisation_named"),
            models.CheckConstraint(
                condition=Q(country_code__regex=r"^[A-Z]{2}$"), name="organisation_country_code"
            ),
            models.CheckConstraint(
                condition=Q(org_type__in=OrganisationType.values), name="organisation_type_known"
            ),
        ]
        indexes = [
            models.Index(fields=["match_key"], name="organisation_match_key"),
            models.Index(
                fields=["registrable_domain"], name="organisation_domain", condition=~Q(registrable_domain="")
            ),
            # Over the registered alone: a form under load must not wait for trigrams of its name.
            GinIndex(
                OpClass("match_key", name="gin_trgm_ops"),
                OpClass(domain_label(), name="gin_trgm_ops"),
                name="organisation_trigrams",
                condition=Q(registered_at__isnull=False),
            ),
            models.Index(
                Upper("acronym"), name="organisation_acronym", condition=Q(registered_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        """As admin pages and their log call it: they keep what they are told."""
        return self.shown_name

    @property
    def is_masked(self) -> bool:
        """Whether it has signed, and nowhere in public: then the staff's lists don't name it (scenario M15)."""
        if hasattr(self, "signed_modes"):  # brought by the query that found it
            modes = set(self.signed_modes)
        else:
            modes = set(self.signatures.values_list("publication_mode", flat=True))
        return bool(modes) and PublicationMode.PUBLIC not in modes

    @property
    def shown_name(self) -> str:
        return gettext("[not public, no. %(number)d]") % {"number": self.pk} if self.is_masked else self.name

    @property
    def spoken(self) -> tuple[str, ...]:
        """Every name by which a reader may look for it in a list."""
        return (self.name, self.native_name, self.name_en, self.acronym)

    @property
    def website_text(self) -> str:
        """The website as people write it: without scheme and closing slash."""
        return self.website.removeprefix("https://").removeprefix("http://").rstrip("/")
