"""The block on somebody else's page: one pasted line, as high as what it shows, and deaf to strangers."""

import re
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import expect

from tests.builders import make_signature
from tests.journeys.conftest import soup_of

FRAME = "iframe[title]"


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture
def elsewhere(tmp_path):
    """Another site: a folder, and its address, which is of another origin than the site's."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path))
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield tmp_path, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def snippet(client, settings, site, campaign):
    settings.SITE_URL = site.url
    return soup_of(client.get("/en/hrd-agenda/share/")).find("code").get_text()


def write(folder, snippet, more=""):
    page = f"<!doctype html><html lang='en'><title>A paper</title><body><p>Before</p>{snippet}{more}</body></html>"
    (folder / "index.html").write_text(page)


def height_of(page):
    return page.locator(FRAME).evaluate("frame => frame.getBoundingClientRect().height")


def test_the_pasted_line_shows_the_count_and_is_as_high_as_its_block(site, elsewhere, snippet, campaign):
    make_signature(campaign, name="Example Lantern Trust")
    folder, address = elsewhere
    write(folder, snippet)

    page = site.open(f"{address}/")
    block = page.frame_locator(FRAME)

    expect(block.locator("[data-headline]")).to_have_text("1 organisation from 1 country or territory")
    inside = block.locator("html").evaluate("html => html.getBoundingClientRect().height")
    page.wait_for_function(
        "height => document.querySelector('iframe').getBoundingClientRect().height === Math.ceil(height)",
        arg=inside,
    )
    block.locator("summary").click()
    expect(block.get_by_text("Example Lantern Trust")).to_be_visible()
    page.wait_for_function(
        "height => document.querySelector('iframe').getBoundingClientRect().height > height", arg=inside
    )
    assert page.context.cookies() == []
    assert site.hosts() == {site.url.removeprefix("http://"), address.removeprefix("http://")}
    assert site.complaints == []


def test_the_form_opens_in_a_tab_that_cannot_reach_back(site, elsewhere, snippet):
    folder, address = elsewhere
    write(folder, snippet)
    page = site.open(f"{address}/")

    with page.context.expect_page() as opened:
        page.frame_locator(FRAME).get_by_role("link", name=re.compile("Sign for your organisation")).click()

    expect(opened.value).to_have_url(f"{site.url}/en/hrd-agenda/sign/")
    assert opened.value.evaluate("window.opener") is None


def test_no_other_window_can_change_the_height(site, elsewhere, snippet):
    folder, address = elsewhere
    forged = "{ undersigned: 'height', height: 7777 }"
    write(
        folder,
        snippet,
        f"""<iframe name="stranger" srcdoc="<script>parent.postMessage({forged}, '*')</script>"></iframe>
        <script>postMessage({forged}, '*')</script>""",
    )

    page = site.open(f"{address}/")

    expect(page.frame_locator(FRAME).locator(".headline")).to_be_visible()
    page.evaluate(f"new Promise(done => {{ postMessage({forged}, '*'); setTimeout(done, 200); }})")
    assert height_of(page) < 1_000


def test_the_pasted_line_shows_no_page_of_another_site(site, elsewhere, snippet):
    folder, address = elsewhere
    write(folder, re.sub(r'data-letter="[^"]+"', f'data-letter="{address}/en/letter/"', snippet))

    page = site.open(f"{address}/")

    page.wait_for_load_state("networkidle")
    expect(page.locator("iframe")).to_have_count(0)


def test_without_script_there_is_a_link(site, elsewhere, snippet):
    folder, address = elsewhere
    write(folder, snippet)

    page = site.open(f"{address}/", java_script_enabled=False)

    expect(page.get_by_role("link", name="Defenders at the heart")).to_have_attribute(
        "href", f"{site.url}/en/hrd-agenda/"
    )


def test_the_badge_and_the_card_may_stand_on_another_site(site, elsewhere, campaign):
    folder, address = elsewhere
    pictures = ["/hrd-agenda/badge.svg", "/en/hrd-agenda/card.png", "/en/hrd-agenda/qr.svg"]
    write(folder, "".join(f'<img src="{site.url}{path}" alt="">' for path in pictures))

    page = site.open(f"{address}/")

    page.wait_for_load_state("networkidle")
    widths = page.eval_on_selector_all("img", "all => all.map(each => each.naturalWidth > 100)")
    assert widths == [True, True, True]
    assert site.complaints == []
