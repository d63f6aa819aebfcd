"""What the journeys share: a letter that is open, a way to read pages, and to do what the worker does."""

import re

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.test import Client

from signatories.mail import delivery
from tests.builders import make_campaign


@pytest.fixture
def campaign(db):
    return make_campaign(slug="hrd-agenda", title="Defenders at the heart")


@pytest.fixture
def deliver(db):
    """Sends what waits in the outbox; gives the mails of this round."""

    def run():
        before = len(mail.outbox)
        delivery.drain()
        return mail.outbox[before:]

    return run


def soup_of(response):
    return BeautifulSoup(response.content, "html.parser")


def words_of(response):
    """The visible text of a page in one line."""
    soup = soup_of(response)
    for hidden in soup(["script", "style", "head"]):
        hidden.decompose()
    return " ".join(soup.get_text(" ").split())


def link_in(message):
    """The one link of a mail, as a path."""
    (link,) = set(re.findall(r"http://testserver(/\S+/(?:confirm|dispute)/\S+)", message.body))
    return link


def fields_of(response, action=None):
    """Names and values of the hidden inputs of a page's form."""
    form = soup_of(response).select_one(f"form[action='{action}']" if action else "main form")
    return {
        each["name"]: each.get("value", "")
        for each in form.find_all("input", type="hidden")
        if each.get("name")
    }


class Signer(Client):
    """A browser that sends the own page's forms as they are: with the hidden field that says which signature they show."""

    def post(self, path, data=None, *args, **more):
        if path.startswith("/en/manage/") and isinstance(data, dict | None):
            shown = soup_of(self.get("/en/manage/")).find("input", attrs={"name": "of"})
            data = ({"of": shown["value"]} if shown else {}) | (data or {})
        return super().post(path, data, *args, **more)
