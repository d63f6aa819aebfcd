"""The manager's numbers of one campaign (scenario C3): what the public page counts, and what the staff know beside it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, QuerySet
from django.db.models.functions import TruncDate
from django.utils.translation import get_language

from campaigns import countries
from campaigns.models import Campaign
from signatories.models import Signature
from signatories.models.signature import Tally
from signatories.states import Reason, State


@dataclass(frozen=True)
class InCountry:
    """`accepted` are those that the public page names."""

    name: str
    accepted: int
    waiting: int


@dataclass(frozen=True)
class OnDay:
    """A day in the campaign's zone."""

    day: date
    submitted: int
    confirmed: int
    accepted: int


@dataclass(frozen=True)
class Numbers:
    """`public` is what the page and count.json say; `states` holds every state, `rejected` only reasons that occur."""

    public: Tally
    states: dict[str, int]
    rejected: list[tuple[str, int]]
    countries: list[InCountry]
    days: list[OnDay]


def of(campaign: Campaign) -> Numbers:
    """Counted now, in seven queries."""
    signatures = Signature.objects.filter(campaign=campaign)
    by_state: Counter[str] = Counter({state.value: 0 for state in State})
    by_reason: Counter[str] = Counter()
    for state, reason, count in _counts(signatures, "state", "decision_reason"):
        by_state[state] += count
        if state == State.REJECTED:
            by_reason[reason] += count
    return Numbers(
        public=signatures.tally(),
        states=dict(by_state),
        rejected=[(str(Reason(reason).label), count) for reason, count in by_reason.most_common()],
        countries=_by_country(campaign),
        days=_by_day(campaign),
    )


def _counts(signatures: QuerySet[Signature], *columns: str) -> Iterable[tuple]:  # type: ignore[type-arg]  # as many as columns, and the count
    return signatures.order_by().values_list(*columns).annotate(count=Count("pk"))


def _by_country(campaign: Campaign) -> list[InCountry]:
    signatures = Signature.objects.filter(campaign=campaign)
    accepted = dict(_counts(signatures.public(), "country_code"))
    waiting = dict(_counts(signatures.waiting(), "country_code"))
    rows = [
        InCountry(
            name=countries.label(code, get_language() or "en", campaign.naming_policy),
            accepted=accepted.get(code, 0),
            waiting=waiting.get(code, 0),
        )
        for code in accepted.keys() | waiting.keys()
    ]
    return sorted(rows, key=lambda row: (-row.accepted, -row.waiting, row.name))


def _by_day(campaign: Campaign) -> list[OnDay]:
    signatures = Signature.objects.filter(campaign=campaign)
    submitted, confirmed, accepted = (
        dict(_counts(rows.annotate(day=TruncDate(F(column), tzinfo=campaign.zoneinfo)), "day"))
        for rows, column in (
            (signatures, "submitted_at"),
            (signatures.filter(confirmed_at__isnull=False), "confirmed_at"),
            (signatures.filter(state=State.ACCEPTED), "decided_at"),
        )
    )
    return [
        OnDay(day, submitted.get(day, 0), confirmed.get(day, 0), accepted.get(day, 0))
        for day in sorted(submitted.keys() | confirmed.keys() | accepted.keys(), reverse=True)
    ]
