"""What everybody reads: the letter, its list and its count, in few queries and without a cookie."""

import json
from urllib.parse import urljoin

import pytest
from django.utils import timezone

from campaigns import listing
from campaigns.choices import AskStatus
from campaigns.models import Quote, Update, UpdateText
from signatories.models import Organisation, Signature
from signatories.states import State
from tests.builders import make_campaign, make_signature, make_topic
from tests.journeys.conftest import soup_of, words_of

NOT_PUBLIC = ("submitted", "confirmed", "on_hold", "rejected")


@pytest.fixture
def campaign(db):
    campaign = make_campaign("hrd-agenda", title="Defenders at the heart", goal=100)
    make_topic(campaign, "Civic space", "civic-space")
    Quote.objects.create(
        campaign=campaign, language="en", text="Say so.", speaker="N. N.", speaker_role="spokesperson"
    )
    ask = campaign.asks.get(position=2)
    ask.status = AskStatus.PARTLY_MET
    ask.save()
    update = Update.objects.create(
        campaign=campaign, kind="response", ask=ask, ask_status="partly_met", published_at=timezone.now()
    )
    UpdateText.objects.create(update=update, language="en", title="A step", body="In the *right* direction.")
    draft = Update.objects.create(campaign=campaign, kind="news")
    UpdateText.objects.create(update=draft, language="en", title="Not yet out", body="Draft.")
    return campaign


def test_the_letter_shows_everything_around_it(client, campaign):
    words = words_of(client.get("/en/hrd-agenda/"))

    for expected in (
        "Civic space",
        "Say so.",
        "N. N.",
        "spokesperson",
        "Partly met",
        "A step",
        "We check every signature.",
    ):
        assert expected in words
    assert "Not yet out" not in words


def test_the_letter_takes_seven_queries_at_most_however_many_have_signed(
    client, campaign, django_assert_num_queries
):
    make_signature(campaign)
    with django_assert_num_queries(7):
        client.get("/en/hrd-agenda/")
    for _ in range(2):
        make_signature(campaign)
    with django_assert_num_queries(7):
        client.get("/en/hrd-agenda/")


def test_the_list_takes_as_many_queries_for_one_as_for_three(client, campaign, django_assert_num_queries):
    make_signature(campaign)
    with django_assert_num_queries(5):
        client.get("/en/hrd-agenda/signatories/")
    for _ in range(2):
        make_signature(campaign)
    with django_assert_num_queries(5):
        client.get("/en/hrd-agenda/signatories/")


@pytest.mark.parametrize(
    "address", ["/en/", "/en/hrd-agenda/", "/en/hrd-agenda/signatories/", "/hrd-agenda/count.json"]
)
def test_pages_that_everybody_reads_carry_no_cookie_and_may_be_kept_for_a_second(
    client, campaign, address, time_machine
):
    time_machine.move_to(timezone.now(), tick=False)  # the letter says as of which minute it is
    response = client.get(address)

    assert response.status_code == 200
    assert response.cookies == {}
    assert "cookie" not in response.get("Vary", "").lower()
    assert "s-maxage=1" in response["Cache-Control"]
    assert response["ETag"]
    assert client.get(address, headers={"If-None-Match": response["ETag"]}).status_code == 304


def test_only_accepted_signatures_are_public_or_counted(client, campaign):
    make_signature(campaign, name="Accepted Example")
    for state in NOT_PUBLIC:
        make_signature(campaign, state=State(state), name=f"Canary {state}")
    withheld = make_signature(campaign, name="Canary withheld")
    Signature.objects.filter(pk=withheld.pk).update(publication_mode="withheld", joined_total_at=None)

    pages = [
        client.get(address).content.decode()
        for address in ("/en/", "/en/hrd-agenda/", "/en/hrd-agenda/signatories/", "/hrd-agenda/count.json")
    ]

    assert [page for page in pages if "Canary" in page] == []
    assert json.loads(pages[-1])["count"] == 1


def test_headline_list_and_json_agree_and_say_how_many_are_named(client, campaign):
    make_signature(campaign, name="Alpha Example", country_code="KE")
    make_signature(campaign, name="Beta Example", country_code="FR")
    make_signature(campaign, name="Canary withheld", country_code="XK")
    Signature.objects.filter(organisation__name="Canary withheld").update(publication_mode="withheld")

    body = json.loads(client.get("/hrd-agenda/count.json").content)
    words = words_of(client.get("/en/hrd-agenda/"))

    assert list(body) == ["count", "named", "countries", "as_of", "letter_version"]
    assert (body["count"], body["named"], body["countries"], body["letter_version"]) == (3, 2, 2, 1)
    assert body["as_of"].endswith("Z")
    assert "3 organisations" in words
    assert "2 are named" in words
    assert "2 countries" in words
    assert "Canary" not in words
    assert "Kosovo" not in words


def test_the_etag_of_the_count_follows_the_facts_and_not_the_clock(client, campaign):
    first = client.get("/hrd-agenda/count.json")["ETag"]
    assert client.get("/hrd-agenda/count.json")["ETag"] == first

    make_signature(campaign)

    assert client.get("/hrd-agenda/count.json")["ETag"] != first


def test_the_list_goes_on_page_by_page_without_a_gap(client, campaign, monkeypatch):
    monkeypatch.setitem(listing.page.__kwdefaults__, "size", 2)
    for name in ("One", "Two", "Alpha Example", "École Exemple", "The Beta Example"):
        make_signature(campaign, name=name)
    Organisation.objects.filter(name__in=["One", "Two"]).update(name="Same Name", sort_key="same name")

    seen, address = [], "/en/hrd-agenda/signatories/"
    while address:
        page = soup_of(client.get(address))
        seen += [each.get_text(strip=True) for each in page.select(".signatories .name")]
        following = page.find("a", rel="next")
        address = following and urljoin(address, following["href"])

    assert seen == ["Alpha Example", "The Beta Example", "École Exemple", "Same Name", "Same Name"]


@pytest.mark.parametrize("stage", ["draft", "circulating"])
def test_before_it_is_public_there_is_no_page_no_count_and_no_form(client, db, stage):
    make_campaign("hidden", stage=stage)

    for address in (
        "/en/hidden/",
        "/en/hidden/signatories/",
        "/en/hidden/sign/",
        "/hidden/count.json",
        "/hidden/signatories.csv",
    ):
        assert client.get(address).status_code == 404
    assert "hidden" not in client.get("/en/").content.decode()


def test_the_root_sends_to_the_sites_own_language_whatever_the_browser_prefers(client, db):
    response = client.get("/", headers={"Accept-Language": "fr"})

    assert (response.status_code, response["Location"]) == (302, "/en/")


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar", "ru", "zh-hans"])
def test_every_language_has_its_address_and_arabic_reads_from_the_right(client, campaign, language):
    page = soup_of(client.get(f"/{language}/hrd-agenda/"))

    assert page.html["lang"].lower() in (language, "zh-hans")
    assert page.html["dir"] == ("rtl" if language == "ar" else "ltr")
    assert "Defenders at the heart" in page.get_text()


def test_health_says_whether_the_database_answers(client, db):
    assert client.get("/healthz").content == b"ok\n"
