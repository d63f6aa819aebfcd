"""A new key first, everything put under it, the old one thrown away: all can still be read."""

import io

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection

from signatories import moderation, tokens
from signatories.fields import EncryptedText
from signatories.models import Contact, EventNote, OutboxMail
from signatories.retention import rotating
from signatories.states import State
from tests.builders import make_campaign, make_dispute, make_signature, make_superuser

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
FIELDS = [
    field
    for model in apps.get_models()
    for field in model._meta.concrete_fields
    if isinstance(field, EncryptedText)
]


@pytest.fixture
def keys(settings):
    """Sets the keys as a process finds them at its start."""

    def give(*given):
        settings.FIELD_ENCRYPTION_KEYS = list(given)
        for field in FIELDS:
            for name in ("keys", "f"):
                field.__dict__.pop(name, None)

    yield give
    for field in FIELDS:
        for name in ("keys", "f"):
            field.__dict__.pop(name, None)


def said():
    out = io.StringIO()
    call_command("rotate_keys", stdout=out)
    return out.getvalue()


def readable():
    contact, note = Contact.objects.earliest("pk"), EventNote.objects.get()
    return (
        contact.name,
        contact.role,
        contact.mailbox,
        note.text,
        secret(),
        OutboxMail.objects.latest("pk").recipient,
    )


def secret():
    return tokens.decrypt(Authenticator.objects.get().data["secret"])


@pytest.fixture
def full(db, keys):
    keys(OLD)
    campaign, staff = make_campaign(), make_superuser()
    signature = make_signature(
        campaign, contact_name="Jo", contact_role="Chair", mailbox="jo@lantern.example"
    )
    moderation.add_note(signature=signature, by=staff, note="Words")
    make_dispute(signature, words="Not us")
    make_signature(campaign, state=State.SUBMITTED, mailbox="waits@beacon.example")
    data = {"secret": tokens.encrypt("TOTP"), "migrated_codes": [tokens.encrypt("one")], "used": 3}
    Authenticator.objects.create(user=staff, type="totp", data=data)
    return ("Jo", "Chair", "jo@lantern.example", "Words", "TOTP", "waits@beacon.example")


def test_every_encrypted_column_is_known_and_the_secrets_of_second_factors(db):
    labels = [column.label for column in rotating.columns()]

    assert len(labels) == len(FIELDS) + 1
    assert {"signatories.Contact.mailbox", "signatories.Dispute.words", "signatories.EventNote.text"} <= set(
        labels
    )
    assert labels[-1] == "mfa.Authenticator.data"


def test_after_a_rotation_the_old_key_can_be_thrown_away(full, keys):
    keys(NEW, OLD)
    assert readable() == full

    first = said()

    keys(NEW)
    assert readable() == full
    assert tokens.decrypt(Authenticator.objects.get().data["migrated_codes"][0]) == "one"
    assert Authenticator.objects.get().data["used"] == 3
    assert "signatories.Contact.name: 2 rotated, 0 were under the first key" in first.splitlines()
    assert said().splitlines()[-1].startswith("0 rotated, ")


def test_a_rotation_that_was_ended_half_way_reads_with_both_and_goes_on(full, keys, monkeypatch):
    monkeypatch.setattr(rotating, "BATCH", 1)
    keys(NEW, OLD)
    column = next(each for each in rotating.columns() if each.label == "signatories.Contact.mailbox")
    boxes, found = rotating.Keys(), rotating.Counter()
    rotating._rotate_batch(column, boxes, found, None)
    assert found == {"rotated": 1}

    assert readable() == full
    assert rotating.rotate(column) == {"fresh": 1, "rotated": 1}
    said()
    keys(NEW)
    assert readable() == full


def test_what_no_key_opens_is_left_as_it_is_and_said(full, keys):
    lost = Fernet(Fernet.generate_key()).encrypt(b"x").decode()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE signatories_eventnote SET text = %s", [lost])
    keys(NEW, OLD)

    with pytest.raises(CommandError, match="1 can't be read"):
        said()

    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM signatories_eventnote")
        assert cursor.fetchall() == [(lost,)]
    assert Contact.objects.earliest("pk").name == "Jo"
