"""axe-core finds nothing on any page of the public face, light and dark, from left to right and from right to left."""

import pytest
from django.utils import timezone

from campaigns.choices import AskStatus
from campaigns.models import Campaign, Quote, Update, UpdateText
from signatories import tokens
from signatories.mail import notices
from signatories.models import Contact
from signatories.states import LinkPurpose
from tests.browser import way
from tests.browser.conftest import DESK, PHONE
from tests.browser.looking import overflow, violations
from tests.builders import make_campaign, make_signature, make_topic


@pytest.fixture
def full(campaign):
    """A letter with everything that can stand around one."""
    make_topic(campaign, "Civic space", "civic-space")
    Quote.objects.create(
        campaign=campaign, language="en", text="Say so.", speaker="N. N.", speaker_role="spokesperson"
    )
    for position, status in ((1, AskStatus.MET), (2, AskStatus.PARTLY_MET)):
        ask = campaign.asks.get(position=position)
        ask.status = status
        ask.save()
        update = Update.objects.create(
            campaign=campaign, kind="response", ask=ask, ask_status=status, published_at=campaign.opens_at
        )
        UpdateText.objects.create(
            update=update, language="en", title="A step", body="In the right direction."
        )
    make_signature(
        campaign, name="Example Lantern Trust", native_name="جمعية المثال", acronym="ELT", country_code="KE"
    )
    make_signature(campaign, name="示例人权捍卫者联盟", country_code="CN")
    return campaign


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize(("scheme", "size"), [("light", DESK), ("dark", PHONE)])
def test_axe_finds_nothing(site, full, language, scheme, size):
    found = {}

    def look(name):
        found[name] = violations(page)

    page = site.open(f"/{language}/", color_scheme=scheme, size=size)
    look("index")
    page.goto(f"/{language}/hrd-agenda/")
    look("letter")
    page.locator("summary").click()
    look("letter with its checksum")
    page.goto(f"/{language}/hrd-agenda/signatories/")
    look("list")
    page.goto(f"/{language}/hrd-agenda/sign/")
    look("form")
    page.locator("#sign-form .buttons button").click()
    look("form with errors")
    way.to_review(page)
    look("review")
    page.locator("#review-form button").first.click()
    look("sent")
    page.goto(f"/{language}/hrd-agenda/sign/again/")
    look("again")
    link = way.mailed_link()
    page.goto(link)
    look("confirm")
    page.locator("main form button").first.click()
    look("confirm without the tick")
    page.get_by_role("checkbox").check()
    page.locator("main form button").first.click()
    look("confirmed")
    page.goto(f"/{language}/confirm/nothing/")
    look("bad link")
    page.goto(f"/{language}/nothing/")
    look("no such page")

    assert {name: what for name, what in found.items() if what} == {}
    assert len(found) == 14
    assert site.complaints == []


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("ar", "dark")])
def test_axe_finds_nothing_on_the_signers_own_page(site, full, language, scheme):
    found = {}

    def look(name):
        found[name] = violations(page)

    Campaign.objects.update(modes_allowed=["public", "addressee_only", "withheld"])
    contact = Contact.objects.filter(signature__state="accepted").first()
    token = tokens.new_token()
    link, _address = notices.link_for(contact, LinkPurpose.MANAGE, timezone.now())
    link.digest = tokens.digest(token)
    link.save()
    page = site.open(f"/{language}/manage/link/", color_scheme=scheme, size=PHONE)
    look("door")
    page.goto(f"/{language}/manage/{token}/")
    look("page")
    page.locator("button[value=withheld]").click()
    look("hidden")
    page.goto(f"/{language}/manage/name/")
    page.locator("main form button").click()
    look("name that stands already")
    page.goto(f"/{language}/manage/contact/")
    page.locator("main form button").click()
    look("contact with errors")
    page.goto(f"/{language}/manage/link/sent/")
    look("sent")

    assert {name: what for name, what in found.items() if what} == {}
    assert site.complaints == []


LONG = [
    "Donaudampfschifffahrtsgesellschaftskapitänsmützenfabrikantenverbandsbeispielvereinigung",
    "W" * 255,
    "جمعية المثال (Example Association) رقم 12 – " + "فرع" * 30,
    "示例人权捍卫者联盟" * 20,
]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_nothing_is_wider_than_any_screen_nor_at_four_times_the_size(site, transactional_db, language):
    campaign = make_campaign("hrd-agenda", title="A letter for " + LONG[0], goal=100)
    for name in LONG:
        make_signature(campaign, name=name, native_name=name, acronym="A" * 40)
    # A window of 1280 px at 400 %.
    page = site.open(f"/{language}/", size={"width": 320, "height": 225}, device_scale_factor=4)
    too_wide = {}

    def measure(name):
        too_wide[name] = overflow(page)

    paths = ["", *(f"hrd-agenda/{each}" for each in ("", "signatories/", "updates/", "share/", "embed/"))]
    for path in [*paths, "hrd-agenda/signatories/?q=qqqq", "hrd-agenda/sign/", "hrd-agenda/sign/again/"]:
        page.goto(f"/{language}/{path}")
        measure(path)
    page.goto(f"/{language}/hrd-agenda/sign/")
    page.locator("#sign-form .buttons button").click()
    measure("form with errors")
    way.to_review(page, name=LONG[1], mailbox=f"{'m' * 60}@{'d' * 60}.example")
    measure("review")
    page.locator("#review-form button").first.click()
    page.wait_for_url("**/sign/sent/**")
    measure("sent")
    page.goto(way.mailed_link())
    measure("confirm")
    page.get_by_role("checkbox").check()
    page.locator("main form button").first.click()
    measure("confirmed")
    assert too_wide == {name: {} for name in too_wide}


def test_everything_that_is_pressed_is_large_enough_for_a_thumb(site, full):
    page = site.open("/en/hrd-agenda/", size=PHONE)
    for path in ("/en/hrd-agenda/", "/en/hrd-agenda/sign/"):
        page.goto(path)
        pressed = page.locator(
            "header a, header button, .button, nav a, summary, select, input:visible"
        ).all()
        low = [
            each.evaluate("element => element.outerHTML")
            for each in pressed
            if not each.evaluate("element => !!element.closest('.trap, .choice, .first-button')")
            and "first-button" not in (each.get_attribute("class") or "")
            and each.bounding_box()["height"] < 44
        ]
        assert low == []
