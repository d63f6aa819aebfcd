"""Half an hour without a click logs out, and loses no half-written note (scenario M20)."""

import time
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from signatories.desk import idle
from signatories.states import State
from tests.builders import PASSWORD, make_campaign, make_moderator, make_signature, make_superuser
from tests.signatories.staff_pages import button_address, case_address, page, text
from tests.staff_browser import a_name, log_in, new_browser, send

pytestmark = pytest.mark.django_db


def left():
    """How long the only session still lives, in whole minutes."""
    return round((Session.objects.get().expire_date - timezone.now()) / timedelta(minutes=1))


def wait(minutes):
    session = Session.objects.get()
    Session.objects.update(expire_date=session.expire_date - timedelta(minutes=minutes))


@pytest.fixture
def signature():
    return make_signature(make_campaign(), state=State.CONFIRMED)


@pytest.fixture
def moderator(signature):
    return make_moderator(signature.campaign, a_name())


def test_m20_after_half_an_hour_without_a_click_one_logs_in_again():
    browser = new_browser()
    log_in(browser, make_superuser(a_name()))
    assert browser.get("/admin/").status_code == 200
    assert left() == 30
    wait(29)
    assert browser.get("/admin/").status_code == 200
    wait(31)
    assert browser.get("/admin/").headers["Location"] == "/admin/login/?next=/admin/"


def test_each_page_of_the_staff_puts_the_log_out_off(client, monkeypatch):
    client.force_login(make_superuser(a_name()))
    client.get("/admin/")
    wait(20)
    a_minute_later = time.time() + 60
    monkeypatch.setattr(idle.time, "time", lambda: a_minute_later)
    client.get("/admin/signatories/signature/")
    assert left() == 30


def test_putting_off_writes_once_a_minute(client, monkeypatch):
    now = time.time()
    monkeypatch.setattr(idle.time, "time", lambda: now)
    client.force_login(make_superuser(a_name()))
    client.get("/admin/")
    wait(5)
    client.get("/admin/")
    assert left() == 25


def test_public_pages_leave_the_session_alone(client, signature):
    client.force_login(make_superuser(a_name()))
    client.get("/admin/")
    wait(5)
    for address in ("/en/letter-a/", "/en/letter-a/sign/", "/letter-a/count.json"):
        answer = client.get(address)
        assert (answer.status_code, answer.cookies.get("session")) == (200, None)
    assert left() == 25


def test_the_session_ends_with_the_browser():
    browser = new_browser()
    log_in(browser, make_superuser(a_name()))
    browser.get("/admin/")
    assert browser.cookies["session"]["max-age"] == ""


NOTE = "Spoke with <b>Jane</b>.\nShe calls back on Monday."


def test_m20_a_note_that_came_too_late_is_shown_and_leads_back_to_its_page(signature, moderator):
    browser = new_browser()
    log_in(browser, moderator)
    token = page(browser.get(case_address(signature))).find("input", attrs={"name": "csrfmiddlewaretoken"})[
        "value"
    ]
    Session.objects.all().delete()
    late = browser.post(
        button_address(signature, "hold"),
        {"csrfmiddlewaretoken": token, "expected_state": "confirmed", "note": NOTE},
    )
    assert late.status_code == 403
    assert [each.get_text("\n") for each in page(late).select("blockquote.typed")] == [NOTE]
    assert "no-store" in late.headers["Cache-Control"]
    assert "<b>Jane" not in late.content.decode()
    signature.refresh_from_db()
    assert signature.state == State.CONFIRMED

    form = browser.get(page(late).find("a", string="Log in and go back")["href"])
    back = send(browser, form, login=moderator.username, password=PASSWORD)
    assert back.headers["Location"] == case_address(signature)


def test_only_words_are_shown_again_not_what_forms_carry_along(client, signature):
    late = client.post(
        button_address(signature, "hold"), {"expected_state": "confirmed", "note": "等待回复", "reason": "  "}
    )
    assert [each.get_text() for each in page(late).select("blockquote.typed")] == ["等待回复"]


def test_a_late_click_without_words_says_that_nothing_was_saved(client, signature):
    late = client.post(button_address(signature, "send_again"))
    assert "Nothing was saved." in text(late)
    assert page(late).select("blockquote") == []


def test_a_forged_form_of_another_site_shows_nothing(signature):
    late = new_browser().post(button_address(signature, "hold"), {"note": "Words of another site"})
    assert (late.status_code, "Words of another site" in late.content.decode()) == (403, False)


def test_forms_with_notes_are_marked_with_the_account_that_writes(client, signature, moderator):
    client.force_login(moderator)
    shown = page(client.get(case_address(signature)))
    for name in ("accept", "hold", "reject", "add_evidence"):
        for form in shown.find_all("form", action=button_address(signature, name)):
            assert form["data-keep"] == str(moderator.pk)
    assert shown.find("script", src=lambda address: address and "js/keep" in address)
