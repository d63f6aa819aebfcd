"""A signature: the act of one organisation on one campaign, on its three separate axes."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import connection, models
from django.db.models import Case, Count, Exists, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import TruncDate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.choices import LANGUAGES, PublicationMode, SectionsPolicy
from campaigns.models import Campaign, LetterVersion
from signatories.models.organisation import Organisation
from signatories.states import (
    LIVE,
    WAITING,
    EventKind,
    Flag,
    OrganisationType,
    PartInCampaign,
    Reason,
    Source,
    State,
)

# product.md: "never confirmed in 7 days; personal data gone".
UNCONFIRMED_FOR = timedelta(days=7)
# So many others from one network, so near in time, are worth a look (`Flag.SAME_NETWORK`).
CROWD = 3
CROWD_WITHIN = timedelta(hours=1)


# What may be named to everybody (`SignatureQuerySet.public`), for the indexes of the list.
PUBLIC = Q(state=State.ACCEPTED, joined_total_at__isnull=False, publication_mode=PublicationMode.PUBLIC)


@dataclass(frozen=True)
class Tally:
    """How many signatories there are. `countries` counts those of the named ones alone (product.md, rule 3).

    `sections`: how many of the list are sections of a network that is named in it as well. Where the campaign counts them
    with their network, they are not in `count` and `named`, but in the list, and their countries are.
    """

    count: int
    named: int
    countries: int
    sections: int = 0
    # How many of the list there are from each country or territory, by code: of the named ones alone.
    by_country: Mapping[str, int] = field(default_factory=dict)


_BY_DAY = """
    WITH days AS (
        SELECT day, day AT TIME ZONE %s AS first, (day + interval '1 day') AT TIME ZONE %s AS beyond
        FROM (SELECT min(joined_total_at) AS min, max(joined_total_at) AS max FROM ({these}) AS these) AS span
        CROSS JOIN LATERAL generate_series(
            date_trunc('day', min AT TIME ZONE %s), max AT TIME ZONE %s, interval '1 day'
        ) AS day
    )
    SELECT day::date, n FROM days CROSS JOIN LATERAL (
        SELECT count(*) AS n FROM ({these}) AS these WHERE joined_total_at >= first AND joined_total_at < beyond
    ) AS of_day WHERE n > 0 ORDER BY day
"""


class SignatureQuerySet(models.QuerySet["Signature"]):
    def counted(self) -> "SignatureQuerySet":
        """Signatures that count: accepted, and already part of the total."""
        return self.filter(state=State.ACCEPTED, joined_total_at__isnull=False)

    def public(self) -> "SignatureQuerySet":
        """The one queryset of every outlet: counted signatures whose organisation may be named to everybody."""
        return self.counted().filter(publication_mode=PublicationMode.PUBLIC)

    def in_list_order(self) -> "SignatureQuerySet":
        """By sort key; the random public id decides between equal ones, so that no order of arrival shows."""
        return self.order_by("sort_key", "public_id")

    def convenors(self) -> "SignatureQuerySet":
        """Those who called the others together; they stand first."""
        return self.filter(role=PartInCampaign.CONVENOR)

    def but_convenors(self) -> "SignatureQuerySet":
        return self.filter(role=PartInCampaign.SIGNATORY)

    def like(self, pieces: Sequence[str]) -> "SignatureQuerySet":
        """Those whose search key holds each of `pieces` (`campaigns.searching.search_pieces`)."""
        return self.filter(*(Q(search_key__contains=piece) for piece in pieces))

    def sections(self) -> "SignatureQuerySet":
        """Public signatures of sections whose network is public on the same letter.

        A section or a network that is not named counts by itself: else the count would move when the other one comes or
        goes, and tell that the two belong together.
        """
        return self.public().filter(Exists(public_network()), organisation__parent__isnull=False)

    def sizes_below_convenors(self, column: str, known: Mapping[str, int] | None = None) -> Mapping[str, int]:
        """How many of these there are by the values of `column`, convenors left out; one query.

        `known`: how many there are with them, where that was counted before.
        """
        convenors = self.convenors().order_by().values_list(column).annotate(n=Value(0) - Count("*"))
        if known is None:
            rows = self.order_by().values_list(column).annotate(n=Count("*")).union(convenors, all=True)
        else:
            rows = convenors
        sizes = Counter(known or {})
        for value, number in rows:
            sizes[value] += number
        return sizes

    def by_day(self, zone: str) -> Mapping[date, int]:
        """How many of these there are since each day of `zone` on which one came; one query.

        Whole days are counted, each a stretch of an index: at a million rows twice as fast as giving each row its day.
        """
        inner, values = self.order_by().values("joined_total_at").query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.execute(_BY_DAY.format(these=inner), [zone, zone, *values, zone, zone, *values])
            return dict(cursor.fetchall())

    def by_type(self) -> Mapping[str, int]:
        """How many of these there are of each type of organisation; one query."""
        return dict(self.order_by().values_list("org_type").annotate(n=Count("*")))

    def with_networks(self) -> "SignatureQuerySet":
        """Each with `network_name`: of what it may be printed as a section. None where that is nobody's business."""
        name = Subquery(public_network().values("organisation__name")[:1])
        # CASE keeps the look-up away from the many organisations without a network.
        return self.annotate(network_name=Case(When(organisation__parent__isnull=False, then=name)))

    def tally(self) -> Tally:
        """Counts of these signatures that the public may know; one query, 8 × as fast in groups as with COUNT(DISTINCT)."""
        groups = self.counted().order_by().values_list("publication_mode", "country_code")
        sections = self.sections().order_by().values_list("campaign__sections_policy", "country_code")
        rows = list(groups.annotate(n=Count("*")).union(sections.annotate(n=Count("*")), all=True))
        by_country = {country: count for mode, country, count in rows if mode == PublicationMode.PUBLIC}
        parts = {
            policy: sum(count for kind, _country, count in rows if kind == policy)
            for policy in SectionsPolicy
        }
        with_network = parts[SectionsPolicy.ONCE]
        return Tally(
            count=sum(count for kind, _country, count in rows if kind in PublicationMode) - with_network,
            named=sum(by_country.values()) - with_network,
            countries=len(by_country),
            sections=sum(parts.values()),
            by_country=by_country,
        )

    def withdrawals(self, before: datetime, zone: tzinfo) -> list[tuple[date, int]]:
        """How many that had counted were withdrawn, or hidden, before that moment, by the day in `zone`, newest first; no names.

        Whoever hides leaves list and total like one that is withdrawn, and must look like one. One query.
        """
        withdrawn = self.filter(
            state=State.WITHDRAWN, joined_total_at__isnull=False, withdrawn_at__lt=before
        ).values_list(TruncDate("withdrawn_at", tzinfo=zone))
        hidden = self._hidden_while_accepted(before).values_list(TruncDate("happened_at", tzinfo=zone))
        parts = [each.order_by().annotate(n=Count("*")) for each in (withdrawn, hidden)]
        days: Counter[date] = Counter()
        for day, count in parts[0].union(parts[1], all=True):
            days[day] += count
        return sorted(days.items(), reverse=True)

    def _hidden_while_accepted(self, before: datetime) -> models.QuerySet[Any]:
        events = apps.get_model("signatories", "SignatureEvent").objects  # its module needs this one
        changes = events.filter(signature=OuterRef("signature"), pk__lt=OuterRef("pk")).exclude(to_state="")
        hidden = events.filter(
            signature__in=self,
            kind=EventKind.MODE,
            detail__startswith=f"{PublicationMode.PUBLIC.value} > ",
            happened_at__lt=before,
        )
        stood = Subquery(changes.order_by("-pk").values("to_state")[:1])
        still_listed: models.QuerySet[Any] = hidden.alias(stood=stood).filter(stood=State.ACCEPTED)
        return still_listed

    def waiting(self) -> "SignatureQuerySet":
        """What a moderator has to decide, oldest first."""
        return self.filter(state__in=WAITING).order_by("confirmed_at", "pk")

    def live(self) -> "SignatureQuerySet":
        return self.filter(state__in=LIVE)

    def never_confirmed_since(self, moment: datetime) -> "SignatureQuerySet":
        """Submitted before `moment` and still not confirmed."""
        return self.filter(state=State.SUBMITTED, submitted_at__lt=moment)

    def rejected_unconfirmed_since(self, moment: datetime) -> "SignatureQuerySet":
        """Submitted before `moment` and rejected without ever being confirmed; those whose form was erased are left out."""
        rejected = self.filter(state=State.REJECTED, confirmed_at=None, submitted_at__lt=moment)
        return rejected.exclude(submission_key="")

    def in_a_crowd(self) -> "SignatureQuerySet":
        """Those that came from the same network as `CROWD` others, in whatever state and on whatever letter, within the hour."""
        moment = OuterRef("submitted_at")
        others = Signature.objects.filter(
            network_hash=OuterRef("network_hash"),
            submitted_at__range=(moment - CROWD_WITHIN, moment + CROWD_WITHIN),
        ).exclude(pk=OuterRef("pk"))
        # Whether there is a third one: no more of the index is read than that needs.
        last = Subquery(others.order_by("submitted_at").values("pk")[CROWD - 1 : CROWD])
        return self.exclude(network_hash="").alias(last_of_crowd=last).filter(last_of_crowd__isnull=False)

    def visible_to(self, user: User | AnonymousUser) -> "SignatureQuerySet":
        """Signatures of the campaigns on which `user` has a role. Every screen of the staff starts here."""
        if user.is_superuser:
            return self
        return self.filter(campaign__in=Campaign.objects.visible_to(user))

    def moderated_by(self, user: User | AnonymousUser) -> "SignatureQuerySet":
        """Signatures that `user` may decide: those of campaigns on which he is a moderator."""
        return self.filter(campaign__in=Campaign.objects.moderated_by(user))

    def managed_by(self, user: User | AnonymousUser) -> "SignatureQuerySet":
        """Signatures of the campaigns on which `user` is a manager."""
        return self.filter(campaign__in=Campaign.objects.managed_by(user))


def public_network() -> SignatureQuerySet:
    """The public signature of the network of the outer query's organisation, on the same letter."""
    return Signature.objects.public().filter(
        campaign=OuterRef("campaign"), organisation=OuterRef("organisation__parent")
    )


class Signature(models.Model):
    """Its state changes only through the functions of `signing` and `moderation`; the database refuses the rest."""

    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="signatures", verbose_name=_("campaign")
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="signatures", verbose_name=_("organisation")
    )
    letter_version = models.ForeignKey(
        LetterVersion, models.PROTECT, related_name="signatures", verbose_name=_("letter version")
    )
    public_id = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(
        _("state"), max_length=20, choices=State, default=State.SUBMITTED, editable=False
    )
    publication_mode = models.CharField(
        _("publication mode"),
        max_length=20,
        choices=PublicationMode,
        default=PublicationMode.PUBLIC,
        editable=False,
    )
    role = models.CharField(
        _("role"), max_length=20, choices=PartInCampaign, default=PartInCampaign.SIGNATORY
    )
    source = models.CharField(_("source"), max_length=20, choices=Source, default=Source.FORM, editable=False)
    via = models.CharField(_("came through"), max_length=60, blank=True, editable=False)
    import_batch = models.CharField(_("import batch"), max_length=40, blank=True, editable=False)
    language = models.CharField(_("language of the signer"), max_length=10, choices=LANGUAGES, default="en")
    flags = ArrayField(
        models.CharField(max_length=30, choices=Flag), default=list, blank=True, verbose_name=_("flags")
    )
    # Keyed hash of campaign, mailbox and name: the same form sent twice is one signature. Its end is the reference.
    submission_key = models.CharField(max_length=64, editable=False)
    # Of the address it came from, under a key that is gone after two days (`network`): equal ones came from one network.
    network_hash = models.CharField(max_length=22, editable=False, default="", blank=True)

    submitted_at = models.DateTimeField(_("submitted"))
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,  # asked only when a member of staff is deleted
        verbose_name=_("decided by"),
    )
    decision_reason = models.CharField(_("reason"), max_length=30, choices=Reason, blank=True)
    # A public signature joins the total when it is accepted, the others in one batch a day (product.md, rule 4).
    joined_total_at = models.DateTimeField(
        _("part of the total since"), null=True, blank=True, editable=False
    )
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name=_("merged into")
    )

    # Copies of the organisation's columns, kept by a database trigger: list and count need one index, no join.
    sort_key = models.CharField(max_length=255, editable=False, db_collation="C", default="")
    country_code = models.CharField(max_length=2, editable=False, default="")
    org_type = models.CharField(
        _("type of organisation"), max_length=20, choices=OrganisationType, editable=False, default=""
    )
    search_key = models.CharField(max_length=600, editable=False, db_collation="C", default="")

    objects = SignatureQuerySet.as_manager()

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        ordering = ["-submitted_at"]
        permissions = [("export_contacts", _("Can export contacts"))]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "organisation"],
                condition=Q(state__in=LIVE),
                name="signature_one_live_per_organisation",
            ),
            models.UniqueConstraint(
                fields=["campaign", "submission_key"],
                condition=Q(state__in=LIVE),
                name="signature_one_live_per_submission",
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="signature_state_known"),
            models.CheckConstraint(
                condition=Q(publication_mode__in=PublicationMode.values),
                name="signature_publication_mode_known",
            ),
            models.CheckConstraint(condition=Q(role__in=PartInCampaign.values), name="signature_role_known"),
            models.CheckConstraint(condition=Q(source__in=Source.values), name="signature_source_known"),
            models.CheckConstraint(
                condition=Q(state__in=[State.SUBMITTED, State.EXPIRED, State.REJECTED])
                | Q(confirmed_at__isnull=False),
                name="signature_confirmed_before_more",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.ACCEPTED, State.REVOKED])
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="signature_accepted_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.REJECTED, State.REVOKED]) | ~Q(decision_reason=""),
                name="signature_refused_with_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.WITHDRAWN) | Q(withdrawn_at__isnull=False),
                name="signature_withdrawn_dated",
            ),
            models.CheckConstraint(
                condition=Q(state=State.MERGED, merged_into__isnull=False)
                | (~Q(state=State.MERGED) & Q(merged_into__isnull=True)),
                name="signature_merged_into_another",
            ),
        ]
        indexes = [
            # With what a search and the filters ask for: they read the list's index alone (`campaigns.listing`).
            models.Index(
                fields=["campaign", "sort_key", "public_id"],
                include=["id", "search_key", "country_code", "org_type"],
                condition=PUBLIC,
                name="signature_public_list",
            ),
            models.Index(
                fields=["campaign", "country_code", "sort_key", "public_id"],
                include=["id", "search_key"],
                condition=PUBLIC,
                name="signature_public_by_country",
            ),
            models.Index(
                fields=["campaign", "org_type", "sort_key", "public_id"],
                include=["id", "search_key"],
                condition=PUBLIC,
                name="signature_public_by_type",
            ),
            models.Index(
                fields=["campaign", "sort_key", "public_id"],
                condition=PUBLIC & Q(role=PartInCampaign.CONVENOR),
                name="signature_convenors",
            ),
            # Each day of the chart is counted in it.
            models.Index(
                fields=["campaign", "joined_total_at"], condition=PUBLIC, name="signature_public_days"
            ),
            # Types are counted in it: a twentieth of the one that the list by type is read from.
            models.Index(fields=["campaign", "org_type"], condition=PUBLIC, name="signature_public_types"),
            # Over the public ones alone: what isn't named can't be searched for, and no form waits for trigrams.
            GinIndex(
                OpClass("search_key", name="gin_trgm_ops"), condition=PUBLIC, name="signature_public_search"
            ),
            models.Index(
                fields=["campaign", "publication_mode", "country_code"],
                condition=Q(state=State.ACCEPTED, joined_total_at__isnull=False),
                name="signature_tally",
            ),
            models.Index(
                fields=["campaign", "confirmed_at"], condition=Q(state__in=WAITING), name="signature_waiting"
            ),
            models.Index(
                fields=["submitted_at"], condition=Q(state=State.SUBMITTED), name="signature_unconfirmed"
            ),
            # What the next daily batch takes into the total.
            models.Index(
                fields=["campaign"],
                condition=Q(state=State.ACCEPTED, joined_total_at__isnull=True),
                name="signature_to_join",
            ),
            # Those of whom a letter's page says how many left it.
            models.Index(
                fields=["campaign", "withdrawn_at"],
                condition=Q(state=State.WITHDRAWN, joined_total_at__isnull=False),
                name="signature_withdrawn",
            ),
            models.Index(
                fields=["network_hash", "submitted_at"],
                condition=~Q(network_hash=""),
                name="signature_network",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shown_name} · {self.campaign}"

    @property
    def is_convenor(self) -> bool:
        return self.role == PartInCampaign.CONVENOR

    @property
    def is_masked(self) -> bool:
        """Whether its name stands on no page of the staff but its own (scenario M15)."""
        return self.publication_mode != PublicationMode.PUBLIC

    @property
    def shown_name(self) -> str:
        """What lists, titles, messages and logs of the staff call it."""
        if not self.is_masked:
            return self.organisation.name
        mode = PublicationMode(self.publication_mode).label
        return gettext("[%(mode)s, %(reference)s]") % {"mode": mode, "reference": self.reference}

    @property
    def reference(self) -> str:
        """Four characters by which signer and staff speak of this signature."""
        return self.submission_key[-4:]
