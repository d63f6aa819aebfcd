"""How tests read and use the pages of the staff: as text, by their forms, with a count of queries."""

import re

from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse


def page(response):
    return BeautifulSoup(response.content, "html.parser")


def text(response):
    """The words of a page as a reader sees them, in single spaces."""
    return " ".join(page(response).get_text(" ").split())


def messages(response):
    return [" ".join(each.get_text().split()) for each in page(response).select("ul.messagelist li")]


def case_address(signature):
    return reverse("admin:signatories_signature_change", args=[signature.pk])


def button_address(signature, name):
    return f"/admin/signatories/signature/{signature.pk}/{name}/"


def press(client, signature, name, page_before=None, **answers):
    """Sends the form of a button from the page of the signature (as it was, if given), and follows to what comes."""
    shown = page_before or client.get(case_address(signature))
    address = button_address(signature, name)
    form = page(shown).find("form", action=address)
    if form is None and (button := page(shown).find("button", formaction=address)):
        form = button.find_parent("form")
    assert form is not None, f"the page has no button {name}"
    hidden = {each["name"]: each["value"] for each in form.find_all("input", type="hidden")}
    return client.post(address, {**hidden, **answers}, follow=True)


def queries_of(client, address):
    client.get("/admin/jsi18n/")  # the first page of a session also writes when it was opened
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def already_decided(response, who, state):
    """Whether the one message says that somebody was faster: who, when, and what became of it."""
    (words,) = messages(response)
    return (
        re.fullmatch(rf"Already decided by {who}, \d+ \w+ \d{{4}}, \d\d:\d\d: {state}\.", words) is not None
    )
