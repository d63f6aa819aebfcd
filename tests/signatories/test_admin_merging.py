"""The page on which two signatures become one, and the button that takes them apart again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from signatories import moderation
from signatories.models import Merge, Signature
from signatories.states import EventKind, EvidenceKind, State
from tests.builders import (
    give_evidence,
    make_campaign,
    make_manager,
    make_moderator,
    make_signature,
    make_superuser,
)
from tests.signatories.staff_pages import already_decided, case_address, messages, page, queries_of, text
from tests.signatories.test_merging import ONE, TWO, fresh

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    return make_campaign()


@pytest.fixture
def moderator(campaign, client):
    user = make_moderator(campaign)
    client.force_login(user)
    return user


@pytest.fixture
def two(campaign):
    return (
        make_signature(campaign, **ONE),
        make_signature(campaign, state=State.CONFIRMED, contact_name="Canary Person", **TWO),
    )


def merge_address(one, other):
    return f"/admin/signatories/signature/{one.pk}/merge/{other.pk}/"


def send(client, shown, address, **answers):
    """Posts the form of the merge page as it was shown, with what a person chooses."""
    form = page(shown).find("form", class_="desk-form")
    fields = {each["name"]: each["value"] for each in form.find_all("input", type="hidden")}
    fields |= {each["name"]: each["value"] for each in form.select("input[type=radio][checked]")}
    return client.post(address, {**fields, "note": "", **answers}, follow=True)


def test_m9_from_the_case_to_both_side_by_side_to_one(client, moderator, two):
    one, other = two
    case = page(client.get(case_address(other)))
    (link,) = case.select("table.cases a.merge")
    assert link["href"] == merge_address(other, one)

    shown = client.get(link["href"])
    words = text(shown)
    for expected in (
        "Example Lantern Trust",
        "Lantern Trust of Example ( LTE ) Fundación Linterna",
        "lantern.example",
        "@lantern.example",
        "V2, needed: V2",
        "V1, needed: V2",
        "Accepted before",
        "Possible duplicate of another signature on this campaign",
        "list-b",
    ):
        assert expected in words
    assert "Canary" not in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert Merge.objects.count() == 0

    done = send(client, shown, link["href"], contact_agreed="on", note="Colleagues.")
    assert messages(done) == ["Merged: “Lantern Trust of Example” went into this one."]
    assert done.redirect_chain[-1][0] == case_address(one)
    assert fresh(other).state == State.MERGED
    assert one.contacts.count() == 2


def test_m9_the_trail_of_the_survivor_tells_what_happened_to_the_merged_one(client, moderator, two):
    one, other = two
    moderation.add_note(signature=other, by=moderator, note="A note from before.")
    moderation.merge(survivor=one, merged=other, by=moderator, name=one)

    words = text(client.get(case_address(one)))

    assert f"of the merged signature {other.reference}, Form, list-b" in words
    assert "A note from before." in words
    assert "“Lantern Trust of Example”, reference" in words
    assert str(other.public_id) not in words


def test_a_question_about_the_merged_one_is_none_about_the_survivor(client, moderator, campaign):
    """Whether a colleague is asked is read from the trail; that of the merged one must not answer for the survivor."""
    one = make_signature(campaign, state=State.CONFIRMED, **ONE)
    other = make_signature(campaign, state=State.CONFIRMED, **TWO)
    make_superuser("asker")
    asked = page(client.get(case_address(other))).find(
        "form", action=f"/admin/signatories/signature/{other.pk}/ask-colleague/"
    )
    client.post(asked["action"], {"note": "Please look.", "expected_state": "confirmed"})
    moderation.merge(survivor=one, merged=fresh(other), by=moderator, name=one)

    words = text(client.get(case_address(one)))

    assert "asked on" not in words


@pytest.mark.parametrize("place", [0, 1])
def test_m9_undo_from_either_side(client, moderator, two, place):
    moderation.merge(survivor=two[0], merged=two[1], by=moderator, name=two[0])
    merge = Merge.objects.get()
    shown = client.get(case_address(two[place]))
    address = f"/admin/signatories/signature/{two[place].pk}/merge/{merge.pk}/undo/"
    assert page(shown).find("form", action=address) is not None
    assert "Undo (until" in text(shown)

    done = client.post(address, {"note": "Two."}, follow=True)

    assert messages(done) == ["The merge is undone: there are two signatures again."]
    assert fresh(two[1]).state == State.CONFIRMED
    again = client.post(address, {"note": "Two."})
    assert again.status_code == 404
    assert "Undo (until" not in text(client.get(case_address(two[place])))


def test_an_undo_says_that_what_was_accepted_is_on_hold_now(client, moderator, two):
    one, other = two
    moderation.mark_not_duplicate(signature=other, by=moderator, note="Seems different.")
    give_evidence(other, moderator)
    moderation.accept(signature=fresh(other), by=moderator)
    merge = moderation.merge(survivor=fresh(one), merged=fresh(other), by=moderator, name=one)
    moderation.hold(signature=fresh(one), by=moderator)

    done = client.post(f"/admin/signatories/signature/{one.pk}/merge/{merge.pk}/undo/", follow=True)

    assert messages(done) == [
        "The merge is undone: there are two signatures again. “Lantern Trust of Example” was accepted and is on hold now."
    ]


def test_m9_after_thirty_days_the_page_says_so(client, moderator, two):
    moderation.merge(survivor=two[0], merged=two[1], by=moderator, name=two[0])
    merge = Merge.objects.get()
    Merge.objects.update(merged_at=timezone.now() - timedelta(days=31))

    shown = client.get(case_address(two[0]))
    assert "It can't be undone any more" in text(shown)
    done = client.post(f"/admin/signatories/signature/{two[0].pk}/merge/{merge.pk}/undo/", follow=True)

    assert messages(done) == ["A merge can be undone for 30 days. They are over."]
    assert fresh(two[1]).state == State.MERGED


def test_out_of_order_the_page_says_which_comes_first(client, moderator, two, campaign):
    last = make_signature(
        campaign, state=State.CONFIRMED, **{**TWO, "name": "Lantern C", "mailbox": "c@x.example"}
    )
    moderation.merge(survivor=two[0], merged=two[1], by=moderator, name=two[0])
    moderation.merge(survivor=two[0], merged=last, by=moderator, name=two[0])

    shown = client.get(case_address(two[0]))

    assert text(shown).count("A later merge builds on it: undo that one first.") == 1
    assert text(shown).count("Undo (until") == 1


def test_what_the_rules_forbid_is_said_and_nothing_typed_is_lost(client, moderator, two):
    one, other = two
    address = merge_address(one, other)

    answer = send(client, client.get(address), address, survivor=other.pk, note="Half a page of reasons.")

    assert answer.status_code == 422
    assert "The accepted one would be lost" in text(answer)
    assert "Half a page of reasons." in text(answer)
    assert Merge.objects.count() == 0


def test_m8_an_old_page_merges_nothing(client, moderator, two):
    one, other = two
    address = merge_address(one, other)
    shown = client.get(address)
    moderation.hold(signature=other, by=make_superuser("fast"))

    answer = send(client, shown, address)

    assert already_decided(answer, "fast", "On hold")
    assert Merge.objects.count() == 0


def test_double_press_merges_once(client, moderator, two):
    one, other = two
    address = merge_address(one, other)
    shown = client.get(address)
    send(client, shown, address)

    again = send(client, shown, address)

    assert already_decided(again, moderator.username, "Merged")
    assert Merge.objects.count() == 1
    assert one.events.filter(kind=EventKind.MERGED).count() == 1


@pytest.mark.parametrize("forged", [{"survivor": "0"}, {"name": "0"}, {"survivor": "x"}, {"states": ""}])
def test_a_forged_form_merges_nothing(client, moderator, two, forged):
    one, other = two
    address = merge_address(one, other)
    third = make_signature(one.campaign, state=State.CONFIRMED)

    for answers in (forged, {"survivor": str(third.pk)}):
        send(client, client.get(address), address, **answers)

    assert Merge.objects.count() == 0


def test_m16_the_pair_must_be_on_campaigns_of_the_user_and_on_one(client, moderator, two):
    one, other = two
    hidden = make_signature(make_campaign("secret-b"), name="Zanzibar Society")
    third = make_signature(make_campaign("letter-c"), name="Third")
    merge = moderation.merge(survivor=one, merged=other, by=moderator, name=one)
    both = make_moderator(third.campaign, "both")
    both.campaign_roles.create(campaign=one.campaign, role="moderator")

    for pair in ((one, hidden), (hidden, one), (one, one)):
        for answer in (client.get(merge_address(*pair)), client.post(merge_address(*pair))):
            assert answer.status_code == 404
            assert "Zanzibar" not in answer.content.decode()
    stranger = f"/admin/signatories/signature/{third.pk}/merge/{merge.pk}/undo/"
    client.force_login(both)
    assert client.get(merge_address(one, third)).status_code == 404
    assert client.post(stranger).status_code == 404
    assert fresh(merge).undone_at is None


def test_a_manager_reads_but_merges_nothing(client, campaign, two):
    client.force_login(make_manager(campaign))

    assert page(client.get(case_address(two[1]))).select("a.merge") == []
    assert client.get(merge_address(*two)).status_code == 404
    assert client.post(merge_address(*two)).status_code == 404


def test_the_case_page_makes_one_query_more_at_most_and_as_many_for_three_merges(
    client, moderator, campaign, two
):
    one, other = two
    give_evidence(other, moderator, EvidenceKind.KNOWN)
    before = queries_of(client, case_address(one))
    moderation.merge(survivor=one, merged=other, by=moderator, name=one)
    once = queries_of(client, case_address(one))
    for number in range(2):
        more = make_signature(
            campaign,
            state=State.CONFIRMED,
            **{**TWO, "name": f"Lantern {number}", "mailbox": f"{number}@x.example"},
        )
        moderation.merge(survivor=one, merged=more, by=moderator, name=one)

    assert queries_of(client, case_address(one)) == once <= before
    assert Signature.objects.get(pk=one.pk).merged.count() == 3


def test_who_takes_the_other_name_must_moderate_every_letter_that_bears_it(client, moderator, two):
    one, other = two
    elsewhere = make_signature(make_campaign("letter-b"))
    Signature.objects.filter(pk=elsewhere.pk).update(organisation=one.organisation)
    address = merge_address(one, other)

    answer = send(client, client.get(address), address, name=other.pk)

    assert answer.status_code == 422
    assert "letters that you do not moderate" in text(answer)
    assert Merge.objects.count() == 0
