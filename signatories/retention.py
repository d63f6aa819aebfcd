"""What is kept for how long, and what goes."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from signatories.models import Consent, Contact, MailLink, OutboxMail, Signature
from signatories.states import MailState, State
from signatories.transitions import SYSTEM, AlreadyDecided, change_state

# product.md: "never confirmed in 7 days; personal data gone".
UNCONFIRMED_FOR = timedelta(days=7)


def expire_unconfirmed() -> int:
    """Ends every signature that was not confirmed in time and erases who sent it; how many."""
    expired = 0
    for signature in Signature.objects.never_confirmed_since(timezone.now() - UNCONFIRMED_FOR).iterator():
        try:
            expire(signature)
        except AlreadyDecided:  # confirmed this very moment
            continue
        expired += 1
    return expired


@transaction.atomic
def expire(signature: Signature) -> None:
    """Ends one unconfirmed signature: contact, consents, links and mail go, the bare row and its events stay."""
    change_state(signature, to=State.EXPIRED, actor=SYSTEM)
    Consent.objects.filter(contact__signature=signature).delete()
    Contact.objects.filter(signature=signature).delete()
    MailLink.objects.filter(signature=signature).delete()
    OutboxMail.objects.filter(signature=signature).exclude(state=MailState.SENDING).delete()
