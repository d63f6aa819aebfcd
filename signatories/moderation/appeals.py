"""An appeal against a rejection: somebody else than who rejected looks, and opens the signature again or says no."""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from signatories import replies
from signatories.mail import notices
from signatories.models import Signature
from signatories.states import EventKind, MailKind
from signatories.transitions import Refused, lock, record, staff


def turn_down_appeal(*, signature: Signature, by: User, note: str = "") -> None:
    """Leaves the signature rejected and tells the signer so. `note` stays with the staff; to open it again is `put_back`.

    Raises AlreadyDecided, and Refused where nobody appeals or `by` has rejected it.
    """
    with transaction.atomic():
        # Two moderators must not turn one appeal down twice, for each would send a mail.
        lock(signature)
        if _open(signature) is None:
            raise Refused(_("There is no appeal that waits."))
        refuse_who_rejected(signature, by)
        record(signature, kind=EventKind.APPEAL_REFUSED, actor=staff(by), note=note)
        notices.tell_decision(signature, MailKind.APPEAL_REFUSED, timezone.now())


def refuse_who_rejected(signature: Signature, by: User) -> None:
    """Raises Refused for the moderator against whose rejection an appeal waits."""
    if signature.decided_by_id == by.pk and _open(signature) is not None:
        raise Refused(_("The appeal is against your own decision: a colleague has to look."))


def _open(signature: Signature) -> object:
    return replies.open_appeal(signature.events.filter(kind__in=replies.APPEALS))
