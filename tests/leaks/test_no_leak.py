"""No leak: every address, format, mail and log line is read for names that must not be there (scenario S18, rules 1, 2, 4 and 6)."""

import re
from datetime import timedelta
from urllib.parse import quote, unquote

import pytest
import time_machine
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from campaigns import counts
from campaigns.choices import Role
from config.pagecache import PageCache
from config.wsgi import django_application
from signatories import tokens
from signatories.models import MailLink, Organisation
from tests.builders import make_campaign, make_user
from tests.leaks.addresses import LANGUAGE, filled, names_in, routes
from tests.leaks.canaries import plant
from tests.leaks.listed import (
    LANGUAGES,
    LISTED,
    STAFF_ARGUMENTS,
    STAFF_EXPRESSIONS,
    asked_in_pairs,
    own_data,
)
from tests.leaks.walking import Asking, Walk, logged, read_mails, taken, through, undone

pytestmark = pytest.mark.django_db

ROUTES = routes()
PUBLIC = [route for route in ROUTES if not route.startswith(("admin/", "staff/"))]
STAFF = [route for route in ROUTES if route.startswith(("admin/", "staff/"))]
# Ways to ask that any address may meet, whether it knows them or not.
JUNK = [
    "page=2&p=1&o=-1&sort=-submitted_at&order_by=organisation__name&format=json&callback=x&utm_source=y",
    "state=withheld&publication_mode=withheld&mode=addressee_only&all=1&preview=1&debug=1&draft=1",
    "organisation__name__icontains=qz&state=all",
    "x=%00",
]
HEADERS = [
    {"Accept": "application/json", "Accept-Language": "ar, fr;q=0.5", "Accept-Encoding": "gzip, br"},
    {"Accept": "text/csv, application/pdf;q=0.9, image/png;q=0.8", "X-Requested-With": "XMLHttpRequest"},
    {"If-None-Match": "*"},
    {"Range": "bytes=0-40", "If-Modified-Since": "Sat, 01 Jan 2000 00:00:00 GMT"},
    {
        "Origin": "https://evil.example",
        "X-Forwarded-Host": "evil.example",
        "X-HTTP-Method-Override": "DELETE",
    },
    {"Host": "evil.example"},
]
METHODS = ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


@pytest.fixture
def world(settings):
    settings.SECURITY_CONTACT = "mailto:security@host.example"
    return plant()


@pytest.fixture
def walk(world):
    return Walk(world)


def told(walk):
    """What was found, each kind of it once."""
    return sorted({re.sub(r"[\w-]{36,}", "…", str(finding)) for finding in walk.findings})[:60]


def test_every_address_of_the_site_is_listed():
    assert set(PUBLIC) == set(LISTED), "List each new address in tests/leaks/listed.py, with what it needs."
    unknown = {name for route in STAFF if route not in STAFF_EXPRESSIONS for name in names_in(route)}
    assert unknown <= set(STAFF_ARGUMENTS)


def test_the_canaries_are_there_and_the_walk_would_find_them(walk, world):
    """The nets hold: each word of each canary is found where it is put, however it is written."""
    for canary in world.canaries.values():
        for part in {*canary.words} - canary.shown:
            net = Walk(world)
            word = canary.words[part]
            for disguise in (word.upper(), f"&#{ord(word[0])};{word[1:]}", f"{word[:4]}\u200b{word[4:]}"):
                net.read("here", "x", (200, [("Content-Type", "text/html")], f"<p>{disguise}</p>".encode()))
            net.read(
                "here",
                "x",
                (404, [("Link", f"<https://x.example/{word}>"), ("Content-Type", "text/plain")], b"."),
            )
            assert [(found.case, found.part) for found in net.findings] == [(canary.case, part)] * 4, part
    # Only what has run out is erased; every other name is really in the database.
    stored = " ".join(Organisation.objects.values_list("name", flat=True)).lower()
    assert [each.case for each in world.canaries.values() if each.words["name"] not in stored] == ["expired"]


def test_s18_no_public_address_shows_a_hidden_word_in_any_language_format_or_way_of_asking(walk, world):
    someone = Asking(walk)
    with logged() as lines:
        for route in PUBLIC:
            ask_everything(someone, route, world)
    read_log(walk, lines)

    assert told(walk) == []
    assert {route for route in PUBLIC if not walk.asked[route]} == set()
    assert {route: sorted(walk.formats[route]) for route in PUBLIC} == {
        route: sorted(listed.formats.split()) for route, listed in LISTED.items()
    }
    assert walk.seen_public == set(walk.shown)  # what may be read was read, so the walk can read
    assert {200, 302, 304, 400, 404, 405, 410, 422} <= set(walk.statuses)
    print(f"\n{sum(walk.asked.values())} answers, {walk.size // 1000} kB, {dict(walk.statuses)}")


def ask_everything(someone, route, world):
    """Every argument in English, the first ones in each language; in all ways where a letter or a link is the first."""
    listed = LISTED[route]
    for language in LANGUAGES if LANGUAGE in route else ["en"]:
        arguments = listed.fill(world)
        for number, each in enumerate(arguments if language == "en" else arguments[:2]):
            path, allowed = filled(route, each, language), listed.may_show(world, each)
            _status, headers, _body, _said = someone.ask(route, path, may_show=allowed)
            if language != "en":
                continue
            if number < 2:
                someone.ask(route, path, method="HEAD", may_show=allowed)
                ask_in_all_ways(someone, route, path, dict(headers), allowed)
                send(someone, route, path, world, allowed)
            if number == 0:
                ask_for_somebody(someone, route, path, world, allowed)


def ask_in_all_ways(someone, route, path, headers, allowed):
    for query in JUNK:
        someone.ask(route, path, query=query, may_show=allowed)
    for header in HEADERS:
        someone.ask(route, path, may_show=allowed, **header)
    if "ETag" in headers:
        with time_machine.travel(timezone.now(), tick=False):  # some pages say their minute
            tag = dict(someone.ask(route, path, may_show=allowed)[1])["ETag"]
            assert someone.ask(route, path, **{"If-None-Match": tag})[0] == 304
    for method in METHODS:
        with undone():
            someone.ask(route, path, method=method, may_show=allowed)


def send(someone, route, path, world, allowed):
    posts = LISTED[route].posts
    for data in posts(world) if posts else []:
        someone.post(route, path, data, may_show=allowed)


def ask_for_somebody(someone, route, path, world, allowed):
    """A search for a hidden name can't be told from one for a name that nobody has, but for the words that were sent."""
    for query in LISTED[route].queries:
        pairs = asked_in_pairs(world, query) or [(query, None)]
        for asked, beside in pairs:
            with time_machine.travel(timezone.now(), tick=False):  # some pages say their minute
                answer = someone.ask(route, path, query=asked, may_show=allowed)
                if beside is not None:
                    other = someone.ask(route, path, query=beside, may_show=allowed)
                    assert bare(answer, asked) == bare(other, beside), f"{path}?{asked} tells something"


def bare(answer, query):
    """An answer without the words that were sent, and what differs by the moment alone."""
    status, headers, body, _said = answer
    word = quote(query.rpartition("&")[2].partition("=")[2], safe="")
    kept = sorted(
        (name, steady(unsaid(value, word)))
        for name, value in headers
        if name not in ("ETag", "Set-Cookie", "Content-Length", "Expires")
    )
    text = body if body.startswith((b"%PDF", b"\x89PNG")) else steady(unsaid(body.decode("utf-8-sig"), word))
    return status, kept, text


def unsaid(text, word):
    """Without what was asked for, as an address spells it and as it is."""
    return text.replace(word, "…").replace(unquote(word), "…")


def steady(text):
    """Without the seals, form tokens and times that are new on each page."""
    text = re.sub(r'(name="(?:csrfmiddlewaretoken|opened|to)" value=")[^"]*', r"\1…", text)
    return re.sub(r"\d{4}-?\d\d-?\d\dT[\d:.+Z]+", "…", text)


def test_s18_no_cached_copy_shows_a_hidden_word(walk, world):
    """The same pages out of the cache around the whole site, for a first and a second reader, packed and not."""
    cache = PageCache(django_application, host_is_valid=lambda host: host == "testserver")
    kept = 0
    for route in PUBLIC:
        listed = LISTED[route]
        for language in ("en", "ar") if LANGUAGE in route else ["en"]:
            for arguments in listed.fill(world)[:2]:
                path, allowed = filled(route, arguments, language), listed.may_show(world, arguments)
                for query in ("", f"q={world['withheld'].words['name']}"):
                    kept += read_twice(walk, cache, route, path, query, allowed)

    assert told(walk) == []
    assert kept > 60
    assert cache.entries


def read_twice(walk, cache, route, path, query, allowed):
    """How many copies came out of the cache."""
    kept = 0
    for encoding in ("gzip", "gzip", "br", ""):
        answer = through(cache, path, query=query, accept_encoding=encoding)
        walk.read(f"cache {path}", route, answer, sent=f"{path} {query}", may_show=allowed)
        if not any(name == "Age" for name, _value in answer[1]):
            return kept
        kept += 1
    return kept


def test_s18_no_error_page_shows_a_hidden_word(walk, world, monkeypatch, settings):
    """403, 429 and 500, beside those that the walk meets anyway: also when the error itself holds a name."""
    strict = Asking(walk, Client(enforce_csrf_checks=True, raise_request_exception=False))
    with logged() as lines:
        for route in ("<lang>/<slug:slug>/sign/send/", "<lang>/<slug:slug>/sign/again/"):
            path = filled(route, {"slug": "hrd-agenda"})
            assert strict.ask(route, path, method="POST", data={"name": "x"})[0] == 403
        tried = Asking(walk)
        for _ in range(25):
            answer = tried.client.get("/staff/mfa/webauthn/login/", REMOTE_ADDR="2001:db8::9")
        walk.read("too many", "staff/mfa/webauthn/login/", taken(answer))
        assert answer.status_code == 429

        def fail(*_args):
            words = world["withheld"].words
            raise IntegrityError(
                f"duplicate key\nDETAIL:  Key (name)=({words['name']}, {world['withheld'].mailbox}) exists."
            )

        monkeypatch.setattr(counts, "tally", fail)
        assert strict.ask("<lang>/<slug:slug>/", "/en/hrd-agenda/")[0] == 500
    read_log(walk, lines)

    assert told(walk) == []


def test_s18_no_mail_tells_anybody_of_somebody_else(walk, world):
    read_mails(walk, world.messages)

    assert told(walk) == []
    assert len(world.messages) > 25


def read_log(walk, lines):
    for line in lines:
        walk.note(f"log: {line[:200]}", line.casefold())


def staff_paths(world):
    """Each address of the staff with a row of the canaries' letter."""
    signature = world["withheld"].signature
    for route in STAFF:
        if route in STAFF_EXPRESSIONS:
            yield route, f"/{STAFF_EXPRESSIONS[route]}"
            continue
        row = signature.campaign_id if "/campaign/" in route else signature.pk
        yield (
            route,
            filled(
                route,
                {
                    name: row if STAFF_ARGUMENTS[name] == "row" else STAFF_ARGUMENTS[name]
                    for name in names_in(route)
                },
            ),
        )


@pytest.mark.parametrize("case", ["public", "withheld", "addressee_only"])
def test_s18_the_own_page_shows_its_signer_nobody_else(walk, world, case):
    """Opened by the link out of the mail; what the contact gave may be read there, and what the staff wrote may not."""
    link = next(each for each in world.mailed if (each.page, each.about) == ("manage", case))
    later = timezone.now() + timedelta(days=1)
    MailLink.objects.filter(digest=tokens.digest(link.token)).update(expires_at=later)
    signer = Asking(walk, Client(raise_request_exception=False), f"signer of {case}")
    allowed = own_data(world, {"token": link.token})
    opening = "<lang>/manage/<str:token>/"
    assert signer.ask(opening, filled(opening, {"token": link.token}), may_show=allowed)[0] == 302
    pages = [route for route in PUBLIC if route.startswith("<lang>/manage/") and route != opening]
    with logged() as lines:
        for route in pages:
            signer.ask(route, filled(route, {}), may_show=allowed)
            for data in [] if "leave" in route else LISTED[route].posts(world) if LISTED[route].posts else []:
                signer.post(route, filled(route, {}), data, may_show=allowed)
        _status, _headers, _body, said = signer.ask(pages[0], filled("<lang>/manage/", {}), may_show=allowed)
    read_log(walk, lines)

    assert world[case].words["name"] in said
    assert told(walk) == []


@pytest.mark.parametrize("who", ["nobody", "moderator", "manager"])
def test_s18_m15_no_address_of_the_staff_shows_a_hidden_word_to_strangers_or_staff_of_another_letter(
    walk, world, who
):
    client = Client(raise_request_exception=False)
    if who != "nobody":
        other = make_campaign("another-letter")
        groups = ["Moderators", "Campaign managers", "Contact exporters"]
        client.force_login(make_user("elsewhere", groups=groups, roles=[(other, Role(who))]))
    someone = Asking(walk, client, who)
    forged = {"reason": "abuse", "note": "x", "post": "yes", "expected_state": "accepted", "_save": "1"}
    with logged() as lines:
        for route, path in staff_paths(world):
            if "logout" in route:
                continue
            someone.ask(route, path)
            if not names_in(route):
                someone.ask(route, path, query="q=qzx&state=all&o=1&_popup=1&_to_field=id")
            someone.post(route, path, forged)
    read_log(walk, lines)

    assert told(walk) == []
    assert {route for route in STAFF if not walk.asked[route] and "logout" not in route} == set()
    assert 500 not in walk.statuses
