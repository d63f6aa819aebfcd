"""Who of the signatories convened the letter: the campaign's manager says so, and readers see these first."""

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from signatories.models import Signature, SignatureEvent
from signatories.states import EventKind, PartInCampaign, State
from signatories.transitions import Refused, record, staff

# Convenors are known before a moderator has looked; nothing of it is public before it is accepted.
MAY_CONVENE = (State.CONFIRMED, State.ACCEPTED)


def give_part(*, signature: Signature, to: PartInCampaign, by: User) -> None:
    """Makes `signature` a convenor of its letter, or a signatory like others again. Raises Refused in words."""
    with transaction.atomic():
        may_have_it = Signature.objects.filter(state__in=MAY_CONVENE).exclude(role=to)
        if write_part(signature, to=to, by=by, among=may_have_it) is None:
            raise Refused(_refusal(Signature.objects.get(pk=signature.pk), to))


def write_part(
    signature: Signature, *, to: PartInCampaign, by: User, among: QuerySet[Signature]
) -> SignatureEvent | None:
    """Writes the part down, and in the trail; None, and nothing written, where the signature is not one of `among` now."""
    if not among.filter(pk=signature.pk).update(role=to):
        return None
    signature.role = to
    return record(signature, kind=EventKind.PART, actor=staff(by), detail=to.value)


def _refusal(signature: Signature, to: PartInCampaign) -> str:
    if signature.state not in MAY_CONVENE:
        return _("Only what is confirmed or accepted can be a convenor.")
    return _("It is a convenor already.") if to == PartInCampaign.CONVENOR else _("It is no convenor.")
