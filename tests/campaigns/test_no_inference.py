"""What is accepted and not named shows in no public answer until the daily batch, and then in the total alone (rule 4)."""

import json
import re
from datetime import UTC, datetime

import pytest
import time_machine

from campaigns import counts
from campaigns.models import Campaign
from campaigns.templatetags import counting
from config.negotiation import lifetime
from signatories import hiding, joining, moderation
from signatories.desk import numbers
from signatories.models import Signature
from signatories.states import State
from signatories.transitions import SIGNER
from tests.builders import give_evidence, make_campaign, make_signature, make_superuser

pytestmark = pytest.mark.django_db

OUTLETS = [
    "/en/",
    "/en/letter-a/",
    "/ar/letter-a/",
    "/en/letter-a/signatories/",
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


def test_s18_who_hides_looks_to_everybody_as_if_withdrawn(client, campaign):
    gone, hidden = Signature.objects.filter(campaign=campaign, country_code="KE").order_by("pk")
    Signature.objects.filter(pk=gone.pk).update(state=State.WITHDRAWN, withdrawn_at=NOW, joined_total_at=None)
    withdrawn = json.loads(answers(client)["/letter-a/count.json"][0])
    campaign_b = make_campaign("letter-b")
    assert campaign_b.pk

    hiding.hide(signature=hidden, to=hiding.PublicationMode.WITHHELD, actor=SIGNER)

    told = json.loads(answers(client)["/letter-a/count.json"][0])
    assert (withdrawn["count"] - told["count"], withdrawn["named"] - told["named"]) == (1, 1)
    assert (told["count"], told["named"], told["countries"]) == (1, 1, 1)


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
