"""Two purges, or a purge and a person, at the same moment: each contact is erased once, each warning sent once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns import keeping
from campaigns.models import Campaign
from signatories import retention
from signatories.models import Contact, OutboxMail, PurgeWarning, Signature
from signatories.states import EventKind, State
from tests.builders import make_campaign, make_manager, make_signature
from tests.processes.together import at_once

DAY = timedelta(days=1)


@pytest.fixture
def campaign(transactional_db):
    return make_campaign()


def end_in(campaign, span):
    """Moves the delivery so that the contacts' day is so far from now."""
    months = campaign.retention_months
    Campaign.objects.filter(pk=campaign.pk).update(
        delivered_at=keeping.months_after(timezone.now() + span, -months)
    )
    campaign.refresh_from_db()
    return keeping.contacts_until(campaign)


def erased(signature):
    return signature.events.filter(kind=EventKind.CONTACT_ERASED).count()


def test_two_purges_at_once_erase_each_contact_once(campaign):
    signatures = [make_signature(campaign) for _ in range(6)]
    expired = make_signature(campaign, state=State.SUBMITTED)
    Signature.objects.filter(pk=expired.pk).update(submitted_at=timezone.now() - 8 * DAY)
    until = end_in(campaign, -DAY)
    PurgeWarning.objects.create(campaign=campaign, days=3, due_at=until, warned_at=timezone.now() - 4 * DAY)

    results = at_once([retention.purge] * 3)

    assert [each for each in results if isinstance(each, Exception)] == []
    assert sum(each["erase_due"] for each in results) == 6
    assert sum(each["expire_unconfirmed"] for each in results) == 1
    assert [erased(each) for each in signatures] == [1] * 6
    assert Contact.objects.count() == 0


def test_two_purges_at_once_warn_once(campaign):
    manager = make_manager(campaign)
    manager.email = "manager@host.example"
    manager.save()
    make_signature(campaign)
    end_in(campaign, 10 * DAY)

    results = at_once([retention.purge] * 3)

    assert sum(each["warn"] for each in results) == 1
    assert OutboxMail.objects.filter(kind="purge_warning").count() == 1


def test_a_signer_and_the_purge_erase_the_same_contact_once(campaign):
    signature = make_signature(campaign)
    until = end_in(campaign, -DAY)
    PurgeWarning.objects.create(campaign=campaign, days=3, due_at=until, warned_at=timezone.now() - 4 * DAY)
    contact = signature.contacts.get()

    results = at_once([lambda: retention.erase_contact(contact), retention.purge])

    assert [each for each in results if isinstance(each, Exception)] == []
    assert [results[0] + results[1]["erase_due"], erased(signature)] == [1, 1]
