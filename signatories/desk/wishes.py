"""What signers have asked for on their own pages, or changed, and the staff have to look at."""

from dataclasses import dataclass

from django.db.models import Count, Q

from signatories.models import ModeChange, NameChange
from signatories.models.signature import SignatureQuerySet
from signatories.publicity import CHANGEABLE
from signatories.states import Flag


@dataclass(frozen=True)
class Wishes:
    """How many signatures have one of each."""

    names: int
    publicity: int
    contacts: int
    vouches: int


def for_another_name(signatures: SignatureQuerySet) -> SignatureQuerySet:
    """Those of `signatures` whose signer asks for another name."""
    return signatures.filter(state__in=CHANGEABLE, pk__in=NameChange.objects.open().values("signature"))


def for_publicity(signatures: SignatureQuerySet) -> SignatureQuerySet:
    """Those of `signatures` whose signer has confirmed by mail that more people may read the name, and whom nobody has reached yet."""
    return signatures.filter(state__in=CHANGEABLE, pk__in=ModeChange.objects.to_check().values("signature"))


def count(signatures: SignatureQuerySet) -> Wishes:
    """All numbers in one query."""
    to_name = Q(pk__in=NameChange.objects.open().values("signature"))
    to_check = Q(pk__in=ModeChange.objects.to_check().values("signature"))
    moved, vouched = (Q(flags__contains=[flag]) for flag in (Flag.CONTACT_MOVED, Flag.VOUCH_TAKEN_BACK))
    numbers = (
        signatures.filter(state__in=CHANGEABLE)
        .order_by()
        .aggregate(
            names=Count("pk", filter=to_name),
            publicity=Count("pk", filter=to_check),
            contacts=Count("pk", filter=moved),
            vouches=Count("pk", filter=vouched),
        )
    )
    return Wishes(**numbers)
