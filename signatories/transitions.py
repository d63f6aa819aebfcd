"""The one way in which a signature's state changes: a conditional UPDATE and an event that stays."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from signatories.models import EventNote, Signature, SignatureEvent
from signatories.states import LEADS_TO, UNDONE_TO, ActorKind, EventKind, State


class Refused(Exception):
    """Something that the rules do not allow; the words are meant for the person who asked."""


class IllegalTransition(Refused):
    """The states table has no way from where the signature is to where it should go."""

    def __init__(self, current: str, wanted: State) -> None:
        super().__init__(
            _("A signature does not go from “%(current)s” to “%(wanted)s”.")
            % {"current": State(current).label, "wanted": wanted.label}
        )


class AlreadyDecided(Refused):
    """Somebody else was faster; the words say who, and when in the zone of the letter."""

    def __init__(self, signature: Signature) -> None:
        self.signature = signature
        changes = signature.events.filter(kind=EventKind.CHANGED).select_related("actor")
        last = changes.order_by("-pk").first()
        facts = {"who": "–", "when": "–", "state": signature.get_state_display()}
        if last is not None:
            facts["who"] = last.actor.get_username() if last.actor else str(ActorKind(last.actor_kind).label)
            at = timezone.localtime(last.happened_at, signature.campaign.zoneinfo)
            facts["when"] = date_format(at, "DATETIME_FORMAT")
        super().__init__(_("Already decided by %(who)s, %(when)s: %(state)s.") % facts)


@dataclass(frozen=True)
class Actor:
    """Who does something: a member of staff, the signer, or the system."""

    kind: ActorKind
    user: User | None = None


SIGNER = Actor(ActorKind.SIGNER)
SYSTEM = Actor(ActorKind.SYSTEM)


def staff(user: User) -> Actor:
    return Actor(ActorKind.STAFF, user)


def lock(signature: Signature) -> None:
    """Keeps everybody else from this row until the transaction ends. Raises AlreadyDecided if it has moved on since it was loaded."""
    state = (
        Signature.objects.select_for_update(no_key=True).values_list("state", flat=True).get(pk=signature.pk)
    )
    if state != signature.state:
        raise AlreadyDecided(Signature.objects.select_related("decided_by").get(pk=signature.pk))


def change_state(
    signature: Signature,
    *,
    to: State,
    actor: Actor,
    reason: str = "",
    note: str = "",
    detail: str = "",
    **columns: Any,
) -> SignatureEvent:
    """Moves `signature` from the state it was loaded with to `to`, sets `columns`, writes the event.

    To be called inside a transaction. Raises IllegalTransition, or AlreadyDecided when the row has moved on
    since it was loaded. `signature` itself is brought up to date.
    """
    before = State(signature.state)
    if to not in LEADS_TO[before]:
        raise IllegalTransition(before, to)
    words = {"reason": reason, "note": note, "detail": detail}
    return _move(signature, before, to, actor, words, columns)


def undo_state(
    signature: Signature, *, to: State, actor: Actor, note: str = "", detail: str = "", **columns: Any
) -> SignatureEvent:
    """Takes a merge or a rejection by condition back: as `change_state`, along `UNDONE_TO` or what a decision may do anyway."""
    before = State(signature.state)
    if to not in UNDONE_TO.get(before, frozenset()) | LEADS_TO[before]:
        raise IllegalTransition(before, to)
    with undoing():
        return _move(signature, before, to, actor, {"note": note, "detail": detail}, columns)


@contextmanager
def undoing() -> Iterator[None]:
    """Declares an undo to the triggers, which then let pass what no decision may do. Inside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL undersigned.undo = 'on'")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL undersigned.undo = 'off'")  # where it failed, the rollback does it


def _move(
    signature: Signature,
    before: State,
    to: State,
    actor: Actor,
    words: dict[str, str],
    columns: dict[str, Any],
) -> SignatureEvent:
    changed = Signature.objects.filter(pk=signature.pk, state=before).update(state=to, **columns)
    if changed == 0:
        raise AlreadyDecided(Signature.objects.select_related("decided_by").get(pk=signature.pk))
    signature.state = to
    for column, value in columns.items():
        setattr(signature, column, value)
    return record(
        signature,
        kind=EventKind.CHANGED,
        actor=actor,
        from_state=before,
        to_state=to,
        **words,
    )


def new_event(
    signature: Signature,
    *,
    kind: EventKind,
    actor: Actor,
    from_state: str = "",
    to_state: str = "",
    reason: str = "",
    detail: str = "",
    happened_at: datetime | None = None,
) -> SignatureEvent:
    """One event of the trail of `signature`, for the caller to store."""
    return SignatureEvent(
        signature=signature,
        kind=kind,
        actor_kind=actor.kind,
        actor=actor.user,
        from_state=from_state,
        to_state=to_state,
        reason=reason,
        detail=detail,
        happened_at=happened_at or timezone.now(),
    )


def record(
    signature: Signature, *, kind: EventKind, actor: Actor, note: str = "", **facts: Any
) -> SignatureEvent:
    """Adds one event to the trail (`facts` are those of `new_event`); words go into a row of their own, which can be erased."""
    event = new_event(signature, kind=kind, actor=actor, **facts)
    event.save(force_insert=True)
    if note:
        EventNote.objects.create(event=event, text=note)
    return event
