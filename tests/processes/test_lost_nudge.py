"""Worker and beat alone: what the web process said to the broker is a help, not a condition (rule 14)."""

import pytest

from signatories.models import Heartbeat, OutboxMail
from signatories.states import MailState
from tests.builders import make_signature

pytestmark = pytest.mark.processes


def test_mail_whose_nudge_was_lost_goes_out_with_the_next_look_into_the_outbox(machinery, campaign, sink):
    for _ in range(20):
        make_signature(campaign, state="submitted")  # this process nudges another broker
    assert OutboxMail.objects.filter(state=MailState.QUEUED).count() == 20

    machinery.start("worker")
    machinery.start("beat")

    machinery.wait_until(
        lambda: OutboxMail.objects.filter(state=MailState.SENT).count() == 20, "all mail is sent"
    )
    assert len(set(sink.ids())) == len(sink.mails) == 20
    assert Heartbeat.objects.filter(name="worker").exists()
