"""Which of a few kinds of event came last on a signature: by it alone is told whether somebody waits for the staff."""

from collections.abc import Collection, Iterable

from django.db.models import OuterRef, Subquery

from signatories.models import SignatureEvent
from signatories.states import EventKind


def last_of(events: Iterable[SignatureEvent], kinds: Collection[EventKind]) -> SignatureEvent | None:
    """The last event of these kinds, out of the events of a signature."""
    return max((event for event in events if event.kind in kinds), key=lambda event: event.pk, default=None)


def kind_of_last(kinds: Collection[EventKind]) -> Subquery:
    """The same for a query of signatures: the kind of that event."""
    telling = SignatureEvent.objects.filter(signature=OuterRef("pk"), kind__in=kinds).order_by("-pk")
    return Subquery(telling.values("kind")[:1])
