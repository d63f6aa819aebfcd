"""A half-written note outlives the idle log-out, in a real browser (scenario M20)."""

import re

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from signatories.states import State
from tests.builders import PASSWORD, make_signature, make_superuser
from tests.signatories.staff_pages import case_address

WORDS = "Spoke with Jane; she calls back on Monday."


@pytest.fixture
def signature(campaign):
    return make_signature(campaign, state=State.CONFIRMED)


@pytest.fixture
def moderator(transactional_db):
    """A superuser: the groups of the migrations don't outlive the first test with a live server."""
    return make_superuser("moderator")


def log_in(page, user):
    page.fill("input[name=login]", user.username)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]:has-text('Log in')")


def note_of(page):
    return page.locator("form[action$='/hold/'] textarea")


def open_hold(page):
    page.locator("summary", has_text=re.compile(r"^\s*Hold\s*$")).click()


def kept(page):
    page.wait_for_load_state("load")  # the script that forgets runs once the page is read
    return page.evaluate("Object.entries(sessionStorage).filter(([key]) => key.startsWith('kept'))")


def test_m20_what_was_typed_is_there_again_after_the_log_in(site, signature, moderator):
    page = site.open(case_address(signature))
    log_in(page, moderator)
    open_hold(page)
    note_of(page).fill(WORDS)
    Session.objects.all().delete()
    page.click("form[action$='/hold/'] button")
    expect(page.locator("blockquote.typed")).to_have_text(WORDS)
    page.click("text=Log in and go back")
    log_in(page, moderator)
    expect(note_of(page)).to_be_visible()
    expect(note_of(page)).to_have_value(WORDS)

    page.click("form[action$='/hold/'] button")
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert kept(page) == []
    assert site.complaints == []


def test_a_colleague_in_the_same_tab_finds_nothing(site, signature, moderator):
    page = site.open(case_address(signature))
    log_in(page, moderator)
    open_hold(page)
    note_of(page).fill(WORDS)
    Session.objects.all().delete()
    page.goto(case_address(signature))
    log_in(page, make_superuser("colleague"))
    open_hold(page)
    expect(note_of(page)).to_have_value("")
    assert kept(page) == []


def test_a_log_out_forgets_what_was_typed(site, signature, moderator):
    page = site.open(case_address(signature))
    log_in(page, moderator)
    open_hold(page)
    note_of(page).fill(WORDS)
    page.click("#logout-form button")
    page.wait_for_url("**/staff/login/")
    assert kept(page) == []
