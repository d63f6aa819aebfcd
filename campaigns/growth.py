"""How a list has grown: the signatories of each day, and from where they are, as everybody may know it.

Named signatories alone (product.md, rule 3), each on the day in the campaign's zone since which it counts. No hour can be
read from a day, and the day that has begun is no exception to keep back: who is named stands in the list and in the
headline at once, so whoever watches these knows more, and the days add up to the list at any moment. Who is not named joins
the total in a daily batch (rule 4) and is in no day at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from campaigns import charts, countries, listing
from campaigns.charts import ColumnChart
from campaigns.counts import Tally
from campaigns.models import Campaign


@dataclass(frozen=True)
class OnDay:
    """So many came into the list, which then had `total` names of those that are in it now."""

    day: date
    new: int
    total: int


@dataclass(frozen=True)
class Part:
    """One line of a breakdown; `share` is how long its bar is, the longest 100."""

    name: str
    count: int
    share: float


@dataclass(frozen=True)
class Growth:
    """`days` are those on which somebody came, the newest first; `best` is the one on which most came."""

    days: list[OnDay]
    best: OnDay | None
    chart: ColumnChart | None
    countries: list[Part]
    types: list[Part]


def of(campaign: Campaign, tally: Tally, language: str) -> Growth:
    """Counted now, in two queries."""
    listed = campaign.signatures.public()
    by_day: Mapping[date, int] = listed.by_day(campaign.zone)
    totals = accumulate(by_day.values())
    days = [OnDay(day, new, total) for (day, new), total in zip(by_day.items(), totals, strict=True)]
    return Growth(
        days=days[::-1],
        best=max(days, key=lambda each: each.new, default=None),
        chart=charts.by_day(by_day),
        countries=_parts(tally.by_country, countries.choices(language, campaign.naming_policy)),
        types=_parts(listed.by_type(), [(code, str(name)) for code, name in listing.types(campaign)]),
    )


def _parts(counts: Mapping[str, int], named: list[tuple[str, str]]) -> list[Part]:
    """Those that occur, the most frequent first, equal ones in the order of `named`."""
    found = [(name, counts[code]) for code, name in named if counts.get(code)]
    found += [(code, counts[code]) for code in sorted(counts.keys() - {code for code, _name in named})]
    found.sort(key=lambda each: -each[1])
    shares = charts.shares([count for _name, count in found])
    return [Part(name, count, share) for (name, count), share in zip(found, shares, strict=True)]
