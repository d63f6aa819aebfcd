"""The signer's way in a browser, step by step; each function leaves the page at the next step."""

import re

from django.core import mail
from playwright.sync_api import expect

from signatories.mail import delivery
from tests.builders import form_answers

PATH = "/en/hrd-agenda/sign/"


def fill(page, **answers):
    """Types the form of a new organisation, opened a while ago."""
    for name, value in form_answers(**answers).items():
        field = page.locator(f"#sign-form [name={name}]").first
        if name == "opened":
            field.evaluate("(input, seal) => { input.value = seal }", value)
        elif name in ("country_code", "org_type"):
            field.select_option(value)
        elif name == "consent_data":
            field.check()
        elif name not in ("publication_mode", "fax"):
            field.fill(value)


def to_review(page, **answers):
    fill(page, **answers)
    page.locator("#sign-form .buttons button").click()
    expect(page.locator("#review-form")).to_be_visible()


def to_sent(page, **answers):
    to_review(page, **answers)
    page.locator("#review-form button").first.click()
    page.wait_for_url("**/sign/sent/**")


def mailed_link():
    """Does what the worker does; the path of the link in the last mail."""
    delivery.drain()
    return re.search(r"http://testserver(/\S+)", mail.outbox[-1].body).group(1)


def tab_to(page, locator):
    """Presses Tab until `locator` has the focus, as somebody without a mouse does."""
    for _ in range(80):
        if locator.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{locator} can't be reached with the Tab key")
