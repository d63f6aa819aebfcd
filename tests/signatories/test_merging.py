"""Two signatures of one organisation become one, and apart again (scenarios M9, S15)."""

import csv
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from campaigns.choices import PublicationMode
from signatories import (
    answering,
    hiding,
    likeness,
    moderation,
    register,
    replies,
    second_eyes,
    tokens,
    verification,
)
from signatories.exports.staff import export_response
from signatories.identity.names import match_key
from signatories.models import (
    Contact,
    Evidence,
    FamousName,
    MailLink,
    Merge,
    Organisation,
    OutboxMail,
    Signature,
    SignatureEvent,
)
from signatories.states import (
    EventKind,
    EvidenceKind,
    Flag,
    Level,
    MailKind,
    PartInCampaign,
    Reason,
    State,
)
from signatories.transitions import AlreadyDecided, IllegalTransition, Refused, staff
from tests.builders import (
    give_evidence,
    make_campaign,
    make_dispute,
    make_moderator,
    make_signature,
    make_superuser,
)

pytestmark = pytest.mark.django_db

ONE = {
    "name": "Example Lantern Trust",
    "website": "https://lantern.example",
    "mailbox": "one@lantern.example",
}
TWO = {
    "name": "Lantern Trust of Example",
    "acronym": "LTE",
    "native_name": "Fundación Linterna",
    "website": "https://lantern.example",
    "mailbox": "two@lantern.example",
    "via": "list-b",
}


@pytest.fixture
def campaign():
    return make_campaign()


@pytest.fixture
def by():
    return make_superuser()


def pair(campaign, first=State.ACCEPTED, second=State.CONFIRMED, **second_answers):
    return (
        make_signature(campaign, state=first, **ONE),
        make_signature(campaign, state=second, **{**TWO, **second_answers}),
    )


def accepted_pair(campaign, by):
    one, two = pair(campaign)
    moderation.mark_not_duplicate(signature=two, by=by, note="Seems different.")
    give_evidence(two, by, EvidenceKind.PUBLISHED_ADDRESS)
    moderation.accept(signature=two, by=by)
    return fresh(one), fresh(two)


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def everything():
    """All that a merge moves, but for the trail and the merge itself, which stay."""
    return [
        list(model.objects.order_by("pk").values()) for model in (Signature, Organisation, Contact, Evidence)
    ]


def merged(survivor, gone, by, **more):
    return moderation.merge(survivor=survivor, merged=gone, by=by, **{"name": survivor, **more})


def test_m9_the_count_stays_and_the_second_contact_comes_along_if_he_agreed(campaign, by):
    one, two = pair(campaign)

    merged(one, two, by, contact_agreed=True, note="Her colleague.")

    two = fresh(two)
    assert (two.state, two.merged_into, two.decided_by) == (State.MERGED, one, by)
    assert campaign.signatures.tally().count == 1
    assert [(contact.mailbox, contact.is_primary) for contact in one.contacts.order_by("-is_primary")] == [
        ("one@lantern.example", True),
        ("two@lantern.example", False),
    ]
    event = one.events.get(kind=EventKind.MERGED)
    assert (event.actor, event.detail) == (by, str(two.public_id))
    assert event.note.text == f"“Lantern Trust of Example”, reference {two.reference}. Her colleague."
    assert two.events.get(to_state=State.MERGED).from_state == State.CONFIRMED


def test_s15_the_first_contact_is_told_without_a_name_and_the_second_gets_nothing(campaign, by):
    one, two = pair(campaign, contact_name="Canary Person")
    mails = set(OutboxMail.objects.values_list("pk", flat=True))

    merged(one, two, by, contact_agreed=True)

    mail = OutboxMail.objects.exclude(pk__in=mails).get()
    assert (mail.kind, mail.recipient) == (MailKind.SECOND_CONTACT, "one@lantern.example")
    assert "Canary" not in mail.context
    assert "two@lantern" not in mail.context


def test_without_his_word_the_contact_stays_where_he_is_and_nobody_is_mailed(campaign, by):
    one, two = pair(campaign)
    mails = OutboxMail.objects.count()

    merged(one, two, by)

    assert [contact.mailbox for contact in one.contacts.all()] == ["one@lantern.example"]
    assert two.contacts.get().is_primary
    assert OutboxMail.objects.count() == mails


def test_the_same_person_twice_is_one_contact(campaign, by):
    one = make_signature(campaign, **ONE)
    two = make_signature(campaign, state=State.CONFIRMED, **{**TWO, "mailbox": ONE["mailbox"]})

    merged(one, two, by, contact_agreed=True)

    assert one.contacts.count() == 1
    assert not OutboxMail.objects.filter(kind=MailKind.SECOND_CONTACT).exists()


def test_m9_evidence_counts_for_the_survivor_once_for_each_kind(campaign, by):
    one, two = pair(campaign, State.CONFIRMED)
    give_evidence(one, by, EvidenceKind.KNOWN)
    for kind in (EvidenceKind.KNOWN, EvidenceKind.CALLBACK):
        give_evidence(two, by, kind)

    merged(one, two, by)

    assert sorted(one.evidence.standing().values_list("kind", flat=True)) == ["callback", "known", "mailbox"]
    assert sorted(two.evidence.standing().values_list("kind", flat=True)) == ["known", "mailbox"]


def test_m9_the_chosen_name_is_printed_whole_and_the_other_becomes_an_alias(campaign, by):
    one, two = pair(campaign)

    merged(one, two, by, name=two)

    organisation = fresh(one.organisation)
    assert (organisation.name, organisation.acronym, organisation.native_name) == (
        "Lantern Trust of Example",
        "LTE",
        "Fundación Linterna",
    )
    assert organisation.aliases == ["Example Lantern Trust"]
    assert fresh(one).sort_key == organisation.sort_key == "lantern trust of example"


def test_m9_the_other_name_is_kept_as_an_alias_where_the_own_one_stays(campaign, by):
    one, two = pair(campaign)

    merged(one, two, by)

    organisation = fresh(one.organisation)
    assert (organisation.name, organisation.aliases) == (
        "Example Lantern Trust",
        ["Lantern Trust of Example"],
    )


def test_the_merged_row_of_the_register_is_matched_against_no_more(campaign, by):
    one, two = accepted_pair(campaign, by)
    left = two.organisation

    merged(one, two, by)

    assert fresh(two).organisation == one.organisation
    assert not Organisation.objects.registered().filter(pk=left.pk).exists()
    third = make_signature(campaign, state=State.CONFIRMED, name="Lantern Trust of Exampel")
    assert [each.organisation for each in likeness.near(third)] == [one.organisation]


def test_an_organisation_that_signed_other_letters_stays_in_the_register_and_the_trail_says_why(campaign, by):
    one, two = pair(campaign)
    elsewhere = make_signature(make_campaign("letter-b"))
    Signature.objects.filter(pk=elsewhere.pk).update(organisation=two.organisation)

    merge = merged(one, two, by)

    assert fresh(two).organisation == two.organisation
    assert "it signed other letters too" in one.events.get(kind=EventKind.MERGED).note.text
    moderation.undo_merge(merge=merge, by=by)
    assert fresh(two).organisation == two.organisation


@pytest.mark.parametrize("first", [State.CONFIRMED, State.ON_HOLD, State.ACCEPTED])
@pytest.mark.parametrize("second", [State.CONFIRMED, State.ON_HOLD])
@pytest.mark.parametrize("takes_name", [True, False])
def test_m9_undo_brings_everything_back_as_it_was(campaign, by, first, second, takes_name):
    one, two = pair(campaign, first, second)
    give_evidence(two, by, EvidenceKind.REGISTER, identifier="12")
    Signature.objects.filter(pk=two.pk).update(flags=["look_alike"])
    one, two = fresh(one), fresh(two)
    before, count = everything(), campaign.signatures.tally()

    merge = merged(one, two, by, name=one, contact_agreed=True) if not takes_name else None
    if takes_name and first == State.ACCEPTED:
        with pytest.raises(Refused, match="needs V3"):
            merged(one, two, by, name=two)
        return
    merge = merge or merged(one, two, by, name=two, contact_agreed=True)
    assert fresh(one).flags == ["possible_duplicate", "look_alike"][-len(fresh(one).flags) :]
    moderation.undo_merge(merge=merge, by=by, note="Two after all.")

    assert everything() == before
    assert campaign.signatures.tally() == count
    merge = fresh(merge)
    assert (merge.undone_by, merge.undone_at is not None) == (by, True)
    for side, other in ((one, two), (two, one)):
        event = side.events.get(kind=EventKind.UNMERGED)
        assert (event.detail, event.note.text) == (
            str(other.public_id),
            f"“{other.organisation.name}”. Two after all.",
        )


def test_a_convenor_stays_one_under_the_other_signature_until_the_merge_is_undone(campaign, by):
    one, two = pair(campaign)
    moderation.give_part(signature=two, to=PartInCampaign.CONVENOR, by=by)

    merge = merged(one, fresh(two), by)

    assert fresh(one).is_convenor
    assert one.events.get(kind=EventKind.PART).detail == PartInCampaign.CONVENOR
    moderation.undo_merge(merge=merge, by=by)
    assert (fresh(one).is_convenor, fresh(two).is_convenor) == (False, True)


def test_what_a_manager_said_of_a_convenor_after_the_merge_outlives_its_undo(campaign, by):
    one, two = pair(campaign)
    moderation.give_part(signature=two, to=PartInCampaign.CONVENOR, by=by)
    merge = merged(one, fresh(two), by)
    moderation.give_part(signature=fresh(one), to=PartInCampaign.SIGNATORY, by=by)
    moderation.give_part(signature=fresh(one), to=PartInCampaign.CONVENOR, by=by)

    moderation.undo_merge(merge=merge, by=by)

    assert fresh(one).is_convenor


def test_m9_two_accepted_ones_count_once_merged_and_twice_undone(campaign, by):
    one, two = accepted_pair(campaign, by)
    before = everything()
    assert campaign.signatures.tally().count == 2

    merge = merged(one, two, by)
    assert campaign.signatures.tally().count == campaign.signatures.filter(state=State.ACCEPTED).count() == 1
    assert fresh(two).joined_total_at is None

    moderation.undo_merge(merge=merge, by=by)
    assert campaign.signatures.tally().count == 2
    assert everything() == before


def test_an_accepted_one_is_not_lost_in_one_that_is_not(campaign, by):
    one, two = pair(campaign)

    with pytest.raises(Refused, match="other way round"):
        merged(two, one, by)

    assert (fresh(one).state, fresh(two).state) == (State.ACCEPTED, State.CONFIRMED)


@pytest.mark.parametrize("mode", ["addressee_only", "withheld"])
def test_s18_a_merge_never_publishes_a_name(campaign, by, mode):
    one, two = pair(campaign, publication_mode=mode)

    merged(one, two, by)

    assert (fresh(one).publication_mode, fresh(two).state) == (mode, State.MERGED)
    assert fresh(one).joined_total_at is None
    assert campaign.signatures.public().count() == 0


@pytest.mark.parametrize("mode", ["addressee_only", "withheld"])
def test_s18_an_undone_merge_gives_a_name_back_that_the_merge_had_hidden(campaign, by, mode):
    one, two = pair(campaign, publication_mode=mode)
    merge = merged(one, two, by)

    moderation.undo_merge(merge=merge, by=by)

    assert (fresh(one).publication_mode, fresh(two).publication_mode) == ("public", mode)
    assert [each.pk for each in campaign.signatures.public()] == [one.pk]
    assert list(one.events.filter(kind=EventKind.MODE).values_list("detail", flat=True)) == [
        f"public > {mode}",
        f"{mode} > public",
    ]


def test_s18_an_undone_merge_does_not_name_who_was_hidden_since(campaign, by):
    one, two = pair(campaign, publication_mode="addressee_only")
    merge = merged(one, two, by)
    hiding.hide(signature=fresh(one), to=PublicationMode.WITHHELD, actor=staff(by))

    moderation.undo_merge(merge=merge, by=by)

    assert fresh(one).publication_mode == "withheld"
    assert campaign.signatures.public().count() == 0


def test_s18_who_hid_the_line_for_which_both_stood_hid_both(campaign, by):
    one, two = accepted_pair(campaign, by)
    merge = merged(one, two, by)
    hiding.hide(signature=fresh(one), to=PublicationMode.WITHHELD, actor=staff(by))

    moderation.undo_merge(merge=merge, by=by)

    assert (fresh(one).publication_mode, fresh(two).publication_mode) == ("withheld", "withheld")
    assert fresh(two).joined_total_at is None
    assert campaign.signatures.public().count() == 0
    assert two.events.filter(kind=EventKind.MODE).values_list("detail", flat=True)[0] == "public > withheld"


def test_s18_also_along_a_chain_of_merges(campaign, by):
    one, two = accepted_pair(campaign, by)
    first = merged(one, two, by)
    three = make_signature(campaign, name="Third Lantern", website="https://third.example")
    second = merged(three, fresh(one), by)
    hiding.hide(signature=fresh(three), to=PublicationMode.WITHHELD, actor=staff(by))

    moderation.undo_merge(merge=second, by=by)
    moderation.undo_merge(merge=first, by=by)

    assert {fresh(each).publication_mode for each in (one, two, three)} == {"withheld"}
    assert campaign.signatures.public().count() == 0


def test_a_withheld_one_that_took_in_a_public_one_gives_it_back_public(campaign, by):
    one, two = accepted_pair(campaign, by)
    hiding.hide(signature=fresh(one), to=PublicationMode.WITHHELD, actor=staff(by))
    merge = merged(fresh(one), two, by)

    moderation.undo_merge(merge=merge, by=by)

    assert [each.pk for each in campaign.signatures.public()] == [two.pk]


def test_s18_a_public_one_that_goes_leaves_the_private_one_private(campaign, by):
    one, two = pair(campaign, State.CONFIRMED, publication_mode="withheld")

    merged(two, one, by)

    assert (fresh(two).publication_mode, fresh(one).state) == ("withheld", State.MERGED)


@pytest.mark.parametrize("state", [State.SUBMITTED, State.REJECTED])
def test_what_was_never_confirmed_or_is_decided_is_not_merged(campaign, by, state):
    one, other = pair(campaign, second=state)

    with pytest.raises(IllegalTransition):
        merged(one, other, by)
    with pytest.raises(Refused, match="must be confirmed"):
        merged(other, make_signature(campaign, state=State.CONFIRMED), by)


def test_only_two_of_one_campaign(campaign, by):
    one = make_signature(campaign, **ONE)

    for other in (one, make_signature(make_campaign("letter-b"), state=State.ACCEPTED)):
        with pytest.raises(Refused, match="one campaign"):
            merged(one, other, by)


def test_m8_whoever_comes_late_is_told(campaign, by):
    one, two = pair(campaign)
    seen_one, seen_two = fresh(one), fresh(two)
    merged(one, two, make_superuser("fast"))

    with pytest.raises(AlreadyDecided, match=r"by fast, .+: Merged"):
        merged(seen_one, seen_two, by)

    assert SignatureEvent.objects.filter(kind=EventKind.MERGED).count() == 1
    assert Merge.objects.count() == 1


def test_m8_an_acceptance_meanwhile_is_told_and_undoes_nothing(campaign, by):
    one, two = pair(campaign, State.CONFIRMED)
    give_evidence(two, by)
    seen = fresh(two)
    moderation.accept(signature=two, by=make_superuser("fast"))

    with pytest.raises(AlreadyDecided, match=r"by fast, .+: Accepted"):
        merged(one, seen, by)


def test_m9_of_a_chain_everything_is_with_the_last_one_and_the_way_back_is_the_same(campaign, by):
    third = make_signature(campaign, **{**ONE, "mailbox": "third@lantern.example"})
    second, first = (
        make_signature(campaign, state=State.CONFIRMED, **{**TWO, "name": name, "mailbox": mailbox})
        for name, mailbox in (("Lantern Example B", "b@lantern.example"), ("Lantern C", "c@lantern.example"))
    )
    give_evidence(first, by, EvidenceKind.CALLBACK)
    start = everything()
    earlier = merged(second, first, by, contact_agreed=True)
    middle = everything()
    later = merged(third, fresh(second), by, contact_agreed=True)

    assert {contact.mailbox for contact in third.contacts.all()} == {
        "third@lantern.example",
        "b@lantern.example",
        "c@lantern.example",
    }
    assert third.contacts.filter(is_primary=True).count() == 1
    assert third.evidence.standing().filter(kind=EvidenceKind.CALLBACK).exists()
    assert set(third.merged.all()) == {first, second}
    assert fresh(third.organisation).aliases == ["Lantern Example B"]

    with pytest.raises(Refused, match="undo the later merge first"):
        moderation.undo_merge(merge=earlier, by=by)
    moderation.undo_merge(merge=later, by=by)
    assert everything() == middle
    moderation.undo_merge(merge=earlier, by=by)
    assert everything() == start


def test_two_merges_into_one_are_undone_the_newest_first(campaign, by):
    one, two = pair(campaign)
    three = make_signature(
        campaign, state=State.CONFIRMED, **{**TWO, "name": "Lantern C", "mailbox": "c@x.example"}
    )
    earlier = merged(one, two, by)
    merged(one, three, by)

    with pytest.raises(Refused, match="undo the later merge first"):
        moderation.undo_merge(merge=earlier, by=by)


def test_m9_undo_ends_after_thirty_days(campaign, by):
    merge = merged(*pair(campaign), by)

    too_late = time_machine.travel(merge.merged_at + timedelta(days=30, seconds=1), tick=False)
    with too_late, pytest.raises(Refused, match="30 days"):
        moderation.undo_merge(merge=merge, by=by)
    with time_machine.travel(merge.merged_at + timedelta(days=30), tick=False):
        moderation.undo_merge(merge=merge, by=by)


def test_undo_twice_is_undone_once(campaign, by):
    one, two = pair(campaign)
    merge = merged(one, two, by)
    moderation.undo_merge(merge=fresh(merge), by=make_superuser("fast"))

    with pytest.raises(Refused, match="Already undone by fast"):
        moderation.undo_merge(merge=merge, by=by)

    assert one.events.filter(kind=EventKind.UNMERGED).count() == 1


def test_the_merged_one_may_be_merged_anew_after_an_undo(campaign, by):
    one, two = pair(campaign)
    moderation.undo_merge(merge=merged(one, two, by), by=by)

    merged(fresh(one), fresh(two), by)

    assert fresh(two).state == State.MERGED


def test_undo_is_refused_where_the_same_form_came_in_anew(campaign, by):
    one, two = pair(campaign)
    merge = merged(one, two, by)
    make_signature(campaign, state=State.CONFIRMED, **TWO)
    before = everything()

    with pytest.raises(Refused, match="signed anew"):
        moderation.undo_merge(merge=merge, by=by)

    assert everything() == before
    assert fresh(merge).undone_at is None


def test_undo_does_not_put_a_twin_beside_one_accepted_since(campaign, by):
    one, two = accepted_pair(campaign, by)
    merge = merged(one, two, by)
    third = make_signature(campaign, state=State.CONFIRMED, name=TWO["name"])
    for kind in (EvidenceKind.KNOWN, EvidenceKind.CALLBACK):
        give_evidence(third, by, kind)
    moderation.accept(signature=third, by=by)

    with pytest.raises(moderation.PossibleDuplicate, match=TWO["name"]):
        moderation.undo_merge(merge=merge, by=by)

    assert campaign.signatures.tally().count == 2


def test_what_staff_corrected_since_stays_when_a_merge_is_undone(campaign, by):
    one, two = pair(campaign)
    merge = merged(one, two, by, name=two)
    register.change_organisation(one.organisation, by=by, name="Lantern Trust, Example", acronym="LTE")

    moderation.undo_merge(merge=merge, by=by)

    organisation = fresh(one.organisation)
    assert (organisation.name, organisation.acronym, organisation.aliases) == (
        "Lantern Trust, Example",
        "",
        ["Example Lantern Trust", "Lantern Trust of Example"],  # by which it was known since
    )


def test_vouches_of_both_are_one_organisations(campaign, by):
    one, two = accepted_pair(campaign, by)
    other = make_signature(campaign, state=State.CONFIRMED)
    vouch = Evidence.objects.create(
        signature=other, kind=EvidenceKind.REFERRAL, referrer=two, recorded_at=timezone.now()
    )

    merge = merged(one, two, by)
    assert fresh(vouch).referrer == one
    moderation.undo_merge(merge=merge, by=by)
    assert fresh(vouch).referrer == two

    Evidence.objects.create(
        signature=other, kind=EvidenceKind.REFERRAL, referrer=one, recorded_at=timezone.now()
    )
    with pytest.raises(Refused, match="Both vouch"):
        merged(fresh(one), fresh(two), by)


def test_nobody_vouches_for_itself_by_a_merge(campaign, by):
    one, two = pair(campaign)
    Evidence.objects.create(
        signature=two, kind=EvidenceKind.REFERRAL, referrer=one, recorded_at=timezone.now()
    )

    with pytest.raises(Refused, match="vouches for the other"):
        merged(one, two, by)


def test_m16_the_disputed_one_does_not_vanish_with_its_dispute(campaign, by):
    one, two = accepted_pair(campaign, by)
    now = timezone.now()
    two.disputes.create(mailbox="x@x.example", mailbox_hash="x", sent_at=now, confirmed_at=now)

    with pytest.raises(Refused, match="decide the dispute first"):
        merged(one, two, by)


def test_m12_nobody_comes_to_a_famous_name_by_a_merge(campaign, by):
    one, two = pair(campaign)
    Signature.objects.filter(pk=two.pk).update(flags=["famous"])

    with pytest.raises(Refused, match="needs V3"):
        merged(one, fresh(two), by, name=two)
    assert fresh(one.organisation).name == ONE["name"]

    give_evidence(one, by, EvidenceKind.CALLBACK)
    merged(fresh(one), fresh(two), by, name=two)
    assert fresh(one.organisation).name == TWO["name"]
    assert "famous" in fresh(one).flags


def test_exports_show_the_merged_row_as_merged_under_its_own_public_id(campaign, by):
    one, two = pair(campaign)
    merged(one, two, by, contact_agreed=True)

    file = export_response(
        user=by, campaign=campaign, export_set="manage", queryset=Signature.objects.all(), reason="A test"
    )
    rows = csv.DictReader(b"".join(file.streaming_content).decode("utf-8-sig").splitlines())

    # The second contact is with the survivor, whose row names the first one.
    assert {row["public_id"]: (row["state"], row["via"], row["contact_email"]) for row in rows} == {
        str(one.public_id): ("accepted", "", "one@lantern.example"),
        str(two.public_id): ("merged", "list-b", ""),
    }


def test_m12_the_survivor_keeps_what_its_own_new_name_calls_for_when_a_merge_is_undone(campaign, by):
    for name in ("Amnesty Example", "Green Example"):
        FamousName.objects.create(name=name, match_key=match_key(name))
    one = make_signature(campaign, state=State.CONFIRMED, **ONE)
    two = make_signature(campaign, state=State.CONFIRMED, **{**TWO, "name": "Amnesty Example"})
    merge = merged(one, two, by)
    register.change_organisation(fresh(one).organisation, by=by, name="Green Example")

    moderation.undo_merge(merge=merge, by=by)

    assert Flag.FAMOUS in fresh(one).flags
    assert verification.bar(fresh(one)) == Level.V3


def test_the_register_of_other_letters_is_not_changed_by_a_merge_nor_by_its_undo(campaign, by):
    one, two = pair(campaign)
    moderator = make_moderator(campaign)
    merge = merged(one, two, moderator)
    elsewhere = make_signature(make_campaign("letter-b"))
    Signature.objects.filter(pk=elsewhere.pk).update(organisation=one.organisation)

    with pytest.raises(Refused, match="letters that you do not moderate"):
        moderation.undo_merge(merge=merge, by=moderator)
    moderation.undo_merge(merge=merge, by=by)
    with pytest.raises(Refused, match="letters that you do not moderate"):
        merged(fresh(one), fresh(two), moderator)
    assert fresh(one.organisation).aliases == []


def answered(signature, by, words="The board."):
    question = moderation.ask(signature=signature, by=by, words="Who decided?")
    token = tokens.new_token()
    MailLink.objects.filter(pk=question.link_id).update(digest=tokens.digest(token))
    return lambda: answering.answer(token=token, words=words)


def test_what_waited_for_the_staff_waits_again_when_a_merge_is_undone(campaign, by):
    one, two = pair(campaign)
    answered(two, by)()
    second_eyes.ask(signature=two, by=by, note="No more to be had.")
    merge = merged(one, fresh(two), by)
    assert replies.count(campaign.signatures.all()).answered == 0

    moderation.undo_merge(merge=merge, by=by)

    assert list(replies.answered(campaign.signatures.all())) == [two]
    assert replies.count(campaign.signatures.all()).answered == 1
    assert replies.unread_answer(two.events.all()).note.text == "The board."
    assert list(second_eyes.wanted(campaign.signatures.all())) == [two]
    moderation.put_back(signature=fresh(two), by=by)
    assert replies.count(campaign.signatures.all()).answered == 0


@pytest.mark.parametrize("first", [State.CONFIRMED, State.ON_HOLD])
def test_an_answer_for_what_was_merged_meanwhile_waits_with_the_one_that_survived(campaign, by, first):
    one, two = pair(campaign, first)
    answer = answered(two, by)
    merge = merged(one, fresh(two), by)

    answer()

    assert list(replies.answered(campaign.signatures.all())) == [one]
    assert replies.unread_answer(one.events.all()).note.text == f"{two.reference}: The board."
    assert fresh(two).questions.get().answered.note.text == "The board."
    moderation.undo_merge(merge=merge, by=by)
    assert set(replies.answered(campaign.signatures.all())) == {one, two}


def test_m16_what_the_organisation_disputed_since_comes_back_on_hold_and_disputed(campaign, by):
    one, two = accepted_pair(campaign, by)
    merge = merged(one, two, by)
    dispute = make_dispute(fresh(one), mailbox="boss@lantern.example")
    moderation.uphold_disputes(
        signature=fresh(one), disputes=[dispute.pk], by=by, reason=Reason.IMPERSONATION
    )

    moderation.undo_merge(merge=merge, by=by)

    two = fresh(two)
    assert (two.state, two.joined_total_at, two.decided_by) == (State.ON_HOLD, None, by)
    assert Flag.DISPUTED in two.flags
    assert campaign.signatures.public().count() == 0
    assert "on hold now" in two.events.get(to_state=State.ON_HOLD).note.text


def test_m16_an_outsiders_open_dispute_of_the_one_is_a_dispute_of_both(campaign, by):
    one, two = accepted_pair(campaign, by)
    merge = merged(one, two, by)
    make_dispute(fresh(one))

    moderation.undo_merge(merge=merge, by=by)

    assert (fresh(one).state, fresh(two).state) == (State.ACCEPTED, State.ON_HOLD)
    assert Flag.DISPUTED in fresh(two).flags


def test_m16_an_outsiders_dispute_that_was_turned_down_changes_nothing(campaign, by):
    one, two = accepted_pair(campaign, by)
    before = fresh(two).flags
    merge = merged(one, two, by)
    dispute = make_dispute(fresh(one))
    moderation.turn_down_disputes(signature=fresh(one), disputes=[dispute.pk], by=by, note="They did.")

    moderation.undo_merge(merge=merge, by=by)

    assert (fresh(two).state, fresh(two).flags) == (State.ACCEPTED, before)


def test_an_undo_does_not_make_public_again_what_left_the_list_with_the_survivor(campaign, by):
    one, two = accepted_pair(campaign, by)
    merge = merged(one, two, by)
    moderation.hold(signature=fresh(one), by=by)

    moderation.undo_merge(merge=merge, by=by)

    assert (fresh(one).state, fresh(two).state) == (State.ON_HOLD, State.ON_HOLD)
    assert campaign.signatures.tally().count == 0


def test_whose_evidence_was_taken_back_since_does_not_come_back_accepted(campaign, by):
    one, two = accepted_pair(campaign, by)
    merge = merged(one, two, by)
    evidence = Evidence.objects.get(kind=EvidenceKind.PUBLISHED_ADDRESS)
    moderation.take_back_evidence(evidence=evidence, by=by, note="The page is forged.")

    moderation.undo_merge(merge=merge, by=by)

    assert (fresh(two).state, verification.level(fresh(two))) == (State.ON_HOLD, Level.V1)


def test_what_two_accepted_below_the_bar_comes_back_accepted(campaign, by):
    one, two = pair(campaign)
    moderation.mark_not_duplicate(signature=two, by=by, note="Seems different.")
    second_eyes.ask(signature=two, by=by, note="No more to be had.")
    moderation.accept(signature=two, by=make_superuser("other"), note="Agreed.", with_colleague=True)

    moderation.undo_merge(merge=merged(one, fresh(two), by), by=by)

    assert fresh(two).state == State.ACCEPTED


def test_who_was_accepted_since_stays_in_the_register_when_the_merge_is_undone(campaign, by):
    two = make_signature(campaign, **TWO)
    moderation.hold(signature=two, by=by)
    one = make_signature(campaign, state=State.CONFIRMED, **ONE)
    give_evidence(one, by)
    merge = merged(one, fresh(two), by)
    moderation.accept(signature=fresh(one), by=by)

    moderation.undo_merge(merge=merge, by=by)

    assert fresh(one).organisation.registered_at == one.events.get(to_state=State.ACCEPTED).happened_at
    impostor = make_signature(
        make_campaign("letter-b"),
        state=State.CONFIRMED,
        name=ONE["name"],
        website="https://lanterm.example",
        mailbox="x@lanterm.example",
    )
    assert verification.bar(impostor) == Level.V3


@pytest.mark.parametrize("mode", ["addressee_only", "withheld"])
def test_an_undo_brings_back_into_the_total_only_what_is_public(campaign, by, mode):
    """What is counted and not named joins with a daily batch, never at the moment of a click (rule 4)."""
    one, two = accepted_pair(campaign, by)
    Signature.objects.filter(campaign=campaign).update(publication_mode=mode)
    merge = moderation.merge(survivor=fresh(one), merged=fresh(two), by=by, name=one)
    before = campaign.signatures.tally().count

    moderation.undo_merge(merge=merge, by=by)

    assert campaign.signatures.tally().count == before
    assert fresh(two).joined_total_at is None
