"""What the desk and the pages of the staff say about erasing."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from campaigns import keeping
from campaigns.models import Campaign
from signatories import retention
from signatories.models import Heartbeat
from tests.builders import make_campaign, make_manager, make_signature
from tests.signatories.staff_pages import text

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def campaign():
    return make_campaign()


def desk(client, moment):
    with time_machine.travel(moment):
        return text(client.get("/admin/"))


def log_in(client, user, moment):
    with time_machine.travel(moment):
        client.force_login(user)


def test_c22_the_desk_warns_those_of_the_letter_and_nobody_else_until_the_day_moves(client, campaign):
    make_signature(campaign)
    mine, others = make_manager(campaign), make_manager(make_campaign("letter-b"), "stranger")
    until = keeping.contacts_until(campaign)
    with time_machine.travel(until - 13 * DAY):
        retention.purge()
    day = f"{timezone.localtime(until, campaign.zoneinfo):%-d %B %Y}"
    words = f"The contacts of letter-a will be erased on {day}. List and count stay."

    log_in(client, others, until - 13 * DAY)
    assert "will be erased" not in desk(client, until - 13 * DAY)
    log_in(client, mine, until - 13 * DAY)
    assert words in desk(client, until - 13 * DAY)
    Campaign.objects.filter(pk=campaign.pk).update(retention_months=9)
    assert "will be erased" not in desk(client, until - 13 * DAY)


def test_the_desk_says_when_the_last_purge_was_and_when_it_is_late(client, campaign):
    client.force_login(make_manager(campaign))
    now = timezone.now()
    assert "purge" not in text(client.get("/admin/"))

    Heartbeat.objects.create(name=Heartbeat.PURGE, seen_at=now - timedelta(hours=35))
    assert "What has had its day was erased 35 h ago." in text(client.get("/admin/"))
    Heartbeat.objects.filter(name=Heartbeat.PURGE).update(seen_at=now - timedelta(hours=37))
    assert "The last nightly purge was 37 h ago" in text(client.get("/admin/"))


def test_the_desk_says_that_the_list_of_erasures_is_not_written(client, campaign):
    client.force_login(make_manager(campaign))
    assert "list of erasures" not in text(client.get("/admin/"))

    Heartbeat.objects.create(name=Heartbeat.ERASURE_LIST, seen_at=timezone.now())

    assert "The list of erasures outside this server could not be written" in text(client.get("/admin/"))


def test_letter_and_case_say_when_contacts_go(client, campaign):
    signature = make_signature(campaign)
    client.force_login(make_manager(campaign))
    until = keeping.contacts_until(campaign)
    day = f"{timezone.localtime(until, campaign.zoneinfo):%-d %B %Y}"

    assert day in text(client.get(f"/admin/campaigns/campaign/{campaign.pk}/change/"))
    assert f"Contact to be erased on {day}" in text(
        client.get(f"/admin/signatories/signature/{signature.pk}/change/")
    )
    retention.erase_contact(signature.contacts.get())
    assert "Contact to be erased" not in text(
        client.get(f"/admin/signatories/signature/{signature.pk}/change/")
    )


def test_the_page_of_a_new_letter_opens(admin_client, settings):
    settings.STAFF_MFA_REQUIRED = False
    assert admin_client.get("/admin/campaigns/campaign/add/").status_code == 200
