"""Rows of several tables go to the database together, and come back as if each had been saved."""

import uuid
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from signatories import storing
from signatories.models import Contact, Evidence, Organisation, OutboxMail, Signature
from tests.builders import make_campaign

MOMENT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def new_organisation(**fields):
    return Organisation(
        **{
            "name": "100 % Example; DROP TABLE x",
            "country_code": "KE",
            "org_type": "ngo",
            "aliases": ["a", "b;%s"],
        }
        | fields
    )


def new_signature(campaign, organisation, **fields):
    return Signature(
        campaign=campaign,
        organisation=organisation,
        letter_version=campaign.letter_versions.get(),
        submission_key=uuid.uuid4().hex,
        submitted_at=MOMENT,
        flags=["free_mail"],
        **fields,
    )


def test_rows_refer_to_each_other_and_keep_every_value(db):
    campaign = make_campaign()
    organisation = new_organisation()
    signature = new_signature(campaign, organisation)
    contact = Contact(signature=signature, name="Jo 'Example' %s", mailbox="jo@x.example", mailbox_hash="h")

    storing.insert([organisation, signature, contact])

    stored = Signature.objects.get()
    assert stored.organisation == Organisation.objects.get()
    assert (stored.organisation.name, stored.organisation.aliases) == (
        "100 % Example; DROP TABLE x",
        ["a", "b;%s"],
    )
    assert (stored.flags, stored.submitted_at, stored.public_id) == (
        ["free_mail"],
        MOMENT,
        signature.public_id,
    )
    assert (stored.country_code, stored.state) == ("KE", "submitted")
    assert stored.organisation.created_at == organisation.created_at
    (stored_contact,) = stored.contacts.all()
    assert (stored_contact.name, stored_contact.role, stored_contact.mailbox) == (
        "Jo 'Example' %s",
        None,
        "jo@x.example",
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT mailbox FROM signatories_contact")
        assert "jo@x.example" not in cursor.fetchone()[0]


def test_any_number_of_rows_takes_one_statement(db):
    with CaptureQueriesContext(connection) as queries:
        storing.insert([new_organisation(), new_organisation(), new_organisation()])

    assert len(queries) == 1
    assert Organisation.objects.count() == 3


def test_a_row_refers_to_the_last_one_of_a_table_that_stands_before_it(db):
    campaign = make_campaign()
    for name in ("First", "Second"):
        organisation = new_organisation(name=name)
        storing.insert(
            [new_organisation(name=f"Not {name}"), organisation, new_signature(campaign, organisation)]
        )

    assert [each.organisation.name for each in Signature.objects.order_by("pk")] == ["First", "Second"]


def test_a_row_that_refers_to_one_which_is_not_the_last_before_it_is_refused(db):
    campaign = make_campaign()
    first, second = new_organisation(), new_organisation()

    for rows in ([new_signature(campaign, first)], [first, second, new_signature(campaign, first)]):
        with pytest.raises(ValueError, match="does not stand before it"):
            storing.insert(rows)

    assert Organisation.objects.count() == 0


def test_a_row_may_refer_to_one_that_is_stored_already(db):
    campaign = make_campaign()
    known = Organisation.objects.create(name="Known", country_code="KE", org_type="ngo")

    storing.insert([new_organisation(), new_signature(campaign, known)])

    assert Signature.objects.get().organisation == known


def test_the_rules_of_the_database_hold_and_none_of_the_rows_is_stored(db):
    campaign = make_campaign()
    organisation = new_organisation()
    broken = new_signature(campaign, organisation, role="no such role")

    with pytest.raises(IntegrityError, match="signature_role_known"), transaction.atomic():
        storing.insert([organisation, broken])

    assert Organisation.objects.count() == Signature.objects.count() == 0


@pytest.mark.parametrize("model", [Organisation, Signature, Contact, Evidence, OutboxMail])
def test_every_column_of_a_row_is_written_but_the_id_that_the_database_gives(db, model):
    keys = tuple(field.name for field in storing._foreign_keys(model))

    for to_come in ((), keys[:1]):
        columns, statement = storing._insert(model, to_come)
        assert [name for name, _field in columns] == [
            field.attname
            for field in model._meta.local_concrete_fields
            if not field.primary_key and field.name not in to_come
        ]
        assert statement.count("%s") == len(columns)
        assert statement.count("currval(") == len(to_come)
