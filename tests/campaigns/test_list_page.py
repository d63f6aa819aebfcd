"""The list page: searched and filtered by the server, page by page."""

from urllib.parse import urljoin

import pytest

from campaigns import listing
from campaigns.choices import PublicationMode
from signatories import register
from signatories.models import Signature
from signatories.states import State
from tests.builders import make_campaign, make_signature, make_superuser
from tests.journeys.conftest import soup_of, words_of

ADDRESS = "/en/hrd-agenda/signatories/"


@pytest.fixture
def campaign(db):
    return make_campaign("hrd-agenda")


def names_on(page):
    return [each.get_text(strip=True) for each in soup_of(page).select(".signatories .name")]


def test_a_search_finds_by_any_name_and_the_whole_list_is_one_link_away(client, campaign):
    make_signature(campaign, name="Lantern Trust", native_name="Фонарь", acronym="LTX", country_code="KE")
    make_signature(campaign, name="Harbour Union", country_code="NP")

    for typed in ("lantern", "LAN", "ltx", "фонарь", "fonar"):
        assert names_on(client.get(ADDRESS, {"q": typed})) == ["Lantern Trust (LTX)"], typed
    page = client.get(ADDRESS, {"q": "lantern"})
    assert "1 signatory fits." in words_of(page)
    assert soup_of(page).find("a", string="The whole list")["href"] == ADDRESS
    assert soup_of(page).find("input", {"name": "q"})["value"] == "lantern"


def test_filters_by_country_and_type_combine_with_the_search(client, campaign):
    make_signature(campaign, name="Lantern Trust", country_code="KE", org_type="ngo")
    make_signature(campaign, name="Lantern Union", country_code="KE", org_type="union")
    make_signature(campaign, name="Lantern House", country_code="NP", org_type="ngo")

    assert names_on(client.get(ADDRESS, {"country": "KE"})) == ["Lantern Trust", "Lantern Union"]
    assert names_on(client.get(ADDRESS, {"type": "ngo"})) == ["Lantern House", "Lantern Trust"]
    assert names_on(client.get(ADDRESS, {"q": "lan", "country": "KE", "type": "ngo"})) == ["Lantern Trust"]


def test_only_countries_of_named_signatories_can_be_chosen(client, campaign):
    make_signature(campaign, country_code="KE")
    hidden = make_signature(campaign, country_code="BT")
    Signature.objects.filter(pk=hidden.pk).update(publication_mode=PublicationMode.WITHHELD)
    make_signature(campaign, country_code="NP", state=State.CONFIRMED)

    options = soup_of(client.get(ADDRESS)).find("select", {"name": "country"}).find_all("option")

    assert [option["value"] for option in options] == ["", "KE"]


@pytest.mark.parametrize("mode", [PublicationMode.WITHHELD, PublicationMode.ADDRESSEE_ONLY])
def test_s18_a_name_that_is_not_public_is_searched_for_like_one_that_never_was(client, campaign, mode):
    make_signature(campaign, name="Example Public")
    hidden = make_signature(campaign, name="Hushed Lantern")
    Signature.objects.filter(pk=hidden.pk).update(publication_mode=mode)

    found = client.get(ADDRESS, {"q": "hushed"}).content.decode()
    nonsense = client.get(ADDRESS, {"q": "zzzzz"}).content.decode()

    assert found.replace("hushed", "zzzzz") == nonsense
    assert "No signatory is found" in nonsense


@pytest.mark.parametrize("typed", ["!!!", "%", "\\", "🕊", "'; DROP TABLE x; --"])
def test_odd_searches_find_nothing_and_break_nothing(client, campaign, typed):
    make_signature(campaign, name="Example Public")

    page = client.get(ADDRESS, {"q": typed})

    assert page.status_code == 200
    assert names_on(page) == []
    assert soup_of(page).find("input", {"name": "q"})["value"] == typed


def test_unknown_filters_find_nothing(client, campaign):
    make_signature(campaign, name="Example Public")

    assert names_on(client.get(ADDRESS, {"country": "zz"})) == []
    assert names_on(client.get(ADDRESS, {"type": "nonsense"})) == []


@pytest.mark.parametrize("stretch", [1, 2, 100])
def test_the_pages_of_a_search_follow_each_other_without_a_gap(client, campaign, monkeypatch, stretch):
    monkeypatch.setitem(listing.page.__kwdefaults__, "size", 2)
    monkeypatch.setattr(listing, "STRETCH", stretch)
    for name in ("Lantern A", "Bakery", "Lantern B", "Lantern C", "Choir", "Lantern D", "Zoo", "Lantern E"):
        make_signature(campaign, name=name)

    seen, address = [], f"{ADDRESS}?q=lantern"
    while address:
        page = client.get(address)
        seen += names_on(page)
        following = soup_of(page).find("a", rel="next")
        address = following and urljoin(address, following["href"])

    assert seen == ["Lantern A", "Lantern B", "Lantern C", "Lantern D", "Lantern E"]


def test_the_search_takes_as_many_queries_for_one_as_for_three(client, campaign, django_assert_num_queries):
    make_signature(campaign, name="Lantern A")
    client.get(ADDRESS, {"q": "lantern"})
    with django_assert_num_queries(6):
        client.get(ADDRESS, {"q": "lantern"})
    make_signature(campaign, name="Lantern B")
    make_signature(campaign, name="Lantern C")
    with django_assert_num_queries(6):
        client.get(ADDRESS, {"q": "lantern"})


def test_a_new_name_is_found_at_once_and_the_old_one_no_more(client, campaign):
    signature = make_signature(campaign, name="Lantern Trust")
    register.change_organisation(signature.organisation, by=make_superuser(), name="Beacon Trust", aliases=[])

    assert names_on(client.get(ADDRESS, {"q": "beacon"})) == ["Beacon Trust"]
    assert names_on(client.get(ADDRESS, {"q": "lantern"})) == []
