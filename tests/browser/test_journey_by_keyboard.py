"""A phone without script, and hands without a mouse: reading and signing to the end (scenarios S1 and S26)."""

import pytest
from playwright.sync_api import expect

from campaigns.models import Campaign
from signatories.demo import loading
from signatories.models import Signature
from signatories.states import State
from tests.browser import way
from tests.browser.conftest import PHONE
from tests.browser.focus import press, tab_to, walk_all
from tests.builders import PASSWORD, opened_a_while_ago

# What a window of 1280 by 900 px shows at 400 %.
MAGNIFIED = {"size": {"width": 320, "height": 225}, "device_scale_factor": 4}
WINDOWS = {"phone": {"size": PHONE}, "400 %": MAGNIFIED}
in_each_window = pytest.mark.parametrize("window", WINDOWS.values(), ids=WINDOWS)
with_and_without_script = pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
TYPED = {
    "name": "Example Lantern Trust",
    "acronym": "ELT",
    "website": "lantern-trust.example",
    "country_code": "Kenya",
    "org_type": "Network",
    "contact_name": "Grace Placeholder",
    "contact_role": "Director",
    "mailbox": "director@lantern-trust.example",
}


def type_form(page):
    for name, keys in TYPED.items():
        tab_to(page, page.locator(f"#sign-form [name={name}]"))
        page.keyboard.type(keys)
    page.locator("[name=opened]").evaluate("(input, seal) => { input.value = seal }", opened_a_while_ago())


def press_button(page, name):
    tab_to(page, page.get_by_role("button", name=name))
    page.keyboard.press("Enter")


@in_each_window
@with_and_without_script
def test_s26_from_the_letter_to_the_confirmation_by_keyboard_alone_with_an_error_on_the_way(
    site, campaign, window, script
):
    Campaign.objects.update(modes_allowed=["public", "addressee_only", "withheld"])
    page = site.open("/en/hrd-agenda/", java_script_enabled=script, reduced_motion="reduce", **window)

    tab_to(page, page.get_by_role("link", name="Sign for your organisation"))
    page.keyboard.press("Enter")
    expect(page.locator("#sign-form")).to_be_visible()
    type_form(page)
    press_button(page, "Check and go on")

    # The consent was forgotten: the list of what to mend has the focus and leads to the field.
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    press(page, "Tab")
    page.keyboard.press("Enter")
    consent = page.locator("[name=consent_data]")
    expect(consent).to_be_focused()
    expect(consent).to_have_attribute("aria-invalid", "true")
    page.keyboard.press("Space")
    tab_to(page, page.locator("[name=publication_mode]:checked"), key="Shift+Tab")
    press(page, "ArrowDown")
    expect(page.locator("[name=publication_mode]:checked")).to_have_value("addressee_only")
    press(page, "ArrowUp")
    press_button(page, "Check and go on")

    expect(page.locator(".printed")).to_contain_text("Example Lantern Trust")
    press_button(page, "Send")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Check your mailbox")
    page.goto(way.mailed_link())
    tab_to(page, page.get_by_role("checkbox"))
    page.keyboard.press("Space")
    press_button(page, "Confirm")

    expect(page.locator("main")).to_contain_text("now being checked by the host")
    assert Signature.objects.get().state == State.CONFIRMED
    assert site.complaints == []


@in_each_window
@with_and_without_script
def test_s26_a_lost_cookie_loses_nothing_that_was_typed(site, campaign, window, script):
    page = site.open(way.PATH, java_script_enabled=script, reduced_motion="reduce", **window)
    type_form(page)
    tab_to(page, page.locator("[name=consent_data]"))
    page.keyboard.press("Space")

    page.context.clear_cookies()
    press_button(page, "Check and go on")

    expect(page.get_by_role("alert")).to_contain_text("Everything typed is still here")
    assert page.locator("[name=name]").input_value() == TYPED["name"]
    expect(page.locator("[name=country_code]")).to_have_value("KE")
    expect(page.locator("[name=consent_data]")).to_be_checked()
    press_button(page, "Check and go on")
    expect(page.locator(".printed")).to_contain_text("Example Lantern Trust")


@in_each_window
@pytest.mark.parametrize("language", ["en", "ar"])
def test_s26_one_sees_where_one_is_at_every_stop_of_every_page(site, transactional_db, window, language):
    loading.load(PASSWORD)
    page = site.open("about:blank", reduced_motion="reduce", **window)
    stops = {}

    for path in ("", *(f"hrd-agenda/{each}" for each in ("", "signatories/", "sign/", "updates/", "share/"))):
        page.goto(f"/{language}/{path}")
        stops[path] = walk_all(page)

    assert min(stops.values()) > 5


def test_what_has_the_focus_and_cannot_be_seen_is_noticed(site, campaign):
    page = site.open("/en/hrd-agenda/", size=PHONE, reduced_motion="reduce")
    press(page, "Tab")
    page.evaluate("""() => {
        const bar = document.body.appendChild(document.createElement("div"));
        Object.assign(bar.style, { position: "fixed", inset: "0", background: "black" });
    }""")

    with pytest.raises(AssertionError, match="hidden under <div"):
        press(page, "Tab")


def test_s1_a_phone_without_script_shows_the_whole_letter_and_asks_nobody_else(site, transactional_db):
    campaign = loading.load(PASSWORD)
    page = site.open("/en/hrd-agenda/", size=PHONE, java_script_enabled=False)
    text = " ".join(page.locator("main").inner_text().split())

    around = campaign.texts.get(language="en")
    body = campaign.letter_versions.get().texts.get(language="en").body
    tally = campaign.signatures.tally()
    local = campaign.closes_at.astimezone(campaign.zoneinfo)
    for words in (
        around.addressee_office,
        *around.how_verified.split("\n\n"),
        *around.privacy_notice.split("\n\n"),
        body.strip().split("\n")[-1],
        *(ask.texts.get(language="en").text for ask in campaign.asks.all()),
        f"{tally.count} organisations",
        f"{tally.countries} countries",
        f"{local:%H:%M}",
        "Europe/Zurich",
        f"{campaign.closes_at:%H:%M}",
        "UTC",
    ):
        assert " ".join(words.split()) in text
    public = campaign.signatures.public().select_related("organisation")
    named, convenors = (
        {each.organisation.name for each in which} for which in (public, public.filter(role="convenor"))
    )
    assert [name for name in named if name not in text] == []
    first = text[text.index("Convenors") : text.index("Other signatories")]
    assert [name for name in convenors if name not in first] == []
    assert site.hosts() == {site.url.removeprefix("http://")}
    assert page.context.cookies() == []
