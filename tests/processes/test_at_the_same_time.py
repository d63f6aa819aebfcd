"""Eight people who do the same thing at the same moment (scenarios S13, M8)."""

import json
import re
from collections import Counter

import pytest

from signatories import links, moderation, retention, signing
from signatories.models import Contact, Merge, OutboxMail, Signature, SignatureEvent
from signatories.states import EventKind, EvidenceKind, MailKind, MailState, State
from signatories.transitions import AlreadyDecided, Refused
from tests.builders import (
    form_answers,
    fresh_token,
    give_evidence,
    make_signature,
    make_superuser,
    opened_a_while_ago,
)
from tests.processes.together import at_once

pytestmark = pytest.mark.processes
EIGHT = 8


def test_m8_eight_moderators_accept_one_signature_and_one_of_them_does(campaign):
    signature = make_signature(campaign, state=State.CONFIRMED)
    give_evidence(signature, make_superuser())
    moderators = [make_superuser(f"moderator{number}") for number in range(EIGHT)]
    opened = [Signature.objects.get(pk=signature.pk) for _ in moderators]

    results = at_once(
        [
            lambda seen=seen, by=by: moderation.accept(signature=seen, by=by)
            for seen, by in zip(opened, moderators, strict=True)
        ]
    )

    assert Counter(type(result) for result in results) == {type(None): 1, AlreadyDecided: EIGHT - 1}
    winner = moderators[results.index(None)]
    (words,) = {str(result) for result in results if result}
    assert words.startswith(f"Already decided by {winner.username}, ")
    assert words.endswith(": Accepted.")
    assert SignatureEvent.objects.filter(signature=signature, to_state=State.ACCEPTED).count() == 1
    assert OutboxMail.objects.filter(signature=signature, kind=MailKind.ACCEPTED).count() == 1
    assert Signature.objects.get(pk=signature.pk).decided_by == winner


def test_m8_accepting_and_rejecting_at_once_leaves_one_decision_and_one_mail(campaign):
    signature = make_signature(campaign, state=State.CONFIRMED)
    give_evidence(signature, make_superuser())
    staff = [make_superuser(f"moderator{number}") for number in range(EIGHT)]
    opened = [Signature.objects.get(pk=signature.pk) for _ in staff]

    def decide(seen, by, place):
        if place % 2:
            moderation.accept(signature=seen, by=by)
        else:
            moderation.reject(signature=seen, by=by, reason="no_evidence")

    results = at_once(
        [
            lambda seen=seen, by=by, place=place: decide(seen, by, place)
            for place, (seen, by) in enumerate(zip(opened, staff, strict=True))
        ]
    )

    assert Counter(type(result) for result in results) == {type(None): 1, AlreadyDecided: EIGHT - 1}
    decided = Signature.objects.get(pk=signature.pk)
    assert SignatureEvent.objects.filter(signature=signature, kind=EventKind.CHANGED).count() == 2
    told = OutboxMail.objects.filter(signature=signature).exclude(kind=MailKind.CONFIRM)
    assert [mail.kind for mail in told] == [decided.state]


def test_s13_eight_posts_of_one_form_are_one_signature_one_mail_and_eight_equal_answers(machinery, sink):
    web = machinery.web()
    form = form_answers()

    answers = at_once([lambda: web.sign(form)] * EIGHT)

    assert_is_one_signature_with_equal_answers(web, answers)
    machinery.start("worker")
    machinery.start("beat")
    machinery.wait_until(lambda: OutboxMail.objects.filter(state=MailState.SENT).exists(), "the mail is sent")
    assert len(sink.mails) == 1


def test_s13_the_same_form_from_tabs_that_were_opened_apart_is_one_signature(machinery):
    web = machinery.web()
    form = form_answers()
    tabs = [form | {"opened": opened_a_while_ago()} for _ in range(EIGHT)]

    answers = at_once([lambda tab=tab: web.sign(tab) for tab in tabs])

    assert len({tab["opened"] for tab in tabs}) == EIGHT
    assert_is_one_signature_with_equal_answers(web, answers)


def test_s15_colleagues_who_sign_at_once_get_equal_pages_and_count_for_nothing_yet(machinery):
    web = machinery.web()
    form = form_answers()
    forms = [form | {"mailbox": f"colleague{number}@organisation.example"} for number in range(EIGHT)]

    answers = at_once([lambda form=form: web.sign(form) for form in forms])

    assert Counter(answer.status for answer in answers) == {302: EIGHT}
    assert Signature.objects.filter(state=State.SUBMITTED).count() == EIGHT
    assert OutboxMail.objects.filter(kind=MailKind.CONFIRM).count() == EIGHT
    assert json.loads(web.ask("GET", "/letter/count.json").body)["count"] == 0


def assert_is_one_signature_with_equal_answers(web, answers):
    assert Counter(answer.status for answer in answers) == {302: EIGHT}
    pages = [web.ask("GET", answer.location) for answer in answers]
    assert Counter(page.status for page in pages) == {200: EIGHT}
    assert len({without_what_is_new_each_time(page.body) for page in pages}) == 1
    assert Signature.objects.count() == 1
    assert Contact.objects.count() == 1
    assert OutboxMail.objects.filter(kind=MailKind.CONFIRM).count() == 1


def without_what_is_new_each_time(page):
    """The page without seals, and without the token against forged forms."""
    page = re.sub(r"gAAAAA[\w=%-]+", "SEAL", page)
    return re.sub(r'(name="csrfmiddlewaretoken" value=)"\w+"', r"\1TOKEN", page)


def test_who_confirms_at_the_moment_of_expiry_is_not_told_that_it_is_confirmed(campaign, monkeypatch):
    signature = make_signature(campaign, state=State.SUBMITTED)
    token = fresh_token(signature)
    may_confirm = signing.may_confirm

    def and_then_it_expires(link, now):
        may_confirm(link, now)
        retention.expire(Signature.objects.get(pk=signature.pk))

    monkeypatch.setattr(signing, "may_confirm", and_then_it_expires)

    with pytest.raises(links.BadLink):
        signing.confirm(token=token)
    assert Signature.objects.get(pk=signature.pk).state == State.EXPIRED


def merged_by_half_and_the_other_way_by_the_rest(one, other):
    staff = [make_superuser(f"moderator{number}") for number in range(EIGHT)]

    def merge(by, place):
        pair = [Signature.objects.get(pk=each.pk) for each in (one, other)]
        survivor, merged = pair if place % 2 else reversed(pair)
        moderation.merge(survivor=survivor, merged=merged, by=by, name=survivor)

    return at_once([lambda by=by, place=place: merge(by, place) for place, by in enumerate(staff)])


def test_m8_eight_moderators_merge_two_signatures_both_ways_and_one_of_them_does(campaign):
    one, other = (
        make_signature(campaign, state=State.CONFIRMED, name=name) for name in ("Lantern", "Lanterne")
    )

    results = merged_by_half_and_the_other_way_by_the_rest(one, other)

    assert [result for result in results if result and not isinstance(result, Refused)] == []
    assert results.count(None) == 1
    states = sorted(Signature.objects.values_list("state", flat=True))
    assert states == ["confirmed", "merged"]
    assert SignatureEvent.objects.filter(kind=EventKind.MERGED).count() == 1
    assert OutboxMail.objects.exclude(kind=MailKind.CONFIRM).count() == 0


def test_m9_one_of_eight_undoes_a_merge_and_the_count_is_right(campaign):
    staff = [make_superuser(f"moderator{number}") for number in range(EIGHT)]
    one = make_signature(campaign, name="Lantern")
    other = make_signature(campaign, state=State.CONFIRMED, name="Lanterne")
    merge = moderation.merge(survivor=one, merged=other, by=staff[0], name=one)
    opened = [Merge.objects.get(pk=merge.pk) for _ in staff]

    results = at_once(
        [
            lambda seen=seen, by=by: moderation.undo_merge(merge=seen, by=by)
            for seen, by in zip(opened, staff, strict=True)
        ]
    )

    assert Counter(type(result) for result in results) == {type(None): 1, Refused: EIGHT - 1}
    assert SignatureEvent.objects.filter(signature=other, kind=EventKind.UNMERGED).count() == 1
    assert campaign.signatures.tally().count == campaign.signatures.filter(state=State.ACCEPTED).count() == 1


def test_m9_a_merge_and_an_acceptance_at_once_count_the_organisation_once(campaign):
    one = make_signature(campaign, name="Lantern")
    other = make_signature(campaign, state=State.CONFIRMED, name="Lanterne")
    staff = [make_superuser(f"moderator{number}") for number in range(EIGHT)]
    for kind in (EvidenceKind.KNOWN, EvidenceKind.CALLBACK):
        give_evidence(other, staff[0], kind)
    opened = [Signature.objects.get(pk=other.pk) for _ in staff]

    def decide(seen, by, place):
        if place % 2:
            moderation.accept(signature=seen, by=by)
        else:
            moderation.merge(survivor=one, merged=seen, by=by, name=one)

    results = at_once(
        [
            lambda seen=seen, by=by, place=place: decide(seen, by, place)
            for place, (seen, by) in enumerate(zip(opened, staff, strict=True))
        ]
    )

    assert Counter(type(result) for result in results) == {type(None): 1, AlreadyDecided: EIGHT - 1}
    accepted = campaign.signatures.filter(state=State.ACCEPTED)
    assert campaign.signatures.tally().count == accepted.count()
    assert (Signature.objects.get(pk=other.pk).state == State.MERGED) == (accepted.count() == 1)
