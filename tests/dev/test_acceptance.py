"""The whole way on a real site, by HTTP with nothing but a cookie jar: sign, read the mail, confirm, accept, count."""

import email
import email.policy
import http.cookiejar
import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request

import pytest
from bs4 import BeautifulSoup

pytestmark = [pytest.mark.processes, pytest.mark.alone]

NAME = "Example Acceptance Trust"
MAILBOX = "jo@acceptance.example"
# The issue's own bound on how soon a decision shows; a mail has as long as a slow machine needs.
SHOWN_WITHIN = 3
MAIL_WITHIN = 60


class Browser:
    """Addresses, pages and forms; keeps cookies and nothing else."""

    def __init__(self, base):
        self.base = base
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def open(self, address, answers=None):
        data = urllib.parse.urlencode(answers).encode() if answers is not None else None
        self.address = urllib.parse.urljoin(self.base, address)
        request = urllib.request.Request(self.address, data, {"Referer": self.address})
        with self.opener.open(request, timeout=30) as response:
            self.address, self.text = response.url, response.read().decode()
        self.page = BeautifulSoup(self.text, "html.parser")
        return self

    def follow(self, pattern):
        return self.open(self.page.find("a", href=re.compile(pattern))["href"])

    def send(self, action, /, **answers):
        """Sends the first form whose address ends like this, with what stands in it and these answers."""
        form = next(form for form in self.page.select("form[method=post]") if self._goes_to(form, action))
        standing = {
            field["name"]: field.get("value", "")
            for field in form.select("input[name]")
            if field.get("type") not in ("checkbox", "radio") or field.has_attr("checked")
        }
        return self.open(urllib.parse.urljoin(self.address, form.get("action", "")), standing | answers)

    def _goes_to(self, form, action):
        return urllib.parse.urljoin(self.address, form.get("action", "")).partition("?")[0].endswith(action)

    def json(self, address):
        return json.loads(self.open(address).text)


def test_the_whole_way_from_the_form_to_the_count(launch, settled):
    folder, password = settled
    site = launch(folder)
    assert site.password() == password
    base = f"http://127.0.0.1:{site.port}"
    reader, signer, staff = Browser(base), Browser(base), Browser(base)
    facts = reader.json("/hrd-agenda/count.json")
    before, named = facts["count"], facts["named"]

    signer.open("/en/").follow(r"^/en/hrd-agenda/$")
    assert len(signer.jar) == 0
    signer.follow(r"/sign/$")
    opened = time.monotonic()
    signer.send(
        "/sign/",
        name=NAME,
        website="https://acceptance.example",
        country_code="KE",
        org_type="ngo",
        contact_name="Jo Placeholder",
        contact_role="Director",
        mailbox=MAILBOX,
        consent_data="on",
    )
    assert NAME in signer.text
    time.sleep(max(0, 3.1 - (time.monotonic() - opened)))  # a person needs as long; the form asks for it
    signer.send("/sign/send/")
    assert "@acceptance.example" in signer.text
    link = link_in_mail(folder / "mail")
    for _ in range(5):
        signer.open(link)
    assert "mandate" in signer.text
    assert reader.json("/hrd-agenda/count.json")["count"] == before
    signer.send(urllib.parse.urlsplit(link).path, mandate="on")
    assert "mandate" not in signer.text

    staff.open("/admin/").send("/login/", login="demo", password=password)
    case = staff.page.find("a", string=re.compile(NAME))["href"]
    staff.open(case).send("/accept-on-domain/", established="on", note="Seen: an old site with an office")
    decided = time.monotonic()

    while not shows(reader, before + 1):
        assert time.monotonic() - decided < SHOWN_WITHIN
        time.sleep(0.1)
    assert NAME in reader.open("/en/hrd-agenda/signatories/").text
    rows = reader.open("/hrd-agenda/signatories.csv").text.splitlines()
    assert len(rows) == named + 2
    assert sum(NAME in row for row in rows) == 1
    assert site.end() == 0


def shows(reader, count):
    """Whether page and count.json both have the new number, and the page the name."""
    told = reader.json("/hrd-agenda/count.json")["count"]
    page = reader.open("/en/hrd-agenda/")
    headline = page.page.select_one("[data-headline]").get_text(" ", strip=True)
    return told == count and NAME in page.text and headline.startswith(f"{count} ")


def link_in_mail(folder):
    """The link of the one confirmation mail, read from its file."""
    deadline = time.monotonic() + MAIL_WITHIN
    while time.monotonic() < deadline:
        for file in folder.glob("*.eml"):
            message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            if MAILBOX in str(message["To"]):
                return re.search(r"http\S+/confirm/\S+", message.get_body(("plain",)).get_content())[0]
        time.sleep(0.2)
    raise AssertionError("no mail came")
