"""Two clients with one link, two moderators with one case: what is written back is kept once and mailed once."""

from collections import Counter

import pytest

from signatories import answering, moderation, tokens
from signatories.models import OutboxMail, Question, Signature
from signatories.states import EventKind, MailKind, State
from signatories.transitions import Refused
from tests.builders import make_signature, make_superuser
from tests.processes.test_at_the_same_time import EIGHT, at_once

pytestmark = pytest.mark.processes


def known_link(signature, purpose):
    """Gives the newest link of `signature` a token that the test knows."""
    link = signature.links.filter(purpose=purpose).latest("pk")
    token = tokens.new_token()
    signature.links.filter(pk=link.pk).update(digest=tokens.digest(token))
    return token


def test_eight_answers_through_one_link_are_one(campaign):
    signature = make_signature(campaign, state=State.CONFIRMED)
    moderation.ask(signature=signature, by=make_superuser(), words="Who decided?")
    token = known_link(signature, "answer")

    results = at_once(
        [
            lambda number=number: answering.answer(token=token, words=f"Answer {number}.")
            for number in range(EIGHT)
        ]
    )

    assert Counter(map(type, results)) == {type(None): 1, answering.AlreadyWritten: EIGHT - 1}
    (event,) = signature.events.filter(kind=EventKind.ANSWERED)
    assert event.note.text == f"Answer {results.index(None)}."
    assert Question.objects.get(signature=signature).answered == event


def test_eight_appeals_through_two_links_are_one(campaign):
    signature = make_signature(campaign, state=State.REJECTED)
    first = known_link(signature, "appeal")
    link = signature.links.get(purpose="appeal")
    link.pk, link.digest = None, tokens.digest("second")
    link.save()

    results = at_once(
        [
            lambda number=number: answering.appeal(token=("second", first)[number % 2], words="Look again.")
            for number in range(EIGHT)
        ]
    )

    assert Counter(map(type, results)) == {type(None): 1, answering.AlreadyWritten: EIGHT - 1}
    assert signature.events.filter(kind=EventKind.APPEALED).count() == 1


def test_eight_moderators_ask_at_once_and_one_mail_goes_out(campaign):
    signature = make_signature(campaign, state=State.CONFIRMED)
    moderators = [make_superuser(f"asks{number}") for number in range(EIGHT)]
    opened = [Signature.objects.get(pk=signature.pk) for _ in moderators]

    results = at_once(
        [
            lambda seen=seen, by=by: moderation.ask(signature=seen, by=by, words="Who decided?")
            for seen, by in zip(opened, moderators, strict=True)
        ]
    )

    assert [isinstance(result, Question) for result in results].count(True) == 1
    assert [isinstance(result, Refused) for result in results].count(True) == EIGHT - 1
    assert OutboxMail.objects.filter(signature=signature, kind=MailKind.QUESTION).count() == 1
    assert signature.events.filter(kind=EventKind.CHANGED, to_state=State.ON_HOLD).count() == 1


def test_eight_who_turn_one_appeal_down_send_one_mail(campaign):
    signature = make_signature(campaign, state=State.REJECTED)
    answering.appeal(token=known_link(signature, "appeal"), words="Look again.")
    moderators = [make_superuser(f"refuses{number}") for number in range(EIGHT)]
    opened = [Signature.objects.get(pk=signature.pk) for _ in moderators]

    results = at_once(
        [
            lambda seen=seen, by=by: moderation.turn_down_appeal(signature=seen, by=by)
            for seen, by in zip(opened, moderators, strict=True)
        ]
    )

    assert results.count(None) == 1
    assert {str(result) for result in results if result} == {"There is no appeal that waits."}
    assert OutboxMail.objects.filter(signature=signature, kind=MailKind.APPEAL_REFUSED).count() == 1
