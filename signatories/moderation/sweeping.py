"""Rejecting by condition: count first, then write down what is hit; the worker does the rest (`sweeps.working`).

Nobody is mailed, other than when one signature is rejected: a flood comes from mailboxes of strangers who never signed,
and of its own senders. Neither should hear from this house.
"""

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Count, Q, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import Campaign
from signatories import tasks
from signatories.models import Sweep, SweptSignature
from signatories.states import Reason, SweepState
from signatories.sweeps.conditions import Condition
from signatories.transitions import Refused

NUDGE_LIFE = 60


class CountChanged(Refused):
    """The condition finds another number than the page said; `found` is the new one."""

    def __init__(self, found: int) -> None:
        self.found = found
        super().__init__(
            _("The condition finds %(count)d signatures now. Nothing was done: look again.")
            % {"count": found}
        )


def count(*, campaign: Campaign, condition: Condition) -> int:
    """How many signatures of `campaign` the condition finds now. Raises BadCondition."""
    return condition.found(campaign).count()


def start(
    *, campaign: Campaign, condition: Condition, reason: Reason, by: User, expected: int, note: str = ""
) -> Sweep:
    """Writes down what the condition finds now, for the worker to reject; what comes later is spared.

    Raises BadCondition, and CountChanged unless it finds as many as `expected`.
    """
    condition.refuse_nonsense()
    with transaction.atomic():
        sweep = Sweep.objects.create(
            campaign=campaign,
            condition=condition.to_json(),
            reason=Reason(reason),
            note=note,
            started_by=by,
            started_at=timezone.now(),
        )
        found = _write_down(sweep, condition)
        if found != expected:
            raise CountChanged(found)
        if found == 0:
            raise Refused(_("The condition finds nothing."))
        _nudge_after_commit()
    return sweep


def _write_down(sweep: Sweep, condition: Condition) -> int:
    """By hand: Django would fetch the rows first, however many they are."""
    hit = condition.found(sweep.campaign).order_by("pk").values_list(Value(sweep.pk), "pk", "state")
    sql, values = hit.query.sql_with_params()
    table = connection.ops.quote_name(SweptSignature._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} (sweep_id, signature_id, from_state) {sql}", values)
        written: int = cursor.rowcount
    return written


def cancel(*, sweep: Sweep, by: User) -> None:
    """Stops it after the batch that is being worked on. What was rejected stays so; it can be undone."""
    stopped = Sweep.objects.filter(pk=sweep.pk, state__in=(SweepState.QUEUED, SweepState.RUNNING)).update(
        state=SweepState.CANCELLED, cancelled_by=by, ended_at=timezone.now()
    )
    if not stopped:
        raise Refused(_("There is nothing left to cancel."))


def undo(*, sweep: Sweep, by: User) -> None:
    """Lets the worker bring back what was rejected, each to its state before. Only a confirmation mail that never went is queued anew."""
    with transaction.atomic():
        begun = Sweep.objects.filter(pk=sweep.pk, state__in=(SweepState.DONE, SweepState.CANCELLED)).update(
            state=SweepState.UNDOING, undone_by=by, ended_at=None
        )
        if not begun:
            raise Refused(_("It can't be undone as it stands now."))
        _nudge_after_commit()


def _nudge_after_commit() -> None:
    transaction.on_commit(lambda: tasks.ask_for(tasks.sweep, expires=NUDGE_LIFE))


def progress(sweep: Sweep) -> dict[str, int]:
    """How far it has come: `total`, `rejected`, `left` as they were, and after an undo `undone` and `kept` rejected."""
    was_rejected = Q(rejected_at__isnull=False)
    return sweep.swept.aggregate(
        total=Count("pk"),
        rejected=Count("pk", filter=was_rejected),
        left=Count("pk", filter=~was_rejected & Q(left_at__isnull=False)),
        undone=Count("pk", filter=Q(undone_at__isnull=False)),
        kept=Count("pk", filter=was_rejected & Q(left_at__isnull=False)),
    )
