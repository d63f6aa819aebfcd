"""A browser opens every page that it can reach: no request to anybody else, no complaint of the content policy."""

import re
from collections import deque
from urllib.parse import urlsplit

from django.conf import settings
from django.test import Client

from tests.browser import way
from tests.builders import make_signature, make_superuser
from tests.signatories.staff_pages import case_address
from tests.staff_browser import give_totp

# What ends the log-in, and files that a browser saves instead of showing.
LEFT_OUT = re.compile(r"logout|\.(csv|pdf|ics|png|svg)$|/feed/$|/export/")
MOST_PAGES = 60


def links_of(page):
    return page.eval_on_selector_all(
        "a[href], link[rel=alternate][href]", "all => all.map(each => each.href)"
    )


def kind_of(path):
    """Pages that differ by a number or an order alone are one kind."""
    return re.sub(r"\d+|[0-9a-f-]{36}", "…", urlsplit(path).path)


def crawl(site, page, starts):
    """Each kind of page once, from link to link; gives their paths."""
    waiting, seen = deque(starts), {}
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.popleft()
        if kind_of(path) in seen or LEFT_OUT.search(urlsplit(path).path):
            continue
        seen[kind_of(path)] = path
        page.goto(path)
        own = (each for each in links_of(page) if urlsplit(each).netloc == urlsplit(site.url).netloc)
        waiting.extend(urlsplit(each)._replace(scheme="", netloc="", fragment="").geturl() for each in own)
    return list(seen.values())


def listen(page, reports):
    page.add_init_script(
        "document.addEventListener('securitypolicyviolation', each => console.error('CSP ' + each.violatedDirective + ' ' + each.blockedURI))"
    )
    page.on("console", lambda message: reports.append(message.text) if "CSP" in message.text else None)


def test_a_crawl_of_all_public_pages_and_the_way_of_signing_asks_nobody_else(site, campaign):
    make_signature(campaign)
    reports = []
    page = site.open("about:blank")
    listen(page, reports)
    seen = crawl(
        site, page, ["/en/", "/ar/hrd-agenda/", "/en/hrd-agenda/embed/", "/en/manage/", "/en/nothing/"]
    )
    page.goto(way.PATH)
    way.to_sent(page)
    page.goto(way.mailed_link())

    assert len(seen) >= 25
    assert site.hosts() <= {site.url.removeprefix("http://"), ""}
    assert (site.complaints, reports) == ([], [])


def test_a_crawl_of_the_pages_of_the_staff_asks_nobody_else(site, campaign):
    signature = make_signature(campaign)
    user = make_superuser()
    give_totp(user)
    client = Client()
    client.force_login(user)
    reports = []
    page = site.open("about:blank")
    page.context.add_cookies(
        [
            {
                "name": settings.SESSION_COOKIE_NAME,
                "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
                "url": site.url,
            }
        ]
    )
    listen(page, reports)
    seen = crawl(site, page, ["/admin/", case_address(signature), "/staff/mfa/"])

    assert len(seen) >= 25
    assert site.hosts() <= {site.url.removeprefix("http://"), ""}
    assert (site.complaints, reports) == ([], [])
