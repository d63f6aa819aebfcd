"""What came in together: unconfirmed and waiting signatures by mailbox domain, by network, by hour (scenario M11)."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Count, F, Func, Q
from django.db.models.functions import Left, TruncHour

from signatories.identity import mailboxes, matching
from signatories.models import Signature
from signatories.models.signature import SignatureQuerySet
from signatories.states import WAITING, Flag, State
from signatories.sweeps.conditions import NETWORK_CODE, SWEEPABLE

# So many together are shown on the page; so many in a day are worth a line on the desk's home.
SMALLEST = 3
WORTH_A_LINE = 10
SHOWN = 20
# Domains that are looked at before they are folded into those that somebody registered.
LOOKED_AT = 2000
A_DAY = timedelta(days=1)
COUNTS = {
    "total": Count("pk"),
    **{state.value: Count("pk", filter=Q(state=state)) for state in SWEEPABLE},
}
Key = tuple[str, Any]  # slug of the campaign, and what they share


@dataclass
class Cluster:
    """Signatures on one campaign that share a domain, the code of a network or an hour."""

    campaign: str
    shared: Any
    free_mail: bool = False
    counts: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)

    @property
    def flags_in_words(self) -> str:
        return "; ".join(f"{Flag(flag).label} {count}" for flag, count in self.flags.most_common())

    @property
    def until(self) -> Any:
        """The end of an hour."""
        return self.shared + timedelta(hours=1)


@dataclass(frozen=True)
class Clusters:
    domains: list[Cluster]
    networks: list[Cluster]
    hours: list[Cluster]

    @property
    def none(self) -> bool:
        return not (self.domains or self.networks or self.hours)


def of(user: User | AnonymousUser, now: datetime, *, days: int) -> Clusters:
    """The clusters of the last `days` on the campaigns that `user` moderates; five queries, however many there are."""
    rows = _lately(user, now - days * A_DAY)
    return Clusters(
        domains=_by_domain(rows),
        networks=_by(_with_network(rows), "network"),
        hours=_by(rows.annotate(hour=TruncHour("submitted_at", tzinfo=UTC)), "hour", flags=False),
    )


def is_there_one(user: User | AnonymousUser, now: datetime) -> bool:
    """Whether many came together within a day: from one network, or from one domain where not anybody gets a mailbox."""
    rows = _lately(user, now - A_DAY)
    groups = [
        rows.values_list("campaign", shared).annotate(total=Count("pk")).filter(total__gte=WORTH_A_LINE)
        for rows, shared in (
            (rows.filter(contacts__is_primary=True), "contacts__mailbox_domain"),
            (_with_network(rows), "network"),
        )
    ]
    found = groups[0].union(groups[1], all=True)
    return any(not mailboxes.is_free_mail(shared) for _campaign, shared, _total in found)


def _lately(user: User | AnonymousUser, since: datetime) -> SignatureQuerySet:
    """Nobody confirms before he signs: the bound on the confirmation only lets PostgreSQL use the index of what waits."""
    unconfirmed = Q(state=State.SUBMITTED, submitted_at__gte=since)
    waiting = Q(state__in=WAITING, confirmed_at__gte=since, submitted_at__gte=since)
    return Signature.objects.moderated_by(user).filter(unconfirmed | waiting).order_by()


def _with_network(rows: SignatureQuerySet) -> SignatureQuerySet:
    return rows.exclude(network_hash="").annotate(network=Left("network_hash", NETWORK_CODE))


def _by_domain(rows: SignatureQuerySet) -> list[Cluster]:
    rows = rows.filter(contacts__is_primary=True).annotate(domain=F("contacts__mailbox_domain"))
    folded: dict[Key, Cluster] = {}
    members: dict[str, Key] = {}
    for slug, domain, counts in _groups(rows, "domain", smallest=1, limit=LOOKED_AT):
        key = slug, matching.registrable_domain(domain) or domain
        members[domain] = key
        cluster = folded.setdefault(key, Cluster(*key, free_mail=mailboxes.is_free_mail(domain)))
        cluster.counts.update(counts)
    shown = _largest(folded.values())
    of_shown = {(each.campaign, each.shared) for each in shown}
    wanted = {domain for domain, (_slug, registered) in members.items() if (_slug, registered) in of_shown}
    for slug, domain, flag, count in _flags(rows, "domain", wanted):
        folded[slug, members[domain][1]].flags[flag] += count
    return shown


def _by(rows: SignatureQuerySet, shared: str, *, flags: bool = True) -> list[Cluster]:
    found = {
        (slug, value): Cluster(slug, value, counts=Counter(counts))
        for slug, value, counts in _groups(rows, shared, smallest=SMALLEST, limit=SHOWN)
    }
    values = {value for _slug, value in found}
    for slug, value, flag, count in _flags(rows, shared, values) if flags else ():
        if (slug, value) in found:
            found[slug, value].flags[flag] += count
    return _largest(found.values())


def _largest(clusters: Collection[Cluster]) -> list[Cluster]:
    large = [each for each in clusters if each.counts["total"] >= SMALLEST]
    return sorted(large, key=lambda each: (-each.counts["total"], str(each.shared)))[:SHOWN]


def _groups(
    rows: SignatureQuerySet, shared: str, *, smallest: int, limit: int
) -> list[tuple[str, Any, dict[str, int]]]:
    groups = (
        rows.values("campaign__slug", shared)
        .annotate(**COUNTS)
        .filter(total__gte=smallest)
        .order_by("-total", shared)[:limit]
    )
    return [(each["campaign__slug"], each[shared], {name: each[name] for name in COUNTS}) for each in groups]


class _Each(Func):
    """One row for each element of an array."""

    function = "unnest"
    set_returning = True


def _flags(rows: SignatureQuerySet, shared: str, values: Collection[Any]) -> list[tuple[str, Any, str, int]]:
    if not values:
        return []
    flagged = rows.filter(**{f"{shared}__in": values}).annotate(flag=_Each("flags"))
    groups = flagged.values_list("campaign__slug", shared, "flag").annotate(count=Count("pk"))
    return list(groups)
