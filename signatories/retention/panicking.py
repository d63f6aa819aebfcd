"""Every contact of one letter, now: for the day on which somebody may come for the list (`manage.py panic`)."""

from dataclasses import dataclass

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from campaigns.models import Campaign
from signatories.models import (
    Contact,
    ContactChange,
    Dispute,
    EventNote,
    Evidence,
    ExportLog,
    MailLink,
    NameChange,
    OutboxMail,
    Signature,
)
from signatories.retention import erasing, forgetting
from signatories.states import LinkPurpose, State
from signatories.transitions import AlreadyDecided, staff


@dataclass
class Panicked:
    """What there was to erase: persons, unconfirmed forms, and rows with something left in them."""

    contacts: int = 0
    expired: int = 0
    leftovers: int = 0

    @property
    def anything(self) -> bool:
        return bool(self.contacts or self.expired or self.leftovers)


def panic(*, campaign: Campaign, by: User) -> Panicked:
    """Erases all contacts of `campaign`, what was written about them and what waits to be sent. List and count stay.

    One transaction for each person, so that a run that was killed can be begun anew; a second run finds nothing. That it was
    done stands in the trail of each signature and in the admin's log.
    """
    done = Panicked(expired=_expire(campaign))
    for contact in Contact.objects.filter(signature__campaign=campaign).order_by("pk").iterator():
        done.contacts += erasing.erase_contact(contact, actor=staff(by))
    done.leftovers = _forget_leftovers(campaign)
    if done.anything:
        LogEntry.objects.create(
            user=by,
            content_type=ContentType.objects.get_for_model(Campaign),
            object_id=str(campaign.pk),
            object_repr=campaign.slug,
            action_flag=CHANGE,
            change_message=f"panic: {done.contacts} contacts erased, {done.expired} unconfirmed forms ended",
        )
    return done


def _expire(campaign: Campaign) -> int:
    expired = 0
    for signature in Signature.objects.filter(campaign=campaign, state=State.SUBMITTED).order_by("pk"):
        try:
            forgetting.expire(signature)
        except AlreadyDecided:  # confirmed at this very moment: its contact goes with the others
            continue
        expired += 1
    return expired


@transaction.atomic
def _forget_leftovers(campaign: Campaign) -> int:
    """What hangs on no contact: mail, notes, disputes, links, networks, words of exports. How many rows."""
    mine = Signature.objects.filter(campaign=campaign)
    mails = OutboxMail.objects.filter(signature__in=mine)
    links = MailLink.objects.filter(signature__in=mine).exclude(purpose=LinkPurpose.REFERRAL)
    gone = [
        mails.exclude(state__in=erasing.SETTLED).delete()[0],
        EventNote.objects.filter(event__signature__in=mine).delete()[0],
        ContactChange.objects.filter(signature__in=mine).delete()[0],
        NameChange.objects.filter(signature__in=mine).exclude(outcome="").delete()[0],
        links.delete()[0],
    ]
    emptied = [
        mails.exclude(recipient_hash="").update(recipient_hash="", recipient=None, context=None),
        Evidence.objects.filter(signature__in=mine).exclude(note="").update(note=""),
        mine.exclude(network_hash="").update(network_hash=""),
        Dispute.objects.filter(signature__in=mine)
        .exclude(mailbox_hash="", mailbox=None, words=None, network_hash="")
        .update(mailbox=None, words=None, mailbox_hash="", mailbox_domain="", network_hash="", link=None),
        ExportLog.objects.filter(campaign=campaign)
        .exclude(reason="", filters="")
        .update(reason="", filters=""),
    ]
    erasing.forget_admin_log(mine)
    return sum(gone) + sum(emptied)
