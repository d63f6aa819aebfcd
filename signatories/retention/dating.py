"""When each contact goes: the date is computed anew each night, so that it follows the letter's, and acted upon."""

from collections import defaultdict
from datetime import datetime, timedelta

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from campaigns import keeping
from campaigns.models import Campaign
from signatories.models import Contact, Merge, PurgeWarning, Signature
from signatories.models.merge import UNDO_FOR
from signatories.models.signature import UNCONFIRMED_FOR
from signatories.retention.erasing import erase_contact
from signatories.states import State

# How long the contact of a signature that has ended can still be asked: by whom it was rejected, why it was revoked.
ENDED_FOR = timedelta(days=30)
# These go with all that was typed (`forgetting`): not on a date alone, for an appeal may wait.
WITH_THEIR_FORM = (State.SUBMITTED, State.REJECTED, State.EXPIRED)
# The managers have so much time to object, whenever they were warned, less what one night may be later than another.
NOTICE = timedelta(days=min(keeping.WARNED_DAYS_BEFORE), hours=-12)


def due_at(signature: Signature, until: datetime, merged_at: datetime | None = None) -> datetime:
    """When the contacts of `signature` go. `until`: when those of its letter do; `merged_at`: of the merge it went away in."""
    ends = {
        State.SUBMITTED: signature.submitted_at + UNCONFIRMED_FOR,
        State.WITHDRAWN: _later(signature.withdrawn_at, ENDED_FOR),
        State.REVOKED: _later(signature.decided_at, ENDED_FOR),
        State.REJECTED: _later(signature.decided_at, ENDED_FOR)
        if signature.confirmed_at
        else signature.submitted_at + UNCONFIRMED_FOR,
        State.MERGED: _later(merged_at, UNDO_FOR),
    }
    own = ends.get(State(signature.state))
    return min(own, until) if own else until


def _later(moment: datetime | None, span: timedelta) -> datetime | None:
    return moment + span if moment else None


def set_dates(now: datetime) -> int:
    """Writes at each contact when it goes; how many dates changed. The letter's day may have moved since the last night."""
    return sum(_set_dates_of(campaign) for campaign in Campaign.objects.order_by("pk"))


def _set_dates_of(campaign: Campaign) -> int:
    until = keeping.contacts_until(campaign)
    contacts = Contact.objects.filter(signature__campaign=campaign).select_related("signature")
    merged = contacts.filter(signature__state=State.MERGED).values("signature")
    merges = Merge.objects.standing().filter(merged__in=merged).values_list("merged")
    merged_at = dict(merges.annotate(Max("merged_at")))
    moved = defaultdict(list)
    for contact in contacts.order_by("pk").iterator():
        due = due_at(contact.signature, until, merged_at.get(contact.signature_id))
        if contact.erase_after != due:
            moved[due].append(contact.pk)
    return sum(Contact.objects.filter(pk__in=pks).update(erase_after=due) for due, pks in moved.items())


def erase_due(now: datetime) -> int:
    """Erases the contacts whose day has come, one transaction each; how many.

    Those of a whole letter only once its managers have been warned of this very day for three days (scenario C22): a date
    typed wrongly must not cost every contact overnight.
    """
    erased = 0
    for campaign in Campaign.objects.order_by("pk"):
        due = Contact.objects.filter(signature__campaign=campaign, erase_after__lte=now)
        due = due.exclude(signature__state__in=WITH_THEIR_FORM)
        until = keeping.contacts_until(campaign)
        if not _is_warned(campaign, until, now):
            due = due.exclude(Q(erase_after=until))
        erased += sum(erase_contact(contact) for contact in due.order_by("pk").iterator())
    return erased


def _is_warned(campaign: Campaign, until: datetime, now: datetime) -> bool:
    return campaign.purge_warnings.filter(due_at=until, warned_at__lte=now - NOTICE).exists()


def standing_warnings(campaigns: QuerySet[Campaign]) -> list[PurgeWarning]:
    """The newest warning of each of `campaigns` that still has contacts, if it is true: of a day that has moved, nobody needs to know."""
    with_contacts = campaigns.filter(Exists(Contact.objects.filter(signature__campaign=OuterRef("pk"))))
    newest = PurgeWarning.objects.filter(campaign__in=with_contacts).order_by(
        "campaign_id", "-warned_at", "-pk"
    )
    warnings = newest.distinct("campaign_id").select_related("campaign")
    return [each for each in warnings if each.due_at == keeping.contacts_until(each.campaign)]
