"""Towards privacy at once: a name goes from every outlet, by its signer or by staff. The other way is the signer's alone."""

from datetime import datetime

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.choices import PublicationMode
from signatories import publicity
from signatories.mail import notices
from signatories.models import EventNote, Signature
from signatories.retention import erasing
from signatories.states import ErasureKind, EventKind, MailKind
from signatories.transitions import Actor, Refused, record
from signatories.turns import decide_in_turn


def hide(*, signature: Signature, to: PublicationMode, actor: Actor) -> None:
    """Makes `signature` more private than it is, whatever the campaign offers in its form; a wish for more publicity is off.

    A public one leaves the total as well, and joins it again with the next daily batch: to an onlooker it was withdrawn. Every
    contact hears of it, for it may have been somebody else. Raises Refused for a mode that is not more private, also when somebody was faster.
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
        _forget_in_admin_log(fresh)
        _forget_in_other_cases(fresh)
        erasing.remember(ErasureKind.HIDDEN, fresh)
        _tell_everybody(fresh, now)
    signature.refresh_from_db(fields=["publication_mode", "joined_total_at"])


def _tell_everybody(signature: Signature, now: datetime) -> None:
    """Staff, or whoever a link was forwarded to, may have done it. What nobody confirmed has no page, and a stranger's mailbox."""
    if signature.confirmed_at is None:
        return
    for contact in signature.contacts.exclude(mailbox=None):
        contact.signature = signature
        notices.tell_with_page(contact, MailKind.HIDDEN, now)


def _forget_in_admin_log(signature: Signature) -> None:
    """The admin's log keeps what a row was called when somebody changed it."""
    for row in (signature, signature.organisation):
        kind = ContentType.objects.get_for_model(row)
        entries = LogEntry.objects.filter(content_type=kind, object_id=str(row.pk))
        entries.update(object_repr=str(row)[:200])


def _forget_in_other_cases(signature: Signature) -> None:
    """What the staff wrote on other cases of the letter while the name was public: as a twin, a network, somebody who vouches."""
    others = EventNote.objects.filter(event__signature__campaign=signature.campaign_id)
    for note in others.exclude(event__signature=signature):
        if signature.organisation.name in note.text:
            note.text = note.text.replace(signature.organisation.name, signature.shown_name)
            note.save(update_fields=["text"])
