"""The list of signatories in a real browser: groups, A to Z and charts for everybody, on paper, and while one types."""

import pytest

from signatories.models import Signature
from tests.browser.conftest import DESK, PHONE
from tests.browser.looking import violations
from tests.builders import make_signature

ADDRESS = "/en/hrd-agenda/signatories/"
LONG = (
    "Coordinación Interregional de Promotoras Jurídicas Comunitarias, Intérpretes y Acompañantes" + "ó" * 40
)


@pytest.fixture
def listed(campaign):
    """Names in three scripts, a very long one, a convenor."""
    for name, country in (
        ("Anchor", "KE"),
        ("مركز المثال", "EG"),
        ("示例联盟", "CN"),
        ("Kite", "KE"),
        (LONG, "BO"),
    ):
        make_signature(campaign, name=name, country_code=country)
    Signature.objects.filter(organisation__name="Kite").update(role="convenor")
    return campaign


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize(("scheme", "size"), [("light", DESK), ("dark", PHONE)])
def test_axe_finds_nothing_in_the_list_however_it_is_looked_at(site, listed, language, scheme, size):
    found = {}
    for view in (
        "signatories/?group=country",
        "signatories/?group=type",
        "signatories/?from=a",
        "signatories/?q=k",
        "signatories/?q=nobody",
        "by-day/",
    ):
        page = site.open(f"/{language}/hrd-agenda/{view}", color_scheme=scheme, size=size)
        for details in page.locator("details").all():
            details.locator("summary").click()
        found[view] = violations(page)

    assert {view: each for view, each in found.items() if each} == {}


@pytest.mark.parametrize("view", ["signatories/?group=country", "signatories/", "by-day/"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_nothing_runs_out_of_a_narrow_window(site, listed, language, view):
    page = site.open(f"/{language}/hrd-agenda/{view}", size={"width": 320, "height": 600})

    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_a_search_makes_one_list_of_the_groups_and_clearing_it_brings_them_back(site, listed):
    page = site.open(f"{ADDRESS}?group=country")
    headings = page.locator("#found .group bdi")
    assert headings.all_text_contents() == ["Convenors", "Bolivia", "China", "Egypt", "Kenya"]

    page.get_by_label("Search by name").press_sequentially("an")
    page.wait_for_selector("[data-found]")

    assert page.locator("#found .name").all_text_contents() == ["Anchor"]
    assert page.locator("[data-search-said]").text_content() == "1 signatory fits."
    assert headings.all_text_contents() == []

    page.get_by_label("Search by name").fill("")
    page.wait_for_selector("#found .group")

    assert headings.all_text_contents() == ["Convenors", "Bolivia", "China", "Egypt", "Kenya"]


def test_letters_lead_there_by_keyboard_and_without_script(site, listed):
    page = site.open(ADDRESS, java_script_enabled=False)

    page.get_by_role("navigation", name="From this letter on").get_by_role("link", name="M").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**from=m**")

    assert page.locator("#found .name").all_text_contents() == ["مركز المثال", "示例联盟"]


def test_on_paper_there_is_the_list_with_its_title_and_no_interface(site, listed):
    page = site.open(f"{ADDRESS}?group=country")
    page.emulate_media(media="print")

    for seen in ("h1", ".lead", ".headline", ".group", ".name"):
        assert page.locator(seen).first.is_visible(), seen
    for hidden in (".search", ".orders", ".ways", ".dispute", ".languages", ".back"):
        assert not page.locator(hidden).first.is_visible(), hidden
