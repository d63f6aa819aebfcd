"""A worker that dies, or is asked to end, in the middle of its work (product.md, rule 14; scenario S10)."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from signatories.models import OutboxMail
from signatories.states import MailState
from tests.builders import form_answers

pytestmark = pytest.mark.processes
FORMS = 200


class Signers:
    """Organisations that sign one after another; the last quarter waits until the worker is dead, or the test has failed."""

    def __init__(self, web):
        self.web, self.forms = web, [form_answers() for _ in range(FORMS)]
        self.worker_is_dead = Event()
        self.pool = ThreadPoolExecutor(max_workers=1)

    def __enter__(self):
        self.answers = self.pool.submit(self.sign)
        return self

    def __exit__(self, *failure):
        self.worker_is_dead.set()
        self.pool.shutdown()

    def sign(self):
        early, late = self.forms[: FORMS * 3 // 4], self.forms[FORMS * 3 // 4 :]
        answers = [self.web.sign(fields) for fields in early]
        self.worker_is_dead.wait(60)
        return answers + [self.web.sign(fields) for fields in late]


def test_s10_a_worker_killed_while_200_organisations_sign_loses_no_mail_and_repeats_at_most_one(
    machinery, sink
):
    web = machinery.web()
    machinery.start("beat")
    worker = machinery.start("worker")
    with Signers(web) as signers:
        machinery.wait_until(lambda: len(sink.mails) >= 40, "the worker has sent 40 mails")
        sink.pause = 60  # the worst moment: the mail server has the mail, and the worker does not know it yet
        machinery.wait_until(lambda: sink.unanswered, "a mail is in flight")

        machinery.kill(worker)

        (in_flight,) = sink.unanswered
        sent_before = len(sink.mails)
        assert not signers.answers.done()
        signers.worker_is_dead.set()
        answers = signers.answers.result(60)
    assert Counter(answer.status for answer in answers) == {302: FORMS}
    assert 40 <= sent_before < FORMS
    assert OutboxMail.objects.filter(state=MailState.SENT).count() == sent_before - 1
    assert OutboxMail.objects.filter(state=MailState.SENDING).exists()  # it died with mail in its hands

    sink.pause = 0.0
    machinery.start("worker")

    machinery.wait_until(
        lambda: OutboxMail.objects.filter(state=MailState.SENT).count() == FORMS, "all mail is sent"
    )
    assert OutboxMail.objects.count() == FORMS
    times_sent = Counter(sink.ids())
    assert len(times_sent) == FORMS
    assert [mail for mail, times in times_sent.items() if times > 1] == [in_flight]
    assert times_sent[in_flight] == 2
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
