"""Another name: the signer asks, the old one stays shown, staff decide (scenario S20)."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from signatories.identity.lookalikes import edit_distance
from signatories.managing import merged
from signatories.models import Contact, NameChange, Organisation, Signature
from signatories.publicity import CHANGEABLE
from signatories.signer_view import as_its_signer_knows_it
from signatories.states import EventKind, NameOutcome
from signatories.transitions import SIGNER, Refused, record
from signatories.turns import decide_in_turn

# A correction changes two letters at most, and not a half of the name: two letters more or less make another acronym.
LETTERS = 2
OF_A_NAME = 4
# Each is a row for good and work for the staff; whoever was forwarded the page's link could ask without end.
WISHES_A_DAY = 5
A_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a form says, cleaned."""

    name: str
    native_name: str = ""
    acronym: str = ""


def is_small(organisation: Organisation, wish: Wish) -> bool:
    """Whether `wish` corrects a slip in the name and changes nothing else."""
    if (wish.native_name, wish.acronym) != (organisation.native_name, organisation.acronym):
        return False
    apart = edit_distance(organisation.name, wish.name, limit=LETTERS)
    return apart <= LETTERS and apart * OF_A_NAME <= len(organisation.name)


def ask_for_name(*, contact: Contact, wish: Wish) -> None:
    """Writes down the wish for the staff; one before that they have not decided gives way to it.

    Raises Refused for the name that stands already, and for a signature that has ended.
    """
    now = timezone.now()
    with transaction.atomic():
        decide_in_turn(contact.signature.campaign_id)
        signature = Signature.objects.select_related("organisation", "merged_into").get(
            pk=contact.signature_id
        )
        organisation, state = as_its_signer_knows_it(signature)
        if state not in CHANGEABLE:
            raise Refused(_("The name of this signature can’t be changed any more."))
        if (wish.name, wish.native_name, wish.acronym) == (
            organisation.name,
            organisation.native_name,
            organisation.acronym,
        ):
            raise Refused(_("That is how the name stands already."))
        if signature.name_changes.filter(asked_at__gt=now - A_DAY).count() >= WISHES_A_DAY:
            raise Refused(_("That is enough for a day. Please try again tomorrow."))
        signature.name_changes.open().update(outcome=NameOutcome.REPLACED, decided_at=now)
        small = is_small(organisation, wish)
        NameChange.objects.create(
            signature=signature,
            name=wish.name,
            native_name=wish.native_name,
            acronym=wish.acronym,
            is_small=small,
            asked_at=now,
        )
        record(
            signature,
            kind=EventKind.NAME_ASKED,
            actor=SIGNER,
            detail="small" if small else "other",
            happened_at=now,
        )
        merged.tell_staff(signature, merged.ASKED_FOR_NAME)
