"""A restored backup brings back neither the erased nor the hidden nor the withdrawn (scenario C21)."""

import re
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone
from psycopg import sql

from campaigns.choices import PublicationMode
from signatories import hiding, moderation
from signatories.models import Contact, Erasure, Heartbeat, Signature
from signatories.retention import erase_contact, erasing, offsite, replaying
from signatories.states import ErasureKind, EventKind, State
from signatories.transitions import SIGNER, change_state, record
from tests.builders import make_campaign, make_signature, make_superuser
from tests.everything import found, tables

PERSON = {
    "contact_name": "Canary Person",
    "contact_role": "Canary Directrice",
    "mailbox": "canary@lantern.example",
}


@pytest.fixture
def campaign(transactional_db):
    return make_campaign()


class Backup:
    """All rows of the database, as a dump holds them."""

    def __init__(self):
        with connection.cursor() as cursor:
            for table in tables():
                cursor.execute(
                    sql.SQL("CREATE TABLE {} AS TABLE {}").format(
                        sql.Identifier("kept", table), sql.Identifier(table)
                    )
                )

    def restore(self):
        with connection.cursor() as cursor:
            cursor.execute(
                "SET session_replication_role = replica"
            )  # neither keys nor triggers, as pg_restore does
            for table in tables():
                cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
                cursor.execute(
                    sql.SQL("INSERT INTO {} OVERRIDING SYSTEM VALUE TABLE {}").format(
                        sql.Identifier(table), sql.Identifier("kept", table)
                    )
                )
            cursor.execute("RESET session_replication_role")


@pytest.fixture
def backup(transactional_db):
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA kept")
    yield Backup
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA kept CASCADE")


def withdraw(signature):
    change_state(signature, to=State.WITHDRAWN, actor=SIGNER, withdrawn_at=timezone.now())
    erasing.remember(ErasureKind.LEFT, signature)


def hide(signature):
    hiding.hide(signature=signature, to=PublicationMode.WITHHELD, actor=SIGNER)


def publish(signature):
    """As the signer may, after mail, check and wait."""
    past = timezone.now() - timedelta(seconds=1)
    signature.mode_changes.create(
        to_mode="public", asked_at=past, confirmed_at=past, checked_by=make_superuser(), checked_at=past, effective_at=past
    )  # fmt: skip
    Signature.objects.filter(pk=signature.pk).update(
        publication_mode="public", joined_total_at=timezone.now()
    )
    record(signature, kind=EventKind.MODE, actor=SIGNER, detail="withheld > public")


def replay(path, capsys):
    call_command("replay_erasures", str(path))
    return capsys.readouterr().out.strip()


def test_c21_erased_persons_stay_erased_hidden_names_hidden_and_who_left_has_left(
    campaign, backup, tmp_path, settings, capsys
):
    settings.ERASURE_LIST = str(tmp_path / "erasures")
    erased = make_signature(campaign, **PERSON)
    hidden, left, kept = make_signature(campaign), make_signature(campaign), make_signature(campaign)
    dump = backup()
    erase_contact(erased.contacts.get())
    hide(hidden)
    withdraw(left)
    dump.restore()
    assert found(PERSON.values()) != []
    assert Signature.objects.public().count() == 4

    said = replay(tmp_path / "erasures", capsys)

    assert said == "3 lines: 1 contacts erased, 1 names hidden, 1 signatures withdrawn."
    assert found(PERSON.values()) == []
    assert set(Signature.objects.public()) == {erased, kept}
    states = {each.pk: (each.state, each.publication_mode) for each in Signature.objects.all()}
    assert states[hidden.pk] == (State.ACCEPTED, "withheld")
    assert states[left.pk] == (State.WITHDRAWN, "public")
    assert Contact.objects.filter(signature=kept).count() == 1
    assert Erasure.objects.count() == 3
    assert replay(tmp_path / "erasures", capsys).endswith(
        "0 contacts erased, 0 names hidden, 0 signatures withdrawn."
    )


def test_c21_what_was_merged_since_the_backup_is_hidden_in_both_its_rows(campaign, backup, capsys, tmp_path):
    survivor, merged = (
        make_signature(campaign, name="The Lantern"),
        make_signature(campaign, name="Beacon Collective"),
    )
    dump = backup()
    moderation.merge(survivor=survivor, merged=merged, by=make_superuser(), name=survivor)
    hide(Signature.objects.get(pk=survivor.pk))
    call_command("erasure_list")
    (tmp_path / "list").write_text(capsys.readouterr().out)
    dump.restore()

    assert "2 names hidden" in replay(tmp_path / "list", capsys)
    assert Signature.objects.public().count() == 0


def test_a_later_step_towards_publicity_is_not_undone_by_an_older_line(campaign, capsys, tmp_path):
    signature = make_signature(campaign)
    hide(signature)
    call_command("erasure_list")
    (tmp_path / "list").write_text(capsys.readouterr().out)
    publish(signature)

    assert "0 names hidden" in replay(tmp_path / "list", capsys)
    assert Signature.objects.public().count() == 1


def test_one_that_was_confirmed_and_withdrawn_after_the_backup_ends(campaign):
    signature = make_signature(campaign, state=State.SUBMITTED, **PERSON)
    line = Erasure(
        kind="left", digest=erasing.digest_of(ErasureKind.LEFT, signature), happened_at=timezone.now()
    )

    assert replaying.replay([line]) == replaying.Replayed(left=1)

    assert Signature.objects.get().state == State.EXPIRED
    assert found(PERSON.values()) == []


def test_the_list_names_nobody_and_says_only_what_is_asked_for(campaign, capsys):
    signature = make_signature(campaign, **PERSON)
    erase_contact(signature.contacts.get())
    tomorrow = (timezone.now() + timedelta(days=1)).date().isoformat()

    call_command("erasure_list")
    whole = capsys.readouterr().out
    call_command("erasure_list", since=tomorrow)

    assert capsys.readouterr().out == ""
    assert re.fullmatch(r"contact [0-9a-f]{64} \d{4}-\d\d-\d\dT[\d:.]+\+00:00\n", whole)
    with pytest.raises(CommandError):
        call_command("erasure_list", since="yesterday")


def test_a_missing_disk_hinders_no_erasure_shows_on_the_desk_and_is_made_up_for(
    campaign, settings, tmp_path, caplog
):
    path = tmp_path / "disk" / "erasures"
    settings.ERASURE_LIST = str(path)
    first, second = make_signature(campaign), make_signature(campaign)

    erase_contact(first.contacts.get())

    assert Contact.objects.filter(signature=first).count() == 0
    assert Heartbeat.objects.filter(name=Heartbeat.ERASURE_LIST).exists()
    assert str(path) not in caplog.text
    offsite.catch_up(timezone.now())
    assert Heartbeat.objects.filter(name=Heartbeat.ERASURE_LIST).exists()

    path.parent.mkdir()
    erase_contact(second.contacts.get())
    assert len(path.read_text().splitlines()) == 1
    assert offsite.catch_up(timezone.now()) == 1
    assert offsite.catch_up(timezone.now()) == 0

    assert not Heartbeat.objects.filter(name=Heartbeat.ERASURE_LIST).exists()
    assert sorted(path.read_text().splitlines()) == sorted(
        offsite.line(each) for each in Erasure.objects.all()
    )


def test_an_erasure_that_is_rolled_back_writes_no_line(campaign, settings, tmp_path):
    settings.ERASURE_LIST = str(tmp_path / "erasures")
    contact = make_signature(campaign).contacts.get()
    with transaction.atomic():
        erase_contact(contact)
        transaction.set_rollback(True)

    assert not (tmp_path / "erasures").exists()
    assert Erasure.objects.count() == 0


@pytest.mark.parametrize("text", ["contact abc", "nonsense", "contact x yesterday"])
def test_a_file_that_is_no_list_does_nothing(campaign, tmp_path, text):
    (tmp_path / "list").write_text(text)
    with pytest.raises(CommandError, match="Nothing was done: line 1"):
        call_command("replay_erasures", str(tmp_path / "list"))
