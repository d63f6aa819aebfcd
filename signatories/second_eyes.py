"""Below the bar, two decide: one moderator asks in writing, another accepts (product.md, V1).

The question is an event like any other. It stands until the state changes; whoever asks again asks anew.
"""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from signatories import referrals, verification
from signatories.models import Signature, SignatureEvent
from signatories.models.signature import SignatureQuerySet
from signatories.states import WAITING, EventKind, Level
from signatories.telling import kind_of_last, last_of
from signatories.transitions import AlreadyDecided, Refused, record, staff

_TELLING = (EventKind.SECOND_EYES, EventKind.CHANGED)


def may_be_asked(signature: Signature, reached: Level, needed: Level) -> bool:
    """Whether the rules let two people do here what one may not: the mailbox is proven, and no second channel is needed."""
    return signature.state in WAITING and reached == Level.V1 and needed == Level.V2


def ask(*, signature: Signature, by: User, note: str) -> None:
    """Asks a colleague to accept `signature` at V1. Raises Refused without words, or where two may not do it either."""
    if not note:
        raise Refused(_("Say in a sentence why it should be accepted all the same."))
    with transaction.atomic():
        _refuse_unless_two_may(signature)
        record(signature, kind=EventKind.SECOND_EYES, actor=staff(by), note=note)


def open_question(events: Iterable[SignatureEvent]) -> SignatureEvent | None:
    """The question that still waits for a colleague, out of the events of a signature."""
    last = last_of(events, _TELLING)
    return last if last and last.kind == EventKind.SECOND_EYES else None


def refuse_unless_agreed(signature: Signature, by: User, note: str) -> None:
    """Raises Refused unless somebody else than `by` has asked, `by` says why, and the rules let two do it."""
    _refuse_unless_two_may(signature)
    question = open_question(signature.events.filter(kind__in=_TELLING).select_related("actor"))
    if question is None:
        raise Refused(_("Nobody has asked for a second pair of eyes."))
    if question.actor_id == by.pk:
        raise Refused(_("You have asked yourself: a colleague has to look."))
    if not note:
        raise Refused(_("Say in a sentence why it should be accepted all the same."))


def _refuse_unless_two_may(signature: Signature) -> None:
    fresh = Signature.objects.select_related("organisation", "decided_by").get(pk=signature.pk)
    if fresh.state != signature.state:
        raise AlreadyDecided(fresh)
    if not may_be_asked(fresh, verification.level(fresh), verification.bar(fresh)):
        raise Refused(_("Two can accept at V1 where V2 is needed, and nothing else."))


def wanted(signatures: SignatureQuerySet) -> SignatureQuerySet:
    """Those of `signatures` that wait for a second pair of eyes: to be accepted below the bar, or to ask a busy signatory."""
    told = signatures.waiting().alias(told=kind_of_last(_TELLING))
    return told.filter(Q(told=EventKind.SECOND_EYES) | referrals.is_unagreed())
