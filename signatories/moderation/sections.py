"""Which organisation is a section of which network (scenario M10). The campaign's policy says whether both count."""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from signatories import register
from signatories.models import Organisation, Signature
from signatories.states import WAITING, EventKind, State
from signatories.transitions import Refused, record, staff


def link_section(*, signature: Signature, network: Signature, by: User, note: str = "") -> None:
    """Notes that the organisation of `signature` is a section of that of `network`, an accepted signatory of the same campaign.

    Raises Refused in words.
    """
    with transaction.atomic():
        register.wait_for_decisions(signature.organisation_id, network.organisation_id)
        signature, network = _as_it_is(signature), _as_it_is(network)
        if signature.campaign_id != network.campaign_id:
            raise Refused(_("A network and its section are linked on one campaign, which both signed."))
        if network.state != State.ACCEPTED or signature.state not in (*WAITING, State.ACCEPTED):
            raise Refused(
                _("Only an accepted signatory is a network, and only what is confirmed its section.")
            )
        register.refuse_elsewhere(signature.organisation, by)
        if signature.organisation.parent_id == network.organisation_id:
            raise Refused(_("They are linked already."))
        Organisation.objects.filter(pk=signature.organisation_id).update(parent=network.organisation)
        register.refuse_loop(signature.organisation_id)
        words = _("Section of “%(name)s”.") % {"name": network.shown_name}
        record(
            signature,
            kind=EventKind.SECTION,
            actor=staff(by),
            detail=str(network.public_id),
            note=f"{words} {note}".strip(),
        )


def unlink_section(*, signature: Signature, by: User, note: str = "") -> None:
    """Takes the link back. Raises Refused where there is none."""
    with transaction.atomic():
        register.wait_for_decisions(signature.organisation_id)
        signature = _as_it_is(signature)
        network = signature.organisation.parent
        if network is None:
            raise Refused(_("It is linked with no network."))
        register.refuse_elsewhere(signature.organisation, by)
        Organisation.objects.filter(pk=signature.organisation_id).update(parent=None)
        words = _("No longer a section of “%(name)s”.") % {"name": network.name}
        record(signature, kind=EventKind.SECTION, actor=staff(by), note=f"{words} {note}".strip())


def _as_it_is(signature: Signature) -> Signature:
    return Signature.objects.select_related("organisation__parent").get(pk=signature.pk)
