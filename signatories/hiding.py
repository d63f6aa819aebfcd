"""Towards privacy at once: a name goes from every outlet, by its signer or by staff. The other way is the signer's alone."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.choices import PublicationMode
from signatories import publicity
from signatories.mail import notices
from signatories.models import Signature
from signatories.retention import erasing
from signatories.states import ErasureKind, EventKind, MailKind
from signatories.transitions import Actor, Refused, record
from signatories.turns import decide_in_turn


def hide(*, signature: Signature, to: PublicationMode, actor: Actor) -> None:
    """Makes `signature` more private than it is, whatever the campaign offers in its form; a wish for more publicity is off.

    A public one leaves the total as well, and joins it again with the next daily batch: to an onlooker it was withdrawn. The
    first contact gets a receipt. Raises Refused for a mode that is not more private, also when somebody was faster.
    """
    now = timezone.now()
    with transaction.atomic():
        decide_in_turn(signature.campaign_id)  # whoever accepts it at this moment looks at its mode
        # As it is now: also what was merged meanwhile must get its mode.
        fresh = Signature.objects.select_related("organisation", "campaign__host", "letter_version").get(
            pk=signature.pk
        )
        before = PublicationMode(fresh.publication_mode)
        if not to.is_more_private_than(before):
            raise Refused(_("It is as private as that already: %(mode)s.") % {"mode": before.label})
        columns = {"joined_total_at": None} if before == PublicationMode.PUBLIC else {}
        hidden = Signature.objects.filter(pk=fresh.pk, publication_mode=before)
        if not hidden.update(publication_mode=to, **columns):
            raise Refused(_("Somebody changed it at this moment. Here it is as it stands now."))
        fresh.publication_mode = to
        record(
            fresh, kind=EventKind.MODE, actor=actor, detail=f"{before.value} > {to.value}", happened_at=now
        )
        publicity.stop(fresh, actor=actor, now=now)
        erasing.remember(ErasureKind.HIDDEN, fresh)
        notices.tell_decision(fresh, MailKind.HIDDEN, now)
    signature.refresh_from_db(fields=["publication_mode", "joined_total_at"])
