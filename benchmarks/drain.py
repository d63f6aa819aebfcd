"""`delivery.drain`, which renders each mail, sends it and settles its row, against smtplib, which only sends.

Both talk to one mail server in a process of its own, over one connection. smtplib sends the same mails, rendered before.
"""

import smtplib
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import parseaddr

from django.db import connection
from django.test import override_settings

from benchmarks import data
from benchmarks.frame import Figure, House, benchmark, free_port, in_turns
from campaigns.models import Campaign
from config import garbage
from dev.environment import PROJECT
from dev.processes import start
from signatories.mail import delivery, emails
from signatories.models import OutboxMail
from signatories.signing import Entry, sign

MAILS = 1000
ROUNDS = 5
Wire = tuple[str, str, bytes]


@benchmark("drain")
def drain(house: House) -> Iterator[Figure]:
    OutboxMail.objects.all().delete()  # what other benchmarks have left
    _sign(data.letter("drain"), MAILS)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE queued AS SELECT * FROM signatories_outboxmail")
    garbage.look_less_often()  # as each worker process does
    backend = "django.core.mail.backends.smtp.EmailBackend"
    with (
        _mail_server(house) as port,
        override_settings(
            EMAIL_BACKEND=backend,
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=port,
            CONFIRM_MAILS_AN_HOUR=MAILS * ROUNDS,  # each round may empty the outbox
        ),
    ):
        wires = [_wire(mail) for mail in OutboxMail.objects.all()]
        speed = in_turns(ROUNDS, ours=_drained_per_second, bare=lambda: _sent_per_second(port, wires))
    yield Figure(
        what=f"drain of {MAILS:,} mails",
        ratio=speed["ours"] / speed["bare"],
        ours=f"{speed['ours']:,.0f} mails/s",
        theirs=f"smtplib {speed['bare']:,.0f} mails/s",
        goal="≥ 0.4",
    )


def _sign(campaign: Campaign, count: int) -> None:
    consents = tuple(campaign.consent_texts.filter(kind="data_processing"))
    for number in range(count):
        entry = Entry(
            name=f"Measured Organisation {number}",
            website=f"https://measured-{number}.example",
            country_code="KE",
            org_type="ngo",
            contact_name="Contact Person",
            contact_role="Director",
            mailbox=f"director@measured-{number}.example",
            consents=consents,
        )
        sign(campaign=campaign, entry=entry, language="en")


@contextmanager
def _mail_server(house: House) -> Iterator[int]:
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.sink", str(port)]
    child = start("mail server", command, log=house.folder / "sink.log", cwd=PROJECT)
    try:
        deadline = time.monotonic() + 30
        while not _answers(port):
            if child.ended() or time.monotonic() > deadline:
                raise RuntimeError(f"the mail server did not start: {child.last_words()}")
            time.sleep(0.05)
        yield port
    finally:
        child.stop()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _wire(mail: OutboxMail) -> Wire:
    """A mail as smtplib takes it."""
    message = emails.render(mail)
    return (
        parseaddr(message.from_email)[1],
        message.to[0],
        message.message().as_bytes().replace(b"\n", b"\r\n"),
    )


def _drained_per_second() -> float:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM signatories_outboxmail")
        cursor.execute("INSERT INTO signatories_outboxmail SELECT * FROM queued")
        cursor.execute("UPDATE signatories_contact SET email_status = 'unknown'")
        cursor.execute("VACUUM ANALYZE signatories_outboxmail, signatories_contact")
    began = time.monotonic()
    sent = delivery.drain()
    took = time.monotonic() - began
    if sent != MAILS:
        raise RuntimeError(f"{sent} of {MAILS} mails were sent")
    return MAILS / took


def _sent_per_second(port: int, wires: list[Wire]) -> float:
    began = time.monotonic()
    with smtplib.SMTP("127.0.0.1", port) as server:
        for sender, recipient, wire in wires:
            server.sendmail(sender, [recipient], wire)
    return len(wires) / (time.monotonic() - began)
