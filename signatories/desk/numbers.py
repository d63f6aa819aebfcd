"""The manager's numbers of one campaign (scenario C3): what the public page counts, and what the staff know beside it.

Breakdowns and charts are of the named signatories alone, as on the public page (product.md, rule 3); who waits stands beside.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, QuerySet
from django.db.models.functions import TruncDate
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from campaigns import charts, countries, regions
from campaigns.charts import ColumnChart
from campaigns.choices import PublicationMode
from campaigns.models import Campaign
from signatories.models import Signature
from signatories.models.signature import SignatureQuerySet, Tally
from signatories.states import WAITING, OrganisationType, Reason, State


@dataclass(frozen=True)
class Part:
    """One line of a breakdown: named signatories, those that wait, and how long its bar is (the longest is 100)."""

    name: str
    named: int
    waiting: int
    share: float


@dataclass(frozen=True)
class Breakdown:
    title: str
    of_what: str
    parts: list[Part]


@dataclass(frozen=True)
class OnDay:
    """A day in the campaign's zone. `named` are those of that day's acceptances that the public page names."""

    day: date
    submitted: int
    confirmed: int
    named: int


@dataclass(frozen=True)
class Numbers:
    """`public` is what the page and count.json say; `states` holds every state, `modes` the accepted ones by publication mode,
    `joining` how many of these wait for the daily batch, `rejected` only reasons that occur."""

    public: Tally
    states: dict[str, int]
    modes: dict[str, int]
    joining: int
    rejected: list[tuple[str, int]]
    breakdowns: list[Breakdown]
    days: list[OnDay]
    chart: ColumnChart | None


def of(campaign: Campaign) -> Numbers:
    """Counted now, in seven queries."""
    signatures = Signature.objects.filter(campaign=campaign)
    by_state: Counter[str] = Counter({state.value: 0 for state in State})
    by_reason: Counter[str] = Counter()
    by_mode: Counter[str] = Counter({mode.value: 0 for mode in PublicationMode})
    for state, reason, mode, count in _counts(signatures, "state", "decision_reason", "publication_mode"):
        by_state[state] += count
        if state == State.REJECTED:
            by_reason[reason] += count
        if state == State.ACCEPTED:
            by_mode[mode] += count
    days = _by_day(campaign)
    return Numbers(
        public=signatures.tally(),
        states=dict(by_state),
        modes=dict(by_mode),
        joining=by_state[State.ACCEPTED] - signatures.counted().count(),
        rejected=[(str(Reason(reason).label), count) for reason, count in by_reason.most_common()],
        breakdowns=_breakdowns(campaign, signatures),
        days=days,
        chart=charts.by_day({row.day: row.named for row in days if row.named}),
    )


def _counts(signatures: QuerySet[Signature], *columns: str) -> Iterable[tuple]:  # type: ignore[type-arg]  # as many as columns, and the count
    return signatures.order_by().values_list(*columns).annotate(count=Count("pk"))


def _breakdowns(campaign: Campaign, signatures: SignatureQuerySet) -> list[Breakdown]:
    columns = ("country_code", "organisation__org_type", "via")
    named = list(_counts(signatures.public(), *columns))
    waiting = list(_counts(signatures.filter(state__in=WAITING), *columns))
    language = get_language() or "en"

    def country(code: str) -> str:
        return countries.label(code, language, campaign.naming_policy)

    def region(code: str) -> str:
        return regions.label(regions.region_of(code), language)

    def org_type(value: str) -> str:
        return str(OrganisationType(value).label)

    def via(value: str) -> str:
        return value or _("directly")

    asked: list[tuple[str, str, int, Callable[[str], str]]] = [
        (_("By country or territory"), _("Country or territory"), 0, country),
        (_("By region"), _("Region"), 0, region),
        (_("By type"), _("Type of organisation"), 1, org_type),
        (_("By source"), _("Came through"), 2, via),
    ]
    return [
        Breakdown(title, of_what, _parts(_summed(named, place, name), _summed(waiting, place, name)))
        for title, of_what, place, name in asked
    ]


def _summed(rows: list[tuple], place: int, name: Callable[[str], str]) -> Counter[str]:  # type: ignore[type-arg]  # rows of `_counts`
    """The counts of `rows` by the name of the column at `place`."""
    sums: Counter[str] = Counter()
    for row in rows:
        sums[name(row[place])] += row[-1]
    return sums


def _parts(named: Counter[str], waiting: Counter[str]) -> list[Part]:
    names = sorted(named.keys() | waiting.keys(), key=lambda name: (-named[name], -waiting[name], name))
    longest = charts.shares([named[name] for name in names])
    return [Part(name, named[name], waiting[name], share) for name, share in zip(names, longest, strict=True)]


def _by_day(campaign: Campaign) -> list[OnDay]:
    signatures = Signature.objects.filter(campaign=campaign)
    submitted, confirmed = (
        dict(_counts(rows.annotate(day=TruncDate(F(column), tzinfo=campaign.zoneinfo)), "day"))
        for rows, column in (
            (signatures, "submitted_at"),
            (signatures.filter(confirmed_at__isnull=False), "confirmed_at"),
        )
    )
    named = signatures.public().by_day(campaign.zone)
    return [
        OnDay(day, submitted.get(day, 0), confirmed.get(day, 0), named.get(day, 0))
        for day in sorted(submitted.keys() | confirmed.keys() | named.keys(), reverse=True)
    ]
