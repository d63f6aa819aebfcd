"""The nightly purge: what goes on which day, what stays, and that a second run does nothing (scenario C22)."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core import mail as django_mail
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from campaigns import keeping
from campaigns.models import Campaign
from signatories import moderation, retention, signing
from signatories.mail import delivery
from signatories.models import (
    Contact,
    ContactChange,
    Evidence,
    ExportLog,
    Heartbeat,
    MailLink,
    Merge,
    ModeChange,
    NameChange,
    OutboxMail,
    PurgeWarning,
    Signature,
    SuppressedMailbox,
)
from signatories.states import MailState, Reason, State
from tests.builders import (
    fresh_token,
    make_campaign,
    make_entry,
    make_manager,
    make_signature,
    make_superuser,
)
from tests.everything import everything, found

DAY = timedelta(days=1)
PERSON = {
    "contact_name": "Canary Person",
    "contact_role": "Canary Directrice",
    "mailbox": "canary@lantern.example",
}


@pytest.fixture
def campaign(db):
    return make_campaign()


def deliver(campaign, *, ago=timedelta(0)):
    Campaign.objects.filter(pk=campaign.pk).update(delivered_at=timezone.now() - ago)
    campaign.refresh_from_db()
    return keeping.contacts_until(campaign)


def purge_on(day):
    with time_machine.travel(day):
        return retention.purge()


def with_address(manager):
    manager.email = f"{manager.username}@host.example"
    manager.save()
    return manager


def test_months_are_those_of_the_calendar(campaign):
    months = keeping.months_after
    moment = timezone.now().replace(year=2026, month=8, day=31)
    assert [months(moment, count).date().isoformat() for count in (0, 1, 6, 18)] == [
        "2026-08-31",
        "2026-09-30",
        "2027-02-28",
        "2028-02-29",
    ]


def test_c22_on_the_purge_day_contacts_vanish_and_list_and_count_are_unchanged(client, campaign):
    make_signature(campaign, name="The Lantern", **PERSON)
    hidden = make_signature(campaign)
    Signature.objects.filter(pk=hidden.pk).update(publication_mode="withheld")
    moderation.add_note(signature=hidden, by=make_superuser(), note="Canary Person rang back.")
    until = deliver(campaign)
    public = [
        f"/{campaign.slug}/signatories.csv",
        f"/en/{campaign.slug}/signatories/",
        f"/{campaign.slug}/count.json",
    ]

    def seen():
        return [re.sub(r"\d\d:\d\d:\d\d", "", client.get(each).content.decode()) for each in public[:2]] + [
            client.get(public[2]).json()["count"]
        ]

    before, events = seen(), {each.pk for each in hidden.events.all()}
    purge_on(until - 14 * DAY + timedelta(hours=1))
    purge_on(until - 3 * DAY + timedelta(hours=1))
    assert Contact.objects.count() == 2

    done = purge_on(until + timedelta(hours=2))

    assert done["erase_due"] == 2
    assert [Contact.objects.count(), MailLink.objects.count()] == [0, 0]
    assert found([*PERSON.values()]) == []
    assert seen() == before
    assert events <= {each.pk for each in hidden.events.all()}


def test_a_second_run_does_nothing(campaign):
    make_signature(campaign, **PERSON)
    make_signature(campaign, state=State.SUBMITTED)
    make_signature(campaign, state=State.REJECTED)
    until = deliver(campaign)
    purge_on(until - 3 * DAY)
    with time_machine.travel(until + DAY):
        delivery.drain()
        first = retention.purge()
        before = everything(without=["signatories_heartbeat"])

        again = retention.purge()

    assert first["erase_due"] == 1

    assert set(again.values()) == {0}
    assert everything(without=["signatories_heartbeat"]) == before


def test_c22_the_managers_are_warned_fourteen_and_three_days_before_and_once_each(campaign):
    make_signature(campaign, **PERSON)
    with_address(make_manager(campaign))
    with_address(make_manager(make_campaign("letter-b"), "stranger"))
    until = deliver(campaign)
    OutboxMail.objects.all().delete()

    sent = []
    for days in (15, 13, 12, 4, 2, 1):
        with time_machine.travel(until - days * DAY):
            retention.purge()
            delivery.drain()
            sent.append(len(django_mail.outbox))

    assert sent == [0, 1, 1, 1, 2, 2]
    assert {tuple(each.to) for each in django_mail.outbox} == {("manager@host.example",)}
    assert list(PurgeWarning.objects.order_by("pk").values_list("days", "due_at")) == [
        (14, until),
        (3, until),
    ]
    words = django_mail.outbox[0].subject + django_mail.outbox[0].body
    assert "1 person" in words
    assert [each for each in PERSON.values() if each in words] == []


def test_when_the_day_moves_the_managers_are_warned_anew_and_nothing_goes_before(campaign):
    make_signature(campaign, **PERSON)
    until = deliver(campaign)
    purge_on(until - 2 * DAY)
    Campaign.objects.filter(pk=campaign.pk).update(retention_months=7)

    purge_on(until + DAY)
    assert Contact.objects.get().erase_after == keeping.contacts_until(Campaign.objects.get())
    later = Contact.objects.get().erase_after
    purge_on(later - 14 * DAY)
    purge_on(later - 3 * DAY)
    assert [each.days for each in PurgeWarning.objects.order_by("pk")] == [3, 14, 3]

    purge_on(later + DAY)
    assert Contact.objects.count() == 0


def test_a_day_that_is_past_already_costs_no_contact_before_three_days_of_warning(campaign):
    make_signature(campaign, **PERSON)
    deliver(campaign, ago=400 * DAY)
    now = timezone.now()

    for hours in (0, 24, 48):
        assert purge_on(now + timedelta(hours=hours))["erase_due"] == 0
    assert purge_on(now + timedelta(hours=72))["erase_due"] == 1


def test_a_letter_that_is_never_delivered_does_not_keep_contacts_for_ever(campaign):
    make_signature(campaign, **PERSON)
    until = keeping.contacts_until(campaign)

    assert until == keeping.months_after(campaign.closes_at, 18)
    purge_on(until - 3 * DAY)
    assert purge_on(until + DAY)["erase_due"] == 1


def test_contacts_of_what_was_withdrawn_or_revoked_go_after_thirty_days(campaign):
    revoked = make_signature(campaign, by=make_superuser())
    moderation.revoke(signature=revoked, by=make_superuser(), reason=Reason.IMPERSONATION)
    make_signature(campaign)
    now = timezone.now()

    assert purge_on(now + 29 * DAY)["erase_due"] == 0
    assert purge_on(now + 31 * DAY)["erase_due"] == 1

    assert not revoked.contacts.exists()


def test_what_a_merge_left_at_the_one_that_went_away_is_erased_after_the_undos_thirty_days(campaign):
    staff = make_superuser()
    survivor = make_signature(campaign, name="The Lantern", by=staff)
    merged = make_signature(campaign, state=State.CONFIRMED, name="The Canary Lantern")
    moderation.merge(survivor=survivor, merged=merged, by=staff, name=survivor, contact_agreed=False)
    now = timezone.now()

    purge_on(now + 29 * DAY)
    assert "Canary" in str(Merge.objects.get().before)
    purge_on(now + 31 * DAY)

    merge = Merge.objects.get()
    assert (merge.merged_name, "Canary" in str(merge.before)) == ("–", False)
    assert merge.before["contacts"] == {}
    assert list(Contact.objects.values_list("signature", flat=True)) == [survivor.pk]


def test_mail_is_emptied_given_up_after_a_month_and_loses_its_hash_after_two_days(campaign):
    make_signature(campaign, state=State.CONFIRMED)
    late = OutboxMail.objects.latest("pk")
    delivery.drain()
    now = timezone.now()
    OutboxMail.objects.filter(pk=late.pk).update(
        state=MailState.QUEUED, recipient="canary@lantern.example", context='{"link": "canary"}'
    )

    assert purge_on(now + 29 * DAY)["forget_mail"] == 0
    assert purge_on(now + 31 * DAY)["forget_mail"] == 3  # given up, emptied, hash

    late.refresh_from_db()
    assert (late.state, late.last_error, late.recipient, late.context, late.recipient_hash) == (
        MailState.FAILED,
        "too old",
        None,
        None,
        "",
    )


def test_leftovers_go_each_in_its_time(campaign):
    staff = make_superuser()
    signature = make_signature(campaign, by=staff)
    now = timezone.now()
    NameChange.objects.create(
        signature=signature,
        name="Canary",
        is_small=True,
        asked_at=now,
        outcome="taken",
        decided_by=staff,
        decided_at=now,
    )
    NameChange.objects.create(signature=signature, name="Still open", is_small=True, asked_at=now)
    ContactChange.objects.create(
        signature=signature,
        contact=signature.contacts.get(),
        mailbox="canary@new.example",
        mailbox_hash="x",
        asked_at=now,
    )
    ModeChange.objects.create(signature=signature, to_mode="public", asked_at=now)
    SuppressedMailbox.objects.create(mailbox_hash="y", since=now, until=now + 5 * DAY)
    Session.objects.create(session_key="ended", session_data="", expire_date=now + DAY)

    purge_on(now + 8 * DAY)
    assert [each.objects.count() for each in (ContactChange, ModeChange, SuppressedMailbox, Session)] == [
        0,
        0,
        0,
        0,
    ]
    assert NameChange.objects.count() == 2
    purge_on(now + 31 * DAY)
    assert [each.name for each in NameChange.objects.all()] == ["Still open"]


def test_what_staff_typed_goes_after_a_year_and_that_they_did_it_stays(campaign):
    staff = make_superuser()
    log = ExportLog.objects.create(
        campaign=campaign, exported_by=staff, export_set="manage", reason="Canary", filters="q=canary", row_count=3,
        exported_at=timezone.now(),
    )  # fmt: skip
    LogEntry.objects.create(
        user=staff,
        content_type=ContentType.objects.get_for_model(Campaign),
        object_id=campaign.pk,
        object_repr="canary",
        action_flag=CHANGE,
    )
    now = timezone.now()

    assert purge_on(now + 364 * DAY)["forget_staff_words"] == 0
    assert purge_on(now + 366 * DAY)["forget_staff_words"] == 2

    log.refresh_from_db()
    assert (log.reason, log.filters, log.row_count, log.exported_by) == ("", "", 3, staff)
    assert LogEntry.objects.count() == 0


def test_an_account_that_was_switched_off_loses_name_mailbox_and_secrets_after_a_year(campaign):
    left, here = make_superuser("left"), make_superuser("here")
    for each in (left, here):
        each.first_name, each.email = "Canary", f"canary-{each.username}@host.example"
        each.is_active = each.username == "here"
        each.save()
    now = timezone.now()

    assert purge_on(now + 364 * DAY)["forget_former_staff"] == 0
    assert purge_on(now + 366 * DAY)["forget_former_staff"] == 1

    left.refresh_from_db()
    here.refresh_from_db()
    assert (left.username, left.first_name, left.email, left.has_usable_password()) == ("left", "", "", False)
    assert here.email == "canary-here@host.example"


def test_words_written_after_an_erasure_go_a_month_later(campaign):
    staff = make_superuser()
    signature = make_signature(campaign, by=staff, **PERSON)
    retention.erase_contact(signature.contacts.get())
    moderation.add_note(signature=signature, by=staff, note="Canary Person rang.")
    other = make_signature(campaign)
    moderation.add_note(signature=other, by=staff, note="Kept.")
    now = timezone.now()

    assert purge_on(now + 29 * DAY)["forget_words"] == 0
    assert purge_on(now + 31 * DAY)["forget_words"] == 1
    assert Evidence.objects.filter(signature=signature).count() == 2


def test_the_night_is_due_once_and_a_missed_one_is_made_up_for(db):
    night = timezone.now().replace(hour=2, minute=30) + DAY
    with time_machine.travel(night, tick=False):
        assert retention.is_due(timezone.now())
        retention.purge()
        assert not retention.is_due(timezone.now())
    assert not retention.is_due(night + timedelta(hours=23))
    assert retention.is_due(night + timedelta(hours=24))
    assert Heartbeat.objects.get(name=Heartbeat.PURGE).seen_at == night


def test_the_command_says_numbers_and_names_nobody(campaign, capsys):
    signature = make_signature(campaign, state=State.SUBMITTED, **PERSON)
    Signature.objects.filter(pk=signature.pk).update(submitted_at=timezone.now() - 8 * DAY)

    call_command("purge")

    said = capsys.readouterr().out
    assert "expire_unconfirmed: 1" in said.splitlines()
    assert [each for each in PERSON.values() if each in said] == []


def test_s11_on_day_eight_the_link_knows_nobody_and_the_mailbox_can_sign_anew(client, campaign):
    entry = make_entry(**PERSON)
    signing.sign(campaign=campaign, entry=entry, language="en")
    token = fresh_token(Signature.objects.get())

    purge_on(timezone.now() + 8 * DAY)

    shown = client.get(f"/en/confirm/{token}/")
    assert shown.status_code == 410
    assert [each for each in PERSON.values() if each in shown.content.decode()] == []
    signing.sign(campaign=campaign, entry=entry, language="en")
    assert [each.state for each in Signature.objects.order_by("pk")] == [State.EXPIRED, State.SUBMITTED]


def test_a_thousand_contacts_need_no_query_each_when_no_date_has_changed(campaign):
    def queries():
        with connection.execute_wrapper(Counter()) as _nothing:
            retention.purge()
        return Counter.count

    class Counter:
        count = 0

        def __call__(self, execute, *arguments):
            Counter.count += 1
            return execute(*arguments)

    make_signature(campaign)
    retention.purge()
    one = queries()
    Counter.count = 0
    for _ in range(3):
        make_signature(campaign)
    retention.purge()
    Counter.count = 0
    assert queries() == one
