"""What signers have written and nobody of the staff has dealt with: answers to questions, appeals against rejections.

Both are events. An answer waits until the state changes or something more is asked, an appeal until it is turned down or
the signature is opened again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from signatories.models import Signature, SignatureEvent
from signatories.models.signature import SignatureQuerySet
from signatories.states import WAITING, EventKind, State
from signatories.telling import kind_of_last, last_of

ANSWERS = (EventKind.ASKED, EventKind.ANSWERED, EventKind.CHANGED)
APPEALS = (EventKind.APPEALED, EventKind.APPEAL_REFUSED, EventKind.CHANGED)


@dataclass(frozen=True)
class Replies:
    """How many signatures wait because their signer has written."""

    answered: int
    appealed: int


def unread_answer(events: Iterable[SignatureEvent]) -> SignatureEvent | None:
    """The signer's answer that still waits, out of the events of a signature."""
    last = last_of(events, ANSWERS)
    return last if last and last.kind == EventKind.ANSWERED else None


def open_appeal(events: Iterable[SignatureEvent]) -> SignatureEvent | None:
    """The appeal that nobody has decided, out of the events of a signature."""
    last = last_of(events, APPEALS)
    return last if last and last.kind == EventKind.APPEALED else None


def appeal_of_this_rejection(signature: Signature) -> SignatureEvent | None:
    """What was already said against the rejection as it stands: the appeal, open or turned down."""
    last = last_of(signature.events.filter(kind__in=APPEALS), APPEALS)
    if last is None or last.kind == EventKind.CHANGED:
        return None
    return signature.events.filter(kind=EventKind.APPEALED, pk__lte=last.pk).order_by("-pk").first()


def answered(signatures: SignatureQuerySet) -> SignatureQuerySet:
    """Those of `signatures` that wait and whose signer has answered."""
    wrote = _wrote(EventKind.ANSWERED)
    told = signatures.waiting().filter(pk__in=wrote).alias(told=kind_of_last(ANSWERS))
    return told.filter(told=EventKind.ANSWERED)


def appealed(signatures: SignatureQuerySet) -> SignatureQuerySet:
    """Those of `signatures` that are rejected and whose signer asks for a second look."""
    wrote = _wrote(EventKind.APPEALED)
    told = signatures.filter(state=State.REJECTED, pk__in=wrote).alias(told=kind_of_last(APPEALS))
    return told.filter(told=EventKind.APPEALED)


def count(signatures: SignatureQuerySet) -> Replies:
    """Both numbers in one query."""
    numbers = (
        signatures.filter(pk__in=_wrote(EventKind.ANSWERED, EventKind.APPEALED))
        .annotate(answer_told=kind_of_last(ANSWERS), appeal_told=kind_of_last(APPEALS))
        .aggregate(
            answered=Count("pk", filter=Q(state__in=WAITING, answer_told=EventKind.ANSWERED)),
            appealed=Count("pk", filter=Q(state=State.REJECTED, appeal_told=EventKind.APPEALED)),
        )
    )
    return Replies(**numbers)


def _wrote(*kinds: EventKind) -> QuerySet[SignatureEvent, Any]:
    # `event_of_reply` holds these alone, so that it is found without a look at every signature.
    return SignatureEvent.objects.filter(kind__in=kinds).values("signature")
