"""A worker that dies, or is asked to end, in the middle of its work (product.md, rule 14; scenario S10)."""

from collections import Counter
from threading import Thread

import pytest

from signatories.models import OutboxMail
from signatories.states import MailState
from tests.builders import form_answers

pytestmark = pytest.mark.processes
FORMS = 200


def sign_in_another_thread(web, count):
    answers = []
    forms = [form_answers() for _ in range(count)]

    def run():
        answers.extend(web.sign(fields) for fields in forms)

    thread = Thread(target=run)
    thread.start()
    return thread, answers


def test_s10_a_worker_killed_while_200_organisations_sign_loses_no_mail_and_repeats_at_most_one(
    machinery, sink
):
    sink.pause = 0.02  # slow enough for the kill to hit it at work
    web = machinery.web()
    machinery.start("beat")
    worker = machinery.start("worker")
    signing, answers = sign_in_another_thread(web, FORMS)
    machinery.wait_until(lambda: len(sink.mails) >= 40, "the worker has sent 40 mails")

    machinery.kill(worker)

    sent_before = len(sink.mails)
    was_still_signing = signing.is_alive()
    signing.join(60)
    assert was_still_signing
    assert Counter(answer.status for answer in answers) == {302: FORMS}
    assert 40 <= sent_before < FORMS
    unsettled = OutboxMail.objects.exclude(state=MailState.SENT).count()
    assert unsettled >= FORMS - sent_before
    assert OutboxMail.objects.filter(state=MailState.SENDING).exists()  # it died with mails in its hands

    sink.pause = 0.0
    machinery.start("worker")

    machinery.wait_until(
        lambda: OutboxMail.objects.filter(state=MailState.SENT).count() == FORMS, "all mail is sent"
    )
    assert OutboxMail.objects.count() == FORMS
    times_sent = Counter(sink.ids())
    assert len(times_sent) == FORMS
    assert sum(times_sent.values()) - FORMS <= 1
    assert len({mail["To"] for mail in sink.mails}) == FORMS


def test_a_worker_that_is_asked_to_end_finishes_its_mail_frees_the_others_and_loses_none(machinery, sink):
    sink.pause = 0.1
    web = machinery.web()
    worker = machinery.start("worker")
    machinery.start("beat")
    for _ in range(120):
        web.sign(form_answers())
    machinery.wait_until(lambda: len(sink.mails) >= 5, "the worker is at work")

    # A shift and the mail in flight, less than the ten seconds after which container engines kill.
    assert machinery.ask_to_end(worker, seconds=9) == 0

    assert not OutboxMail.objects.filter(state=MailState.SENDING).exists()
    left = OutboxMail.objects.filter(state=MailState.QUEUED).count()
    assert left == 120 - len(sink.mails) > 0

    sink.pause = 0.0
    machinery.start("worker")

    machinery.wait_until(lambda: len(sink.mails) >= 120, "all mail is sent")
    machinery.wait_until(
        lambda: OutboxMail.objects.filter(state=MailState.SENT).count() == 120, "all mail is settled"
    )
    assert Counter(Counter(sink.ids()).values()) == {1: 120}
