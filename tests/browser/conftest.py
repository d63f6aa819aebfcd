"""A real browser against a live server: skipped where there is no Chromium, unless REQUIRE_BROWSER=1."""

import os
import shutil
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import sync_playwright

from tests.builders import make_campaign

NAMES = ("chromium", "chromium-browser", "google-chrome")
# In a container, as root, and with nothing to look up: the browser must not call its maker.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium():
    """The path of a Chromium."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        reason = f"No Chromium here (looked for {', '.join(NAMES)} in PATH)."
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return path


@pytest.fixture(scope="session")
def browser(chromium):
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread; Django takes that for asynchronous code.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        running = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def site(live_server, browser):
    opened = Site(live_server.url, browser)
    yield opened
    opened.close()


@pytest.fixture
def campaign(transactional_db):
    return make_campaign("hrd-agenda", title="Defenders at the heart", goal=100)


class Site:
    """Opens pages, each in a browser without history, and remembers what they asked for and complained about."""

    def __init__(self, url, browser):
        self.url, self.browser = url, browser
        self.contexts, self.asked, self.complaints = [], [], []

    def open(self, path, *, size=DESK, **options):
        context = self.browser.new_context(base_url=self.url, viewport=size, **options)
        self.contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(path)
        return page

    def _listen(self, message):
        # Chromium reports each answer from 400 on as an error; those are what some tests are about.
        if (
            message.type in ("error", "warning")
            and "the server responded with a status of" not in message.text
        ):
            self.complaints.append(message.text)

    def hosts(self):
        return {urlsplit(url).netloc for url in self.asked}

    def close(self):
        for context in self.contexts:
            context.close()
