"""What the database itself refuses, whatever code asks for it."""

import contextlib

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import InternalError

from signatories.models import EventNote, Organisation, Signature, SignatureEvent
from signatories.states import LEADS_TO, UNDONE_TO, State
from tests.builders import make_campaign, make_signature, make_superuser

REFUSALS = (IntegrityError, InternalError)


@pytest.fixture
def campaign(db):
    return make_campaign()


def refused(do):
    with pytest.raises(REFUSALS), transaction.atomic():
        do()


def test_an_event_can_neither_be_changed_nor_deleted(campaign):
    signature = make_signature(campaign, state=State.CONFIRMED)
    event = signature.events.first()

    refused(lambda: SignatureEvent.objects.filter(pk=event.pk).update(reason="abuse"))
    refused(lambda: SignatureEvent.objects.filter(pk=event.pk).delete())
    refused(lambda: connection.cursor().execute("DELETE FROM signatories_signatureevent"))

    assert SignatureEvent.objects.get(pk=event.pk).reason == ""


def test_a_note_can_be_erased_without_its_event(campaign):
    signature = make_signature(campaign, state=State.CONFIRMED)
    event = signature.events.first()
    EventNote.objects.create(event=event, text="names a person")

    EventNote.objects.filter(event=event).delete()

    assert SignatureEvent.objects.filter(pk=event.pk).exists()


def test_m7_the_database_lets_states_follow_the_table_only(campaign):
    twin = make_signature(campaign, state=State.SUBMITTED)
    moves = {(before, after) for before in State for after in State if before != after}

    allowed = {(before, after) for before, after in moves if can_move(twin, before, after)}

    assert allowed == {(before, after) for before in State for after in LEADS_TO[before]}


def test_a_declared_undo_may_go_its_own_ways_beside_those_and_no_others(campaign):
    twin = make_signature(campaign)
    moves = [(before, after) for before in State for after in State if before != after]

    allowed = {(before, after) for before, after in moves if can_move(twin, before, after, undo=True)}

    ways = {before: LEADS_TO[before] | UNDONE_TO.get(before, frozenset()) for before in State}
    assert allowed == {(before, after) for before in State for after in ways[before]}


def can_move(twin, before, after, *, undo=False):
    """Whether the database lets a row that was stored as `before` become `after`; leaves nothing behind."""
    moved = False
    with contextlib.suppress(*REFUSALS, Undo), transaction.atomic():
        row = a_row(twin, before)
        with transaction.atomic():
            if undo:
                connection.cursor().execute("SET LOCAL undersigned.undo = 'on'")
            moved = Signature.objects.filter(pk=row.pk).update(
                state=after, merged_into=twin if after == State.MERGED else None
            )
        raise Undo
    return bool(moved)


class Undo(Exception):
    pass


def a_row(twin, state):
    organisation = Organisation.objects.create(
        name="x", country_code="KE", org_type="ngo", sort_key="x", match_key="x"
    )
    return Signature.objects.create(
        campaign=twin.campaign,
        organisation=organisation,
        letter_version=twin.letter_version,
        state=state,
        submission_key="K" * 52,
        submitted_at=twin.submitted_at,
        confirmed_at=twin.submitted_at,
        merged_into=twin if state == State.MERGED else None,
        decided_at=twin.submitted_at,
        decided_by=make_superuser(),
        decision_reason="abuse",
        withdrawn_at=twin.submitted_at,
    )


def test_one_organisation_has_one_live_signature_on_a_campaign(campaign):
    first = make_signature(campaign, state=State.ACCEPTED)
    second = make_signature(campaign, state=State.CONFIRMED)

    refused(lambda: Signature.objects.filter(pk=second.pk).update(organisation=first.organisation))


def test_list_keys_follow_the_register(campaign):
    signature = make_signature(campaign, name="Beta Example", country_code="KE")
    assert (signature.sort_key, signature.country_code) == (signature.organisation.sort_key, "KE")

    Organisation.objects.filter(pk=signature.organisation_id).update(sort_key="alpha", country_code="UG")

    signature.refresh_from_db()
    assert (signature.sort_key, signature.country_code) == ("alpha", "UG")


def test_list_keys_cannot_be_set_by_hand(campaign):
    signature = make_signature(campaign, name="Beta Example")

    Signature.objects.filter(pk=signature.pk).update(sort_key="aaaa", country_code="ZZ")

    signature.refresh_from_db()
    assert signature.sort_key == signature.organisation.sort_key
    assert signature.country_code == signature.organisation.country_code
