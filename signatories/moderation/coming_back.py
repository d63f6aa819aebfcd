"""In which state a merged signature comes back when the merge is undone: not accepted on what has fallen since."""

from datetime import datetime

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from signatories import verification
from signatories.models import Dispute, Merge, Signature
from signatories.models.dispute import DisputeQuerySet
from signatories.moderation import folding
from signatories.states import Flag, Level, Outcome, State
from signatories.telling import MERGE_DETAIL
from signatories.transitions import staff, undo_state
from signatories.twins import refuse_duplicate


def bring_back(merge: Merge, merged: Signature, *, by: User, note: str, now: datetime) -> None:
    """To the state before. What was accepted comes back on hold if it could not stand any more: somebody has to look.

    Raises PossibleDuplicate beside one accepted since, and what `undo_state` raises.
    """
    _follow_disputes(merge, merged)
    state, columns = State(merge.before["state"]), folding.columns_back(merge.before)
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
