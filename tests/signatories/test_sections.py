"""Sections and their network: what is counted, what is printed, and what must not be told (scenario M10)."""

import csv
import io
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns import counts
from campaigns.choices import PublicationMode, SectionsPolicy
from campaigns.models import Campaign
from signatories import moderation
from signatories.desk import numbers
from signatories.models import Organisation, Signature
from signatories.states import EventKind, Reason, State
from signatories.transitions import Refused
from tests.builders import make_campaign, make_moderator, make_signature, make_superuser
from tests.journeys.conftest import words_of

pytestmark = pytest.mark.django_db

PAGES = [f"/en/letter-a{rest}" for rest in ("/", "/signatories/", "/sign/")] + [
    "/en/",
    "/letter-a/count.json",
    "/letter-a/signatories.csv",
]


@pytest.fixture
def by():
    return make_superuser()


@pytest.fixture
def campaign():
    return make_campaign()


@pytest.fixture
def network(campaign):
    return make_signature(campaign, name="Canary Federation", country_code="CH")


@pytest.fixture
def section(campaign, network, by):
    section = make_signature(campaign, name="Lantern Kenya", country_code="KE")
    moderation.link_section(signature=section, network=network, by=by)
    return section


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def with_policy(campaign, policy):
    Campaign.objects.filter(pk=campaign.pk).update(sections_policy=policy)


def numbers_of(campaign):
    tally = counts.tally(campaign)
    return tally.count, tally.named, tally.countries, tally.sections


def csv_of(client):
    text = client.get("/letter-a/signatories.csv").content.decode("utf-8-sig")
    return {row["name"]: row["network_parent"] for row in csv.DictReader(io.StringIO(text))}


def test_m10_counted_once_the_section_stays_in_the_list_with_its_network(client, campaign, network, section):
    make_signature(campaign, name="Somebody Else", country_code="FR")
    with_policy(campaign, SectionsPolicy.ONCE)

    assert numbers_of(campaign) == (2, 2, 3, 1)
    for address in ("/en/letter-a/", "/en/letter-a/signatories/"):
        words = words_of(client.get(address))
        assert "2 organisations from 3 countries" in words
        assert "Lantern Kenya Kenya section of Canary Federation" in words
        assert "Including 1 section, counted with its network." in words
    body = json.loads(client.get("/letter-a/count.json").content)
    assert (body["count"], body["named"], body["countries"]) == (2, 2, 3)
    assert csv_of(client)["Lantern Kenya"] == "Canary Federation"


def test_m10_counted_each_the_page_says_how_many_are_sections(client, campaign, network, section):
    with_policy(campaign, SectionsPolicy.EACH)

    assert numbers_of(campaign) == (2, 2, 2, 1)
    words = words_of(client.get("/en/letter-a/"))
    assert "2 organisations" in words
    assert "Including 1 section of a network, which counts by itself." in words


@pytest.mark.parametrize("policy", SectionsPolicy.values)
def test_the_managers_numbers_are_the_public_ones(client, campaign, network, section, by, policy):
    with_policy(campaign, policy)
    client.force_login(by)

    told = numbers.of(fresh(campaign))

    assert told.public == counts.tally(campaign)
    named = {part.name: part.named for part in told.breakdowns[0].parts}
    assert sum(named.values()) == told.public.named + (1 if policy == "once" else 0)
    words = " ".join(client.get(f"/admin/campaigns/campaign/{campaign.pk}/change/").content.decode().split())
    said = "1 section is counted with its network" if policy == "once" else "1 of them is a section"
    assert said in words


def hide_network(network, mode):
    Signature.objects.filter(pk=network.pk).update(publication_mode=mode)


@pytest.mark.parametrize("policy", SectionsPolicy.values)
@pytest.mark.parametrize("mode", [PublicationMode.WITHHELD, PublicationMode.ADDRESSEE_ONLY])
def test_s18_no_page_names_a_hidden_network_by_its_section(client, campaign, network, section, policy, mode):
    with_policy(campaign, policy)
    assert "Canary" in client.get("/en/letter-a/").content.decode()
    hide_network(network, mode)

    bodies = {address: client.get(address).content.decode() for address in PAGES}

    assert [address for address, body in bodies.items() if "Canary" in body] == []
    assert [address for address, body in bodies.items() if "ection of" in body] == []
    assert "Including" not in bodies["/en/letter-a/"]
    assert numbers_of(campaign) == (2, 1, 1, 0)
    assert csv_of(client) == {"Lantern Kenya": ""}


@pytest.mark.parametrize("end", ["hold", "revoke"])
def test_m10_without_its_network_the_section_counts_by_itself_again(
    client, campaign, network, section, by, end
):
    with_policy(campaign, SectionsPolicy.ONCE)
    assert numbers_of(campaign) == (1, 1, 2, 1)

    if end == "hold":
        moderation.hold(signature=fresh(network), by=by)
    else:
        moderation.revoke(signature=fresh(network), by=by, reason=Reason.ABUSE)

    assert numbers_of(campaign) == (1, 1, 1, 0)
    assert "Canary" not in client.get("/en/letter-a/").content.decode()


def test_s18_a_hidden_section_counts_by_itself_so_that_no_number_ties_it_to_a_network(
    campaign, network, section, by
):
    """Were it counted with its network, the total would stay the same when the network leaves, and tell."""
    with_policy(campaign, SectionsPolicy.ONCE)
    hide_network(section, PublicationMode.WITHHELD)
    assert numbers_of(campaign) == (2, 1, 1, 0)

    moderation.hold(signature=fresh(network), by=by)

    assert numbers_of(campaign) == (1, 0, 0, 0)


def test_a_network_of_another_letter_is_not_told_of(client, campaign, network, section):
    other = make_campaign("letter-b")
    elsewhere = make_signature(other, name="Lantern There")
    Signature.objects.filter(pk=elsewhere.pk).update(organisation=section.organisation)

    assert "Canary" not in client.get("/en/letter-b/").content.decode()
    assert counts.tally(other).sections == 0


def test_a_section_of_a_section_is_counted_with_its_network(campaign, network, section, by):
    local = make_signature(campaign, name="Lantern Kisumu")
    moderation.link_section(signature=local, network=section, by=by)
    with_policy(campaign, SectionsPolicy.ONCE)

    assert numbers_of(campaign)[0] == 1
    assert numbers_of(campaign)[3] == 2


def test_the_trail_says_who_linked_what_and_who_took_it_back(campaign, network, section, by):
    moderation.unlink_section(signature=section, by=by, note="They left.")

    linked, unlinked = section.events.filter(kind=EventKind.SECTION)
    assert (linked.actor, linked.detail, linked.note.text) == (
        by,
        str(network.public_id),
        "Section of “Canary Federation”.",
    )
    assert unlinked.note.text == "No longer a section of “Canary Federation”. They left."
    assert fresh(section.organisation).parent is None
    assert counts.tally(campaign).sections == 0


def test_nothing_is_a_section_of_itself_not_even_by_a_chain(campaign, network, section, by):
    local = make_signature(campaign, name="Lantern Kisumu")
    moderation.link_section(signature=local, network=section, by=by)

    for signature, of in ((network, network), (network, section), (network, local), (section, local)):
        with pytest.raises(Refused, match="section of itself"):
            moderation.link_section(signature=signature, network=of, by=by)

    assert fresh(network.organisation).parent is None


def test_a_merge_makes_no_chain_that_bites_its_tail(campaign, network, section, by):
    local = make_signature(campaign, name="Lantern Kisumu")
    moderation.link_section(signature=local, network=section, by=by)

    with pytest.raises(Refused, match="section of itself"):
        moderation.merge(survivor=network, merged=local, by=by, name=network)
    with pytest.raises(Refused, match="section of the other"):
        moderation.merge(survivor=network, merged=section, by=by, name=network)


def test_a_merge_takes_sections_and_network_along_and_gives_them_back(campaign, network, section, by):
    twin = make_signature(campaign, state=State.CONFIRMED, name="Canary Federation International")
    local = make_signature(campaign, name="Lantern Kisumu")
    moderation.link_section(signature=local, network=network, by=by)
    before = dict(Organisation.objects.values_list("pk", "parent"))
    merge = moderation.merge(survivor=network, merged=twin, by=by, name=network)
    assert dict(Organisation.objects.values_list("pk", "parent")) == before
    moderation.undo_merge(merge=merge, by=by)

    Signature.objects.filter(pk=network.pk).update(joined_total_at=None)
    moderation.hold(signature=fresh(network), by=by)
    merge = moderation.merge(survivor=fresh(twin), merged=fresh(network), by=by, name=twin)
    for part in (section, local):
        assert fresh(part.organisation).parent == twin.organisation

    moderation.undo_merge(merge=merge, by=by)
    assert dict(Organisation.objects.values_list("pk", "parent")) == before


@pytest.mark.parametrize("state", [State.SUBMITTED, State.CONFIRMED, State.ON_HOLD, State.REJECTED])
def test_only_an_accepted_signatory_is_a_network(campaign, section, by, state):
    other = make_signature(campaign, state=state)

    with pytest.raises(Refused, match="accepted"):
        moderation.link_section(signature=section, network=other, by=by)


def test_only_on_one_letter_and_only_where_the_moderator_works(campaign, network, section):
    other = make_campaign("letter-b")
    elsewhere = make_signature(other)
    moderator = make_moderator(campaign)

    with pytest.raises(Refused, match="one campaign"):
        moderation.link_section(signature=section, network=elsewhere, by=moderator)
    Signature.objects.filter(pk=elsewhere.pk).update(organisation=section.organisation)
    with pytest.raises(Refused, match="do not moderate"):
        moderation.unlink_section(signature=section, by=moderator)
    with pytest.raises(Refused, match="do not moderate"):
        moderation.link_section(signature=section, network=network, by=moderator)


def test_the_count_is_one_query_and_the_list_one(campaign, network, section):
    with_policy(campaign, SectionsPolicy.ONCE)

    with CaptureQueriesContext(connection) as captured:
        counts.tally(campaign)

    assert len(captured) == 1
