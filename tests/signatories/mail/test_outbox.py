"""Mail is queued in the transaction of what it tells; nobody's mailbox is flooded; a nudge is only a nudge.

A broker that is away: tests/processes/test_dead_broker.py.
"""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from config.celery import app
from signatories import moderation, signing
from signatories.identity import mailboxes
from signatories.mail import outbox
from signatories.models import OutboxMail, Signature
from signatories.transitions import Refused
from tests.builders import fresh_token, make_campaign, make_entry, make_signature, make_superuser

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


@pytest.fixture
def campaign(db):
    return make_campaign()


@pytest.fixture
def nudges(monkeypatch):
    """Says how many nudges the broker holds; none at first, and none given just before."""
    monkeypatch.setattr(outbox, "_next_nudge", 0.0)
    app.control.purge()

    def held():
        with app.connection_for_read() as broker:
            return broker.default_channel.client.llen(app.conf.task_default_queue)

    yield held
    app.control.purge()


def new_mail(mailbox, moment):
    mail = outbox.new_mail(
        kind="confirm", signature=None, recipient=mailbox, language="en", context={}, now=moment
    )
    mail.save()
    return mail


@transaction.atomic
def sign_and_fail(campaign):
    make_signature(campaign, state="submitted")
    raise ZeroDivisionError


def slot(mailbox, moment):
    return outbox.next_confirm_slot(mailboxes.lookup_hash(mailbox), moment)


def test_a_signature_and_its_mail_are_stored_together_or_not_at_all(campaign):
    with pytest.raises(ZeroDivisionError):
        sign_and_fail(campaign)

    assert (Signature.objects.count(), OutboxMail.objects.count()) == (0, 0)


def test_mailbox_and_words_are_encrypted_while_they_wait(campaign):
    make_signature(campaign, state="submitted", mailbox="canary@lantern.example", name="Canary Organisation")

    with connection.cursor() as cursor:
        cursor.execute("SELECT mail::text FROM signatories_outboxmail AS mail")
        ((row,),) = cursor.fetchall()
    assert "canary" not in row.lower()
    assert "/confirm/" not in row


# --- limits for one mailbox (scenario S9) ------------------------------------------------------------------


def test_the_first_mail_may_go_at_once_and_the_next_after_a_minute(campaign):
    assert slot("jo@lantern.example", NOON) == NOON

    new_mail("jo@lantern.example", NOON)

    assert slot("jo@lantern.example", NOON) == NOON + 60 * SECOND
    assert slot("jo@lantern.example", NOON + 59 * SECOND) == NOON + 60 * SECOND
    assert slot("jo@lantern.example", NOON + 61 * SECOND) == NOON + 61 * SECOND


def test_three_mails_a_day_and_no_more(campaign):
    for hours in (0, 1, 2):
        new_mail("jo@lantern.example", NOON + hours * HOUR)

    assert slot("jo@lantern.example", NOON + 3 * HOUR) == NOON + 24 * HOUR
    assert slot("jo@lantern.example", NOON + 24 * HOUR) == NOON + 24 * HOUR


def test_another_spelling_of_a_mailbox_is_the_same_and_another_mailbox_is_not(campaign):
    new_mail("jo@lantern.example", NOON)

    assert slot("JO+letters@LANTERN.example", NOON) == NOON + 60 * SECOND
    assert slot("ann@lantern.example", NOON) == NOON


def sign_for_jo(campaign, number):
    entry = make_entry(name=f"Example Organisation of Jo {number}", mailbox="jo@lantern.example")
    signing.sign(campaign=campaign, entry=entry, language="en")
    return Signature.objects.latest("pk")


def asked_to_confirm():
    """The organisations whose mails are queued or sent, in the order of the mails."""
    return list(OutboxMail.objects.order_by("pk").values_list("signature__organisation__name", flat=True))


def test_m11_while_the_first_mail_is_unanswered_further_forms_of_a_mailbox_send_none(campaign):
    for number in range(5):
        sign_for_jo(campaign, number)

    assert Signature.objects.count() == 5
    assert asked_to_confirm() == ["Example Organisation of Jo 0"]


def test_who_confirms_the_first_gets_the_mail_of_the_next_a_minute_after_the_first(campaign):
    first, second, _third = [sign_for_jo(campaign, number) for number in range(3)]

    signing.confirm(token=fresh_token(first))

    assert asked_to_confirm() == ["Example Organisation of Jo 0", "Example Organisation of Jo 1"]
    moments = list(OutboxMail.objects.order_by("pk").values_list("not_before", flat=True))
    assert moments[1] - moments[0] == 60 * SECOND

    signing.confirm(token=fresh_token(second))

    assert asked_to_confirm()[2:] == ["Example Organisation of Jo 2"]


def test_a_mailbox_that_has_confirmed_gets_the_mail_of_a_further_form_as_ever(campaign):
    signing.confirm(token=fresh_token(sign_for_jo(campaign, 0)))
    sign_for_jo(campaign, 1)
    assert asked_to_confirm() == ["Example Organisation of Jo 0", "Example Organisation of Jo 1"]


def test_s9_who_waits_for_the_second_mail_can_ask_for_it(campaign):
    for number in range(2):
        sign_for_jo(campaign, number)

    with time_machine.travel(timezone.now() + 61 * SECOND):
        signing.send_again(campaign=campaign, mailbox="jo@lantern.example")

    assert asked_to_confirm() == ["Example Organisation of Jo 0", "Example Organisation of Jo 1"]


def mails_of(*signatures):
    return [signature.mails.filter(kind="confirm").count() for signature in signatures]


def test_s9_who_knows_his_reference_gets_his_own_mail_whatever_others_signed_in_his_name(campaign):
    troll, honest, later_troll = [sign_for_jo(campaign, number) for number in range(3)]

    with time_machine.travel(timezone.now() + 61 * SECOND):
        signing.send_again(campaign=campaign, mailbox="jo@lantern.example", reference=honest.reference)
    assert mails_of(troll, honest, later_troll) == [1, 1, 0]

    with time_machine.travel(timezone.now() + 122 * SECOND):
        signing.send_again(campaign=campaign, mailbox="jo@lantern.example", reference="none")
    assert mails_of(troll, honest, later_troll) == [1, 1, 0]


def test_s9_staff_can_send_it_although_others_used_up_the_mails_of_the_day(campaign):
    troll, honest = [sign_for_jo(campaign, number) for number in range(2)]
    staff, start = make_superuser(), timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        for minutes in (2, 4):
            clock.move_to(start + timedelta(minutes=minutes))
            signing.send_again(campaign=campaign, mailbox="jo@lantern.example", reference=troll.reference)
        with pytest.raises(Refused):
            moderation.send_again(signature=honest, by=staff)
        clock.shift(61 * SECOND)
        signing.send_again(campaign=campaign, mailbox="jo@lantern.example", reference=honest.reference)
        assert mails_of(troll, honest) == [3, 0]

        moderation.send_again(signature=honest, by=staff)

    assert mails_of(troll, honest) == [3, 1]


def test_a_mail_that_is_to_come_much_later_does_not_keep_staff_from_sending_one(campaign):
    honest = sign_for_jo(campaign, 0)
    OutboxMail.objects.update(not_before=timezone.now() + 20 * HOUR)

    moderation.send_again(signature=honest, by=make_superuser())

    assert mails_of(honest) == [2]


def test_the_mail_of_a_form_that_was_rejected_holds_none_up(campaign):
    troll = sign_for_jo(campaign, 0)
    moderation.reject(signature=troll, by=make_superuser(), reason="abuse")

    assert mails_of(sign_for_jo(campaign, 1)) == [1]


def test_a_mail_of_another_letter_or_of_yesterday_holds_none_up(campaign):
    sign_for_jo(make_campaign("letter-b"), 0)
    sign_for_jo(campaign, 1)
    with time_machine.travel(timezone.now() + 25 * HOUR):
        sign_for_jo(campaign, 2)

    assert len(asked_to_confirm()) == 3


def test_who_confirms_does_not_set_off_mail_to_other_mailboxes_or_of_other_letters(campaign):
    other = make_campaign("letter-b")
    first = sign_for_jo(campaign, 0)
    for letter, mailbox in ((other, "jo@lantern.example"), (campaign, "ann@lantern.example")):
        for number in range(2):
            entry = make_entry(name=f"Example {letter.slug} {number}", mailbox=mailbox)
            signing.sign(campaign=letter, entry=entry, language="en")
    before = OutboxMail.objects.count()

    signing.confirm(token=fresh_token(first))

    assert OutboxMail.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_many_who_ask_again_at_once_get_one_mail(nudges):
    campaign = make_campaign()
    make_signature(campaign, state="submitted", mailbox="jo@lantern.example")
    later = timezone.now() + timedelta(minutes=10)

    def ask():
        try:
            signing.send_again(campaign=campaign, mailbox="jo@lantern.example")
        finally:
            connection.close()

    with time_machine.travel(later):
        threads = [threading.Thread(target=ask) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)

    assert OutboxMail.objects.count() == 2


# --- nudges ------------------------------------------------------------------------------------------------


def test_one_nudge_serves_all_mail_of_half_a_second(nudges, monkeypatch):
    for _ in range(5):
        outbox.nudge()
    assert nudges() == 1

    monkeypatch.setattr(outbox, "_next_nudge", 0.0)  # as after half a second
    outbox.nudge()

    assert nudges() == 2


def test_the_worker_is_nudged_after_the_commit_and_not_after_a_rollback(
    campaign, nudges, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        make_signature(campaign, state="submitted")
        assert nudges() == 0
    assert nudges() == 1

    with django_capture_on_commit_callbacks() as callbacks, pytest.raises(ZeroDivisionError):
        sign_and_fail(campaign)
    assert callbacks == []


def test_a_nudge_carries_no_data(nudges):
    outbox.nudge()

    with app.connection_for_read() as broker:
        message = broker.default_channel.client.lindex(app.conf.task_default_queue, 0)
    assert b'"argsrepr": "()"' in message
    assert b'"kwargsrepr": "{}"' in message
