"""The log of a full journey, written by the real processes: it names nobody and opens nothing (rule 12)."""

import os
import re
import subprocess

import redis
from django.db import connection

from dev.environment import PROJECT
from signatories import moderation
from signatories.models import OutboxMail, Signature
from signatories.states import EvidenceKind
from tests.builders import form_answers, give_evidence, make_superuser

CANARY = {
    "name": "Kanarienvogel Verein",
    "native_name": "Canary Society",
    "acronym": "KNRNVGL",
    "website": "https://kanarienvogel.example",
    "contact_name": "Philomena Kanari",
    "contact_role": "Obervogelwartin",
    "mailbox": "philomena.k@kanarienvogel.example",
}
SECRETS = ["anarienvogel", "Canary Society", "KNRNVGL", "Philomena", "Obervogelwartin", "philomena"]
LINK = re.compile(r"http://[^\s/]+(/en/(?:confirm|appeal)/([\w-]{43})/)")


def form(**changes):
    return form_answers(**CANARY | {"publication_mode": "public"} | changes)


def link_in(mail):
    return LINK.search(mail.get_body(("plain",)).get_content()).groups()


def waiting_in_the_broker(valkey_url):
    """The messages that no worker has taken yet, as the broker holds them."""
    return [each.decode() for each in redis.Redis.from_url(valkey_url).lrange("undersigned", 0, -1)]


def manage(machinery, *words, given=""):
    done = subprocess.run(
        [PROJECT / "deploy/start", "manage", *words],
        env=os.environ | machinery.environment,
        cwd=machinery.folder,
        capture_output=True,
        text=True,
        input=given,
        timeout=120,
        check=False,
    )
    return done.stdout + done.stderr


def break_what_is_stored():
    """From now on the database refuses every new organisation, and says with which values."""
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE signatories_organisation ADD CONSTRAINT refuses CHECK (name NOT LIKE 'Kanarien%') NOT VALID"
        )


def mend():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE signatories_organisation DROP CONSTRAINT refuses")


def test_the_log_of_a_full_journey_holds_no_person_no_organisation_and_no_key(
    machinery, sink, private_valkey
):
    web = machinery.web(GRANIAN_LOG_ACCESS_ENABLED="true")
    assert web.sign(form()).status == 302
    tasks = waiting_in_the_broker(private_valkey.url)
    machinery.start("worker")
    machinery.start("beat")
    machinery.wait_until(lambda: len(sink.mails) == 1, "the mail is there")
    path, token = link_in(sink.mails[0])

    assert web.ask("GET", path).status == 200
    assert web.ask("GET", f"/en/confirm/{token[:-1]}x/").status == 404
    assert (
        web.ask("GET", f"/en/letter/signatories/?q={CANARY['contact_name'].replace(' ', '+')}").status == 200
    )
    assert web.ask("POST", path, {"mandate": "on"}).status in (200, 302)
    sink.refuses["bounces@kanarienvogel.example"] = "550 no such mailbox bounces@kanarienvogel.example"
    web.sign(form(name="Kanarienvogel Zwei", mailbox="bounces@kanarienvogel.example"))
    machinery.wait_until(lambda: OutboxMail.objects.filter(state="failed").exists(), "the mail is given up")

    signature = Signature.objects.earliest("pk")
    staff = make_superuser()
    give_evidence(signature, staff, kind=EvidenceKind.KNOWN)
    moderation.accept(signature=signature, by=staff)
    machinery.wait_until(lambda: len(sink.mails) == 2, "the receipt is there")
    break_what_is_stored()
    try:
        assert web.sign(form(name="Kanarienvogel Drei", mailbox="drei@kanarienvogel.example")).status == 500
    finally:
        mend()

    commands = "".join(
        [
            manage(machinery, "purge"),
            manage(machinery, "rotate_keys"),
            manage(machinery, "panic", "letter", "--by", "root", given="letter\nerase\n"),
            manage(machinery, "erasure_list"),
        ]
    )
    machinery.stop_all()
    logs = {file.name: file.read_text() for file in machinery.folder.glob("*.log")}
    assert "Traceback" in logs["web-0.log"]
    assert re.search(r"\|POST\|500\|", logs["web-0.log"])
    assert "was not sent (recipient refused 550)" in logs["worker-1.log"]
    assert "1 contacts erased, 1 unconfirmed forms ended" in commands
    assert [each for each in tasks if "drain_outbox" in each] != []
    everything = {**logs, "tasks": "".join(tasks), "commands": commands}
    words = [*SECRETS, token, "kanarienvogel.example", "127.0.0.1 -"]
    assert [
        (name, word) for name, text in everything.items() for word in words if word.lower() in text.lower()
    ] == []
