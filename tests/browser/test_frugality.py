"""What a visit costs, and whom it tells."""

import gzip

from playwright.sync_api import expect

from campaigns.models import LetterText
from tests.browser import way
from tests.builders import make_campaign, make_signature


def test_no_page_asks_another_host_or_breaks_the_content_policy(site, campaign):
    make_signature(campaign)
    page = site.open("/en/")
    for path in ("/en/hrd-agenda/", "/en/hrd-agenda/signatories/", "/en/nothing/", way.PATH):
        page.goto(path)
    way.to_sent(page)
    page.goto(way.mailed_link())

    assert site.hosts() == {site.url.removeprefix("http://")}
    assert site.complaints == []


def test_reading_sets_no_cookie(site, campaign):
    page = site.open("/en/hrd-agenda/")
    page.goto("/en/hrd-agenda/signatories/")
    page.goto("/en/")

    assert page.context.cookies() == []


def test_a_letter_with_eighty_signatories_is_five_requests_and_fifty_kilobytes_at_most(
    site, transactional_db
):
    campaign = make_campaign("hrd-agenda", body="A paragraph of the letter, as long as they are.\n\n" * 80)
    for number in range(80):
        make_signature(
            campaign,
            name=f"Example Association for Civic Space, number {number:02}",
            native_name="جمعية المثال",
        )
    assert len(LetterText.objects.get().body) < 6_000
    bodies = {}

    page = site.open("about:blank")
    page.on("response", lambda response: bodies.update({response.url: response.body()}))
    page.goto("/en/hrd-agenda/", wait_until="networkidle")

    expect(page.locator(".signatory-list li")).to_have_count(80)
    # This test's server sends them as they are. A site compresses them, and what a style sheet imports is a part of it: five
    # files. A host's mark takes the place of the icon, 40 kB at most.
    named = page.locator("link[rel=stylesheet]").evaluate_all("links => links.map(link => link.href)")
    imports = [address for address in bodies if address.endswith(".css") and address not in named]
    assert len(bodies) - len(imports) <= 5
    assert sum(len(gzip.compress(body)) for body in bodies.values()) <= 20_000
    assert sum(len(body) for body in bodies.values()) <= 66_000
