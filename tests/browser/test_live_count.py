"""The count keeps itself fresh while the page is open, and without script it stands in the page."""

import re

import pytest
from playwright.sync_api import expect

from campaigns.models import Quote
from tests.browser.conftest import PHONE
from tests.builders import make_signature

COUNT = re.compile(r"/count\.json$")
# With its jitter the script asks 4 to 5.5 seconds after it was loaded, and then every 4 to 5.5 seconds.
LONGEST_PAUSE = 5_500
# Within so many milliseconds after a new count the new list is asked for, and so long a second sentence waits.
LIST_WITHIN = 2_000
SAID_EVERY = 30_000
# The page reads an answer in real time, whatever its clock says: so long it may take where the machine is busy.
READ_WITHIN = 400
OPENED_AT = "2026-11-24T10:05:30Z"


@pytest.fixture
def page(site, campaign):
    make_signature(campaign, name="Example Lantern Trust", country_code="KE")
    page = site.open("about:blank")
    page.clock.install()
    page.goto("/en/hrd-agenda/")
    return page


def wait_for_answer(page):
    with page.expect_response(COUNT):
        page.clock.run_for(LONGEST_PAUSE)


def wait_for_list(page):
    # The wait for the list begins when the answer is read, and the page's clock goes on by itself: the list may come sooner.
    with page.expect_response(re.compile(r"/en/hrd-agenda/(signatories/)?$")):
        page.wait_for_timeout(READ_WITHIN)
        page.clock.run_for(LIST_WITHIN)


def asked(site):
    return len([url for url in site.asked if COUNT.search(url)])


def answer(page, **facts):
    """From now on count.json says so."""
    says = {"count": 1, "named": 1, "countries": 1, "as_of": "2026-11-24T14:05:59Z", "letter_version": 1}
    headers = {"Date": facts.pop("date", "Tue, 24 Nov 2026 14:06:02 GMT"), "Age": "1"}
    page.unroute(COUNT)
    page.route(COUNT, lambda route: route.fulfill(json=says | facts, headers=headers))


def test_a_new_signatory_shows_without_reload_and_is_announced(page, campaign, site):
    make_signature(campaign, name="Muster-Verein", country_code="DE")

    wait_for_answer(page)

    words = "2 organisations from 2 countries and territories"
    expect(page.locator(".panel [data-headline]")).to_have_text(words)
    expect(page.locator(".panel [role=status]")).to_have_text(words)
    expect(page.get_by_role("progressbar")).to_have_js_property("value", 2)
    wait_for_list(page)
    expect(page.locator("#signatory-list")).to_contain_text("Muster-Verein")
    assert [url for url in site.asked if url.endswith("/en/hrd-agenda/")] == [
        f"{site.url}/en/hrd-agenda/"
    ] * 2
    assert site.complaints == []


def test_nothing_is_announced_when_nothing_has_changed(page):
    wait_for_answer(page)
    wait_for_answer(page)

    expect(page.locator(".panel [role=status]")).to_have_text("")


def test_of_many_changes_the_first_is_announced_and_then_the_last_and_none_twice(page):
    page.evaluate(
        """() => {
            window.heard = [];
            const region = document.querySelector("[data-said]");
            new MutationObserver(() => window.heard.push(region.textContent)).observe(region, { childList: true });
        }"""
    )
    for count in (80, 81, 82, 82):
        answer(page, count=count, named=count, countries=41)
        wait_for_answer(page)
        page.wait_for_timeout(READ_WITHIN)

    page.clock.run_for(SAID_EVERY)
    page.clock.run_for(SAID_EVERY)

    assert page.evaluate("window.heard") == [
        "80 organisations from 41 countries and territories",
        "82 organisations from 41 countries and territories",
    ]


def test_what_is_not_named_is_said(page, campaign):
    answer(page, count=12345, named=80, countries=41)

    wait_for_answer(page)

    expect(page.locator(".panel [data-headline]")).to_have_text(
        "12,345 organisations, of which 80 are named, from 41 countries and territories"
    )
    # The list stays as it was: the page behind the count does not tell the same.
    wait_for_list(page)
    expect(page.locator("#signatory-list")).to_contain_text("Example Lantern Trust")


def test_the_page_says_when_it_last_heard_also_when_nothing_has_changed(page):
    answer(page)

    wait_for_answer(page)

    # An answer that was a second old when it was sent: 14:06:01.
    expect(page.locator(".panel .headline")).to_have_text(
        re.compile("^1 organisation from 1 country or territory, as of .*14:06 UTC$")
    )
    expect(page.locator("[data-day]")).to_have_text("24 November 2026")
    answer(page, date="Wed, 25 Nov 2026 00:00:01 GMT")
    wait_for_answer(page)
    expect(page.locator("[data-clock]")).to_have_text("00:00")
    expect(page.locator("[data-day]")).to_have_text("25 November 2026")


def test_silence_is_said_and_taken_back(page):
    silent = page.locator("[data-silent]")
    expect(silent).to_be_hidden()
    page.route(COUNT, lambda route: route.fulfill(status=503))
    # Step by step: an answer is read in real time, and only then the next question is planned.
    for _ in range(6):
        page.clock.run_for(LONGEST_PAUSE)
        page.wait_for_timeout(READ_WITHIN)
    expect(silent).to_have_text("The server has not been heard from since. Trying again.")
    expect(silent).to_be_visible()

    answer(page)
    for _ in range(12):
        page.clock.run_for(10_000)
        page.wait_for_timeout(READ_WITHIN)

    expect(silent).to_be_hidden()


def test_whoever_goes_offline_is_told_at_once_and_asked_for_at_once_when_back(page, site):
    page.context.set_offline(True)
    expect(page.locator("[data-silent]")).to_be_visible()

    page.context.set_offline(False)
    with page.expect_response(COUNT):
        page.clock.run_for(1_000)

    expect(page.locator("[data-silent]")).to_be_hidden()


def test_whoever_reads_the_list_keeps_the_place_when_it_is_renewed(site, campaign):
    for number in range(3):
        make_signature(campaign, name=f"Example Trust {number}")
    page = site.open("about:blank")
    page.clock.install()
    page.goto("/en/hrd-agenda/signatories/")
    link = page.locator("#signatory-list a").nth(1)
    address = link.get_attribute("href")
    link.focus()
    make_signature(campaign, name="An Example Before Them")

    wait_for_answer(page)
    wait_for_list(page)

    expect(page.locator("#signatory-list")).to_contain_text("An Example Before Them")
    assert page.evaluate("document.activeElement.getAttribute('href')") == address


def test_a_list_that_comes_late_does_not_take_the_place_of_what_was_searched_meanwhile(site, campaign):
    make_signature(campaign)
    page = site.open("about:blank")
    page.clock.install()
    page.goto("/en/hrd-agenda/signatories/")
    make_signature(campaign, name="Muster-Verein")
    held = []
    page.route(re.compile(r"/signatories/$"), lambda route: held.append(route))
    wait_for_answer(page)
    page.wait_for_timeout(READ_WITHIN)
    page.clock.run_for(LIST_WITHIN)
    page.wait_for_timeout(READ_WITHIN)

    page.evaluate("history.replaceState(null, '', '?q=example')")
    with page.expect_response(re.compile(r"/signatories/$")):
        held[0].continue_()
    page.wait_for_timeout(READ_WITHIN)

    expect(page.locator("#signatory-list .name")).to_have_count(1)


def test_a_page_that_nobody_looks_at_does_not_ask(page, site):
    page.evaluate("Object.defineProperty(document, 'hidden', { configurable: true, get: () => true })")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.clock.run_for(10 * LONGEST_PAUSE)
    assert asked(site) == 0

    page.evaluate("delete document.hidden")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    with page.expect_response(COUNT):
        page.clock.run_for(1_000)


def seconds_until_it_asks(page, site):
    before = asked(site)
    for second in range(1, 150):
        page.clock.run_for(1_000)
        page.wait_for_timeout(20)
        if asked(site) > before:
            # Its answer is read in real time, and only then the script plans the next question.
            page.wait_for_timeout(READ_WITHIN)
            return second
    raise AssertionError("It never asks.")


def test_after_errors_it_asks_less_often_and_recovers(page, site):
    page.route(COUNT, lambda route: route.fulfill(status=503))
    first, second, third = (seconds_until_it_asks(page, site) for _ in range(3))
    assert first <= 6 <= second <= 12 <= third

    page.unroute(COUNT)
    assert seconds_until_it_asks(page, site) > 12
    assert seconds_until_it_asks(page, site) <= 7


def test_without_script_the_number_stands_in_the_page(site, campaign):
    make_signature(campaign)

    page = site.open("/en/hrd-agenda/", java_script_enabled=False)

    expect(page.locator(".panel .headline")).to_have_text(
        re.compile(r"^1 organisation from 1 country or territory, as of .*\d\d:\d\d UTC$")
    )
    expect(page.locator("[data-silent]")).to_be_hidden()


@pytest.mark.parametrize(
    ("zone", "language", "ending"),
    [
        ("Africa/Nairobi", "en", " = 10:00 UTC = 13:00 in your time zone"),
        ("Pacific/Kiritimati", "en", " = 10:00 UTC = 1 October 2030, 00:00 in your time zone"),
        ("America/St_Johns", "en", " = 10:00 UTC = 07:30 in your time zone"),
        ("Europe/Paris", "en", " = 10:00 UTC"),
        ("Africa/Accra", "en", " = 10:00 UTC"),
        ("Africa/Nairobi", "ar", "13:00"),
    ],
)
def test_the_deadline_is_told_in_the_readers_own_time_where_it_is_another(
    site, campaign, zone, language, ending
):
    campaign.zone, campaign.closes_at = "Europe/Zurich", "2030-09-30T10:00:00Z"
    campaign.save()
    deadline = 'time[datetime="2030-09-30T10:00:00Z"]'

    page = site.open(f"/{language}/hrd-agenda/", timezone_id=zone, size=PHONE)

    assert ending in page.locator(deadline).first.inner_text()
    page.goto(f"/{language}/hrd-agenda/sign/")
    assert ending in page.locator(deadline).first.inner_text()
    if language == "en":
        assert page.locator(deadline).first.inner_text().endswith(ending)


def test_without_script_the_deadline_stands_in_the_hosts_zone_and_in_utc(site, campaign):
    campaign.zone, campaign.closes_at = "Europe/Zurich", "2030-09-30T10:00:00Z"
    campaign.save()

    page = site.open("/en/hrd-agenda/", timezone_id="Africa/Nairobi", java_script_enabled=False)

    expect(page.locator(".panel")).to_contain_text("30 September 2030, 12:00 (Europe/Zurich) = 10:00 UTC")


def test_the_quote_can_be_copied_with_who_says_it(site, campaign):
    Quote.objects.create(
        campaign=campaign, language="en", text="Say “<so>”.", speaker="N. N.", speaker_role="spokesperson"
    )
    page = site.open("/en/hrd-agenda/")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    page.get_by_role("button", name="Copy the quote").click()

    expect(page.locator(".copy [role=status]")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == (
        f"“Say “<so>”.” – N. N., spokesperson, {campaign.host.name}"
    )


def test_the_line_for_other_sites_can_be_copied(site, campaign):
    page = site.open("/en/hrd-agenda/share/")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    page.get_by_role("button", name="Copy the line").click()

    expect(page.locator(".copy [role=status]")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#snippet").inner_text()


def test_a_list_that_does_not_come_is_no_silence_and_is_asked_for_again(page, campaign):
    make_signature(campaign, name="Muster-Verein", country_code="DE")
    letter = re.compile(r"/en/hrd-agenda/$")
    page.route(letter, lambda route: route.fulfill(status=503))
    wait_for_answer(page)
    wait_for_list(page)
    page.unroute(letter)

    wait_for_answer(page)
    wait_for_list(page)

    expect(page.locator("[data-silent]")).to_be_hidden()
    expect(page.locator("#signatory-list")).to_contain_text("Muster-Verein")


def test_where_copying_is_not_allowed_the_quote_is_selected(site, campaign):
    Quote.objects.create(campaign=campaign, language="en", text="Say so.", speaker="N. N.")
    page = site.open("/en/hrd-agenda/")
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')) }")

    page.get_by_role("button", name="Copy the quote").click()

    assert "Say so." in page.evaluate("getSelection().toString()")


def test_without_script_there_is_no_button_that_does_nothing(site, campaign):
    Quote.objects.create(campaign=campaign, language="en", text="Say so.", speaker="N. N.")

    page = site.open("/en/hrd-agenda/", java_script_enabled=False)

    expect(page.get_by_text("Say so.")).to_be_visible()
    expect(page.get_by_role("button", name="Copy the quote")).to_be_hidden()
