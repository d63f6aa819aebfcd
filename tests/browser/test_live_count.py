"""The count keeps itself fresh while the page is open, and without script it stands in the page."""

import re

import pytest
from playwright.sync_api import expect

from tests.builders import make_signature

COUNT = re.compile(r"/count\.json$")
# With its jitter the script asks 4 to 6 seconds after it was loaded, and then every 4 to 6 seconds.
LONGEST_PAUSE = 6_000


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


def asked(site):
    return len([url for url in site.asked if COUNT.search(url)])


def test_a_new_signatory_shows_without_reload_and_is_announced(page, campaign, site):
    make_signature(campaign, name="Muster-Verein", country_code="DE")

    wait_for_answer(page)

    words = "2 organisations from 2 countries and territories"
    expect(page.locator(".panel .headline")).to_have_text(words)
    expect(page.get_by_role("status")).to_have_text(words)
    expect(page.get_by_role("progressbar")).to_have_js_property("value", 2)
    expect(page.locator("#signatory-list")).to_contain_text("Muster-Verein")
    assert [url for url in site.asked if url.endswith("/en/hrd-agenda/")] == [
        f"{site.url}/en/hrd-agenda/"
    ] * 2
    assert site.complaints == []


def test_nothing_is_announced_when_nothing_has_changed(page):
    wait_for_answer(page)
    wait_for_answer(page)

    expect(page.get_by_role("status")).to_have_text("")


def test_what_is_not_named_is_said(page, campaign):
    page.route(
        COUNT,
        lambda route: route.fulfill(
            json={"count": 12345, "named": 80, "countries": 41, "as_of": "", "letter_version": 1}
        ),
    )

    wait_for_answer(page)

    expect(page.locator(".panel .headline")).to_have_text(
        "12,345 organisations, of which 80 are named, from 41 countries and territories"
    )
    # The list stays as it was: the page behind the count does not tell the same.
    expect(page.locator("#signatory-list")).to_contain_text("Example Lantern Trust")


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
        # The answer arrives in real time, and only then the script plans its next question.
        page.wait_for_timeout(20)
        if asked(site) > before:
            return second
    raise AssertionError("It never asks.")


def test_after_errors_it_asks_less_often_and_recovers(page, site):
    page.route(COUNT, lambda route: route.fulfill(status=503))
    first, second, third = (seconds_until_it_asks(page, site) for _ in range(3))
    assert first <= 7 <= second <= 14 <= third

    page.unroute(COUNT)
    assert seconds_until_it_asks(page, site) > 14
    assert seconds_until_it_asks(page, site) <= 7


def test_without_script_the_number_stands_in_the_page(site, campaign):
    make_signature(campaign)

    page = site.open("/en/hrd-agenda/", java_script_enabled=False)

    expect(page.locator(".panel .headline")).to_have_text("1 organisation from 1 country or territory")
