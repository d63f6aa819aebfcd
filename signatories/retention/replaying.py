"""After a restored backup: what the off-site list says is erased, hidden and withdrawn once more (scenario C21). Nobody is mailed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from campaigns.choices import PublicationMode
from signatories.models import Contact, Erasure, Signature
from signatories.retention import erasing, forgetting
from signatories.states import ErasureKind, EventKind, State
from signatories.transitions import SYSTEM, AlreadyDecided, change_state, record
from signatories.turns import decide_in_turn

# From here a signature can be withdrawn; one that was never confirmed ends as if nobody had confirmed it.
STANDING = (State.CONFIRMED, State.ON_HOLD, State.ACCEPTED)


@dataclass
class Replayed:
    """How many contacts were erased, names hidden, signatures withdrawn."""

    erased: int = 0
    hidden: int = 0
    left: int = 0


def replay(erasures: Iterable[Erasure]) -> Replayed:
    """Does again what `erasures` say, each row a transaction of its own; a second run finds nothing to do."""
    newest: dict[tuple[str, str], datetime] = {}
    for each in erasures:
        key = (each.kind, each.digest)
        newest[key] = max(each.happened_at, newest.get(key, each.happened_at))
    _note(newest)
    done = Replayed()
    for contact in Contact.objects.select_related("signature").order_by("pk").iterator():
        digest = erasing.digest_of(ErasureKind.CONTACT, contact.signature, contact.mailbox_hash)
        if (ErasureKind.CONTACT.value, digest) in newest:
            done.erased += erasing.erase_contact(contact)
    for signature in Signature.objects.order_by("pk").iterator():
        if hidden_at := _said(newest, ErasureKind.HIDDEN, signature):
            done.hidden += _hide(signature, hidden_at)
        if left_at := _said(newest, ErasureKind.LEFT, signature):
            done.left += _leave(signature, left_at)
    return done


def _note(newest: dict[tuple[str, str], datetime]) -> None:
    """The list is the database's again, with what it lost; a younger line of its own stays."""
    own = {(each.kind, each.digest): each.happened_at for each in Erasure.objects.all()}
    lost = [
        Erasure(kind=kind, digest=digest, happened_at=moment)
        for (kind, digest), moment in newest.items()
        if (kind, digest) not in own or own[kind, digest] < moment
    ]
    erasing.note(lost)


def _said(
    newest: dict[tuple[str, str], datetime], kind: ErasureKind, signature: Signature
) -> datetime | None:
    return newest.get((kind.value, erasing.digest_of(kind, signature)))


@transaction.atomic
def _hide(signature: Signature, hidden_at: datetime) -> bool:
    """Not where its mode changed later than that: towards publicity only the signer can have taken it, and all checks with it."""
    decide_in_turn(signature.campaign_id)
    if signature.events.filter(kind=EventKind.MODE, happened_at__gt=hidden_at).exists():
        return False
    before = Signature.objects.values_list("publication_mode", flat=True).get(pk=signature.pk)
    shown = Signature.objects.filter(pk=signature.pk, publication_mode=before).exclude(
        publication_mode=PublicationMode.WITHHELD
    )
    if not shown.update(publication_mode=PublicationMode.WITHHELD, joined_total_at=None):
        return False
    signature.mode_changes.standing().update(stopped_at=hidden_at)
    detail = f"{before} > {PublicationMode.WITHHELD.value}"
    record(signature, kind=EventKind.MODE, actor=SYSTEM, detail=detail)
    return True


def _leave(signature: Signature, left_at: datetime) -> bool:
    try:
        with transaction.atomic():
            decide_in_turn(signature.campaign_id)
            if signature.state == State.SUBMITTED:
                forgetting.expire(signature)
            elif signature.state in STANDING:
                change_state(
                    signature, to=State.WITHDRAWN, actor=SYSTEM, detail="restored", withdrawn_at=left_at
                )
            else:
                return False
    except AlreadyDecided:  # somebody is at work on the restored site already
        return False
    return True
