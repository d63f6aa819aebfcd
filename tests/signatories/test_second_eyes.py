"""Below the bar two moderators decide together, and nobody alone."""

import pytest

from signatories import moderation, second_eyes
from signatories.models import Signature, SignatureEvent
from signatories.states import State
from signatories.transitions import AlreadyDecided, Refused
from tests.builders import (
    give_evidence,
    make_campaign,
    make_moderator,
    make_signature,
    make_superuser,
)
from tests.signatories.staff_pages import button_address, case_address, messages, press, text

pytestmark = pytest.mark.django_db
WHY = "Known to two of our partners; no website since the raid."


@pytest.fixture
def campaign():
    return make_campaign()


@pytest.fixture
def case(campaign):
    return make_signature(
        campaign,
        state=State.CONFIRMED,
        name="Example Circle of Mothers",
        website="",
        mailbox="mothers@gmail.com",
    )


@pytest.fixture
def moderators(campaign):
    return make_moderator(campaign), make_moderator(campaign, username="second")


def accept_with_colleague(signature, by, note="I called their lawyer."):
    moderation.accept(signature=signature, by=by, note=note, with_colleague=True)


def test_one_asks_in_writing_and_another_accepts(case, moderators):
    first, second = moderators

    second_eyes.ask(signature=case, by=first, note=WHY)
    accept_with_colleague(case, second)

    case.refresh_from_db()
    assert (case.state, case.decided_by) == (State.ACCEPTED, second)
    told = [(event.kind, event.actor, event.note.text) for event in case.events.filter(actor__isnull=False)]
    assert told == [("second_eyes", first, WHY), ("changed", second, "I called their lawyer.")]


def test_nobody_accepts_below_the_bar_alone(case, moderators):
    first, _second = moderators

    with pytest.raises(moderation.BelowTheBar):
        moderation.accept(signature=case, by=first, note=WHY)
    with pytest.raises(Refused, match="Nobody has asked"):
        accept_with_colleague(case, first)
    second_eyes.ask(signature=case, by=first, note=WHY)
    with pytest.raises(Refused, match="You have asked yourself"):
        accept_with_colleague(case, first)
    with pytest.raises(moderation.BelowTheBar):
        moderation.accept(signature=case, by=moderators[1], note=WHY)

    assert Signature.objects.get().state == State.CONFIRMED


def test_both_have_to_say_why(case, moderators):
    first, second = moderators

    with pytest.raises(Refused, match="Say in a sentence"):
        second_eyes.ask(signature=case, by=first, note="")
    second_eyes.ask(signature=case, by=first, note=WHY)
    with pytest.raises(Refused, match="Say in a sentence"):
        accept_with_colleague(case, second, note="")

    assert Signature.objects.get().state == State.CONFIRMED


@pytest.mark.parametrize("state", [State.SUBMITTED, State.REJECTED])
def test_it_is_for_proven_mailboxes_that_wait_and_nothing_else(campaign, moderators, state):
    signature = make_signature(campaign, state=state, website="", mailbox="mothers@gmail.com")

    with pytest.raises(Refused):
        second_eyes.ask(signature=signature, by=moderators[0], note=WHY)


def test_where_a_second_channel_is_needed_two_do_not_replace_it(campaign, moderators):
    withheld = make_signature(campaign, state=State.CONFIRMED, publication_mode="withheld")

    with pytest.raises(Refused, match="Two can accept at V1 where V2 is needed"):
        second_eyes.ask(signature=withheld, by=moderators[0], note=WHY)


def test_a_case_that_came_to_need_more_meanwhile_is_not_accepted(case, campaign, moderators):
    first, second = moderators
    second_eyes.ask(signature=case, by=first, note=WHY)
    elsewhere = make_campaign("letter-b")
    make_signature(elsewhere, name="Example Circle of Mothers", website="https://circle.example")

    with pytest.raises(Refused, match="Two can accept at V1 where V2 is needed"):
        accept_with_colleague(case, second)


def test_the_question_ends_when_the_state_changes(case, moderators):
    first, second = moderators
    second_eyes.ask(signature=case, by=first, note=WHY)
    moderation.hold(signature=case, by=first)

    with pytest.raises(Refused, match="Nobody has asked"):
        accept_with_colleague(case, second)
    assert not second_eyes.wanted(Signature.objects.all())


def test_a_page_that_grew_old_decides_nothing(case, moderators):
    first, second = moderators
    second_eyes.ask(signature=case, by=first, note=WHY)
    old = Signature.objects.get()
    moderation.reject(signature=case, by=first, reason="abuse")

    with pytest.raises(AlreadyDecided):
        accept_with_colleague(old, second)


def test_the_desk_counts_what_wants_a_second_pair_of_eyes_on_the_own_letters(
    client, case, campaign, moderators
):
    first, second = moderators
    other = make_campaign("letter-b")
    second_eyes.ask(
        signature=make_signature(other, state=State.CONFIRMED, website="", mailbox="x@gmail.com"),
        by=make_superuser(),
        note=WHY,
    )
    make_signature(campaign, state=State.CONFIRMED)
    client.force_login(second)
    assert "want a second pair of eyes" not in text(client.get("/admin/"))

    second_eyes.ask(signature=case, by=first, note=WHY)

    assert "1 want a second pair of eyes" in text(client.get("/admin/"))
    listed = text(client.get("/admin/signatories/signature/?second_eyes=wanted"))
    assert "Example Circle of Mothers" in listed
    assert "1 signature" in listed


def test_the_page_offers_each_of_them_what_is_theirs_to_do(client, case, moderators):
    first, second = moderators
    client.force_login(first)
    asked = press(client, case, "ask-colleague", note=WHY)
    assert messages(asked) == ["A second pair of eyes is wanted. The case stays where it is."]
    assert "A colleague has to look." in text(client.get(case_address(case)))
    assert button_address(case, "agree") not in client.get(case_address(case)).content.decode()
    forged = client.post(
        button_address(case, "agree"), {"note": "…", "expected_state": "confirmed"}, follow=True
    )
    assert messages(forged) == ["You have asked yourself: a colleague has to look."]

    client.force_login(second)
    shown = text(client.get(case_address(case)))
    assert f"{first.username} asked on" in shown
    assert WHY in shown
    press(client, case, "agree", note="I called their lawyer.")

    assert Signature.objects.get().state == State.ACCEPTED


def test_what_meets_the_bar_needs_no_second_pair_of_eyes(client, case, moderators):
    give_evidence(case, moderators[0])
    client.force_login(moderators[0])

    assert button_address(case, "ask-colleague") not in client.get(case_address(case)).content.decode()


def test_bulk_acceptance_leaves_it_for_the_two(client, case, moderators):
    first, second = moderators
    second_eyes.ask(signature=case, by=first, note=WHY)
    client.force_login(second)

    client.post(
        "/admin/signatories/signature/",
        {"action": "accept_what_meets_the_bar", "_selected_action": [case.pk]},
        follow=True,
    )

    assert Signature.objects.get().state == State.CONFIRMED
    assert not SignatureEvent.objects.filter(to_state=State.ACCEPTED).exists()
