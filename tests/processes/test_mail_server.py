"""A mail server that is away, refuses or is slow: whose fault costs whom a try (rule 14)."""

from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from django.db import connection
from django.utils import timezone

from signatories.mail import delivery, settling
from signatories.models import OutboxMail
from signatories.states import MailState
from tests.builders import make_campaign, make_signature

MINUTE = timedelta(minutes=1)


@pytest.fixture
def campaign(db):
    return make_campaign()


@pytest.fixture
def through_sink(sink, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port


def queue_mails(campaign, count):
    for _ in range(count):
        make_signature(campaign, state="submitted")
    return list(OutboxMail.objects.order_by("pk"))


def states():
    return list(OutboxMail.objects.order_by("pk").values_list("state", "attempts", "last_error"))


def make_all_due():
    OutboxMail.objects.update(not_before=timezone.now())


def test_s10_while_the_mail_server_is_away_mail_waits_a_minute_and_no_try_is_counted(
    campaign, sink, through_sink
):
    queue_mails(campaign, 3)
    sink.shut()

    assert delivery.drain() == 0

    assert states() == [(MailState.QUEUED, 0, "ConnectionRefusedError")] * 3
    assert all(
        mail.not_before <= timezone.now() + MINUTE and mail.recipient and mail.claim is None
        for mail in OutboxMail.objects.all()
    )
    sink.open()
    make_all_due()

    assert delivery.drain() == 3

    assert states() == [(MailState.SENT, 1, "")] * 3


def test_s10_a_mail_server_that_is_away_for_days_makes_nobody_give_up(campaign, sink, through_sink):
    queue_mails(campaign, 1)
    sink.shut()
    for _ in range(len(settling.RETRY_AFTER_MINUTES) + 3):
        delivery.drain()
        make_all_due()

    sink.open()

    assert delivery.drain() == 1


def test_one_mailbox_that_is_refused_for_good_is_given_up_and_the_others_are_sent(
    campaign, sink, through_sink
):
    _first, second, _third = queue_mails(campaign, 3)
    sink.refuses[second.recipient] = "550 no such mailbox"

    assert delivery.drain() == 2

    assert states() == [
        (MailState.SENT, 1, ""),
        (MailState.FAILED, 1, "recipient refused 550"),
        (MailState.SENT, 1, ""),
    ]
    given_up = OutboxMail.objects.get(pk=second.pk)
    assert (given_up.recipient, given_up.context) == (None, None)


def test_one_mailbox_that_is_busy_is_tried_again_after_one_minute_then_five(campaign, sink, through_sink):
    (mail,) = queue_mails(campaign, 1)
    sink.refuses[mail.recipient] = "451 come back later"

    delivery.drain()

    first_wait = OutboxMail.objects.get().not_before - timezone.now()
    assert states() == [(MailState.QUEUED, 1, "recipient refused 451")]
    make_all_due()

    delivery.drain()

    second_wait = OutboxMail.objects.get().not_before - timezone.now()
    assert [round(wait / MINUTE) for wait in (first_wait, second_wait)] == [1, 5]


def test_a_mail_that_cannot_be_read_for_want_of_its_key_waits_and_the_others_are_sent(
    campaign, sink, through_sink
):
    unreadable, _readable = queue_mails(campaign, 2)
    with connection.cursor() as cursor:
        of_a_lost_key = Fernet(Fernet.generate_key()).encrypt(b"{}").decode()
        cursor.execute(
            "UPDATE signatories_outboxmail SET context = %s WHERE id = %s", [of_a_lost_key, unreadable.pk]
        )

    assert delivery.drain() == 1

    assert states() == [(MailState.QUEUED, 1, "not rendered: JSONDecodeError"), (MailState.SENT, 1, "")]


def test_what_a_shift_does_not_get_to_is_free_for_the_next_one(campaign, sink, through_sink):
    queue_mails(campaign, 3)

    assert delivery.drain_until(0.0) == (0, True)

    assert states() == [(MailState.QUEUED, 0, "")] * 3
    assert delivery.drain() == 3
