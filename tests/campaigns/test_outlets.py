"""What everybody can take away: each outlet shows the public list and the one count, and nothing before its time."""

import json
import struct
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import icalendar
import pytest
import time_machine
from bs4 import BeautifulSoup
from django.utils import timezone

from campaigns.choices import Intake, ListOrder, Stage
from campaigns.models import Campaign, Update, UpdateText
from signatories.models import Signature
from tests.builders import make_campaign, make_signature
from tests.journeys.conftest import soup_of, words_of

ATOM = "{http://www.w3.org/2005/Atom}"
OUTLETS = {
    "/en/hrd-agenda/letter.pdf": "application/pdf",
    "/en/hrd-agenda/card.png": "image/png",
    "/en/hrd-agenda/qr.svg": "image/svg+xml",
    "/en/hrd-agenda/qr.png": "image/png",
    "/en/hrd-agenda/deadline.ics": "text/calendar; charset=utf-8",
    "/en/hrd-agenda/updates/": "text/html; charset=utf-8",
    "/en/hrd-agenda/updates/feed/": "application/atom+xml; charset=utf-8",
    "/en/hrd-agenda/share/": "text/html; charset=utf-8",
    "/en/hrd-agenda/embed/": "text/html; charset=utf-8",
    "/hrd-agenda/badge.svg": "image/svg+xml",
    "/api/v1/campaigns/hrd-agenda/": "application/json",
    "/api/v1/campaigns/hrd-agenda/signatories/": "application/json",
    "/api/v1/campaigns/hrd-agenda/updates/": "application/json",
}
LISTS = ("/api/v1/campaigns/", "/api/v1/openapi.json")


@pytest.fixture
def campaign(db):
    return make_campaign(
        "hrd-agenda",
        title="Defenders at the heart",
        closes_at=datetime(2030, 9, 30, 10, tzinfo=UTC),
    )


def publish(campaign, title="A step", *, at=None, body="In the *right* direction.", **fields):
    update = Update.objects.create(campaign=campaign, published_at=at or timezone.now(), **fields)
    UpdateText.objects.create(update=update, language="en", title=title, body=body)
    return update


def make_hidden_ones(campaign):
    """One that is named, one that only counts, one that waits."""
    make_signature(campaign, name="Named Example", country_code="KE")
    make_signature(campaign, name="Canary withheld", country_code="XK")
    Signature.objects.filter(organisation__name="Canary withheld").update(publication_mode="withheld")
    make_signature(campaign, name="Canary waiting", state="confirmed")


@pytest.mark.parametrize("address", [*OUTLETS, *LISTS])
def test_outlets_carry_no_cookie_and_are_never_older_than_ten_seconds(client, campaign, address):
    response = client.get(address)

    assert (response.status_code, response["Content-Type"]) == (
        200,
        OUTLETS.get(address, "application/json"),
    )
    assert response.cookies == {}
    assert "Cookie" not in response.get("Vary", "")
    directives = dict(part.strip().partition("=")[::2] for part in response["Cache-Control"].split(","))
    assert "public" in directives
    assert sum(int(directives[name]) for name in ("max-age", "s-maxage", "stale-while-revalidate")) <= 6
    assert client.get(address, headers={"If-None-Match": response["ETag"]}).status_code == 304
    assert client.post(address).status_code == 405


@pytest.mark.parametrize("address", OUTLETS)
@pytest.mark.parametrize("stage", ["draft", "circulating"])
def test_before_it_is_public_no_outlet_is_there_and_no_cache_keeps_that(client, db, stage, address):
    make_campaign("hrd-agenda", stage=stage)

    response = client.get(address)

    assert response.status_code == 404
    assert "s-maxage" not in response.get("Cache-Control", "")
    assert "hrd-agenda" not in client.get("/api/v1/campaigns/").content.decode()


def test_c6_every_outlet_is_there_at_the_second_at_which_the_embargo_ends(client, db):
    ends = datetime(2030, 5, 6, 7, tzinfo=UTC)
    make_campaign("hrd-agenda", embargo_until=ends, opens_at=ends, closes_at=ends + timedelta(days=9))

    statuses = {}
    for name, moment in {"before": ends - timedelta(seconds=1), "then": ends}.items():
        with time_machine.travel(moment, tick=False):
            statuses[name] = {client.get(address).status_code for address in OUTLETS}

    assert statuses == {"before": {404}, "then": {200}}


def test_only_what_the_list_shows_is_on_text_outlets(client, campaign):
    make_hidden_ones(campaign)

    bodies = {address: client.get(address).content.decode("utf-8", "replace") for address in OUTLETS}

    assert [address for address, body in bodies.items() if "Canary" in body or "Kosovo" in body] == []
    named = {address for address, body in bodies.items() if "Named Example" in body}
    assert named == {"/en/hrd-agenda/embed/", "/api/v1/campaigns/hrd-agenda/signatories/"}


def test_the_embedded_block_counts_as_the_page_does_and_may_be_framed_by_anybody(client, campaign):
    make_hidden_ones(campaign)

    response = client.get("/en/hrd-agenda/embed/")
    page = soup_of(response)

    assert "2 organisations, of which 1 is named, from 1 country or territory" in words_of(response)
    assert "frame-ancestors *" in response["Content-Security-Policy"]
    assert "X-Frame-Options" not in response
    assert page.find("form") is None
    assert {(link["target"], link["rel"][0]) for link in page.find_all("a")} == {("_blank", "noopener")}
    assert page.find("a", class_="button")["href"] == "/en/hrd-agenda/sign/"


@pytest.mark.parametrize("address", ["/en/hrd-agenda/embed/", "/hrd-agenda/badge.svg"])
def test_who_may_load_an_outlet_is_the_same_when_nothing_has_changed(client, campaign, address):
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first["ETag"]})

    assert again.status_code == 304
    for name in ("Content-Security-Policy", "Cross-Origin-Resource-Policy"):
        assert again[name] == first[name]


@pytest.mark.parametrize(
    "address", ["/en/", "/en/hrd-agenda/", "/en/hrd-agenda/sign/", "/en/hrd-agenda/updates/"]
)
def test_no_other_page_may_be_framed(client, campaign, address):
    response = client.get(address)

    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "DENY"


def test_the_embedded_block_shows_forty_names_and_where_the_others_are(client, campaign, monkeypatch):
    monkeypatch.setattr("campaigns.views.embed.IN_THE_BLOCK", 1)
    for name in ("Alpha Example", "Beta Example"):
        make_signature(campaign, name=name)

    page = soup_of(client.get("/en/hrd-agenda/embed/"))

    assert [name.get_text(strip=True) for name in page.select(".name")] == ["Alpha Example"]
    assert page.find("a", href="/en/hrd-agenda/signatories/") is not None


def test_the_embedded_block_lists_as_the_managers_of_the_letter_chose(client, campaign):
    Campaign.objects.update(list_order=ListOrder.COUNTRY)
    make_signature(campaign, name="Alpha Example", country_code="UY")
    make_signature(campaign, name="Beta Example", country_code="AL")

    page = soup_of(client.get("/en/hrd-agenda/embed/"))

    assert [heading.bdi.get_text() for heading in page.select(".group")] == ["Albania", "Uruguay"]


@pytest.mark.parametrize(
    "changes",
    [
        {"intake": Intake.CLOSED},
        {"closes_at": timezone.now() - timedelta(days=1)},
        {"stage": Stage.DELIVERED},
    ],
    ids=["by invitation", "closed", "delivered"],
)
def test_the_embedded_block_asks_nobody_to_sign_who_cannot(client, campaign, changes):
    Campaign.objects.update(**changes)

    page = soup_of(client.get("/en/hrd-agenda/embed/"))

    assert page.find("a", class_="button") is None


def test_the_badge_says_the_count_in_words_without_script(client, campaign):
    make_hidden_ones(campaign)

    response = client.get("/hrd-agenda/badge.svg")
    drawing = ElementTree.fromstring(response.content)

    assert drawing.find("{*}title").text == "Signed by 2 organisations. Host: Example Host"
    assert drawing.find("{*}text").text == "2 organisations"
    assert list(drawing.iter("{http://www.w3.org/2000/svg}script")) == []
    assert "prefers-color-scheme:dark" in response.content.decode()
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_the_badge_answers_in_any_language_and_to_nonsense_in_the_sites_own(client, campaign):
    for language in ("ar", "zh-hans", "nonsense", "../en"):
        response = client.get(f"/hrd-agenda/badge.svg?language={language}")
        assert (response.status_code, response["Content-Type"]) == (200, "image/svg+xml")


def test_the_code_to_scan_is_a_drawing_and_a_picture_of_the_letters_address(client, campaign):
    drawing = ElementTree.fromstring(client.get("/en/hrd-agenda/qr.svg").content)
    picture = client.get("/en/hrd-agenda/qr.png").content

    assert drawing.find("{*}title").text == "http://testserver/en/hrd-agenda/"
    assert picture.startswith(b"\x89PNG")
    assert drawing.get("width") == str(struct.unpack(">I", picture[16:20])[0])


def test_the_calendar_holds_the_deadline_in_utc_and_words_that_cannot_break_out(client, db):
    make_campaign(
        "hrd-agenda",
        title="Défendre; vraiment, \\ toujours\nEND:VEVENT\nATTENDEE:mailto:x@y.example " + "long " * 30,
        closes_at=datetime(2030, 9, 30, 10, tzinfo=UTC),
    )

    body = client.get("/en/hrd-agenda/deadline.ics").content
    (event,) = icalendar.Calendar.from_ical(body).events

    assert b"DTSTART:20300930T100000Z\r\n" in body
    assert {len(line) <= 75 for line in body.split(b"\r\n")} == {True}
    assert "Défendre; vraiment, \\ toujours\nEND:VEVENT" in event["summary"]
    assert "attendee" not in event
    assert event["url"] == "http://testserver/en/hrd-agenda/"
    assert client.get("/en/hrd-agenda/deadline.ics").content == body


def test_c8_the_feed_and_the_page_show_updates_newest_first(client, campaign):
    publish(campaign, "Designated", at=timezone.now() - timedelta(days=2))
    newest = publish(campaign, "A new senior role")
    publish(campaign, "Not yet out", at=timezone.now() + timedelta(days=1))

    feed = ElementTree.fromstring(client.get("/en/hrd-agenda/updates/feed/").content)
    page = soup_of(client.get("/en/hrd-agenda/updates/"))

    entries = feed.findall(f"{ATOM}entry")
    assert [entry.find(f"{ATOM}title").text for entry in entries] == ["A new senior role", "Designated"]
    assert [each.get_text() for each in page.select(".update h2")] == ["A new senior role", "Designated"]
    assert entries[0].find(f"{ATOM}id").text == f"urn:uuid:{newest.public_id}"
    assert entries[0].find(f"{ATOM}summary").text == "<p>In the <em>right</em> direction.</p>\n"
    assert feed.find(f"{ATOM}author/{ATOM}name").text == "Example Host"
    assert feed.find(f"{ATOM}link[@rel='self']").get("href") == (
        "http://testserver/en/hrd-agenda/updates/feed/"
    )


def test_the_feed_tells_days_and_never_the_minute_of_a_correction(client, campaign):
    publish(campaign, kind="correction", at=datetime(2025, 4, 5, 13, 37, 21, tzinfo=UTC))

    feed = client.get("/en/hrd-agenda/updates/feed/").content.decode()

    assert "<updated>2025-04-05T00:00:00+00:00</updated>" in feed
    assert "13:37" not in feed


def test_the_feed_is_the_same_bytes_until_there_is_news_even_when_it_is_empty(client, campaign):
    with time_machine.travel(datetime(2030, 1, 1, tzinfo=UTC), tick=False):
        first = client.get("/en/hrd-agenda/updates/feed/").content
    with time_machine.travel(datetime(2030, 1, 2, tzinfo=UTC), tick=False):
        assert client.get("/en/hrd-agenda/updates/feed/").content == first


def test_signs_that_xml_cannot_hold_do_not_break_the_feed(client, campaign):
    publish(campaign, "Bell \x07 and \ufffe", body="Form\x0cfeed \x1b end")

    feed = ElementTree.fromstring(client.get("/en/hrd-agenda/updates/feed/").content)

    assert feed.find(f"{ATOM}entry/{ATOM}title").text == "Bell  and "


def test_the_head_of_the_letter_says_what_others_show_of_it(client, campaign):
    make_hidden_ones(campaign)

    page = soup_of(client.get("/ar/hrd-agenda/"))
    meta = {
        each.get("property") or each.get("name"): each["content"]
        for each in page.head.find_all("meta", content=True)
    }

    assert meta["og:title"] == "Defenders at the heart"
    assert meta["og:url"] == "http://testserver/ar/hrd-agenda/"
    assert meta["og:image"] == "http://testserver/ar/hrd-agenda/card.png"
    assert meta["twitter:card"] == "summary_large_image"
    assert page.find("link", rel="canonical")["href"] == "http://testserver/ar/hrd-agenda/"
    assert len(page.head.find_all("link", hreflang=True)) == 6
    thing = page.find(itemtype="https://schema.org/CreativeWork")
    assert thing.find("h1", itemprop="name").get_text() == "Defenders at the heart"
    assert thing.find(itemprop="author").find(itemprop="name")["content"] == "Example Host"
    assert page.find_all("script", src=False) == []


def test_a_page_says_how_to_share_the_letter_by_plain_links_and_one_line_to_paste(client, db):
    make_campaign("hrd-agenda", title='Say "no" & <script>alert(1)</script>')

    share = soup_of(client.get("/en/hrd-agenda/share/")).main
    snippet = BeautifulSoup(share.find("code").get_text(), "html.parser")

    assert (
        share.find("a", href=lambda href: href.startswith("mailto:?subject=Say%20%22no%22%20%26")) is not None
    )
    assert {link["rel"][0] for link in share.find_all("a", href=lambda href: href.startswith("https:"))} == {
        "noopener"
    }
    assert [script.get("src") for script in snippet.find_all("script")] == [
        "http://testserver/static/js/embed.js"
    ]
    assert snippet.script["data-letter"] == "http://testserver/en/hrd-agenda/"
    assert snippet.noscript.a.get_text() == 'Say "no" & <script>alert(1)</script>'


def test_robots_may_read_the_outlets_and_the_block_is_not_indexed(client, campaign):
    assert "letter.pdf" not in client.get("/robots.txt").content.decode()
    assert soup_of(client.get("/en/hrd-agenda/embed/")).find("meta", attrs={"name": "robots"})["content"] == (
        "noindex"
    )


@pytest.mark.parametrize(
    ("address", "queries"),
    [
        ("/en/hrd-agenda/letter.pdf", 6),
        ("/en/hrd-agenda/card.png", 3),
        ("/en/hrd-agenda/embed/", 4),
        ("/hrd-agenda/badge.svg", 2),
        ("/api/v1/campaigns/", 3),
        ("/api/v1/campaigns/hrd-agenda/", 5),
        ("/api/v1/campaigns/hrd-agenda/signatories/", 3),
    ],
)
def test_an_outlet_takes_as_many_queries_for_one_as_for_three(
    client, campaign, django_assert_num_queries, address, queries
):
    make_signature(campaign)
    with django_assert_num_queries(queries):
        client.get(address)
    for number in range(2):
        make_signature(campaign)
        make_campaign(f"other-{number}")
    with django_assert_num_queries(queries):
        client.get(address)


def test_the_count_is_the_same_on_every_outlet_that_says_it(client, campaign):
    make_hidden_ones(campaign)

    count = json.loads(client.get("/hrd-agenda/count.json").content)
    api = json.loads(client.get("/api/v1/campaigns/hrd-agenda/").content)["count"]

    assert api == {name: count[name] for name in ("count", "named", "countries")}
    assert api == {"count": 2, "named": 1, "countries": 1}
