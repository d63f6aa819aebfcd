"""Who of the signatories convened the letter: the campaign's manager says so, and readers see these first."""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from signatories.models import Signature
from signatories.states import EventKind, PartInCampaign, State
from signatories.transitions import Refused, record, staff

# Convenors are known before a moderator has looked; nothing of it is public before it is accepted.
MAY_CONVENE = (State.CONFIRMED, State.ACCEPTED)


def give_part(*, signature: Signature, to: PartInCampaign, by: User) -> None:
    """Makes `signature` a convenor of its letter, or a signatory like others again. Raises Refused in words."""
    with transaction.atomic():
        changed = (
            Signature.objects.filter(pk=signature.pk, state__in=MAY_CONVENE).exclude(role=to).update(role=to)
        )
        if not changed:
            raise Refused(_refusal(Signature.objects.get(pk=signature.pk), to))
        signature.role = to
        record(signature, kind=EventKind.PART, actor=staff(by), detail=to.value)


def _refusal(signature: Signature, to: PartInCampaign) -> str:
    if signature.state not in MAY_CONVENE:
        return _("Only what is confirmed or accepted can be a convenor.")
    return _("It is a convenor already.") if to == PartInCampaign.CONVENOR else _("It is no convenor.")
