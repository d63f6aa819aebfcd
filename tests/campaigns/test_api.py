"""api/v1/: what the pages show, for programs."""

import json

import pytest
from django.utils import timezone

from campaigns.models import Update, UpdateText
from signatories.models import Organisation, Signature
from tests.builders import make_campaign, make_signature

LIST = "/api/v1/campaigns/hrd-agenda/signatories/"


@pytest.fixture
def campaign(db):
    return make_campaign("hrd-agenda", title="Defenders at the heart")


def asked(client, address):
    response = client.get(address.removeprefix("http://testserver"))
    return response, json.loads(response.content)


def walked(client, address):
    """All results, page by page."""
    results = []
    while address:
        _response, page = asked(client, address)
        results += page["results"]
        address = page["next"]
    return results


def test_a_line_is_what_the_public_list_and_the_csv_say(client, campaign):
    signature = make_signature(campaign, name="Beispiel e.V.", native_name="مثال", country_code="DE")
    Organisation.objects.update(native_language="ar")

    (line,) = walked(client, f"{LIST}?language=fr")

    assert line == {
        "id": str(signature.public_id),
        "name": "Beispiel e.V.",
        "name_native": "مثال",
        "native_language": "ar",
        "acronym": "",
        "country_or_territory": "Allemagne",
        "country_code": "DE",
        "org_type": "ngo",
        "network_parent": "",
        "website": signature.organisation.website,
        "role": "signatory",
        "signed_on": f"{signature.confirmed_at:%Y-%m-%d}",
        "letter_version": 1,
    }


def test_pages_follow_each_other_without_a_gap_in_the_order_of_the_list(client, campaign):
    for name in ("One", "Two", "Alpha Example", "École Exemple", "The Beta Example"):
        make_signature(campaign, name=name)
    Organisation.objects.filter(name__in=["One", "Two"]).update(name="Same Name", sort_key="same name")

    names = [line["name"] for line in walked(client, f"{LIST}?limit=2&language=en")]
    response, page = asked(client, f"{LIST}?limit=2&language=en")

    assert names == ["Alpha Example", "The Beta Example", "École Exemple", "Same Name", "Same Name"]
    assert page["next"].startswith(f"http://testserver{LIST}?language=en&limit=2&after=")
    assert response["Link"] == f'<{page["next"]}>; rel="next"'


def test_updates_and_campaigns_have_pages_too(client, campaign):
    for number in range(3):
        update = Update.objects.create(campaign=campaign, published_at=timezone.now())
        UpdateText.objects.create(update=update, language="en", title=f"News {number}", body="Text.")
        make_campaign(f"letter-{number}")
    Update.objects.create(campaign=campaign)

    updates = walked(client, "/api/v1/campaigns/hrd-agenda/updates/?limit=1")
    letters = walked(client, "/api/v1/campaigns/?limit=1")

    assert [update["title"] for update in updates] == ["News 2", "News 1", "News 0"]
    assert [letter["slug"] for letter in letters] == ["hrd-agenda", "letter-0", "letter-1", "letter-2"]


def test_any_page_of_the_web_may_read_and_the_tag_lasts_until_something_changes(client, campaign):
    response, _ = asked(client, LIST)
    again = client.get(LIST, headers={"If-None-Match": response["ETag"]})
    make_signature(campaign)

    assert response["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response
    assert again.status_code == 304
    assert again["Access-Control-Allow-Origin"] == "*"
    assert client.get(LIST, headers={"If-None-Match": response["ETag"]}).status_code == 200


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        (f"{LIST}?limit=0", 400, "limit is a whole number from 1 to 200."),
        (f"{LIST}?limit=²", 400, "limit is a whole number from 1 to 200."),
        (f"{LIST}?language=tlh", 400, "language is one of en, fr, es, ar, ru, zh-hans."),
        (f"{LIST}?after=W10", 404, "There is no such page: take the cursor from next."),
        ("/api/v1/campaigns/no-such-letter/", 404, "There is no such public letter."),
        ("/api/v1/campaigns/é/updates/", 404, "There is no such public letter."),
    ],
)
def test_nonsense_is_told_what_is_wrong_and_no_cache_keeps_it(client, campaign, address, status, words):
    response, body = asked(client, address)

    assert (response.status_code, body) == (status, {"error": words})
    assert "s-maxage" not in response.get("Cache-Control", "")
    assert response["Access-Control-Allow-Origin"] == "*"


def test_s18_a_name_that_is_hidden_is_gone_from_the_next_answer_and_its_cursor_tells_nothing(
    client, campaign
):
    for name in ("Alpha Example", "In Danger Example", "Omega Example"):
        make_signature(campaign, name=name)
    _response, page = asked(client, f"{LIST}?limit=2")
    Signature.objects.filter(organisation__name="In Danger Example").update(publication_mode="withheld")

    names = [line["name"] for line in walked(client, LIST)]

    assert names == ["Alpha Example", "Omega Example"]
    assert [line["name"] for line in walked(client, page["next"])] == ["Omega Example"]
