"""The proof of work in a real browser: in a worker under our content policy, on the page where there is none, and without script."""

import pytest
from playwright.sync_api import expect

from campaigns.choices import Intake
from campaigns.models import Campaign
from signatories.models import Signature
from signatories.states import Flag
from tests.browser import way
from tests.browser.conftest import PHONE

NO_WORKER = "window.Worker = undefined; Object.defineProperty(window, 'crypto', {value: undefined});"


@pytest.fixture
def challenged(campaign):
    Campaign.objects.update(intake=Intake.CHALLENGE)
    return campaign


@pytest.mark.parametrize("before", ["", NO_WORKER], ids=["worker", "page alone"])
def test_m11_a_browser_solves_it_by_itself_and_says_so_politely(site, challenged, before):
    page = site.open(way.PATH, size=PHONE)
    page.add_init_script(before)
    way.to_review(page)
    status = page.get_by_role("status")

    expect(status).to_have_text("The calculation is done. You can send now.", timeout=60_000)
    page.get_by_role("button", name="Send").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Check your mailbox")
    assert Flag.NO_PROOF not in Signature.objects.get().flags
    assert site.complaints == []


def test_who_presses_before_it_is_done_waits_and_is_sent_on(site, challenged, settings):
    settings.CHALLENGE_DIFFICULTY = 400_000
    page = site.open(way.PATH)
    way.to_review(page)

    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/sign/sent/**", timeout=60_000)

    assert Flag.NO_PROOF not in Signature.objects.get().flags
    assert site.complaints == []


def test_without_script_nothing_stands_in_the_way(site, challenged):
    page = site.open(way.PATH, java_script_enabled=False)
    way.to_review(page)
    expect(page.get_by_text("Without JavaScript, people look")).to_be_visible()

    page.get_by_role("button", name="Send").click()

    expect(page.get_by_text("Mail may take longer: this letter")).to_be_visible()
    assert Flag.NO_PROOF in Signature.objects.get().flags
