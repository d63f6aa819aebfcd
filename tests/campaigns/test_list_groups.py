"""The list in parts: convenors first, then by name, by country or territory, by type; from a letter on; nobody twice, nobody left out."""

from urllib.parse import urljoin

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns import countries, cursors, initials, listing
from campaigns.choices import PublicationMode
from signatories.models import Organisation, Signature
from signatories.states import PartInCampaign, State
from tests.builders import make_campaign, make_signature
from tests.journeys.conftest import soup_of, words_of

ADDRESS = "/en/hrd-agenda/signatories/"
LETTER = "/en/hrd-agenda/"


@pytest.fixture
def campaign(db):
    return make_campaign("hrd-agenda")


def sign(campaign, name, *, convenor=False, mode=PublicationMode.PUBLIC, **facts):
    signature = make_signature(campaign, name=name, **facts)
    role = PartInCampaign.CONVENOR if convenor else PartInCampaign.SIGNATORY
    Signature.objects.filter(pk=signature.pk).update(role=role, publication_mode=mode)
    return signature


def parts_of(page):
    """Each section of the page: its heading ("" for none), and the names under it."""
    return [
        (
            " ".join(heading.get_text(" ", strip=True).split())
            if (heading := section.select_one(".group"))
            else "",
            [each.get_text(strip=True) for each in section.select(".name")],
        )
        for section in soup_of(page).select("#signatory-list .section")
    ]


def walked(client, address):
    """The sections of all pages, one after the other."""
    parts = []
    while address:
        page = client.get(address)
        parts += parts_of(page)
        following = soup_of(page).find("a", rel="next")
        address = following and urljoin(address, following["href"])
    return parts


def small_pages(monkeypatch, size):
    monkeypatch.setitem(listing.page.__kwdefaults__, "size", size)


# --- convenors -----------------------------------------------------------------------------------


@pytest.fixture
def convened(campaign):
    sign(campaign, "Zoo", convenor=True)
    sign(campaign, "Mill", convenor=True)
    sign(campaign, "Apple")
    sign(campaign, "Nest")
    return campaign


@pytest.mark.parametrize("address", [LETTER, ADDRESS, "/en/hrd-agenda/embed/"])
def test_convenors_stand_first_and_nowhere_again(client, convened, address):
    assert parts_of(client.get(address)) == [
        ("Convenors", ["Mill", "Zoo"]),
        ("Other signatories", ["Apple", "Nest"]),
    ]


def test_without_convenors_the_list_has_no_heading(client, campaign):
    sign(campaign, "Apple")

    assert parts_of(client.get(ADDRESS)) == [("", ["Apple"])]


def test_the_api_tells_convenors_first_and_says_that_they_are(client, convened):
    address, seen = "/api/v1/campaigns/hrd-agenda/signatories/?limit=1", []
    while address:
        answer = client.get(address).json()
        seen += [(each["name"], each["role"]) for each in answer["results"]]
        address = answer["next"]

    assert seen == [
        ("Mill", "convenor"),
        ("Zoo", "convenor"),
        ("Apple", "signatory"),
        ("Nest", "signatory"),
    ]


def test_a_search_finds_convenors_in_their_place_and_marks_them(client, convened):
    sign(convened, "Mint")

    page = client.get(ADDRESS, {"q": "mi"})

    assert parts_of(page) == [("", ["Mill", "Mint"])]
    marks = [each.find(class_="part") for each in soup_of(page).select(".signatory-list li")]
    assert [each and each.get_text() for each in marks] == ["Convenor", None]
    assert parts_of(client.get(ADDRESS, {"country": "KE"})) == [
        ("", ["Apple", "Mill", "Mint", "Nest", "Zoo"])
    ]


@pytest.mark.parametrize("mode", [PublicationMode.WITHHELD, PublicationMode.ADDRESSEE_ONLY])
def test_a_convenor_that_is_not_public_is_in_no_list(client, convened, mode):
    sign(convened, "Canary", convenor=True, mode=mode, country_code="BT")

    for address in (
        LETTER,
        ADDRESS,
        f"{ADDRESS}?group=country",
        f"{ADDRESS}?q=canary",
        f"{ADDRESS}?country=BT",
    ):
        page = client.get(address).content.decode()
        assert "Canary" not in page
        assert "Bhutan" not in page


# --- groups --------------------------------------------------------------------------------------


@pytest.fixture
def mixed(campaign):
    sign(campaign, "Called", convenor=True, country_code="DE", org_type="union")
    sign(campaign, "Berlin B", country_code="DE", org_type="media")
    sign(campaign, "Berlin A", country_code="DE", org_type="ngo")
    sign(campaign, "Cairo", country_code="EG", org_type="ngo")
    sign(campaign, "Aland", country_code="AX", org_type="union")
    sign(campaign, "Zagreb", country_code="HR", org_type="other")
    sign(campaign, "Canary", country_code="BT", org_type="faith", mode=PublicationMode.WITHHELD)
    sign(campaign, "Robin", country_code="BT", org_type="faith", mode=PublicationMode.ADDRESSEE_ONLY)
    make_signature(campaign, name="Pending", country_code="BT", org_type="faith", state=State.CONFIRMED)
    return campaign


def test_by_country_in_the_order_of_the_readers_language(client, mixed):
    assert parts_of(client.get(ADDRESS, {"group": "country"})) == [
        ("Convenors", ["Called"]),
        ("Åland Islands 1", ["Aland"]),
        ("Croatia 1", ["Zagreb"]),
        ("Egypt 1", ["Cairo"]),
        ("Germany 2", ["Berlin A", "Berlin B"]),
    ]
    # ألمانيا, جزر آلاند, كرواتيا, مصر
    arabic = parts_of(client.get("/ar/hrd-agenda/signatories/", {"group": "country"}))[1:]
    assert [names for _heading, names in arabic] == [
        ["Berlin A", "Berlin B"],
        ["Aland"],
        ["Zagreb"],
        ["Cairo"],
    ]
    assert arabic[0][0] == f"{countries.label('DE', 'ar')} 2"


def test_by_type_in_the_order_of_the_form(client, mixed):
    assert parts_of(client.get(ADDRESS, {"group": "type"})) == [
        ("Convenors", ["Called"]),
        ("Non-governmental organisation 2", ["Berlin A", "Cairo"]),
        ("Trade union 1", ["Aland"]),
        ("Media organisation 1", ["Berlin B"]),
        ("Other 1", ["Zagreb"]),
    ]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 6])
@pytest.mark.parametrize("group", ["country", "type", "name"])
def test_groups_go_on_across_pages_and_say_so(client, mixed, monkeypatch, group, size):
    address = f"{ADDRESS}?group={group}"
    whole = parts_of(client.get(address))
    small_pages(monkeypatch, size)

    pages = walked(client, address)

    assert [name for _heading, names in pages for name in names] == [
        name for _heading, names in whole for name in names
    ]
    if group != "name":
        counts = {heading.removesuffix(" continued"): 0 for heading, _names in pages}
        seen = set()
        for heading, names in pages:
            plain = heading.removesuffix(" continued")
            assert (heading != plain) == (plain in seen)
            seen.add(plain)
            counts[plain] += len(names)
        assert counts == {heading: len(names) for heading, names in whole}


def test_the_letter_takes_the_order_that_its_managers_chose(client, mixed):
    mixed.list_order = "country"
    mixed.save()

    assert [heading for heading, _names in parts_of(client.get(LETTER))][:2] == [
        "Convenors",
        "Åland Islands 1",
    ]
    assert [heading for heading, _names in parts_of(client.get(ADDRESS))][1] == "Åland Islands 1"
    assert [heading for heading, _names in parts_of(client.get(ADDRESS, {"group": "name"}))][
        1
    ] == "Other signatories"


def test_orders_are_plain_links_and_the_present_one_is_marked(client, mixed):
    links = soup_of(client.get(ADDRESS, {"group": "type"})).select(".orders a")

    assert [(each.get_text(), each["href"], each.get("aria-current")) for each in links] == [
        ("By name", "?group=name", None),
        ("By country or territory", "?group=country", None),
        ("By type", "?group=type", "true"),
    ]


def test_under_a_countrys_heading_lines_say_only_what_it_does_not(client, campaign):
    sign(campaign, "Plain", country_code="KE")
    sign(campaign, "Labelled", country_code="KE")
    Organisation.objects.filter(name="Labelled").update(country_label="Kenya, in exile")

    page = soup_of(client.get(ADDRESS, {"group": "country"}))

    assert [each.get_text() for each in page.select(".country")] == ["Kenya, in exile"]


def test_a_search_or_a_filter_is_one_list_whatever_the_order(client, mixed):
    for asked in ({"q": "berlin"}, {"country": "DE"}):
        page = client.get(ADDRESS, {**asked, "group": "type"})
        assert [heading for heading, _names in parts_of(page)] == [""]
        assert soup_of(page).select(".orders") == []
        assert soup_of(page).find("input", {"name": "group"})["value"] == "type"


@pytest.mark.parametrize("group", ["", "nonsense", "0", "convenors"])
def test_an_unknown_order_is_the_letters_own(client, mixed, group):
    assert parts_of(client.get(ADDRESS, {"group": group})) == parts_of(client.get(ADDRESS))


def test_a_cursor_of_another_order_leads_nowhere(client, mixed):
    signature = Signature.objects.get(organisation__name="Berlin A")

    for cursor, group in (
        ("", "country"),
        ("DE", "type"),
        ("ngo", "country"),
        ("DE", "name"),
        ("xx", "country"),
    ):
        after = cursors.after(signature, cursor)
        assert client.get(ADDRESS, {"group": group, "after": after}).status_code == 404, (cursor, group)


# --- A to Z --------------------------------------------------------------------------------------


def initials_on(page):
    return [each.get_text() for each in soup_of(page).select(".initials a")]


def test_only_letters_that_lead_somewhere_are_shown(client, campaign):
    for name in ("Kite", "Åker", "10 Voices", "Фонарь", "مركز", "中文", "The Elm", "Sign"):
        sign(campaign, name)
    Organisation.objects.filter(name="Sign").update(sort_key="~\U00013000")
    sign(campaign, "Quay", mode=PublicationMode.WITHHELD)
    sign(campaign, "Rook", mode=PublicationMode.ADDRESSEE_ONLY)
    make_signature(campaign, name="Seal", state=State.CONFIRMED)
    sign(campaign, "Union", convenor=True)

    page = client.get(ADDRESS)

    assert initials_on(page) == ["0–9", "A", "E", "F", "K", "M", "Z", "…"]
    assert "stand where their reading in Latin letters stands" in words_of(page)


def test_a_letter_is_where_the_list_begins(client, campaign):
    for name in ("Anchor", "Kite", "Kolo", "Zenith", "7 Hills"):
        sign(campaign, name)
    sign(campaign, "Called", convenor=True)

    links = {each.get_text(): each["href"] for each in soup_of(client.get(ADDRESS)).select(".initials a")}
    page = client.get(urljoin(ADDRESS, links["K"]))

    assert parts_of(page) == [("", ["Kite", "Kolo", "Zenith"])]
    assert soup_of(page).select_one(".initials [aria-current]").get_text() == "K"
    assert parts_of(client.get(ADDRESS, {"from": "0"})) == [
        ("", ["7 Hills", "Anchor", "Kite", "Kolo", "Zenith"])
    ]
    assert parts_of(client.get(ADDRESS, {"from": "к"})) == parts_of(page)
    assert parts_of(client.get(ADDRESS, {"from": "!"})) == parts_of(client.get(ADDRESS))


def test_letters_go_with_a_filter_but_not_with_a_search(client, campaign):
    sign(campaign, "Anchor", country_code="KE")
    sign(campaign, "Kite", country_code="KE")
    sign(campaign, "Bakery", country_code="NP")
    sign(campaign, "Called", convenor=True, country_code="KE")

    page = client.get(ADDRESS, {"country": "KE"})

    assert initials_on(page) == ["A", "C", "K"]
    address = urljoin(ADDRESS, soup_of(page).find("a", string="K")["href"])
    assert parts_of(client.get(address)) == [("", ["Kite"])]
    assert initials_on(client.get(ADDRESS, {"q": "anchor"})) == []


@pytest.mark.parametrize("initial", initials.ALL)
def test_each_initial_is_what_its_link_means(initial):
    assert initials.initial_of(initial) == initial


# --- what it costs, and what holds whatever comes -----------------------------------------------------


@pytest.mark.parametrize(
    ("address", "number"),
    [
        (LETTER, 7),
        (ADDRESS, 5),
        (f"{ADDRESS}?group=country", 5),
        (f"{ADDRESS}?group=type", 5),
        (f"{ADDRESS}?from=K", 5),
        (f"{ADDRESS}?country=KE", 5),
    ],
)
def test_pages_take_as_many_queries_for_one_as_for_three(
    client, campaign, django_assert_num_queries, address, number
):
    sign(campaign, "Kite", convenor=True)
    sign(campaign, "Kolo")
    with django_assert_num_queries(number):
        client.get(address)
    sign(campaign, "Kiln", convenor=True, country_code="NP")
    sign(campaign, "Knot", org_type="union")
    with django_assert_num_queries(number):
        client.get(address)


def test_a_letter_with_groups_takes_one_query_more(client, campaign, django_assert_num_queries):
    for order in ("country", "type"):
        campaign.list_order = order
        campaign.save()
        sign(campaign, f"Kite {order}")
        with django_assert_num_queries(8):
            client.get(LETTER)


GROUPS = {
    "name": listing.BY_NAME,
    "country": listing.Groups("country_code", ("EG", "DE", "HR")),
    "type": listing.Groups("org_type", ("ngo", "union")),
}
ROWS = st.tuples(
    st.sampled_from(["a", "b", "b", "c d"]),  # equal keys are common
    st.sampled_from(GROUPS["country"].codes),
    st.sampled_from(GROUPS["type"].codes),
    st.booleans(),
)


@pytest.mark.parametrize("by", GROUPS)
@settings(max_examples=15, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(
    before=st.lists(ROWS, min_size=1, max_size=6),
    added=st.lists(ROWS, max_size=3),
    size=st.integers(1, 4),
)
def test_whoever_walks_the_list_while_names_come_meets_nobody_twice_and_misses_nobody(
    stock, by, before, added, size
):
    """`stock` are signatures that stand ready, whose lines are written as the example has them."""
    Signature.objects.update(joined_total_at=None)
    first, later = stock[: len(before)], stock[len(before) : len(before) + len(added)]
    for key, row in zip(first, before, strict=True):
        put_in(key, row)
    groups, seen, cursor, waiting = GROUPS[by], [], "", list(zip(later, added, strict=True))
    while True:
        page = listing.page(first_campaign(stock), groups=groups, cursor=cursor, size=size)
        seen += [each.pk for each in page.signatures]
        if not page.following:
            break
        cursor = page.following
        if waiting:
            put_in(*waiting.pop())

    assert len(seen) == len(set(seen))
    assert set(first) <= set(seen)
    order = sorted(
        Signature.objects.filter(pk__in=seen),
        key=lambda each: (
            not each.is_convenor,
            () if each.is_convenor or not groups.column else groups.codes.index(groups.of(each)),
            each.sort_key,
            each.public_id,
        ),
    )
    assert seen == [each.pk for each in order]


@pytest.fixture
def stock(campaign):
    return [make_signature(campaign).pk for _ in range(9)]


def first_campaign(stock):
    return Signature.objects.get(pk=stock[0]).campaign


def put_in(key, row):
    sort_key, country, org_type, is_convenor = row
    # A trigger takes these over into the signature.
    Organisation.objects.filter(signatures=key).update(
        sort_key=sort_key, country_code=country, org_type=org_type
    )
    role = PartInCampaign.CONVENOR if is_convenor else PartInCampaign.SIGNATORY
    Signature.objects.filter(pk=key).update(role=role, joined_total_at="2026-09-01T00:00Z")
