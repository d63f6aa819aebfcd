"""What a page puts off for its first paint, and that it comes."""

from playwright.sync_api import expect

from tests.builders import make_signature

SCRIPTS = ("جمعية المثال", "ตัวอย่าง", "ნიმუში", "Пример", "उदाहरण")
IS_DRAWN = "name => name.checkVisibility({contentVisibilityAuto: true})"


def sign(campaign):
    for number, name in enumerate(SCRIPTS * 8):
        make_signature(campaign, name=f"Example {number:02}", native_name=name)


def test_names_in_their_own_scripts_are_drawn_as_soon_as_there_is_time(site, campaign):
    sign(campaign)

    page = site.open("/en/hrd-agenda/")

    names = page.locator("#signatory-list .native")
    expect(page.locator("#signatory-list .native.drawn")).to_have_count(len(SCRIPTS) * 8)
    assert page.evaluate("scrollY") == 0
    assert all(name.evaluate(IS_DRAWN) for name in names.all())


def test_without_script_they_are_drawn_when_they_come_near(site, campaign):
    sign(campaign)

    page = site.open("/en/hrd-agenda/", java_script_enabled=False)
    last = page.locator("#signatory-list .native").last

    last.scroll_into_view_if_needed()
    page.wait_for_timeout(200)  # two frames: one sees that they are near, the next one draws them
    assert last.evaluate(IS_DRAWN)
    assert last.bounding_box()["height"] > 10


def test_a_list_that_has_grown_is_as_tall_at_once_as_the_one_before(site, campaign):
    sign(campaign)
    page = site.open("/en/hrd-agenda/")
    expect(page.locator("#signatory-list .native.drawn")).to_have_count(len(SCRIPTS) * 8)

    make_signature(campaign, name="Example ZZ", native_name="ตัวอย่าง")

    expect(page.locator("#signatory-list .native.drawn")).to_have_count(len(SCRIPTS) * 8 + 1, timeout=20_000)
    assert page.locator("#signatory-list .native:not(.drawn)").count() == 0
