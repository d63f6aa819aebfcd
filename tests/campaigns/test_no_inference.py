"""What is accepted and not named shows in no public answer until the daily batch, and then in the total alone (rule 4)."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import transaction

from campaigns import counts
from campaigns.models import Campaign
from campaigns.templatetags import counting
from config.negotiation import lifetime
from signatories import hiding, joining, moderation
from signatories.desk import numbers
from signatories.mail import notices
from signatories.managing import leaving
from signatories.states import LinkPurpose, State
from signatories.transitions import SIGNER
from tests.builders import give_evidence, make_campaign, make_signature, make_superuser

pytestmark = pytest.mark.django_db

OUTLETS = [
    "/en/",
    "/en/letter-a/",
    "/ar/letter-a/",
    "/en/letter-a/signatories/",
    "/en/letter-a/signatories/?group=country",
    "/en/letter-a/signatories/?group=type",
    "/en/letter-a/by-day/",
    "/api/v1/campaigns/letter-a/signatories/",
    "/letter-a/count.json",
    "/letter-a/signatories.csv",
]
NOW = datetime(2026, 9, 10, 8, tzinfo=UTC)
BATCH = datetime(2026, 9, 11, 4, tzinfo=UTC)


@pytest.fixture
def campaign():
    with time_machine.travel(NOW, tick=False):
        campaign = make_campaign(batch_hour=6, goal=10)
        for number, country in enumerate(["KE", "FR", "KE"]):
            make_signature(campaign, name=f"Named {number}", country_code=country)
    return campaign


def answers(client, at=NOW):
    """Bodies and headers of every outlet at one moment of the clock, so that only what happened can tell them apart."""
    found = {}
    with time_machine.travel(at, tick=False):
        for address in OUTLETS:
            response = client.get(address)
            assert response.status_code == 200, address
            body = b"".join(response) if response.streaming else response.content
            found[address] = body, dict(response.headers)
    return found


def accept(campaign, mode, **facts):
    with time_machine.travel(NOW, tick=False):
        by = make_superuser()
        signature = make_signature(campaign, state=State.CONFIRMED, publication_mode=mode, **facts)
        give_evidence(signature, by)
        give_evidence(signature, by, "callback")
        moderation.accept(signature=signature, by=by)
    return signature


@pytest.mark.parametrize("mode", ["withheld", "addressee_only"])
def test_s18_no_public_answer_changes_by_a_byte_until_the_batch(client, campaign, mode):
    before = answers(client)

    accept(campaign, mode, name="Canary", country_code="BY", org_type="union")

    assert answers(client) == before
    with time_machine.travel(NOW, tick=False):
        assert joining.join_due() == 0
    assert answers(client) == before


@pytest.mark.parametrize("mode", ["withheld", "addressee_only"])
def test_s18_after_the_batch_only_the_total_has_moved(client, campaign, mode):
    accept(campaign, mode, name="Canary", country_code="BY", org_type="union")
    before = answers(client, BATCH)

    with time_machine.travel(BATCH, tick=False):
        assert joining.join_due() == 1

    after = answers(client, BATCH)
    assert after["/letter-a/signatories.csv"][0] == before["/letter-a/signatories.csv"][0]
    told = json.loads(after["/letter-a/count.json"][0])
    assert told == {**json.loads(before["/letter-a/count.json"][0]), "count": 4}
    for body, _headers in after.values():
        assert b"Canary" not in body
        assert b"Belarus" not in body
    lines = [re.findall(rb"<li[ >].*?</li>", each["/en/letter-a/"][0], re.DOTALL) for each in (before, after)]
    assert lines[0] == lines[1]


AFTER = datetime(2026, 9, 11, 9, tzinfo=UTC)


def leave(signature, way):
    """Goes from the list as its signer does."""
    with time_machine.travel(NOW + timedelta(minutes=5), tick=False):
        if way == "hide":
            hiding.hide(signature=signature, to=hiding.PublicationMode.WITHHELD, actor=SIGNER)
        else:
            link, _address = notices.link_for(
                signature.contacts.get(), LinkPurpose.WITHDRAW, datetime.now(UTC)
            )
            link.save()
            leaving.withdraw(digest=link.digest)


def after_leaving(client, signature, way):
    """What everybody reads at once, the next day before the batch has run, and after it; how many joined with it."""
    leave(signature, way)
    at_once, before = answers(client, NOW + timedelta(minutes=6)), answers(client, AFTER)
    with time_machine.travel(AFTER, tick=False):
        joined = joining.join_due()
    return at_once, before, answers(client, AFTER), joined


def test_s17_s18_who_hides_looks_to_everybody_as_if_withdrawn(client, campaign):
    signature, found = accept(campaign, "public", name="Leaver", country_code="BY"), {}
    assert b"Leaver" in answers(client)["/en/letter-a/"][0]
    for way in ("withdraw", "hide"):
        with transaction.atomic():
            found[way] = after_leaving(client, signature, way)
            # Both worlds begin alike.
            transaction.set_rollback(True)
        signature.refresh_from_db()
    withdrawn, hidden = found["withdraw"], found["hide"]

    # All but the total is the same, to the byte: at once, and with the next batch's line in the list of changes.
    assert hidden[0] == withdrawn[0]
    assert hidden[1] == withdrawn[1]
    assert b"1 organisation withdrew or left the list" in hidden[1]["/en/letter-a/"][0]
    assert b"withdrew" not in hidden[0]["/en/letter-a/"][0]
    # The total alone tells, for a hidden one counts again (docs/threat-model.md, "What stays open").
    assert (withdrawn[3], hidden[3]) == (0, 1)
    totals = [json.loads(each[2]["/letter-a/count.json"][0]) for each in (withdrawn, hidden)]
    assert totals[1] == {**totals[0], "count": totals[0]["count"] + 1}
    assert hidden[2]["/letter-a/signatories.csv"][0] == withdrawn[2]["/letter-a/signatories.csv"][0]
    lines = [
        re.findall(rb"<li[ >].*?</li>", each[2]["/en/letter-a/"][0], re.DOTALL)
        for each in (withdrawn, hidden)
    ]
    assert lines[0] == lines[1]


@pytest.mark.parametrize(("mode", "state"), [("withheld", State.ACCEPTED), ("public", State.CONFIRMED)])
def test_s18_who_was_not_on_the_list_leaves_no_line_by_hiding(client, campaign, mode, state):
    if mode == "withheld":
        signature = accept(campaign, "addressee_only")
    else:
        with time_machine.travel(NOW, tick=False):
            signature = make_signature(campaign, state=state)
    with time_machine.travel(NOW + timedelta(minutes=5), tick=False):
        hiding.hide(signature=signature, to=hiding.PublicationMode.WITHHELD, actor=SIGNER)

    assert b"left the list" not in answers(client, AFTER)["/en/letter-a/"][0]


def test_every_place_prints_the_same_total(client, campaign):
    accept(campaign, "withheld", country_code="BY")
    with time_machine.travel(BATCH, tick=False):
        joining.join_due()
    tally = counts.tally(campaign)
    words = re.sub(r"<.*?>", "", str(counting.headline(tally)))
    assert words == "4 organisations, of which 3 are named, from 2 countries and territories"

    found = answers(client, BATCH)

    for address in ("/en/", "/en/letter-a/", "/en/letter-a/signatories/"):
        page = " ".join(re.sub(r"<.*?>", "", found[address][0].decode()).split())
        assert words in page, address
    assert "1 organisation has signed without its name being published, for safety." in page
    told = json.loads(found["/letter-a/count.json"][0])
    assert (told["count"], told["named"], told["countries"]) == (4, 3, 2)
    public = numbers.of(campaign).public
    assert (public.count, public.named, public.countries) == (4, 3, 2)


def test_numbers_of_the_manager_break_down_named_signatories_alone(campaign):
    accept(campaign, "withheld", country_code="BY", org_type="union")
    with time_machine.travel(BATCH, tick=False):
        joining.join_due()

    found = numbers.of(campaign)

    named = {part.name: part.named for breakdown in found.breakdowns for part in breakdown.parts}
    assert "Belarus" not in named
    assert "Trade union" not in named
    assert sum(row.named for row in found.days) == 3
    assert Campaign.objects.count() == 1


def test_no_live_outlet_may_be_kept_longer_than_ten_seconds(client, campaign):
    for address, (_body, headers) in answers(client).items():
        seconds = [int(each) for each in re.findall(r"=(\d+)", headers["Cache-Control"])]
        assert sum(seconds) <= 10, address
        assert lifetime(headers["Cache-Control"]) is not None, address
