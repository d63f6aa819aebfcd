"""Which of a few kinds of event came last on a signature: by it alone is told whether somebody waits for the staff.

A change of state that can be undone, and its undoing, settle nothing: after the undo the same waits as before.
"""

from collections.abc import Collection, Iterable

from django.db.models import OuterRef, Q, Subquery

from signatories.models import SignatureEvent
from signatories.states import EventKind

# How the details of such changes begin.
SWEEP_DETAIL = "sweep:"
MERGE_DETAIL = "merge"
_UNDOABLE = (SWEEP_DETAIL, MERGE_DETAIL)


def last_of(events: Iterable[SignatureEvent], kinds: Collection[EventKind]) -> SignatureEvent | None:
    """The last event of these kinds, out of the events of a signature."""
    telling = (each for each in events if each.kind in kinds and not each.detail.startswith(_UNDOABLE))
    return max(telling, key=lambda event: event.pk, default=None)


def kind_of_last(kinds: Collection[EventKind]) -> Subquery:
    """The same for a query of signatures: the kind of that event."""
    undoable = Q(detail__startswith=SWEEP_DETAIL) | Q(detail__startswith=MERGE_DETAIL)
    telling = SignatureEvent.objects.filter(signature=OuterRef("pk"), kind__in=kinds).exclude(undoable)
    return Subquery(telling.order_by("-pk").values("kind")[:1])
