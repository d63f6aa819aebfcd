"""Telling the managers of a letter that its contacts go soon, while they can still do something about it (scenario C22)."""

from datetime import datetime, timedelta

from django.db import transaction

from campaigns import keeping
from campaigns.models import Campaign
from signatories.mail import managers
from signatories.models import Contact, PurgeWarning


def warn(now: datetime) -> int:
    """Queues the warnings that are due, each once for a day; how many letters were warned about. A day that moved, anew."""
    return sum(_warn_of(campaign, now) for campaign in Campaign.objects.select_related("host"))


@transaction.atomic
def _warn_of(campaign: Campaign, now: datetime) -> bool:
    until = keeping.contacts_until(campaign)
    reached = [days for days in keeping.WARNED_DAYS_BEFORE if until - timedelta(days=days) <= now]
    if not reached:
        return False
    contacts = Contact.objects.filter(signature__campaign=campaign).count()
    if not contacts:
        return False
    # Who comes late to both is told once.
    _warning, is_new = PurgeWarning.objects.get_or_create(
        campaign=campaign, days=min(reached), due_at=until, defaults={"warned_at": now}
    )
    if is_new:
        on = max(until, now + timedelta(days=min(keeping.WARNED_DAYS_BEFORE)))
        managers.warn_of_purge(campaign, due_at=on, contacts=contacts, now=now)
    return is_new
