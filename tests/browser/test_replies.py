"""The pages behind a question and a rejection: nothing for axe to find, nothing wider than a phone, no script needed."""

import re

import pytest
from django.core import mail

from signatories import moderation
from signatories.mail import delivery
from signatories.states import EventKind, State
from tests.browser.conftest import DESK
from tests.browser.looking import violations
from tests.builders import make_signature, make_superuser

SMALL = {"width": 320, "height": 568}
LONG = "W" * 300 + " جمعية المثال رقم"


def path_of(kind):
    delivery.drain()
    found = {
        path for each in mail.outbox for path in re.findall(rf"http://testserver(/\S+/{kind}/\S+)", each.body)
    }
    (path,) = found
    return path


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize(("scheme", "size"), [("light", DESK), ("dark", SMALL)])
def test_axe_finds_nothing_on_the_pages_by_which_a_signer_writes_back(site, campaign, language, scheme, size):
    asked = make_signature(campaign, state=State.CONFIRMED, language=language)
    moderation.ask(signature=asked, by=make_superuser(), words=LONG)
    make_signature(campaign, state=State.REJECTED, language=language)
    page = site.open(f"/{language}/", color_scheme=scheme, size=size)
    found, widths = {}, set()

    def look(name):
        found[name] = violations(page)
        widths.add(page.evaluate("document.documentElement.scrollWidth"))

    for kind in ("answer", "appeal"):
        page.goto(path_of(kind))
        look(kind)
        page.locator("main form button").click()
        look(f"{kind} with errors")
        page.locator("textarea").fill(LONG)
        page.locator("main form button").click()
        page.wait_for_selector("main .lead")
        look(f"{kind} sent")

    assert {name: what for name, what in found.items() if what} == {}
    assert len(found) == 6
    assert widths == {size["width"]}
    assert asked.events.filter(kind=EventKind.ANSWERED).count() == 1
    assert site.complaints == []


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize(("scheme", "size"), [("light", DESK), ("dark", SMALL)])
def test_axe_finds_nothing_on_the_pages_by_which_a_signatory_vouches(site, campaign, language, scheme, size):
    group = make_signature(
        campaign, state=State.CONFIRMED, name=LONG[-200:], website="", mailbox="group@gmail.com"
    )
    referrer = make_signature(campaign, name="Signatory A", language=language)
    moderation.ask_to_vouch(signature=group, referrer=referrer, by=make_superuser(), signer_agreed=True)
    page = site.open(f"/{language}/", color_scheme=scheme, size=size)
    found, widths = {}, set()

    def look(name):
        found[name] = violations(page)
        widths.add(page.evaluate("document.documentElement.scrollWidth"))

    page.goto(path_of("vouch"))
    look("asked")
    page.locator("main form button").first.click()
    page.wait_for_selector("main form[action$='/take-back/']")
    look("vouched")
    page.locator("main form[action$='/take-back/'] button").click()
    page.wait_for_selector("main .lead, main h1")
    look("taken back")

    assert {name: what for name, what in found.items() if what} == {}
    assert len(found) == 3
    assert widths == {size["width"]}
    assert site.complaints == []
