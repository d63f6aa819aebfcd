"""A flood: 5,000 hostile forms within ten minutes beside those of honest people, and what a moderator does about it (M11)."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail as django_mail
from django.db import connection
from django.utils import timezone

from signatories import signing
from signatories.desk import clusters
from signatories.mail import delivery
from signatories.models import Evidence, OutboxMail, Signature, SignatureEvent, Sweep
from signatories.moderation import sweeping
from signatories.states import EvidenceKind, MailKind, MailState, State
from signatories.sweeps import working
from signatories.transitions import SIGNER, change_state
from tests.builders import (
    fresh_token,
    give_evidence,
    make_campaign,
    make_entry,
    make_moderator,
    make_signature,
)
from tests.signatories.staff_pages import page, queries_of, text

pytestmark = pytest.mark.processes

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
FORMS, MAILBOXES, HONEST = 5000, 800, 30
# Half of the mailboxes are the attackers' own; the others belong to people who never heard of the letter.
OWN, VICTIMS = range(MAILBOXES // 2), range(MAILBOXES // 2, MAILBOXES)
NETWORKS = ["one-attack", "two-attack", "three-attack"]


def hostile_entry(number):
    mailbox = number % MAILBOXES
    return make_entry(
        name=f"Freedom Front {number}",
        website="",
        mailbox=f"person{mailbox}@m{mailbox % 4}.flood.example",
        network_hash=NETWORKS[number % 3].ljust(22, "x"),
    )


def flood(campaign, clock):
    for number in range(FORMS):
        clock.move_to(NOON + timedelta(seconds=600 * number / FORMS))
        signing.sign(campaign=campaign, entry=hostile_entry(number), language="en")
    hostile = Signature.objects.filter(contacts__mailbox_domain__endswith="flood.example").order_by("pk")
    first = hostile.first().pk
    look_at_the_tables()
    confirm([each for each in hostile if (each.pk - first) % MAILBOXES in OWN])
    return hostile


def look_at_the_tables():
    """What autovacuum does within a minute on a living site. Here the tables were emptied after the test before, and without
    statistics PostgreSQL takes them for empty still."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def confirm(signatures):
    """A few through their links; the others as `signing.confirm` does it, but without a look at the register for each."""
    now = timezone.now()
    for place, signature in enumerate(signatures):
        if place % 50 == 0:
            signing.confirm(token=fresh_token(signature))
        else:
            change_state(signature, to=State.CONFIRMED, actor=SIGNER, confirmed_at=now)
    Evidence.objects.bulk_create(
        Evidence(signature=each, kind=EvidenceKind.MAILBOX, recorded_at=now)
        for place, each in enumerate(signatures)
        if place % 50
    )


def honest_people(campaign, moderator):
    """Some unconfirmed, some to check, some believed; one behind the attackers' address, one with a name like theirs."""
    people = [
        make_signature(campaign, state=[State.SUBMITTED, State.CONFIRMED][number % 2])
        for number in range(HONEST - 2)
    ]
    people.append(make_signature(campaign, state=State.CONFIRMED, network_hash=NETWORKS[0].ljust(22, "x")))
    people.append(make_signature(campaign, state=State.CONFIRMED, name="Freedom Front of Example"))
    for signature in people[1:9:2]:
        give_evidence(signature, moderator)
    return people


def what_everybody_sees(client):
    """Without what only says when it was asked."""
    count = client.get("/letter/count.json").json()
    del count["as_of"]
    pages = [
        re.sub(r"[Aa]s of [\w ]+, \d\d:\d\d UTC", "", text(client.get(f"/en/letter/{part}")))
        for part in ("", "signatories/")
    ]
    return count, pages, client.get("/letter/signatories.csv").getvalue()


def standing():
    columns = ("pk", "state", "confirmed_at", "decided_at", "decided_by", "decision_reason")
    return list(Signature.objects.order_by("pk").values_list(*columns))


@pytest.mark.django_db
def test_m11_a_flood_moves_no_page_is_seen_is_rejected_in_one_go_and_can_be_brought_back(client, settings):
    settings.CONFIRM_MAILS_AN_HOUR = 600
    with time_machine.travel(NOON, tick=False) as clock:
        campaign = make_campaign("letter")
        moderator = make_moderator(campaign)
        for _ in range(3):
            make_signature(campaign)
        before = what_everybody_sees(client)
        honest = honest_people(campaign, moderator)
        hostile = flood(campaign, clock)
        assert Counter(hostile.values_list("state", flat=True)) == {"submitted": 2400, "confirmed": 2600}

        # Nobody outside notices, and no stranger hears from us twice.
        assert what_everybody_sees(client) == before
        delivery.drain()
        assert OutboxMail.objects.filter(state=MailState.SENT, kind=MailKind.CONFIRM).count() == 600
        clock.move_to(NOON + timedelta(hours=1))
        delivery.drain()
        assert not OutboxMail.objects.filter(state=MailState.QUEUED, not_before__lte=timezone.now()).exists()
        received = Counter(mailbox for mail in django_mail.outbox for mailbox in mail.to)
        victims = [f"person{each}@m{each % 4}.flood.example" for each in VICTIMS]
        assert {received[mailbox] for mailbox in victims} == {1}

        # The desk shows what came in together, in as few queries as ever.
        client.force_login(moderator)
        seen = clusters.of(moderator, timezone.now(), days=1)
        assert (seen.domains[0].shared, seen.domains[0].counts["total"]) == ("flood.example", FORMS)
        assert sorted(each.counts["total"] for each in seen.networks) == [1666, 1667, 1668]
        assert seen.hours[0].counts["total"] >= FORMS
        for address in ("/admin/signatories/sweep/clusters/", "/admin/signatories/signature/", "/admin/"):
            assert queries_of(client, address) <= 14, address

        # One condition takes them all, and nobody else.
        as_it_was, kept = standing(), [each.pk for each in honest]
        mails = OutboxMail.objects.filter(state=MailState.SENT).count()
        sweep = reject_what_comes_from(client, "flood.example", FORMS)
        work_it_off()
        assert set(hostile.values_list("state", flat=True)) == {"rejected"}
        rejected = set(hostile.values_list("pk", flat=True))
        assert [row for row in standing() if row[0] not in rejected] == [
            row for row in as_it_was if row[0] not in rejected
        ]
        assert rejected.isdisjoint(kept)
        assert not OutboxMail.objects.filter(signature__in=hostile, state=MailState.QUEUED).exists()
        assert SignatureEvent.objects.filter(detail=f"sweep:{sweep.pk}").count() == FORMS

        # And back, each to where it was.
        sweeping.undo(sweep=sweep, by=moderator)
        work_it_off()
        assert standing() == as_it_was
        delivery.drain()
        assert OutboxMail.objects.filter(state=MailState.SENT).count() == mails
        assert what_everybody_sees(client) == before


def work_it_off():
    while working.work_on_one_batch():
        pass


def reject_what_comes_from(client, domain, number):
    """As the moderator does it: the page with the count, then its button."""
    asked = {"campaign": "letter", "domain": domain, "states": ["submitted", "confirmed", "on_hold"]}
    shown = client.get("/admin/signatories/sweep/count/", {**asked, "spare_believed": "on"})
    assert f"{number} would be rejected" in text(shown)
    expected = page(shown).find("input", attrs={"name": "expected"})["value"]
    client.post(
        "/admin/signatories/sweep/begin/",
        {**asked, "spare_believed": "on", "expected": expected, "reason": "abuse"},
    )
    return Sweep.objects.get()
