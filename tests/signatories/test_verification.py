"""Levels from evidence, exactly as the table of product.md has them."""

import pytest

from signatories.likeness import possible_duplicates
from signatories.models import Organisation, Signature
from signatories.states import EvidenceKind as Kind
from signatories.states import Flag, Level
from signatories.verification import bar, flags_of_form, level_of
from tests.builders import make_campaign, make_signature


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ([], Level.V0),
        ([Kind.DOMAIN_MATCH, Kind.CALLBACK], Level.V0),
        ([Kind.MAILBOX], Level.V1),
        ([Kind.MAILBOX, Kind.CALLBACK], Level.V1),
        ([Kind.MAILBOX, Kind.REFERRAL], Level.V1),
        ([Kind.MAILBOX, Kind.REFERRAL, Kind.REFERRAL], Level.V2),
        ([Kind.MAILBOX, Kind.DOMAIN_MATCH], Level.V2),
        ([Kind.MAILBOX, Kind.PUBLISHED_ADDRESS], Level.V2),
        ([Kind.MAILBOX, Kind.REGISTER], Level.V2),
        ([Kind.MAILBOX, Kind.KNOWN], Level.V2),
        ([Kind.MAILBOX, Kind.PUBLIC_STATEMENT], Level.V2),
        ([Kind.MAILBOX, Kind.KNOWN, Kind.REGISTER], Level.V2),
        ([Kind.MAILBOX, Kind.KNOWN, Kind.CALLBACK], Level.V3),
        ([Kind.MAILBOX, Kind.KNOWN, Kind.PUBLIC_STATEMENT], Level.V3),
        ([Kind.MAILBOX, Kind.REFERRAL, Kind.REFERRAL, Kind.CALLBACK], Level.V3),
        ([Kind.MAILBOX, Kind.PUBLIC_STATEMENT, Kind.CALLBACK], Level.V3),
    ],
)
def test_the_level_follows_from_the_evidence(kinds, expected):
    assert level_of(kinds) == expected


def test_a_look_alike_and_a_withheld_name_need_a_second_channel(db):
    assert bar(make_signature(make_campaign(), state="confirmed")) == Level.V2
    assert bar(Signature(flags=[Flag.LOOK_ALIKE], publication_mode="public")) == Level.V3
    assert bar(Signature(flags=[], publication_mode="withheld")) == Level.V3


def test_who_looks_like_an_organisation_that_was_accepted_meanwhile_needs_a_second_channel(db):
    impostor = make_signature(
        make_campaign("letter-a"),
        state="confirmed",
        name="Example Watch",
        website="https://example-watch.example",
    )
    assert bar(impostor) == Level.V2

    make_signature(make_campaign("letter-b"), name="Example Watch", website="https://watch.example")

    assert (impostor.flags, bar(impostor)) == ([Flag.DOMAIN_DIFFERS], Level.V3)


@pytest.mark.parametrize(
    ("organisation", "domain", "expected"),
    [
        ({"name": "Example", "registrable_domain": "a.example"}, "a.example", []),
        ({"name": "Example", "registrable_domain": "a.example"}, "mail.a.example", []),
        ({"name": "Example", "registrable_domain": "a.example"}, "b.example", ["domain_differs"]),
        ({"name": "Example"}, "gmail.com", ["free_mail", "no_website"]),
        ({"name": "Exаmple"}, "a.example", ["no_website", "mixed_scripts"]),
        ({"name": "=1+1", "registrable_domain": "a.example"}, "a.example", ["formula"]),
    ],
)
def test_flags_that_the_form_alone_raises(organisation, domain, expected):
    assert flags_of_form(Organisation(**organisation), domain) == expected


def test_duplicates_are_found_by_name_by_website_and_by_mailbox_and_never_across_campaigns(db):
    campaign, other = make_campaign("letter-a"), make_campaign("letter-b")
    first = make_signature(
        campaign, name="Example Lantern", website="https://lantern.example", mailbox="a@lantern.example"
    )
    make_signature(campaign, name="Something Else")
    make_signature(campaign, name="Never Confirmed", website="https://lantern.example", state="submitted")
    make_signature(other, name="Example Lantern", website="https://lantern.example")

    def found(**answers):
        signature = make_signature(campaign, state="confirmed", **answers)
        return [
            each.pk
            for each in possible_duplicates(signature)
            if each.pk == first.pk or each.campaign_id != campaign.pk
        ]

    assert found(name="EXAMPLE LANTERN", website="", mailbox="x@gmail.com") == [first.pk]
    assert found(name="Other Words", website="http://www.lantern.example/en", mailbox="x@gmail.com") == [
        first.pk
    ]
    assert found(name="Wholly Different", website="", mailbox="y@lantern.example") == [first.pk]
    assert found(name="Unrelated Example", website="", mailbox="z@gmail.com") == []
