"""The sample of a front: nginx takes it, and its page for when all else fails is shown as it was written."""

import re
import subprocess
import threading
import time
from base64 import b64encode
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from bs4 import BeautifulSoup
from django.conf import settings

from tests.front import SAMPLE, Front, nginx, write_configuration
from tests.processes.conftest import free_port

PAGE = SAMPLE.parent / "unavailable.html"


@pytest.mark.processes
def test_nginx_accepts_the_sample_without_a_word(tmp_path):
    configuration = write_configuration(tmp_path, port=1, site_port=2)

    done = subprocess.run(
        [nginx(), "-t", "-q", "-p", tmp_path, "-c", configuration, "-e", tmp_path / "error.log"],
        capture_output=True,
        text=True,
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.processes
def test_no_query_makes_the_front_try_its_patterns_without_end(tmp_path):
    """It would give up in the end, and write the visitor's address into its log."""
    front = Front(tmp_path / "front", free_port())
    try:
        front.wait()
        answers = [front.get("/en/letter/?" + "utm_a=" * number + "&x").status for number in (20, 1000)]
    finally:
        front.child.stop()

    assert (answers, front.words()) == ([503, 503], "")


class Busy(BaseHTTPRequestHandler):
    """A site that answers once, and from then on says that it is busy."""

    was_asked = False

    def do_GET(self):
        self.send_response(503 if Busy.was_asked else 200)
        Busy.was_asked = Busy.was_asked or self.path == "/letter/signatories.csv"
        self.send_header("Cache-Control", "public, max-age=0, s-maxage=1, stale-while-revalidate=1")
        self.send_header("Content-Length", "4")
        self.end_headers()
        self.wfile.write(b"name")

    def log_message(self, *words):
        """Nothing is written."""


@pytest.mark.processes
def test_a_site_that_is_up_and_busy_keeps_no_old_copy_alive(tmp_path):
    """Who reads a long list slowly makes the site say so to others: a hidden name must not stay in their copy meanwhile."""
    site = ThreadingHTTPServer(("127.0.0.1", 0), Busy)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    front = Front(tmp_path / "front", site.server_port)
    try:
        front.wait()
        first = front.get("/letter/signatories.csv")
        time.sleep(3.1)
        second = front.get("/letter/signatories.csv")
    finally:
        front.child.stop()
        site.shutdown()
        site.server_close()

    assert (first.status, first.text) == (200, b"name")
    assert second.status == 503


def test_the_page_may_use_its_own_style_and_nothing_else():
    style = BeautifulSoup(PAGE.read_text(), "html.parser").style.string
    digest = b64encode(sha256(style.encode()).digest()).decode()

    policy = re.search(r'Content-Security-Policy "(.*?)"', SAMPLE.read_text())[1]

    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    assert re.findall(r"(?:src|href)=|url\(|style=", PAGE.read_text()) == []


def test_the_page_speaks_each_language_of_the_site():
    page = BeautifulSoup(PAGE.read_text(), "html.parser")

    assert {element["lang"].lower() for element in page.select("[lang]")} == set(dict(settings.LANGUAGES))
    assert page.select_one("[lang=ar]")["dir"] == "rtl"


def test_who_asks_and_how_is_said_by_the_front_alone():
    said = dict(re.findall(r"^ +proxy_set_header (\S+) (\S+);", SAMPLE.read_text(), re.MULTILINE))

    assert said == {
        "Connection": '""',
        "Host": "$host",
        "X-Forwarded-Proto": "$scheme",
        "X-Forwarded-For": "$remote_addr",
        "Accept-Encoding": "$undersigned_form",
    }
    # nginx forgets all of the above in a place that sets one of its own.
    places = SAMPLE.read_text().split("location ")[1:]
    assert [place for place in places if "proxy_set_header" in place] == []
