"""What the desk's home says about erasing: when the last purge was, which letters' contacts go soon, whether the list is whole."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AnonymousUser, User

from campaigns.models import Campaign
from signatories.desk.work import age
from signatories.models import Heartbeat, PurgeWarning
from signatories.retention import dating


@dataclass(frozen=True)
class Purges:
    """`last`: how long ago, '' for never. `warnings`: what the managers of the user's letters were told and is still true."""

    last: str
    late: bool
    list_is_behind: bool
    warnings: list[PurgeWarning]


def of(user: User | AnonymousUser, seen: dict[str, Heartbeat], now: datetime) -> Purges:
    """In one query, however many letters. `seen`: the heartbeats by their names."""
    last = seen.get(Heartbeat.PURGE)
    return Purges(
        last=age(last.seen_at, now) if last else "",
        late=last is not None and now - last.seen_at > Heartbeat.PURGE_LATE_AFTER,
        list_is_behind=Heartbeat.ERASURE_LIST in seen,
        warnings=dating.standing_warnings(Campaign.objects.visible_to(user)),
    )
