"""Signing from the letter to the confirmation, without script and without a mouse (scenarios S1, S3 to S5, S26)."""

import pytest
from playwright.sync_api import expect

from signatories.models import Signature
from signatories.states import State
from tests.browser import way
from tests.browser.conftest import PHONE
from tests.builders import opened_a_while_ago


@pytest.fixture
def page(site, campaign):
    return site.open("/en/hrd-agenda/", java_script_enabled=False)


def type_form(page):
    answers = {
        "name": "Example Lantern Trust",
        "native_name": "جمعية المثال",
        "acronym": "ELT",
        "website": "lantern-trust.example",
        "country_code": "Kenya",
        "org_type": "Network",
        "contact_name": "Grace Placeholder",
        "contact_role": "Director",
        "mailbox": "director@lantern-trust.example",
    }
    for name, keys in answers.items():
        way.tab_to(page, page.locator(f"#sign-form [name={name}]"))
        page.keyboard.type(keys)
    way.tab_to(page, page.locator("[name=consent_data]"))
    page.keyboard.press("Space")


def test_s26_the_whole_way_works_by_keyboard_and_without_script(page, site):
    way.tab_to(page, page.get_by_role("link", name="Sign for your organisation"))
    page.keyboard.press("Enter")
    type_form(page)
    page.locator("[name=opened]").evaluate("(input, seal) => { input.value = seal }", opened_a_while_ago())
    way.tab_to(page, page.get_by_role("button", name="Check and go on"))
    page.keyboard.press("Enter")

    expect(page.locator(".printed")).to_have_text("Example Lantern Trust (ELT) جمعية المثال Kenya")
    expect(page.locator(".answers")).to_contain_text("director@lantern-trust.example")
    way.tab_to(page, page.get_by_role("button", name="Send"))
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Check your mailbox …@lantern-trust.example")
    signature = Signature.objects.get()
    expect(page.locator(".reference")).to_have_text(signature.reference)
    page.goto(way.mailed_link())

    expect(page.locator(".printed")).to_contain_text("Example Lantern Trust (ELT)")
    way.tab_to(page, page.get_by_role("checkbox"))
    page.keyboard.press("Space")
    way.tab_to(page, page.get_by_role("button", name="Confirm"))
    page.keyboard.press("Enter")

    expect(page.locator("main")).to_contain_text(
        "now being checked by the host; normally within 2 working days"
    )
    signature.refresh_from_db()
    assert signature.state == State.CONFIRMED
    assert site.complaints == []


def test_s26_the_focus_is_on_what_has_to_be_mended_and_from_there_at_its_field(page):
    page.goto(way.PATH)
    page.get_by_role("button", name="Check and go on").click()

    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("There are 7 things to mend")
    summary.get_by_role("link", name="Name of the organisation").press("Enter")
    field = page.get_by_label("Name of the organisation")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description("As it should be printed. This field is required.")


def test_s2_nothing_typed_is_lost_when_the_language_is_changed_on_the_form(page):
    page.goto(way.PATH)
    way.fill(page, name="Example Lantern Trust", country_code="KE")
    page.get_by_role("button", name="العربيّة").click()

    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator("[name=name]")).to_have_value("Example Lantern Trust")
    expect(page.locator("[name=country_code]")).to_have_value("KE")
    expect(page.locator("[name=consent_data]")).to_be_checked()


def test_s2_nor_on_the_page_that_shows_what_was_typed(page):
    page.goto(way.PATH)
    way.to_review(page, name="Example Lantern Trust", country_code="KE")
    page.get_by_role("button", name="Français").click()

    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.locator(".printed")).to_have_text("Example Lantern Trust Kenya")


def test_the_enter_key_goes_on_and_does_not_change_the_language(page):
    page.goto(way.PATH)
    way.fill(page)
    page.locator("[name=mailbox]").press("Enter")

    expect(page.locator("#review-form")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_change_brings_back_the_form_with_everything_in_it(page):
    page.goto(way.PATH)
    way.to_review(page, name="Example Lantern Trust")
    page.get_by_role("button", name="Change").click()

    expect(page.locator("[name=name]")).to_have_value("Example Lantern Trust")


def test_people_do_not_meet_the_field_for_robots_unless_something_filled_it(page):
    page.goto(way.PATH)
    trap = page.locator("[name=fax]")
    around = page.locator(".trap")
    expect(around).to_have_attribute("aria-hidden", "true")
    assert around.bounding_box()["width"] == 1
    way.fill(page)
    trap.evaluate("input => { input.value = '+41 22 000 00 00' }")
    page.locator("#sign-form .buttons button").click()

    page.get_by_role("alert").get_by_role("link", name="Leave this field empty").press("Enter")
    expect(trap).to_be_focused()
    trap.fill("")
    page.locator("#sign-form .buttons button").click()
    expect(page.locator("#review-form")).to_be_visible()


def test_the_focus_never_hides_under_the_button_that_stays_in_reach(site, campaign):
    page = site.open("/en/hrd-agenda/", size=PHONE, reduced_motion="reduce")
    bar = page.locator(".act").bounding_box()
    for link in page.locator("main a").all():
        link.focus()
        box = link.bounding_box()
        assert box["y"] + box["height"] <= bar["y"] or link.get_attribute("href").endswith("/sign/")
