"""What the outbox holds goes out once, in its turn, and leaves nothing behind that names anybody.

A mail server that is away, refuses or is slow: tests/processes/test_mail_server.py.
"""

import smtplib
import threading
import time
import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail as django_mail
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from signatories.mail import delivery, outbox, settling
from signatories.models import Contact, Heartbeat, OutboxMail
from signatories.states import EmailStatus, MailKind, MailState
from tests.builders import make_campaign, make_signature


@pytest.fixture
def campaign(db):
    return make_campaign(title="A letter for defenders")


CONTEXT = dict.fromkeys(("organisation", "title", "host", "host_mailbox", "reference", "page", "link"), "x")
HALF_PAST = datetime(2026, 11, 24, 14, 30, tzinfo=UTC)


def queue_mails(campaign, count, **answers):
    for _ in range(count):
        make_signature(campaign, state="submitted", **answers)
    return list(OutboxMail.objects.order_by("pk"))


def after(**time):
    return time_machine.travel(timezone.now() + timedelta(**time), tick=True)


def in_another_connection(work):
    """Runs `work` as another worker would: in a thread, which has a connection of its own."""
    results = []

    def run():
        try:
            results.append(work())
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(30)
    return results[0]


# --- sending -----------------------------------------------------------------------------------------------


def test_a_sent_mail_keeps_neither_mailbox_nor_words(campaign):
    (mail,) = queue_mails(campaign, 1, mailbox="jo@lantern.example")

    assert delivery.drain() == 1

    (message,) = django_mail.outbox
    assert message.to == ["jo@lantern.example"]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT state, attempts, recipient, context, claim, last_error FROM signatories_outboxmail"
        )
        assert cursor.fetchall() == [("sent", 1, None, None, None, "")]
    assert OutboxMail.objects.get().settled_at >= mail.created_at


def test_a_contact_is_known_to_have_been_written_to_and_no_other_contact_is(campaign):
    (mail,) = queue_mails(campaign, 1)
    other = make_signature(campaign, state="confirmed").contacts.get()
    OutboxMail.objects.exclude(pk=mail.pk).delete()

    delivery.drain()

    assert Contact.objects.get(signature=mail.signature).email_status == EmailStatus.SENT
    assert Contact.objects.get(pk=other.pk).email_status == EmailStatus.DELIVERED


def test_a_mailbox_that_did_not_get_its_mail_is_not_noted_with_those_that_did(campaign, monkeypatch):
    first, second, third = queue_mails(campaign, 3)
    sent = django_mail.message.EmailMessage.send
    refused = smtplib.SMTPRecipientsRefused({second.recipient: (451, b"later")})

    def send(message, *args, **kwargs):
        if message.to == [second.recipient]:
            raise refused
        return sent(message, *args, **kwargs)

    monkeypatch.setattr(django_mail.message.EmailMessage, "send", send)

    assert delivery.drain() == 2

    statuses = dict(Contact.objects.values_list("signature", "email_status"))
    assert statuses == {
        first.signature_id: "sent",
        second.signature_id: "unknown",
        third.signature_id: "sent",
    }


@pytest.mark.parametrize("status", [EmailStatus.DELIVERED, EmailStatus.BOUNCED])
@pytest.mark.django_db(transaction=True)
def test_what_became_known_of_a_contact_at_the_same_moment_is_not_written_over(status):
    (mail,) = queue_mails(make_campaign(), 1)
    noting = threading.Thread(
        target=in_another_connection, args=[lambda: settling.note_contacts_reached([mail])]
    )
    with transaction.atomic():
        Contact.objects.update(email_status=status)
        noting.start()
        wait_until_blocked()
    noting.join()

    assert Contact.objects.get().email_status == status


def wait_until_blocked():
    """Until another connection waits for a lock that this one holds."""
    with connection.cursor() as cursor:
        for _time in range(1000):
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone() != (0,):
                return
            time.sleep(0.01)
    raise AssertionError("nobody waits")


def test_the_message_id_is_the_row_s_and_stays_when_a_mail_is_repeated(campaign):
    (mail,) = queue_mails(campaign, 1)
    delivery.claim(1)
    delivery.send(
        [OutboxMail.objects.get()]
    )  # the worker dies here: it sent with a claim that nobody settles
    OutboxMail.objects.update(
        state=MailState.QUEUED, claim=None, recipient=mail.recipient, context=mail.context
    )

    delivery.drain()

    first, second = (message.message()["Message-ID"] for message in django_mail.outbox)
    assert first == second == f"<{mail.public_id}@testserver>"


def test_mails_go_out_oldest_first_and_none_before_its_time(campaign):
    first, second, third = queue_mails(campaign, 3)
    now = timezone.now()
    OutboxMail.objects.filter(pk=first.pk).update(not_before=now + timedelta(minutes=1))
    OutboxMail.objects.filter(pk=second.pk).update(not_before=now - timedelta(minutes=1))
    OutboxMail.objects.filter(pk=third.pk).update(not_before=now - timedelta(minutes=2))

    delivery.drain()

    assert [message.to for message in django_mail.outbox] == [[third.recipient], [second.recipient]]
    with after(minutes=2):
        assert delivery.drain() == 1


def test_many_mails_are_sent_batch_after_batch(campaign, monkeypatch):
    monkeypatch.setattr(delivery, "BATCH", 2)
    queue_mails(campaign, 5)

    assert delivery.drain() == 5

    assert OutboxMail.objects.filter(state=MailState.SENT).count() == 5


def test_each_further_mail_costs_one_statement(campaign):
    def statements_for(count):
        queue_mails(campaign, count)
        with CaptureQueriesContext(connection) as queries:
            assert delivery.drain() == count
        return len(queries)

    delivery.drain()  # the first time of all also makes the row of the heartbeat

    assert statements_for(3) == statements_for(1) + 2


def test_the_desk_can_see_when_the_worker_last_looked(campaign):
    with after(hours=1):
        delivery.drain()
        assert timezone.now() - Heartbeat.objects.get(name="worker").seen_at < timedelta(minutes=1)

    with after(hours=2):
        delivery.drain()
        assert timezone.now() - Heartbeat.objects.get(name="worker").seen_at < timedelta(minutes=1)


# --- what goes wrong with one mail -------------------------------------------------------------------------


def test_a_mail_whose_templates_are_missing_waits_and_the_others_are_sent(campaign):
    broken, _sound = queue_mails(campaign, 2)
    OutboxMail.objects.filter(pk=broken.pk).update(kind="no_such_kind")

    assert delivery.drain() == 1

    kept = OutboxMail.objects.get(pk=broken.pk)
    assert (kept.state, kept.last_error) == (MailState.QUEUED, "not rendered: TemplateDoesNotExist")
    assert kept.recipient
    OutboxMail.objects.filter(pk=broken.pk).update(kind=MailKind.CONFIRM)
    with after(minutes=2):
        assert delivery.drain() == 1


def test_no_server_is_asked_for_a_mailbox_that_cannot_be_read(campaign):
    unreadable, _readable = queue_mails(campaign, 2)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE signatories_outboxmail SET recipient = 'gAAAAAB0' WHERE id = %s", [unreadable.pk]
        )

    assert delivery.drain() == 1

    assert OutboxMail.objects.get(pk=unreadable.pk).last_error == "not rendered: ValueError"
    assert not [message for message in django_mail.outbox if "gAAAA" in message.to[0]]


def test_a_mail_that_fails_again_and_again_is_given_up_and_forgotten(campaign):
    queue_mails(campaign, 1)
    waits = []
    while (mail := OutboxMail.objects.get()).state == MailState.QUEUED:
        settling.settle_failure(mail, "SMTPServerDisconnected")
        mail.refresh_from_db()
        waits.append(round((mail.not_before - timezone.now()) / timedelta(minutes=1)))

    assert waits[:-1] == list(settling.RETRY_AFTER_MINUTES)
    assert (mail.state, mail.attempts, mail.recipient, mail.context) == (MailState.FAILED, 7, None, None)


def test_a_mailbox_that_is_refused_for_good_is_known_to_bounce(campaign):
    mail, other = queue_mails(campaign, 2)

    settling.settle_failure(delivery.claim(1)[0], "recipient refused 550", for_good=True)

    mail.refresh_from_db()
    assert (mail.state, mail.recipient, mail.context) == (MailState.FAILED, None, None)
    assert Contact.objects.get(signature=mail.signature_id).email_status == EmailStatus.BOUNCED
    assert Contact.objects.get(signature=other.signature_id).email_status == EmailStatus.UNKNOWN


def test_the_log_of_a_failure_names_the_row_and_nobody(campaign, caplog):
    (mail,) = queue_mails(campaign, 1, name="Canary Organisation", mailbox="canary@lantern.example")
    OutboxMail.objects.update(kind="no_such_kind")

    delivery.drain()

    assert str(mail.public_id) in caplog.text
    assert "canary" not in caplog.text.lower()


# --- several workers, and those that die -------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_claim_the_same_mail():
    queue_mails(make_campaign(), 5)

    with transaction.atomic():
        mine = {mail.pk for mail in delivery.claim(3)}
        theirs = in_another_connection(lambda: {mail.pk for mail in delivery.claim(5)})

    assert (len(mine), len(theirs)) == (3, 2)
    assert mine.isdisjoint(theirs)


@pytest.mark.django_db(transaction=True)
def test_while_one_worker_sends_another_leaves_it_to_it():
    queue_mails(make_campaign(), 2)

    with delivery._nobody_else_sends() as alone:
        theirs = in_another_connection(delivery.drain)

    assert (alone, theirs) == (True, 0)
    assert delivery.drain() == 2


def test_the_mails_of_a_worker_that_died_are_free_after_the_lease_and_not_before(campaign, settings):
    settings.OUTBOX_LEASE_SECONDS = 60
    queue_mails(campaign, 2)
    delivery.claim(2)

    with after(seconds=50):
        assert delivery.drain() == 0
    with after(seconds=70):
        assert delivery.drain() == 2


def test_a_worker_that_comes_back_too_late_settles_nothing(campaign):
    queue_mails(campaign, 1)
    (mail,) = delivery.claim(1)
    OutboxMail.objects.update(claim=uuid.uuid4())

    settling.settle_sent(mail)
    settling.settle_failure(mail, "SMTPServerDisconnected")
    settling.hand_back([mail])

    kept = OutboxMail.objects.get()
    assert (kept.state, kept.attempts, kept.recipient) == (MailState.SENDING, 0, mail.recipient)
    assert Contact.objects.get().email_status == EmailStatus.UNKNOWN


def test_a_batch_that_took_too_long_is_checked_before_each_mail(campaign, settings):
    settings.OUTBOX_LEASE_SECONDS = 60
    queue_mails(campaign, 2)
    batch = delivery.claim(2)
    OutboxMail.objects.filter(pk=batch[0].pk).update(claim=uuid.uuid4())

    with after(seconds=40):
        assert delivery.send(batch) == 1

    assert [message.to for message in django_mail.outbox] == [[batch[1].recipient]]


# --- the hour's budget of confirmation mails (scenario M11) -------------------------------------------------


CONTEXT = dict.fromkeys(("organisation", "title", "host", "host_mailbox", "reference", "page", "link"), "x")
HALF_PAST = datetime(2026, 11, 24, 14, 30, tzinfo=UTC)


def queue_loose_mails(count, kind="confirm"):
    for number in range(count):
        outbox.new_mail(
            kind=kind,
            signature=None,
            recipient=f"{kind}{number}@lantern.example",
            language="en",
            context=CONTEXT,
            now=timezone.now(),
        ).save()


def queued(kind):
    return OutboxMail.objects.filter(state=MailState.QUEUED, kind=kind).count()


def test_m11_beyond_the_hours_budget_confirmation_mails_wait_and_decisions_do_not(campaign, settings):
    settings.CONFIRM_MAILS_AN_HOUR = 4
    with time_machine.travel(HALF_PAST, tick=False) as clock:
        queue_loose_mails(3)
        assert delivery.drain() == 3
        queue_loose_mails(3)
        queue_loose_mails(2, kind="accepted")

        assert delivery.drain() == 3
        assert (queued("confirm"), queued("accepted")) == (2, 0)
        assert delivery.drain() == 0

        clock.move_to(HALF_PAST + timedelta(minutes=30))
        assert delivery.drain() == 2


@pytest.mark.parametrize("kind", ["manage", "fresh"])
def test_a_flood_that_used_the_hour_up_does_not_stop_the_way_to_hide_and_withdraw(campaign, settings, kind):
    settings.CONFIRM_MAILS_AN_HOUR = 2
    with time_machine.travel(HALF_PAST, tick=False):
        queue_loose_mails(5)
        assert delivery.drain() == 2
        queue_loose_mails(1, kind=kind)
        queue_loose_mails(1, kind="new_contact")

        assert delivery.drain() == 1

        assert [queued(each) for each in (kind, "confirm", "new_contact")] == [0, 3, 1]


def test_the_budget_costs_one_query_a_shift_however_many_mails(campaign):
    numbers = []
    for count in (1, 3):
        queue_loose_mails(count)
        with CaptureQueriesContext(connection) as captured:
            assert delivery.drain() == count
        numbers.append(sum("settled_at" in each["sql"] and "COUNT" in each["sql"] for each in captured))
    assert numbers == [1, 1]
