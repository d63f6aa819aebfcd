"""Nobody learns from an answer, nor from its time, who has signed (product.md, rule 6)."""

import re
import statistics
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from limits import parse_many

from signatories import disputing
from signatories.identity.mailboxes import lookup_hash
from signatories.models import Contact, Dispute, OutboxMail, Signature
from tests.builders import form_answers, make_campaign, make_signature, opened_a_while_ago
from tests.journeys.conftest import words_of

TRIES = 200
# What may still lie between the two medians: a quarter of the answer's time. One more statement and its wait for the disk
# would be more on any machine.
APART = 0.25
SEALED = re.compile(r"to=[\w.%=-]+")

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.alone]


@pytest.fixture
def campaign():
    return make_campaign(slug="hrd-agenda", title="Defenders at the heart")


@pytest.fixture(autouse=True)
def _no_limits(monkeypatch):
    """Two hundred tries are a flood; what the limits do beyond that has tests of its own."""
    for name in (
        "LIMIT_NETWORK",
        "LIMIT_WIDE_NETWORK",
        "LIMIT_DOMAIN",
        "LIMIT_MAILBOX",
        "LIMIT_CAMPAIGN",
        "LIMIT_NOWHERE",
    ):
        monkeypatch.setattr(settings, name, parse_many("100000/minute"))
    for name in ("FORMS_AN_HOUR", "OF_ONE_LINE_A_DAY", "OF_A_LETTER_AN_HOUR"):
        monkeypatch.setattr(disputing, name, 100_000)


def answer_to(client, address, answers):
    """How long it took, and what was said: status, headers, words of the page that it leads to."""
    began = time.perf_counter()
    response = client.post(address, answers)
    took = time.perf_counter() - began
    headers = {
        name: SEALED.sub("to=…", value)
        for name, value in response.headers.items()
        if name not in ("Date", "Expires", "Last-Modified")
    }
    return took, (response.status_code, sorted(headers.items())), response


def compare(client, address, pairs):
    """Posts pairs of answers, a known one and an unknown one, in turn; everything said is the same, and as fast."""
    took, said = {"known": [], "unknown": []}, {"known": set(), "unknown": set()}
    for number, pair in enumerate(pairs):
        # Who comes first changes, so that neither has the warmer cache.
        turn = ("known", "unknown") if number % 2 else ("unknown", "known")
        for kind in turn:
            seconds, answer, response = answer_to(client, address, pair[kind])
            took[kind].append(seconds)
            said[kind].add(str(answer))
            if number in (0, TRIES - 1):
                page = client.get(response.headers["Location"])
                words = re.sub(r"…@\S+|Reference: \w{4}", "…", words_of(page))
                said[kind].add(f"{page.status_code} {words}")
    assert said["known"] == said["unknown"]
    known, unknown = (statistics.median(took[kind]) for kind in ("known", "unknown"))
    figures = (
        f"{address}: {known * 1000:.2f} ms for a known mailbox, {unknown * 1000:.2f} ms for an unknown one"
    )
    print(figures)
    assert abs(known - unknown) <= APART * min(known, unknown), figures


def a_while_later():
    """The pause between two mails is over for everybody."""
    OutboxMail.objects.update(not_before=timezone.now() - timedelta(days=2))


def form(number, **answers):
    return form_answers(name=f"Example Group {number}", mailbox=f"director@group{number}.example", **answers)


def test_the_form_answers_alike_where_the_same_organisation_has_signed(client, campaign):
    before = [form(number) for number in range(TRIES)]
    for answers in before:
        client.post("/en/hrd-agenda/sign/send/", answers)
    pairs = [
        {
            "known": {**before[number], "opened": opened_a_while_ago()},
            "unknown": form(TRIES + number),
        }
        for number in range(TRIES)
    ]

    compare(client, "/en/hrd-agenda/sign/send/", pairs)

    assert Signature.objects.count() == 2 * TRIES


def test_the_form_answers_alike_where_the_mailbox_has_signed_for_another(client, campaign):
    before = [form(number) for number in range(TRIES)]
    for answers in before:
        client.post("/en/hrd-agenda/sign/send/", answers)
    pairs = [
        {
            "known": {**form(TRIES + number), "mailbox": before[number]["mailbox"]},
            "unknown": form(2 * TRIES + number),
        }
        for number in range(TRIES)
    ]

    compare(client, "/en/hrd-agenda/sign/send/", pairs)


def test_send_again_answers_alike(client, campaign):
    for number in range(TRIES):
        client.post("/en/hrd-agenda/sign/send/", form(number))
    a_while_later()
    mails = OutboxMail.objects.count()
    pairs = [
        {
            "known": {"mailbox": f"director@group{number}.example"},
            "unknown": {"mailbox": f"director@nobody{number}.example"},
        }
        for number in range(TRIES)
    ]

    compare(client, "/en/hrd-agenda/sign/again/", pairs)

    assert OutboxMail.objects.count() == mails + TRIES


def test_the_way_to_the_own_page_answers_alike(client, campaign):
    for number in range(TRIES):
        client.post("/en/hrd-agenda/sign/send/", form(number))
    Signature.objects.update(confirmed_at=timezone.now())
    mails = OutboxMail.objects.count()
    pairs = [
        {
            "known": {"mailbox": f"director@group{number}.example"},
            "unknown": {"mailbox": f"director@nobody{number}.example"},
        }
        for number in range(TRIES)
    ]

    compare(client, "/en/manage/link/", pairs)

    assert OutboxMail.objects.count() == mails + TRIES


@pytest.mark.parametrize("flooded", [False, True])
def test_the_form_that_disputes_a_line_answers_alike(client, campaign, monkeypatch, flooded):
    line = make_signature(campaign, website="https://line.example", mailbox="a@line.example")
    Contact.objects.bulk_create(
        Contact(
            signature=line,
            is_primary=False,
            mailbox=f"known{number}@other.example",
            mailbox_hash=lookup_hash(f"known{number}@other.example"),
            mailbox_domain="other.example",
        )
        for number in range(TRIES)
    )
    if flooded:
        # An outsider's gets no mail then, a contact's does.
        monkeypatch.setattr(disputing, "OF_ONE_LINE_A_DAY", 0)
    pairs = [
        {
            "known": {"mailbox": f"known{number}@other.example", "words": "Never signed."},
            "unknown": {"mailbox": f"nobody{number}@other.example", "words": "Never signed."},
        }
        for number in range(TRIES)
    ]

    compare(client, f"/en/hrd-agenda/dispute/{line.public_id}/", pairs)

    assert Dispute.objects.count() == (TRIES if flooded else 2 * TRIES)
