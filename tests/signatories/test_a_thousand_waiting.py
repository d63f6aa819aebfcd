"""Queue and case page make as few queries for a thousand that wait as for one, and few at all."""

import pytest

from signatories.models import Contact, Evidence, Organisation, Signature
from signatories.states import EventKind, EvidenceKind, State
from signatories.transitions import SYSTEM, record
from tests.builders import make_campaign, make_moderator, make_signature
from tests.signatories.staff_pages import case_address, queries_of

pytestmark = pytest.mark.django_db

QUEUE = "/admin/signatories/signature/"
MOST = 12


@pytest.fixture
def campaign():
    return make_campaign()


def others_like(signature, number):
    """So many more that wait, each of an organisation of its own with a mailbox; every tenth has the name of the first."""
    organisations = Organisation.objects.bulk_create(
        Organisation(
            name=f"Example {each}",
            country_code="KE",
            org_type="ngo",
            sort_key=f"{each}",
            match_key=signature.organisation.match_key if each % 10 == 0 else f"example {each}",
            registrable_domain=f"example{each}.example",
        )
        for each in range(number)
    )
    made = Signature.objects.bulk_create(
        Signature(
            campaign=signature.campaign,
            organisation=organisation,
            letter_version=signature.letter_version,
            state=State.CONFIRMED,
            submission_key=f"key{organisation.pk}",
            submitted_at=signature.submitted_at,
            confirmed_at=signature.confirmed_at,
            flags=["free_mail"],
        )
        for organisation in organisations
    )
    Contact.objects.bulk_create(
        Contact(
            signature=each, mailbox_hash=f"{each.pk}", mailbox_domain=each.organisation.registrable_domain
        )
        for each in made
    )
    Evidence.objects.bulk_create(
        Evidence(signature=each, kind=EvidenceKind.MAILBOX, recorded_at=each.submitted_at) for each in made
    )


def test_queue_and_case_make_at_most_twelve_queries_for_one_and_for_a_thousand(client, campaign):
    client.force_login(make_moderator(campaign))
    signature = make_signature(campaign, state=State.CONFIRMED)
    twin = make_signature(campaign, state=State.CONFIRMED, name=signature.organisation.name)
    pages = [QUEUE, case_address(signature), case_address(twin)]
    one = [queries_of(client, each) for each in pages]

    others_like(signature, 1000)

    assert [queries_of(client, each) for each in pages] == one == [8, 9, 9]
    assert max(one) <= MOST


def test_a_case_with_everything_at_once_makes_twelve(client, campaign):
    client.force_login(make_moderator(campaign))
    signature = make_signature(campaign, state=State.CONFIRMED)
    make_signature(campaign, state=State.CONFIRMED, name=signature.organisation.name)
    for kind in (EventKind.REFERRAL_ASKED, EventKind.DISPUTED, EventKind.MERGED):
        record(signature, kind=kind, actor=SYSTEM)

    assert queries_of(client, case_address(signature)) == MOST
