"""In which state a merged signature comes back when the merge is undone: not accepted on what has fallen since."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from campaigns.choices import PublicationMode
from signatories import verification
from signatories.models import Dispute, Merge, Signature
from signatories.models.dispute import DisputeQuerySet
from signatories.moderation import folding
from signatories.states import EventKind, Flag, Level, Outcome, State
from signatories.telling import MERGE_DETAIL
from signatories.transitions import record, staff, undo_state
from signatories.twins import refuse_duplicate


def bring_back(merge: Merge, merged: Signature, *, by: User, note: str, now: datetime) -> None:
    """To the state before. What was accepted comes back on hold if it could not stand any more: somebody has to look.

    Raises PossibleDuplicate beside one accepted since, and what `undo_state` raises.
    """
    _follow_disputes(merge, merged)
    state = State(merge.before["state"])
    columns = folding.columns_back(merge.before) | _hidden_since(merge, merged, by)
    if state == State.ACCEPTED and not _may_stand(merge, merged):
        state = State.ON_HOLD
        columns |= {"joined_total_at": None, "decided_at": now, "decided_by_id": by.pk}
        words = _("It was accepted, and is on hold now: what it or the other one stood on has changed since.")
        note = f"{words} {note}".strip()
    if state == State.ACCEPTED:
        refuse_duplicate(merged, apart_from=merge.survivor)
    undo_state(merged, to=state, actor=staff(by), note=note, detail=MERGE_DETAIL, **columns)


def _follow_disputes(merge: Merge, merged: Signature) -> None:
    """Whoever disputed the one line for which both stood disputed both. Not an outsider whose dispute was turned down."""
    if _disputed_since(merge).exclude(outcome=Outcome.TURNED_DOWN, from_inside=False).exists():
        folding.set_flags(merged, {*merged.flags, Flag.DISPUTED})


def _hidden_since(merge: Merge, merged: Signature, by: User) -> dict[str, Any]:
    """Who hid the one line for which both stood hid both: the mode of the survivor, where that is more private now."""
    moved = merge.before.get("mode") or {}
    changes = merge.survivor.events.filter(kind=EventKind.MODE, happened_at__gte=merge.merged_at)
    if not changes.exclude(pk__in=[moved["event"]] if moved else []).exists():
        return {}
    mode = PublicationMode(
        Signature.objects.values_list("publication_mode", flat=True).get(pk=merge.survivor_id)
    )
    before = PublicationMode(merged.publication_mode)
    if not mode.is_more_private_than(before):
        return {}
    record(merged, kind=EventKind.MODE, actor=staff(by), detail=f"{before.value} > {mode.value}")
    return {"publication_mode": mode, "joined_total_at": None}


def _may_stand(merge: Merge, merged: Signature) -> bool:
    if merge.survivor.state != State.ACCEPTED:
        return False
    if _disputed_since(merge).exclude(outcome=Outcome.TURNED_DOWN).exists():
        return False
    needed = Level.V3 if Flag.DISPUTED in merged.flags else merge.before["level"]
    return verification.level_of(merged.evidence.counting().values_list("kind", flat=True)) >= needed


def _disputed_since(merge: Merge) -> DisputeQuerySet:
    both = [merge.survivor_id, merge.merged_id]
    return Dispute.objects.confirmed().filter(signature__in=both, confirmed_at__gte=merge.merged_at)
