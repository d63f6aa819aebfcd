"""Five hundred hostile strings into every field: a clear 4xx or harmless text, never a 500 (scenario S23)."""

import csv
import io
import random
import re

import pytest

from signatories import moderation, signing, transitions
from signatories.models import Signature
from tests.builders import form_answers, fresh_token, give_evidence, make_superuser
from tests.journeys.conftest import soup_of

FIELDS = (
    "name",
    "native_name",
    "acronym",
    "website",
    "country_code",
    "org_type",
    "contact_name",
    "contact_role",
    "mailbox",
    "publication_mode",
    "consent_data",
    "consent_updates",
    "fax",
    "opened",
)
SEEDS = [
    "a" * 255,
    "a" * 256,
    "ع" * 255,
    "x" * 5000,
    "Example منظمة Пример 例",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'; DROP TABLE signatories_signature; --",
    "{{ 1234577|add:7 }}{% debug %}",
    "${1234577*7}#{1234577*7}<%= 1234577*7 %>",
    '=HYPERLINK("https://evil.example","click")',
    "=1+1",
    "+972 2 123",
    "-2+3",
    "@SUM(A1)",
    "＝1+1",
    "\t=1",
    "\r\n=1",
    "🏳️‍🌈🎉👩‍👩‍👧‍👦",
    "\u202eevil\u202c",
    "\u2066x\u2069",
    "\u200f\u200e",
    "\ufeffbom",
    "nul\x00nul",
    "\x00",
    "\x1b[31mred\x07",
    "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢",
    "line\nbreak",
    "para\u2029graph",
    "http://[::1",
    "javascript:alert(1)",
    "data:text/html,<script>1</script>",
    "https://example.org/" + "a" * 300,
    "https://user:pass@example.org:99999/",
    "https://xn--a.example",
    "a@b",
    "a@-.example",
    "a@[127.0.0.1]",
    '"quoted"@example.org',
    "a" * 65 + "@example.org",
    "x@" + "a." * 120 + "example",
    "jo@example.org\r\nBcc: all@example.org",
    "jo@пример.example",
    "ﷺ" * 80,
    "ﬃ" * 255,
    "İ" * 255,
    "ß" * 255,
    " ",
    "\u3164",
    "-",
    "%00%0a",
    "../../etc/passwd",
    "None",
    "0",
    "1e309",
    "ZZ",
    "withheld",
    "addressee_only",
    "accepted",
]


def hostile_strings(number):
    """The seeds, then random pairs of them and random text of all planes; the same on every run."""
    dice = random.Random(20_16)
    yield from SEEDS
    for _ in range(number - len(SEEDS)):
        if dice.random() < 0.5:
            yield dice.choice(SEEDS)[:200] + dice.choice(SEEDS)[:200]
        else:
            ceilings = (0x20, 0x3000, 0x11_0000)
            points = (dice.randrange(dice.choice(ceilings)) for _ in range(dice.randrange(1, 60)))
            # A browser can't send half a surrogate pair: it sends the replacement character.
            yield "".join("\ufffd" if 0xD800 <= point < 0xE000 else chr(point) for point in points)


STRINGS = list(hostile_strings(500))


def check(client, answers):
    response = client.post("/en/hrd-agenda/sign/send/", answers)
    assert response.status_code in (302, 422), (answers, response.status_code)
    if response.status_code == 422:
        assert_harmless(response)


def test_s23_five_hundred_hostile_strings_in_every_field_at_once_never_break_the_form(client, campaign):
    for start in range(len(STRINGS)):
        answers = {field: STRINGS[(start + 7 * place) % len(STRINGS)] for place, field in enumerate(FIELDS)}
        check(client, form_answers(**answers))


@pytest.mark.parametrize("field", FIELDS)
def test_s23_one_hostile_answer_among_good_ones_never_breaks_the_form(client, campaign, field):
    for text in SEEDS:
        check(client, form_answers(**{field: text}))


def assert_harmless(response):
    """No element of the page comes from what was typed."""
    page = soup_of(response)
    assert [
        each.get("src")
        for each in page.find_all("script")
        if not (each.get("src") or "").startswith("/static/")
    ] == []
    assert page.find_all(["img", "iframe", "object"]) == []
    assert [name for each in page.find_all(True) for name in each.attrs if name.startswith("on")] == []
    assert not {"1234584", "8642039"} & set(re.findall(r"\d+", page.get_text()))


def test_s23_what_was_stored_is_printed_as_text_and_safe_in_the_csv(client, campaign):
    staff = make_superuser()
    for text in STRINGS[:120]:
        answers = form_answers(name=text, native_name=text[:200], acronym=text[:40])
        if client.post("/en/hrd-agenda/sign/send/", answers).status_code != 302:
            continue
        signature = Signature.objects.latest("pk")
        if signature.state != "submitted":
            continue
        signing.confirm(token=fresh_token(signature))
        signature.refresh_from_db()
        give_evidence(signature, staff)
        try:
            moderation.accept(signature=signature, by=staff)
        except transitions.Refused:
            continue
    accepted = Signature.objects.public().count()
    assert accepted > 30

    for address in ("/en/hrd-agenda/", "/ar/hrd-agenda/", "/en/hrd-agenda/signatories/"):
        response = client.get(address)
        assert response.status_code == 200
        assert_harmless(response)
    content = b"".join(client.get("/hrd-agenda/signatories.csv")).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content, newline="")))
    assert len(rows) == accepted + 1
    for row in rows:
        for cell in row:
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")), cell
    bidi = {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F)}
    assert not bidi & set(content)


def test_s23_a_body_of_ten_megabytes_is_refused(client, campaign):
    response = client.post("/en/hrd-agenda/sign/send/", form_answers(name="x" * 10_000_000))

    assert response.status_code == 413
    assert Signature.objects.count() == 0


@pytest.mark.parametrize(
    "address",
    [
        "/en/hrd-agenda/%00/",
        "/en/%ff%fe/",
        "/en/hrd-agenda/signatories/?after=%00",
        "/en/hrd-agenda/signatories/?after=W10",
        "/en/hrd-agenda/signatories/?after=WyJ4IiwieCJd",
        "/en/hrd-agenda/sign/sent/?to=%00%ff",
        "/en/confirm/%F0%9F%8F%B3/",
        "/en/confirm/" + "a" * 5000 + "/",
        "/xx/hrd-agenda/",
        "/hrd-agenda/count.json?x=" + "y" * 3000,
    ],
)
def test_s23_hostile_addresses_get_a_clear_answer(client, campaign, address):
    assert client.get(address).status_code in (200, 400, 404, 414)
