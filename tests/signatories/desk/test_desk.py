"""The front page of the staff: what waits, in a sentence, in numbers and as a list."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from campaigns.choices import Role
from signatories.models import Heartbeat, OutboxMail, Signature
from signatories.states import State
from tests.builders import make_campaign, make_dispute, make_moderator, make_signature, make_user
from tests.signatories.staff_pages import case_address, page, queries_of, text

pytestmark = pytest.mark.django_db


def confirmed(campaign, *, hours_ago=0, **answers):
    signature = make_signature(campaign, state=State.CONFIRMED, **answers)
    Signature.objects.filter(pk=signature.pk).update(confirmed_at=timezone.now() - timedelta(hours=hours_ago))
    return signature


def test_m1_the_desk_says_in_a_sentence_what_waits(client):
    campaign = make_campaign()
    for hours in (1, 6, 3):
        confirmed(campaign, hours_ago=hours)
    make_signature(campaign, state=State.ON_HOLD)
    make_signature(campaign, state=State.SUBMITTED)
    OutboxMail.objects.update(state="sent")
    Heartbeat.objects.create(name="worker", seen_at=timezone.now())
    client.force_login(make_moderator(campaign))
    desk = client.get("/admin/")
    assert (
        page(desk).find("p", class_="sentence").get_text()
        == "3 to check, oldest 6 h, worker alive, mail queue 0"
    )
    numbers = [" ".join(each.get_text(" ").split()) for each in page(desk).select("ul.numbers li")]
    assert numbers[:4] == ["3 to check oldest 6 h", "1 on hold", "1 unconfirmed", "0 mails queued"]
    links = [each["href"] for each in page(desk).select("ul.numbers a")]
    assert links == [
        f"/admin/signatories/signature/?state={state}" for state in ("confirmed", "on_hold", "submitted")
    ]


def test_m1_the_desk_counts_disputed_lines_and_leads_to_them(client):
    campaign, other = make_campaign(), make_campaign("letter-b")
    disputed = make_signature(campaign, name="Disputed Example")
    make_signature(campaign, name="Quiet Example")
    make_dispute(disputed)
    make_dispute(disputed, "other@reader.example")
    make_dispute(make_signature(campaign), "third@reader.example", confirmed=False)
    make_dispute(make_signature(other, name="Zanzibar Secret Society"), "fourth@reader.example")
    client.force_login(make_moderator(campaign))
    desk = client.get("/admin/")
    assert "0 to check, 1 dispute, worker silent" in text(desk)
    (link,) = [each["href"] for each in page(desk).select("ul.numbers a") if "disputed" in each["href"]]
    listed = page(client.get(link))
    assert [each.get_text() for each in listed.select("th.field-organisation_name")] == ["Disputed Example"]


def test_the_list_shows_the_oldest_first_and_what_one_must_know_of_each(client):
    campaign = make_campaign()
    young = confirmed(
        campaign, hours_ago=1, name="Young Example", mailbox="jane.secret@gmail.com", website=""
    )
    old = confirmed(
        campaign,
        hours_ago=60,
        name="Old Example",
        country_code="MW",
        mailbox="jane.secret@old.example",
        website="https://www.old.example/about",
    )
    held = make_signature(campaign, state=State.ON_HOLD, name="Held Example")
    client.force_login(make_moderator(campaign))
    desk = client.get("/admin/")
    rows = [
        [" ".join(cell.get_text(" ").split()) for cell in row.find_all(["th", "td"])]
        for row in page(desk).select("table.cases tbody tr")
    ]
    assert rows[:2] == [
        ["Old Example", "Malawi", "@old.example", "V1", "–", "2 d"],
        ["Young Example", "Kenya", "@gmail.com", "V1", "Free-mail address; No website", "1 h"],
    ]
    assert rows[2][0] == "Held Example on hold"
    links = [each["href"] for each in page(desk).select("table.cases a")]
    assert links == [case_address(each) for each in (old, young, held)]
    assert "jane.secret" not in desk.content.decode()
    assert "https://www.old.example" not in desk.content.decode()


def test_a_silent_worker_and_failed_mail_are_shown(client):
    campaign = make_campaign()
    make_signature(campaign, state=State.SUBMITTED)
    OutboxMail.objects.update(state="failed")
    client.force_login(make_moderator(campaign))
    never = text(client.get("/admin/"))
    assert "worker silent, mail queue 1" in never
    assert "1 failed" in never
    assert "never seen" in never
    Heartbeat.objects.create(name="worker", seen_at=timezone.now() - timedelta(seconds=61))
    assert "worker silent" in text(client.get("/admin/"))
    Heartbeat.objects.update(seen_at=timezone.now() - timedelta(seconds=50))
    assert "worker alive" in text(client.get("/admin/"))


def test_the_desk_makes_as_many_queries_for_one_case_as_for_three(client):
    campaign = make_campaign()
    client.force_login(make_moderator(campaign))
    confirmed(campaign)
    one = queries_of(client, "/admin/")
    confirmed(campaign)
    confirmed(campaign)
    assert queries_of(client, "/admin/") == one == 14


def test_the_desk_counts_only_the_campaigns_of_the_user(client):
    mine, other = make_campaign(), make_campaign("letter-b")
    confirmed(other, name="Zanzibar Secret Society")
    client.force_login(make_moderator(mine))
    desk = client.get("/admin/")
    assert "0 to check, worker silent" in text(desk)
    assert "Nothing waits." in text(desk)
    assert "Zanzibar" not in desk.content.decode()


def test_whoever_may_see_no_signatures_sees_no_numbers(client):
    campaign = make_campaign()
    confirmed(campaign)
    client.force_login(make_user("nobody", roles=[(campaign, Role.MODERATOR)]))
    assert "to check" not in text(client.get("/admin/"))


def test_m1_the_desk_says_how_old_the_last_backup_is_and_shows_a_late_one(client):
    client.force_login(make_moderator(make_campaign()))
    assert "no backup noted" in text(client.get("/admin/"))

    with time_machine.travel(timezone.now() - timedelta(hours=3)):
        call_command("backup_made")
    desk = client.get("/admin/")
    assert page(desk).find("p", class_="sentence").get_text().endswith("mail queue 0, backup 3 h old")
    assert "since the last backup" not in page(desk).select("li.trouble")[-1].get_text()

    with time_machine.travel(timezone.now() - timedelta(hours=37)):
        call_command("backup_made")
    late = page(client.get("/admin/")).select("li.trouble")[-1]
    assert " ".join(late.get_text().split()) == "37 h since the last backup"
