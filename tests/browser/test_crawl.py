"""A browser opens every page that it can reach, mailed links too: no request to anybody else, no complaint of the content policy."""

import re
from collections import deque
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from campaigns.choices import Intake
from campaigns.models import Campaign
from signatories import urls
from tests.browser import way
from tests.builders import make_signature, make_superuser
from tests.leaks import canaries
from tests.signatories.staff_pages import case_address
from tests.staff_browser import give_totp

# What ends the log-in, and files that a browser saves instead of showing.
LEFT_OUT = re.compile(r"logout|\.(csv|pdf|ics|png|svg)$|/feed/$|/export/")
# Far more kinds of pages than there are: where it is reached, `kind_of` takes one kind for many.
MOST_PAGES = 300
LANGUAGES = "|".join(code for code, _name in settings.LANGUAGES)


def links_of(page):
    return page.eval_on_selector_all(
        "a[href], link[rel=alternate][href]", "all => all.map(each => each.href)"
    )


def kind_of(path):
    """Pages that differ by a number or an order alone are one kind."""
    return re.sub(r"\d+|[0-9a-f-]{36}", "…", urlsplit(path).path)


def crawl(site, page, starts, within="/"):
    """Each kind of page once, from link to link as long as `within` matches their path; gives their paths."""
    waiting, seen = deque(starts), {}
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.popleft()
        if kind_of(path) in seen or LEFT_OUT.search(urlsplit(path).path) or not re.match(within, path):
            continue
        seen[kind_of(path)] = path
        page.goto(path)
        own = (each for each in links_of(page) if urlsplit(each).netloc == urlsplit(site.url).netloc)
        waiting.extend(urlsplit(each)._replace(scheme="", netloc="", fragment="").geturl() for each in own)
    assert len(seen) < MOST_PAGES, sorted(seen)
    return list(seen.values())


class Listening:
    """A page of the site in a browser of its own, and what the content policy stopped on it."""

    def __init__(self, site):
        self.site, self.reports, self.page = site, [], site.open("about:blank")
        self.page.add_init_script(
            "document.addEventListener('securitypolicyviolation', each => console.error('CSP ' + each.violatedDirective + ' ' + each.blockedURI))"
        )
        self.page.on("console", self._hear)

    def _hear(self, message):
        if "CSP" in message.text:
            self.reports.append(message.text)

    def asked_nobody_else(self):
        return self.site.hosts() <= {urlsplit(self.site.url).netloc, ""} and not (
            self.site.complaints + self.reports
        )


@pytest.fixture
def listening(site):
    return Listening(site)


def test_a_crawl_of_all_public_pages_and_the_way_of_signing_asks_nobody_else(
    site, campaign, listening, settings
):
    signature = make_signature(campaign)
    page = listening.page
    seen = crawl(
        site, page, ["/en/", "/ar/hrd-agenda/", "/en/hrd-agenda/embed/", "/en/manage/", "/en/nothing/"]
    )
    page.goto(way.PATH)
    way.to_sent(page)
    page.goto(way.mailed_link())
    settings.CHALLENGE_DIFFICULTY, workers = 1000, []
    page.on("worker", lambda worker: workers.append(worker.url))
    Campaign.objects.update(intake=Intake.CHALLENGE)
    page.goto(way.PATH)
    way.to_review(page, mailbox="another@lantern.example")
    expect(page.get_by_role("status")).to_have_text("The calculation is done. You can send now.")

    assert f"/en/hrd-agenda/dispute/{signature.public_id}/" in seen
    assert ["/js/proof" in each for each in workers] == [True]
    assert listening.asked_nobody_else(), (site.hosts(), site.complaints, listening.reports)


def pages_of_mailed_links():
    routes = (str(each.pattern) for each in urls.urlpatterns)
    return {route.partition("/")[0] for route in routes if route.endswith("/<str:token>/")}


def test_each_mailed_link_fresh_and_expired_and_the_own_page_behind_it_ask_nobody_else(
    site, transactional_db, listening
):
    world, page = canaries.plant(), listening.page
    links = {f"/en/{each.page}/{each.token}/": each for each in world.mailed}
    for path in {(each.page, each.expired): path for path, each in links.items()}.values():
        page.goto(path)
    opened = next(path for path, each in links.items() if each.page == "manage" and not each.expired)
    page.goto(opened)
    seen = crawl(site, page, ["/en/manage/"], within="/en/manage/")

    assert {each.page for each in world.mailed if not each.expired} == pages_of_mailed_links()
    assert {"/en/manage/name/", "/en/manage/contact/"} <= set(seen), seen
    assert listening.asked_nobody_else(), (site.hosts(), site.complaints, listening.reports)


def test_a_crawl_of_the_pages_of_the_staff_asks_nobody_else(site, campaign, listening):
    signature = make_signature(campaign)
    user = make_superuser()
    give_totp(user)
    client = Client()
    client.force_login(user)
    page = listening.page
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site.url}])
    seen = crawl(
        site, page, ["/admin/", case_address(signature), "/staff/mfa/"], within=rf"(?!/({LANGUAGES})/)"
    )

    page.goto("/admin/")
    expect(page.get_by_role("button", name="Log out")).to_be_visible()
    assert case_address(signature) in seen
    assert listening.asked_nobody_else(), (site.hosts(), site.complaints, listening.reports)
