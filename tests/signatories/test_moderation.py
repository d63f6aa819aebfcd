"""What staff decide, and whom it is told."""

import pytest

from signatories import likeness, moderation
from signatories.models import OutboxMail, Signature
from signatories.states import EventKind, EvidenceKind, State
from signatories.transitions import AlreadyDecided, IllegalTransition
from tests.builders import give_evidence, make_campaign, make_signature, make_superuser


@pytest.fixture
def campaign(db):
    return make_campaign()


def kinds_of_mail(signature):
    return list(OutboxMail.objects.filter(signature=signature).order_by("pk").values_list("kind", flat=True))


def test_below_the_bar_nothing_is_accepted_and_the_reason_is_said(campaign):
    signature = make_signature(campaign, state=State.CONFIRMED)

    with pytest.raises(moderation.BelowTheBar, match="V1 is below V2"):
        moderation.accept(signature=signature, by=make_superuser())

    signature.refresh_from_db()
    assert signature.state == State.CONFIRMED


def test_m3_accepting_names_who_and_when_and_mails_the_signer_once(campaign):
    signature = make_signature(campaign, state=State.CONFIRMED)
    staff = make_superuser()
    give_evidence(signature, staff, EvidenceKind.PUBLISHED_ADDRESS, note="On its contact page")

    moderation.accept(signature=signature, by=staff)

    event = signature.events.get(to_state=State.ACCEPTED)
    assert (event.actor, event.from_state) == (staff, State.CONFIRMED)
    signature.refresh_from_db()
    assert (signature.decided_by, signature.joined_total_at) == (staff, signature.decided_at)
    assert signature.organisation.registered_at == signature.decided_at
    assert kinds_of_mail(signature) == ["confirm", "accepted"]


def test_m8_the_slower_of_two_moderators_is_told_about_the_faster(campaign):
    signature = make_signature(campaign, state=State.CONFIRMED)
    fast, slow = make_superuser("fast"), make_superuser("slow")
    give_evidence(signature, fast)
    stale = Signature.objects.get(pk=signature.pk)
    moderation.accept(signature=signature, by=fast)

    with pytest.raises(AlreadyDecided, match="fast"):
        moderation.accept(signature=stale, by=slow)
    with pytest.raises(AlreadyDecided, match="fast"):
        moderation.reject(signature=stale, by=slow, reason="abuse")

    assert signature.events.filter(kind=EventKind.CHANGED, actor=slow).count() == 0
    assert kinds_of_mail(signature) == ["confirm", "accepted"]


@pytest.mark.parametrize("state", [State.SUBMITTED, State.REJECTED])
def test_m7_what_does_not_wait_is_not_accepted(campaign, state):
    signature = make_signature(campaign, state=state)

    with pytest.raises(IllegalTransition):
        moderation.accept(signature=signature, by=make_superuser())


def test_a_rejection_is_told_in_a_proven_mailbox_only(campaign):
    proven = make_signature(campaign, state=State.CONFIRMED)
    unproven = make_signature(campaign, state=State.SUBMITTED)

    for signature in (proven, unproven):
        moderation.reject(signature=signature, by=make_superuser(), reason="abuse", note="internal words")

    assert kinds_of_mail(proven) == ["confirm", "rejected"]
    assert kinds_of_mail(unproven) == ["confirm"]
    mail = OutboxMail.objects.get(kind="rejected")
    assert "internal words" not in (mail.context or "")
    assert "abuse" not in (mail.context or "").lower()


def test_holding_an_accepted_one_takes_it_off_list_and_count(campaign):
    signature = make_signature(campaign, state=State.ACCEPTED)

    moderation.hold(signature=signature, by=make_superuser(), note="A question")

    assert campaign.signatures.tally().count == 0
    assert not campaign.signatures.public().exists()


def test_looking_at_a_contact_leaves_an_event(campaign):
    signature = make_signature(campaign, state=State.CONFIRMED, mailbox="jo@lantern.example")
    staff = make_superuser()

    (contact,) = moderation.reveal_contact(signature=signature, by=staff)

    assert contact.mailbox == "jo@lantern.example"
    assert signature.events.get(kind=EventKind.REVEALED).actor == staff


def test_evidence_taken_back_no_longer_carries_the_level(campaign):
    signature = make_signature(campaign, state=State.CONFIRMED)
    staff = make_superuser()
    evidence = give_evidence(signature, staff)

    moderation.take_back_evidence(evidence=evidence, by=staff, note="The wrong organisation")

    with pytest.raises(moderation.BelowTheBar):
        moderation.accept(signature=signature, by=staff)


def test_said_to_be_another_organisation_it_may_be_accepted_beside_its_like(campaign):
    make_signature(campaign, name="Example Legal Aid", country_code="KE")
    staff = make_superuser()
    second = make_signature(campaign, state=State.CONFIRMED, name="Example Legal Aid", country_code="UG")
    give_evidence(second, staff)
    give_evidence(second, staff, EvidenceKind.CALLBACK)
    with pytest.raises(moderation.PossibleDuplicate):
        moderation.accept(signature=second, by=staff)

    moderation.mark_not_duplicate(signature=second, by=staff, note="Another country, another board")
    moderation.accept(signature=second, by=staff)

    assert campaign.signatures.tally().count == 2


def test_what_was_said_of_one_twin_holds_for_neither_a_later_one_nor_its_likes(campaign):
    staff = make_superuser()
    first = make_signature(campaign, name="Example Legal Aid", country_code="KE")
    second = make_signature(campaign, state=State.CONFIRMED, name="Example Legal Aid", country_code="UG")
    moderation.mark_not_duplicate(signature=second, by=staff, note="Another board")
    third = make_signature(campaign, state=State.CONFIRMED, name="Example Legal Aid", country_code="TZ")
    give_evidence(third, staff)
    give_evidence(third, staff, EvidenceKind.CALLBACK)
    with pytest.raises(moderation.PossibleDuplicate):
        moderation.accept(signature=third, by=staff)
    moderation.mark_not_duplicate(signature=third, by=staff, note="A third one")
    moderation.accept(signature=third, by=staff)

    # The second was told apart from the first by itself, and from the third by the third's event.
    assert not likeness.unsettled_duplicates(second)
    assert [event.note.text for event in second.events.filter(kind="not_duplicate")] == [
        "“Example Legal Aid”: Another board"
    ]
    assert second.events.get(kind="not_duplicate").detail == str(first.public_id)
    fourth = make_signature(campaign, state=State.CONFIRMED, name="Example Legal Aid", country_code="RW")
    assert likeness.unsettled_duplicates(fourth).count() == 3
