"""Behind the sample front: the public pages outlive the site, and a hidden name outlives nothing (scenarios C19, S18)."""

import subprocess
import sys
import time
from urllib.parse import urlencode

import brotli
import pytest

from campaigns.choices import PublicationMode
from campaigns.models import Campaign
from dev.environment import PROJECT
from dev.processes import start
from signatories import hiding
from signatories.transitions import SIGNER
from tests.builders import form_answers, make_signature
from tests.front import NAME, Front
from tests.processes.conftest import free_port, wait_until, wait_until_healthy

pytestmark = pytest.mark.processes

PAGES = ["/en/", "/en/letter/", "/fr/letter/signatories/", "/letter/signatories.csv", "/letter/count.json"]
PDF = "/en/letter/letter.pdf"
NO_LONGER_FRESH = 7  # seconds: the document may be shown for six
BROWSER = {"Accept_Encoding": "gzip, deflate, br, zstd"}


class Outage:
    """The site behind its front, both as in production; the site can be killed and started again."""

    def __init__(self, machinery, folder):
        self.machinery, self.port = machinery, free_port()
        self.front = Front(folder / "front", self.port)
        self.start_site()
        self.front.wait()

    def start_site(self, **extra):
        self.web = self.machinery.start(
            "web",
            GRANIAN_PORT=str(self.port),
            GRANIAN_WORKERS="1",
            HTTPS="1",
            BEHIND_TLS_PROXY="1",
            STAFF_MFA_REQUIRED="1",
            ALLOWED_HOSTS=NAME,
            SITE_URL=f"https://{NAME}",
            **extra,
        )
        wait_until_healthy(self.web, self.port, NAME)

    def kill_site(self):
        self.machinery.kill(self.web)

    def keep_warm(self):
        self.keeper = start(
            "keep_warm",
            [
                sys.executable,
                PROJECT / "deploy/keep_warm.py",
                f"https://{NAME}",
                f"127.0.0.1:{self.front.port}",
            ],
            log=self.front.folder / "warm.log",
            env={"SSL_CERT_FILE": str(self.front.folder / "fullchain.pem"), "PYTHONUNBUFFERED": "1"},
        )


@pytest.fixture
def outage(machinery, tmp_path):
    made = Outage(machinery, tmp_path)
    yield made
    for child in (made.front.child, getattr(made, "keeper", None)):
        if child:
            child.stop()


def hide(signature):
    hiding.hide(signature=signature, to=PublicationMode.WITHHELD, actor=SIGNER)


def shows(front, path, name):
    return name.encode() in front.get(path).text


def test_c19_with_the_site_killed_the_public_pages_and_the_document_still_answer(outage, campaign):
    make_signature(campaign, name="Steadfast Example")
    front = outage.front
    before = {path: front.get(path) for path in [*PAGES, PDF]}
    packed = front.get("/en/letter/", **BROWSER)
    assert {path: answer.status for path, answer in before.items()} == dict.fromkeys([*PAGES, PDF], 200)

    outage.kill_site()
    time.sleep(NO_LONGER_FRESH)
    after = {path: front.get(path) for path in [*PAGES, PDF]}

    assert {path: answer.status for path, answer in after.items()} == dict.fromkeys([*PAGES, PDF], 200)
    assert {path: answer.text for path, answer in after.items()} == {
        path: answer.text for path, answer in before.items()
    }
    assert {answer.getheader("X-Copy") for answer in after.values()} == {"STALE"}
    assert after[PDF].text[:5] == b"%PDF-"
    # In the form that a browser takes, by an address with a newsletter's tail, and as a question whether anything is new.
    again = front.get("/en/letter/?utm_source=news&fbclid=x", Accept_Encoding="br;q=1.0, gzip;q=0.5")
    assert (again.getheader("Content-Encoding"), again.text) == ("br", packed.text)
    tag = before["/letter/count.json"].getheader("ETag")
    assert front.get("/letter/count.json", If_None_Match=tag).status == 304

    # What an operator does who has to take a name off while the site is down.
    for copy in (front.folder / "undersigned").glob("*/*/*"):
        copy.unlink()
    assert {path: front.get(path).status for path in [*PAGES, PDF]} == dict.fromkeys([*PAGES, PDF], 503)


def test_c19_what_needs_the_site_says_so_in_words_and_comes_back_with_it(outage, campaign):
    front = outage.front
    front.get("/en/letter/")
    outage.kill_site()

    for method, path in [
        ("GET", "/en/letter/sign/"),
        ("POST", "/en/letter/sign/send/"),
        ("GET", "/admin/"),
        ("GET", "/healthz"),
    ]:
        answer = front.get(path, method)
        assert (answer.status, answer.getheader("Retry-After")) == (503, "30")
        assert answer.getheader("Cache-Control") == "private, no-store"
        assert "Back in a moment" in answer.text.decode()

    make_signature(campaign, name="Latecomer Example")
    outage.start_site()
    assert front.get("/en/letter/sign/").status == 200
    wait_until(lambda: shows(front, "/en/letter/", "Latecomer Example"), "the page is fresh", [], 10)


@pytest.mark.alone  # ten seconds are ten seconds
def test_c19_a_hidden_name_is_gone_in_ten_seconds_also_from_the_copies(outage, campaign):
    """Of every address that has shown it, in every form, though nobody but the keeper asks for them meanwhile."""
    signature = make_signature(campaign, name="Canarybird")
    make_signature(campaign, name="Another Example")
    front = outage.front
    outage.keep_warm()
    named = ["/en/letter/", "/ar/letter/", "/zh-hans/letter/signatories/", "/letter/signatories.csv"]
    named += ["/en/letter/embed/"]
    wait_until(lambda: "0 answers are missing" in outage.keeper.log.read_text(), "all is warm", [], 60)
    assert [path for path in named if not shows(front, path, "Canarybird")] == []
    document = front.get(PDF).text

    hide(signature)
    time.sleep(10)
    outage.kill_site()

    assert [path for path in named if shows(front, path, "Canarybird")] == []
    assert [path for path in named if not shows(front, path, "Another Example")] == []
    assert front.get(PDF).text != document
    packed = front.get("/ar/letter/", **BROWSER)
    assert (packed.status, packed.getheader("Content-Encoding")) == (200, "br")
    assert b"Canarybird" not in brotli.decompress(packed.text)


def test_c19_a_letter_that_was_taken_away_is_gone_from_the_copies_too(outage, campaign):
    front = outage.front
    assert front.get("/en/letter/").status == 200

    Campaign.objects.filter(pk=campaign.pk).update(stage="draft")
    wait_until(lambda: front.get("/en/letter/").status == 404, "it is gone", [], 10)
    time.sleep(1.1)
    outage.kill_site()

    answer = front.get("/en/letter/")
    assert (answer.status, b"Defenders" in answer.text) == (404, False)


def test_pages_of_one_reader_and_searches_are_never_kept(outage, campaign):
    front = outage.front
    kept = ["/en/letter/", "/static/css/base.css"]
    never = [
        "/en/letter/sign/",
        "/admin/login/",
        "/en/letter/signatories/?q=a",
        "/en/letter/?q=1&utm_source=x",
    ]

    seen = {path: [front.get(path).getheader("X-Copy") for _ in range(2)] for path in [*kept, *never]}

    assert [path for path in never if set(seen[path]) - {None, "MISS", "BYPASS"}] == []
    assert [seen[path][0] for path in kept] == ["MISS", "MISS"]
    assert front.get("/en/letter/", Cookie="sessionid=x").getheader("Set-Cookie") is None
    held = subprocess.run(
        ["grep", "-rl", "csrfmiddlewaretoken", front.folder / "undersigned"], capture_output=True
    )
    assert held.stdout == b""


def sign(front, forged, **answers):
    """The status of a form of this machine's that says it comes from the address `forged`."""
    token = "t" * 32
    body = urlencode({**form_answers(**answers), "csrfmiddlewaretoken": token})
    return front.get(
        "/en/letter/sign/send/",
        "POST",
        body,
        Cookie=f"__Host-csrf={token}",
        Content_Type="application/x-www-form-urlencoded",
        Origin=f"https://{NAME}",
        X_Forwarded_For=forged,
    ).status


def test_behind_the_front_nobody_can_say_that_they_are_somebody_else(outage, campaign):
    """Believed, each forged address would have a limit of its own."""
    outage.kill_site()
    outage.start_site(LIMIT_NOWHERE="2/hour")

    answers = [
        sign(outage.front, f"198.51.{number}.7", name=f"Example {number}", mailbox=f"a@group{number}.example")
        for number in range(4)
    ]

    assert answers == [302, 302, 429, 429]
