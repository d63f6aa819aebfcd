"""What a moderator does about a case without deciding it: notes, a look at the contact, one more mail."""

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, Func, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from signatories import likeness
from signatories.mail import notices, outbox
from signatories.models import Contact, Signature
from signatories.states import EventKind, Flag, State
from signatories.transitions import Refused, record, staff

# Each gets an event of its own. Beyond this it is a flood, or a name that says nothing.
MOST_TWINS = 50


def mark_not_duplicate(*, signature: Signature, by: User, note: str) -> None:
    """Notes that a person looked and found another organisation; from then on it may be accepted beside those like it now.

    Of a twin that comes later nothing is said by it: each that was there is named in an event of its own.
    """
    if not note:
        raise Refused(_("Say in a sentence why they are different organisations."))
    with transaction.atomic():
        twins = list(likeness.unsettled_duplicates(signature)[: MOST_TWINS + 1])
        if len(twins) > MOST_TWINS:
            raise Refused(
                _("So many are like it that nobody can have compared them: look at the clusters first.")
            )
        for twin in twins:
            words = _("“%(name)s”: %(note)s") % {"name": twin.shown_name, "note": note}
            record(
                signature,
                kind=EventKind.NOT_DUPLICATE,
                actor=staff(by),
                detail=str(twin.public_id),
                note=words,
            )
        if not twins:
            record(signature, kind=EventKind.NOT_DUPLICATE, actor=staff(by), note=note)


def add_note(*, signature: Signature, by: User, note: str) -> None:
    """Adds a note for the staff."""
    if not note:
        raise Refused(_("The note is empty."))
    with transaction.atomic():
        record(signature, kind=EventKind.NOTE, actor=staff(by), note=note)


def reveal_contact(*, signature: Signature, by: User) -> list[Contact]:
    """The contacts in clear, first one first. That they were looked at is an event."""
    with transaction.atomic():
        record(signature, kind=EventKind.REVEALED, actor=staff(by))
        return list(signature.contacts.order_by("-is_primary", "pk"))


def send_again(*, signature: Signature, by: User) -> None:
    """Queues a fresh confirmation mail for this signature only (scenario S9). Raises Refused when it is confirmed.

    One that was held, for want of a proof of work or in a flood, waits no longer.
    """
    now = timezone.now()
    contact = signature.contacts.filter(is_primary=True).first()
    if signature.state != State.SUBMITTED or contact is None:
        raise Refused(_("Only an unconfirmed signature gets the mail again."))
    with transaction.atomic():
        if outbox.next_staff_slot(contact.mailbox_hash, now) > now:
            raise Refused(_("This mailbox had a mail just now. Wait a minute."))
        notices.ask_to_confirm(signature, contact, now, not_before=now)
        no_longer = Func(F("flags"), Value(Flag.NO_PROOF.value), function="array_remove")
        Signature.objects.filter(pk=signature.pk).update(flags=no_longer)
        record(signature, kind=EventKind.MAIL_AGAIN, actor=staff(by))
