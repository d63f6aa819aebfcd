"""The step towards publicity once it is checked: it waits, takes effect by itself, or is called off (product.md, "Publication mode")."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from campaigns.choices import PRIVACY, PublicationMode
from signatories.mail import notices
from signatories.models import ModeChange, Signature
from signatories.signer_view import as_its_signer_knows_it
from signatories.states import EventKind, State
from signatories.transitions import SIGNER, SYSTEM, Actor, record
from signatories.turns import decide_in_turn

# So long after the staff's check, and after the notice to every contact, the name stays where it is.
NOTICE = timedelta(hours=72)
# Whose name can be made more public: what waits for the staff, and what they accepted.
CHANGEABLE = (State.CONFIRMED, State.ON_HOLD, State.ACCEPTED)


def more_private(mode: str) -> list[PublicationMode]:
    """The modes that show a name to fewer people than `mode` does, the most private first."""
    return [each for each in reversed(PRIVACY) if each.is_more_private_than(PublicationMode(mode))]


def more_open(mode: str) -> list[PublicationMode]:
    """The modes that show a name to more people than `mode` does."""
    return [each for each in PRIVACY if PublicationMode(mode).is_more_private_than(each)]


def stop(signature: Signature, *, actor: Actor, now: datetime) -> bool:
    """Calls off what was asked for `signature`; whether there was anything. To be called inside a transaction."""
    standing = ModeChange.objects.standing().filter(signature=signature)
    if not standing.update(stopped_at=now):
        return False
    record(signature, kind=EventKind.MODE_STOPPED, actor=actor, happened_at=now)
    return True


def apply_due() -> int:
    """Makes public what was asked for, confirmed, checked and waited for; how many. At once or twice, each is done once."""
    return sum(_apply(each) for each in ModeChange.objects.due(timezone.now()).select_related("signature"))


@transaction.atomic
def _apply(change: ModeChange) -> bool:
    decide_in_turn(change.signature.campaign_id)
    now = timezone.now()
    due = ModeChange.objects.due(now).filter(pk=change.pk)
    if not due.select_for_update().exists():
        return False  # called off, or done, at this very moment
    signature = Signature.objects.select_for_update(no_key=True).get(pk=change.signature_id)
    # Of one that was merged its signer sees what was before.
    state = as_its_signer_knows_it(signature)[1]
    if state not in CHANGEABLE or change.to_mode not in more_open(signature.publication_mode):
        stop(signature, actor=SYSTEM, now=now)
        return False
    columns: dict[str, Any] = {"publication_mode": change.to_mode}
    if change.to_mode == PublicationMode.PUBLIC and signature.state == State.ACCEPTED:
        # What everybody reads counts from the moment at which it can be read. From an earlier one, a past day of the public
        # chart would grow, and tell since when somebody had stood there without a name.
        columns["joined_total_at"] = now
    Signature.objects.filter(pk=signature.pk).update(**columns)
    due.update(applied_at=now)
    detail = f"{signature.publication_mode} > {change.to_mode}"
    record(signature, kind=EventKind.MODE, actor=SIGNER, detail=detail, happened_at=now)
    signature.publication_mode = change.to_mode
    notices.tell_published(signature, now)
    return True
