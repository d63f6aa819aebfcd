"""The desk without a mouse, in a real browser: three keys for the clear case, a list of the keys, a way to turn them off."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from signatories.models import Signature
from signatories.states import State
from tests.builders import PASSWORD, make_signature, make_superuser
from tests.signatories.staff_pages import case_address

QUEUE = reverse("admin:signatories_signature_changelist")


@pytest.fixture
def moderator(transactional_db):
    """A superuser: the groups of the migrations don't outlive the first test with a live server."""
    return make_superuser("moderator")


@pytest.fixture
def clear(campaign):
    return make_signature(
        campaign, state=State.CONFIRMED, website="https://lawyers.example", mailbox="a@lawyers.example"
    )


@pytest.fixture
def following(campaign, clear):
    return make_signature(campaign, state=State.CONFIRMED)


def opened(site, address, user):
    page = site.open(address)
    page.fill("input[name=login]", user.username)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]:has-text('Log in')")
    ready(page)
    return page


def ready(page):
    """Keys are listened to: the script that does has shown its button."""
    expect(page.locator("#shortcuts-open")).to_be_visible()


def test_three_keys_take_the_clear_case_from_the_queue_to_accepted_and_open_the_next(
    site, clear, following, moderator
):
    page = opened(site, QUEUE, moderator)

    page.keyboard.press("o")
    expect(page.locator("form.suggestion")).to_be_visible()
    ready(page)
    page.keyboard.press("e")
    page.keyboard.press("a")

    expect(page.locator(".messagelist .success")).to_contain_text("Next case.")
    assert page.url.endswith(case_address(following))
    assert Signature.objects.get(pk=clear.pk).state == State.ACCEPTED
    assert site.complaints == []


def test_keys_open_what_they_name_and_do_nothing_while_something_is_typed(site, clear, moderator):
    page = opened(site, case_address(clear), moderator)
    note = page.locator("form[action$='/hold/'] textarea").first

    page.keyboard.press("h")
    expect(note).to_be_focused()
    page.keyboard.type("area")
    expect(note).to_have_value("area")
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    expect(page.locator("form[action$='/reject/'] select")).to_be_focused()
    assert Signature.objects.get(pk=clear.pk).state == State.CONFIRMED

    note.focus()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".messagelist .success")).to_contain_text("On hold")
    assert Signature.objects.get(pk=clear.pk).state == State.ON_HOLD


def test_the_page_lists_its_keys_and_lets_them_be_turned_off(site, clear, moderator):
    page = opened(site, case_address(clear), moderator)

    page.keyboard.press("?")
    rows = page.locator("#shortcuts tr").all_inner_texts()
    assert {"a", "e", "h", "r", "n", "u"} <= {row.split()[0] for row in rows}
    assert "Record it and accept" in "".join(rows)
    page.locator("#shortcuts input").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    expect(page.locator("input[name=established]")).not_to_be_checked()

    page.reload()
    ready(page)
    page.keyboard.press("e")
    expect(page.locator("input[name=established]")).not_to_be_checked()
    page.locator("#shortcuts-open").click()
    page.locator("#shortcuts input").check()
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    expect(page.locator("input[name=established]")).to_be_checked()


def test_in_a_list_keys_walk_the_cases(site, clear, following, moderator):
    page = opened(site, "/admin/", moderator)
    cases = page.locator("table.cases tbody th a")

    for key, at in (("j", 0), ("j", 1), ("j", 1), ("k", 0)):
        page.keyboard.press(key)
        expect(cases.nth(at)).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("o")

    expect(page.locator("p.standing")).to_be_visible()
    assert page.url.endswith(case_address(following))
