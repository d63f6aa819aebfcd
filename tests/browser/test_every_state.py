"""In every state of a letter, with nobody to thousands behind it, axe-core finds nothing and nothing is too wide."""

from datetime import timedelta

import pytest
from django.utils import timezone
from limits import parse_many
from playwright.sync_api import expect

from benchmarks import data
from campaigns.choices import ListOrder, Stage
from campaigns.models import Campaign
from signatories import tokens
from signatories.demo import loading
from signatories.mail import notices
from signatories.models import Contact
from signatories.states import LinkPurpose
from signatories.views import mail
from tests.browser import way
from tests.browser.conftest import DESK, PHONE
from tests.browser.looking import Look
from tests.builders import PASSWORD, make_campaign, make_signature

LETTER, LIST = "/{}/hrd-agenda/", "/{}/hrd-agenda/signatories/"
LOOKS = [("en", "light", DESK), ("ar", "dark", PHONE)]
in_each_look = pytest.mark.parametrize(
    ("language", "scheme", "size"), LOOKS, ids=["left to right", "right to left"]
)


def state(name):
    """What makes the demo's letter stand there."""
    now, day = timezone.now(), timedelta(days=1)
    return {
        "not yet open": {"opens_at": now + day},
        "closes soon": {"closes_at": now + day},
        "by invitation": {"intake": "closed"},
        "closed": {"closes_at": now - day},
        "delivered": {"stage": Stage.DELIVERED},
        "answered": {"stage": Stage.ANSWERED},
        "archived": {"stage": Stage.ARCHIVED},
        "grouped by country": {"list_order": ListOrder.COUNTRY},
        "grouped by type": {"list_order": ListOrder.TYPE},
    }[name]


STATES = [
    "not yet open",
    "closes soon",
    "by invitation",
    "closed",
    "delivered",
    "answered",
    "archived",
    "grouped by country",
    "grouped by type",
]


@in_each_look
def test_axe_finds_nothing_in_any_state_of_a_letter_with_all_that_it_can_have(
    site, transactional_db, language, scheme, size
):
    campaign = loading.load(PASSWORD)
    as_it_was = Campaign.objects.filter(pk=campaign.pk).values().get()
    look = Look(site.open("about:blank", color_scheme=scheme, size=size))

    look("open", LETTER.format(language))
    look("open, list", LIST.format(language))
    for name in STATES:
        Campaign.objects.filter(pk=campaign.pk).update(**{**as_it_was, **state(name)})
        look(name, LETTER.format(language))
        look(f"{name}, list", LIST.format(language))
    Campaign.objects.filter(pk=campaign.pk).update(**{**as_it_was, **state("closed")})
    look("closed to forms", f"/{language}/hrd-agenda/sign/")
    for page in ("updates", "share", "embed"):
        look(page, f"/{language}/hrd-agenda/{page}/")
    look("earlier letter", Campaign.objects.get(pk=campaign.follows_id).get_absolute_url())
    look("index", f"/{language}/")

    assert look.problems == {}
    assert len(look.seen) == 2 + 2 * len(STATES) + 6
    assert site.complaints == []


@in_each_look
def test_axe_finds_nothing_with_nobody_one_or_thousands_behind_a_letter(
    site, transactional_db, language, scheme, size
):
    make_campaign("nobody")
    make_signature(make_campaign("one"), native_name="جمعية المثال")
    data.letter("many", 5_000)
    look = Look(site.open("about:blank", color_scheme=scheme, size=size))

    for slug in ("nobody", "one", "many"):
        look(slug, f"/{language}/{slug}/")
        look(f"{slug}, list", f"/{language}/{slug}/signatories/")
    look.page.locator("a[rel=next]").click()
    look.page.wait_for_url("**after=**")
    look("second page")
    look("found", f"/{language}/many/signatories/?q=action")
    look("found in a country", f"/{language}/many/signatories/?q=action&country=KE")
    look("not found", f"/{language}/many/signatories/?q=qqqq")

    assert look.problems == {}
    assert site.complaints == []


@in_each_look
def test_axe_finds_nothing_on_the_pages_that_say_no(
    site, campaign, settings, monkeypatch, language, scheme, size
):
    look = Look(site.open("about:blank", color_scheme=scheme, size=size))
    page = look.page

    look("no such letter", f"/{language}/nothing/")
    look("link not known", f"/{language}/manage/nothing/")
    look("answer not known", f"/{language}/answer/nothing/")
    look("vouching not known", f"/{language}/vouch/nothing/")
    page.goto(f"/{language}/hrd-agenda/sign/")
    way.fill(page, name="Example Lantern Trust")
    page.context.clear_cookies()
    page.locator("#sign-form .buttons button").click()
    look("cookie lost, typed form")
    page.goto(f"/{language}/manage/link/")
    page.context.clear_cookies()
    page.locator("main form button").first.click()
    look("cookie lost")
    settings.LIMIT_NOWHERE = tuple(parse_many("1/hour"))
    for _ in range(2):
        page.goto(f"/{language}/hrd-agenda/sign/")
        way.to_review(page)
        page.locator("#review-form button").first.click()
        page.wait_for_load_state()
    expect(page.locator("main [role=alert]")).to_be_visible()
    look("too many forms")
    monkeypatch.setattr(mail, "render", lambda *_: 1 / 0)
    look("our fault", f"/{language}/hrd-agenda/sign/again/")

    assert look.problems == {}
    assert len(set(look.seen.values())) == 7


@in_each_look
def test_axe_finds_nothing_where_a_line_is_disputed(site, campaign, language, scheme, size):
    signature = make_signature(campaign, name="Example Lantern Trust")
    look = Look(site.open("about:blank", color_scheme=scheme, size=size))
    page = look.page

    look("form", f"/{language}/hrd-agenda/dispute/{signature.public_id}/")
    page.locator("main form button").last.click()
    look("form with errors")
    page.locator("[name=mailbox]").fill("reader@paper.example")
    page.locator("[name=words]").fill("They never signed.")
    page.locator("main form button").last.click()
    page.wait_for_url("**/dispute/sent/")
    look("sent")
    page.goto(way.mailed_link())
    look("confirm")
    page.locator("main form button").last.click()
    page.wait_for_load_state()
    look("confirmed")

    assert look.problems == {}


@in_each_look
def test_axe_finds_nothing_where_a_signer_leaves_or_asks_for_the_data(site, campaign, language, scheme, size):
    look = Look(site.open("about:blank", color_scheme=scheme, size=size))

    for purpose in (LinkPurpose.DOWNLOAD, LinkPurpose.ERASE, LinkPurpose.WITHDRAW):
        token = link_of(make_signature(campaign), purpose)
        look(purpose, f"/{language}/{purpose}/{token}/")
        if purpose != LinkPurpose.DOWNLOAD:
            look.page.locator("main form button").last.click()
            look.page.wait_for_load_state()
            look(f"{purpose}, done")

    assert look.problems == {}


def link_of(signature, purpose):
    token = tokens.new_token()
    contact = Contact.objects.filter(signature=signature).first()
    link, _address = notices.link_for(contact, purpose, timezone.now())
    link.digest = tokens.digest(token)
    link.save()
    return token
