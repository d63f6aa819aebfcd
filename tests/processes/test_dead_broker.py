"""A broker that is away or frozen: forms are answered as quickly as ever, mail goes out afterwards (rule 14)."""

import signal
import time
from collections import Counter

import pytest

from signatories.models import OutboxMail
from signatories.states import MailState
from tests.builders import form_answers

pytestmark = pytest.mark.processes
AWAY = 60  # seconds
LONGEST_ANSWER = 2  # seconds, the bound of the issue that asked for this


def sign_for(web, seconds, pause):
    """Forms of new organisations, one after another, for so long; the answers."""
    answers = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answers.append(web.sign(form_answers()))
        time.sleep(pause)
    return answers


def assert_all_were_taken_at_once(answers):
    assert Counter(answer.status for answer in answers) == {302: len(answers)}
    assert [answer.seconds for answer in answers if answer.seconds >= LONGEST_ANSWER] == []


def test_with_the_broker_away_for_a_minute_forms_are_answered_and_no_mail_is_missing(
    machinery, sink, private_valkey
):
    web = machinery.web()
    machinery.start("worker")
    machinery.start("beat")
    web.sign(form_answers())
    machinery.wait_until(lambda: len(sink.mails) == 1, "mail flows")

    private_valkey.stop()
    answers = sign_for(web, AWAY, pause=0.4)

    assert len(answers) > 50
    assert_all_were_taken_at_once(answers)
    private_valkey.start()

    machinery.wait_until(lambda: len(sink.mails) >= 1 + len(answers), "all mail is sent", seconds=90)
    machinery.wait_until(
        lambda: OutboxMail.objects.filter(state=MailState.SENT).count() == 1 + len(answers), "all is settled"
    )
    assert Counter(Counter(sink.ids()).values()) == {1: 1 + len(answers)}


def test_a_broker_that_takes_connections_and_never_answers_holds_up_no_form(machinery, sink, private_valkey):
    web = machinery.web()
    private_valkey.child.process.send_signal(signal.SIGSTOP)
    try:
        answers = sign_for(web, 15, pause=0.2)
    finally:
        private_valkey.child.process.send_signal(signal.SIGCONT)

    assert_all_were_taken_at_once(answers)
    machinery.start("worker")
    machinery.start("beat")
    machinery.wait_until(lambda: len(sink.mails) >= len(answers), "all mail is sent")
    assert Counter(Counter(sink.ids()).values()) == {1: len(answers)}


def test_while_the_broker_is_away_limits_are_open_for_signing_and_closed_for_mail(
    machinery, sink, private_valkey
):
    """One request in ten seconds pays half a second for the limits, and one for the nudge; nobody waits twice."""
    web = machinery.web(LIMIT_NOWHERE="5/minute")
    mailbox = "victim@lantern.example"
    taken = [web.sign(form_answers(mailbox=mailbox)).status for _ in range(6)]
    assert taken == [302] * 5 + [429]

    private_valkey.stop()
    answers = [web.sign(form_answers(mailbox=mailbox)) for _ in range(40)]

    assert_all_were_taken_at_once(answers)
    assert OutboxMail.objects.count() == 1
    private_valkey.start()
    machinery.wait_until(
        lambda: {web.sign(form_answers()).status for _ in range(6)} >= {429}, "limits hold again"
    )


def test_a_header_that_is_sent_twice_names_the_hop_that_the_proxy_added(machinery):
    """Whatever the server makes of it: the first line is a stranger's, the second the proxy's own."""
    web = machinery.web(LIMIT_NETWORK="2/hour", BEHIND_TLS_PROXY="1", TRUSTED_PROXIES="127.0.0.1", HTTPS="0")

    def sign(*hops):
        return web.sign(form_answers(), headers=[("X-Forwarded-For", hop) for hop in hops]).status

    assert [sign(f"198.51.100.{number}", "203.0.113.77") for number in range(3)] == [302, 302, 429]
    assert sign("203.0.113.77", "198.51.100.9") == 302
