"""Filters of the queue. Their values, too, come only from campaigns of the user."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from campaigns import countries
from campaigns.models import Campaign
from signatories import replies, second_eyes
from signatories.desk import wishes
from signatories.models import Contact, Dispute, Evidence, OutboxMail, Signature
from signatories.states import (
    WAITING,
    EmailStatus,
    EvidenceKind,
    Flag,
    Level,
    MailState,
    OrganisationType,
    State,
)
from signatories.sweeps.conditions import NETWORK_CODE
from signatories.verification import REFERRALS_NEEDED, SUPPORTING

ALL = "all"
# Long lists of values stay folded until one of them is chosen.
FOLDED = "admin/folded_filter.html"


class StateFilter(admin.SimpleListFilter):
    """Opens on what waits."""

    title = _("state")
    parameter_name = "state"

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        # An accepted signature can be disputed as well.
        if self.value() is None and request.GET.get(DisputedFilter.parameter_name):
            self.used_parameters[self.parameter_name] = ALL

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(ALL, _("All")), *State.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None and AppealedFilter.parameter_name in request.GET:
            return queryset  # what is appealed against does not wait: it is rejected
        if self.value() is None:
            return queryset.filter(state__in=WAITING)
        return queryset if self.value() == ALL else queryset.filter(state=self.value())

    def choices(self, changelist: Any) -> Any:
        yield {
            "selected": self.value() is None,
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
            "display": _("Waiting"),
        }
        for value, title in self.lookup_choices:
            yield {
                "selected": self.value() == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": title,
            }


class CampaignFilter(admin.SimpleListFilter):
    title = _("campaign")
    parameter_name = "campaign"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(campaign.slug, campaign.slug) for campaign in Campaign.objects.visible_to(request.user)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(campaign__slug=self.value()) if self.value() else queryset


class CountryFilter(admin.SimpleListFilter):
    """Countries and territories that occur on the user's campaigns."""

    title = _("country or territory")
    template = FOLDED
    parameter_name = "country"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        codes = (
            Signature.objects.visible_to(request.user)
            .order_by()
            .values_list("country_code", flat=True)
            .distinct()
        )
        named = [(code, countries.label(code, get_language() or "en")) for code in codes]
        return sorted(named, key=lambda pair: pair[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(country_code=self.value()) if self.value() else queryset


class TypeFilter(admin.SimpleListFilter):
    title = _("type of organisation")
    template = FOLDED
    parameter_name = "type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return OrganisationType.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(organisation__org_type=self.value()) if self.value() else queryset


class FlagFilter(admin.SimpleListFilter):
    title = _("flag")
    template = FOLDED
    parameter_name = "flag"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return Flag.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(flags__contains=[self.value()]) if self.value() else queryset


class MailFilter(admin.SimpleListFilter):
    title = _("mail")
    template = FOLDED
    parameter_name = "mail"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("failed", _("Did not arrive"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() != "failed":
            return queryset
        given_up = OutboxMail.objects.filter(signature=OuterRef("pk"), state=MailState.FAILED)
        bounced = Contact.objects.filter(signature=OuterRef("pk"), email_status=EmailStatus.BOUNCED)
        return queryset.filter(Exists(given_up) | Exists(bounced))


class SecondEyesFilter(admin.SimpleListFilter):
    title = _("second pair of eyes")
    template = FOLDED
    parameter_name = "second_eyes"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("wanted", _("Wanted"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() != "wanted":
            return queryset
        return queryset.filter(pk__in=second_eyes.wanted(Signature.objects.all()).values("pk"))


class AnsweredFilter(admin.SimpleListFilter):
    title = _("question")
    template = FOLDED
    parameter_name = "answered"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Answered"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() != "yes":
            return queryset
        return queryset.filter(pk__in=replies.answered(Signature.objects.all()).values("pk"))


class AppealedFilter(admin.SimpleListFilter):
    title = _("appeal")
    template = FOLDED
    parameter_name = "appealed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Waits for a second look"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() != "yes":
            return queryset
        return queryset.filter(pk__in=replies.appealed(Signature.objects.all()).values("pk"))


class DisputedFilter(admin.SimpleListFilter):
    title = _("disputes")
    template = FOLDED
    parameter_name = "disputed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("To decide"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() != "open":
            return queryset
        return queryset.filter(pk__in=Dispute.objects.open().values("signature"))


class WishFilter(admin.SimpleListFilter):
    title = _("wishes of signers")
    template = FOLDED
    parameter_name = "wish"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("name", _("Another name")), ("publicity", _("Publicity to check"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        ways = {"name": wishes.for_another_name, "publicity": wishes.for_publicity}
        if self.value() not in ways:
            return queryset
        return queryset.filter(pk__in=ways[str(self.value())](Signature.objects.all()).values("pk"))


class NetworkFilter(admin.SimpleListFilter):
    """Shows only once the page of clusters has led here: nobody chooses among codes."""

    title = _("network")
    template = FOLDED
    parameter_name = "network"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        code = request.GET.get(self.parameter_name, "")
        return [(code, code)] if len(code) >= NETWORK_CODE else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(network_hash__startswith=self.value()) if self.value() else queryset


class LevelFilter(admin.SimpleListFilter):
    title = _("level")
    template = FOLDED
    parameter_name = "level"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(level.name, level.name) for level in Level]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        level = Level.__members__.get(self.value() or "")
        return queryset if level is None else at_level(queryset, level)


def at_level(signatures: QuerySet[Any], level: Level) -> QuerySet[Any]:
    """Those whose evidence that counts gives `level`: `verification.level_of` once more, in SQL; a test compares the two."""
    standing = Evidence.objects.counting().filter(signature=OuterRef("pk")).order_by()
    vouches = _count(standing.filter(kind=EvidenceKind.REFERRAL))
    rows = signatures.annotate(supports=_count(standing.filter(kind__in=SUPPORTING)), vouches=vouches)
    mailbox = Q(Exists(standing.filter(kind=EvidenceKind.MAILBOX)))
    supported = Q(supports__gt=0) | Q(vouches__gte=REFERRALS_NEEDED)
    twice = Q(supports__gt=1) | Q(supports__gt=0, vouches__gte=REFERRALS_NEEDED)
    called = Q(Exists(standing.filter(kind=EvidenceKind.CALLBACK)))
    said = Q(Exists(standing.filter(kind=EvidenceKind.PUBLIC_STATEMENT)))
    second_channel = called | (said & twice)
    fitting: QuerySet[Any] = rows.filter(
        {
            Level.V0: ~mailbox,
            Level.V1: mailbox & ~supported,
            Level.V2: mailbox & supported & ~second_channel,
            Level.V3: mailbox & supported & second_channel,
        }[level]
    )
    return fitting


def _count(evidence: QuerySet[Evidence]) -> Coalesce:
    counted = evidence.values("signature").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted), 0)
