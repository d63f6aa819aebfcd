"""Eight people who dispute, confirm and decide at the same moment (scenario S16)."""

from collections import Counter

import pytest

from signatories import disputing, moderation, tokens
from signatories.disputing import Objection
from signatories.models import Dispute, MailLink, OutboxMail, Signature, SignatureEvent
from signatories.moderation import DisputeDecided
from signatories.states import EventKind, MailKind, State
from tests.builders import give_evidence, make_dispute, make_signature, make_superuser
from tests.processes.test_at_the_same_time import EIGHT, at_once

pytestmark = pytest.mark.processes


@pytest.fixture
def signature(campaign):
    return make_signature(campaign, website="https://own.example", mailbox="intern@own.example")


def sender(signature, mailbox):
    seen = Signature.objects.select_related("organisation", "campaign__host").get(pk=signature.pk)
    objection = Objection(mailbox=mailbox, words="…", language="en")
    return lambda: disputing.dispute(signature=seen, objection=objection)


def link_of(dispute):
    token = tokens.new_token()
    MailLink.objects.filter(dispute=dispute).update(digest=tokens.digest(token))
    return token


def test_one_mailbox_eight_times_is_one_dispute_and_one_mail(signature):
    results = at_once([sender(signature, "director@own.example") for _ in range(EIGHT)])

    assert results == [None] * EIGHT
    assert Dispute.objects.count() == 1
    assert OutboxMail.objects.filter(kind=MailKind.DISPUTE_CONFIRM).count() == 1


def test_the_limit_of_a_line_holds_for_those_who_come_at_once(signature):
    for number in range(disputing.OF_ONE_LINE_A_DAY - 2):
        sender(signature, f"a@a{number}.example")()

    at_once([sender(signature, f"b@b{number}.example") for number in range(EIGHT)])

    assert Dispute.objects.count() == disputing.OF_ONE_LINE_A_DAY


def test_a_link_that_is_confirmed_eight_times_counts_once(signature):
    token = link_of(make_dispute(signature, "director@own.example", confirmed=False))

    results = at_once([lambda: disputing.confirm_dispute(token=token, words="…")] * EIGHT)

    assert results == [None] * EIGHT
    kinds = Counter(SignatureEvent.objects.filter(signature=signature).values_list("kind", "to_state"))
    assert (kinds[EventKind.DISPUTED, ""], kinds[EventKind.CHANGED, State.ON_HOLD]) == (1, 1)


def test_what_is_disputed_from_inside_is_not_accepted_in_the_same_moment(signature):
    staff = make_superuser()
    give_evidence(signature, staff, kind="callback")
    token = link_of(make_dispute(signature, "director@own.example", confirmed=False))
    moderation.hold(signature=signature, by=staff)
    seen = [Signature.objects.get(pk=signature.pk) for _ in range(EIGHT - 1)]

    at_once(
        [
            lambda: disputing.confirm_dispute(token=token, words="…"),
            *(lambda each=each: moderation.accept(signature=each, by=staff) for each in seen),
        ]
    )

    signature.refresh_from_db()
    assert (signature.state, signature.flags) == (State.ON_HOLD, ["disputed"])
    assert Dispute.objects.open().count() == 1


def test_eight_moderators_decide_once_and_each_who_wrote_gets_one_mail(signature):
    ids = [make_dispute(signature, f"a@a{number}.example").pk for number in range(3)]
    staff = [make_superuser(f"moderator{number}") for number in range(EIGHT)]
    seen = [Signature.objects.get(pk=signature.pk) for _ in staff]

    results = at_once(
        [
            lambda each=each, by=by: moderation.turn_down_disputes(
                signature=each, disputes=ids, by=by, note="…"
            )
            for each, by in zip(seen, staff, strict=True)
        ]
    )

    assert Counter(type(result) for result in results) == {int: 1, DisputeDecided: EIGHT - 1}
    assert OutboxMail.objects.filter(kind=MailKind.DISPUTE_DECIDED).count() == 3
    signature.refresh_from_db()
    assert (signature.state, signature.flags) == (State.ACCEPTED, [])
