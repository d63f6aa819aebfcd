"""What staff make of disputes: shown, decided together, told, and never by the wrong person (scenario S16)."""

import json

import pytest

from signatories import disputing, moderation, second_eyes, tokens, verification
from signatories.models import Dispute, MailLink, OutboxMail, Signature, SignatureEvent
from signatories.states import EventKind, Level, MailKind, Reason, State
from signatories.transitions import Refused
from tests.builders import (
    give_evidence,
    make_campaign,
    make_dispute,
    make_manager,
    make_moderator,
    make_signature,
    make_superuser,
)
from tests.signatories.staff_pages import (
    button_address,
    case_address,
    messages,
    page,
    press,
    queries_of,
    text,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    return make_campaign()


@pytest.fixture
def signature(campaign):
    return make_signature(
        campaign,
        name="Disputed Example",
        website="https://disputed.example",
        mailbox="intern@disputed.example",
    )


@pytest.fixture
def moderator(campaign, client):
    user = make_moderator(campaign)
    client.force_login(user)
    return user


def held(signature):
    """As an insider's dispute leaves it."""
    make_dispute(signature, "director@disputed.example")
    return Signature.objects.get(pk=signature.pk)


def all_events():
    return list(SignatureEvent.objects.order_by("pk").values_list("kind", "detail"))


def test_the_case_shows_the_words_and_of_the_mailbox_the_domain(client, signature, moderator):
    make_dispute(signature, "jane.secret@paper.example", words="They never\nsigned.")
    make_dispute(signature, "unproven@troll.example", words="Unproven words", confirmed=False)

    shown = client.get(case_address(signature))

    section = " ".join(page(shown).find(id="disputes").get_text(" ").split())
    assert "From somebody else · @paper.example" in section
    assert "They never signed." in section
    assert "jane.secret" not in shown.content.decode()
    assert "Unproven words" not in shown.content.decode()
    assert "troll.example" not in shown.content.decode()


def test_mailboxes_show_on_a_click_that_is_recorded(client, signature, moderator):
    make_dispute(signature, "jane.secret@paper.example")

    shown = press(client, signature, "show-disputers")

    assert "jane.secret@paper.example" in text(shown)
    assert "no-store" in shown["Cache-Control"]
    newest = signature.events.latest("pk")
    assert (newest.kind, newest.actor, newest.detail) == (EventKind.REVEALED, moderator, "disputers")
    assert "Contact shown · who disputes it" in text(client.get(case_address(signature)))


def test_a_manager_reads_the_words_and_decides_nothing(client, campaign, signature):
    dispute = make_dispute(signature, words="They never signed.")
    client.force_login(make_manager(campaign))
    before = all_events()

    shown = client.get(case_address(signature))
    answers = [
        client.post(
            button_address(signature, name),
            {"disputes": dispute.pk, "reason": "abuse", "note": "…", "expected_state": "accepted"},
        ).status_code
        for name in ("uphold-disputes", "turn-down-disputes", "show-disputers")
    ]

    assert "They never signed." in text(shown)
    assert page(shown).find(id="disputes").find("form") is None
    assert set(answers) <= {403, 404}
    assert all_events() == before


def test_m16_a_moderator_of_another_letter_neither_reads_nor_decides(client, signature):
    dispute = make_dispute(signature, "jane.secret@paper.example", words="Secret words")
    client.force_login(make_moderator(make_campaign("letter-b"), "stranger"))
    before = all_events()
    answers = {"disputes": dispute.pk, "reason": "abuse", "note": "…", "expected_state": "accepted"}

    asked = [client.get(case_address(signature))]
    asked += [
        client.post(button_address(signature, name), answers)
        for name in ("uphold-disputes", "turn-down-disputes", "show-disputers")
    ]
    listed = client.get("/admin/signatories/signature/?disputed=open")
    home = client.get("/admin/")

    assert [answer.status_code for answer in asked] == [404] * 4
    for answer in (*asked, listed, home):
        for secret in ("Secret words", "jane.secret", "Disputed Example"):
            assert secret not in answer.content.decode()
    assert "dispute" not in page(home).find("p", class_="sentence").get_text()
    assert all_events() == before


def test_a_forged_form_decides_only_what_is_open_on_this_very_signature(
    client, campaign, signature, moderator
):
    mine = make_dispute(signature)
    other = make_signature(campaign, name="Other Example")
    others = make_dispute(other, "other@paper.example")
    unconfirmed = make_dispute(signature, "a@troll.example", confirmed=False)

    press(
        client,
        signature,
        "turn-down-disputes",
        disputes=f"{mine.pk},{others.pk},{unconfirmed.pk},999999",
        note="…",
    )

    decided = list(Dispute.objects.exclude(outcome="").values_list("pk", flat=True))
    assert decided == [mine.pk]


@pytest.mark.parametrize("ids", ["", "abc", "1,,2", "1;DROP TABLE", "9" * 40])
def test_a_forged_form_with_nonsense_for_ids_decides_nothing(client, signature, moderator, ids):
    make_dispute(signature)

    answer = press(client, signature, "turn-down-disputes", disputes=ids, note="…")

    assert answer.status_code in (200, 422)
    assert Dispute.objects.open().count() == 1


def test_the_slower_of_two_moderators_is_told_and_nobody_is_mailed_twice(client, signature, moderator):
    make_dispute(signature)
    before = client.get(case_address(signature))
    press(client, signature, "turn-down-disputes", note="They know.")

    again = press(client, signature, "turn-down-disputes", page_before=before, note="They know.")

    assert messages(again) == ["Nothing is left to decide: a colleague was faster."]
    assert OutboxMail.objects.filter(kind=MailKind.DISPUTE_DECIDED).count() == 1
    assert signature.events.filter(kind=EventKind.DISPUTE_DECIDED).count() == 1


def test_a_page_from_before_the_state_changed_decides_nothing(client, signature, moderator):
    make_dispute(signature)
    before = client.get(case_address(signature))
    moderation.hold(signature=signature, by=make_superuser())

    press(client, signature, "uphold-disputes", page_before=before, reason="abuse")

    signature.refresh_from_db()
    assert signature.state == State.ON_HOLD
    assert Dispute.objects.open().count() == 1


def test_a_reason_is_needed_to_uphold_and_a_sentence_to_turn_down(client, signature, moderator):
    make_dispute(signature)

    answers = [press(client, signature, "uphold-disputes"), press(client, signature, "turn-down-disputes")]

    assert [answer.status_code for answer in answers] == [422, 422]
    with pytest.raises(Refused):
        moderation.turn_down_disputes(
            signature=signature, disputes=[Dispute.objects.get().pk], by=moderator, note=""
        )
    assert Dispute.objects.open().count() == 1


def test_the_bar_is_v3_while_the_flag_stands_and_two_cannot_go_round_it(signature):
    signature = held(signature)

    assert verification.bar(signature) == Level.V3
    assert not second_eyes.may_be_asked(signature, Level.V1, verification.bar(signature))


def test_an_outsiders_ticket_stops_nothing_that_is_accepted(signature):
    make_dispute(signature, "troll@troll.example")

    signature.refresh_from_db()
    assert (signature.state, Signature.objects.public().get()) == (State.ACCEPTED, signature)


def test_a_page_that_is_older_than_the_dispute_brings_nothing_back(signature):
    """It waits already, with all the evidence that there can be; the moderator has not seen that it is disputed."""
    staff = make_superuser()
    give_evidence(signature, staff, kind="callback")
    moderation.hold(signature=signature, by=staff)
    seen = Signature.objects.get(pk=signature.pk)
    dispute = Dispute.objects.create(
        signature=signature,
        mailbox_hash="x",
        sent_at=signature.submitted_at,
        confirmed_at=signature.submitted_at,
        from_inside=True,
    )
    Signature.objects.filter(pk=signature.pk).update(flags=["disputed"])

    with pytest.raises(Refused, match="The organisation itself disputes it"):
        moderation.accept(signature=seen, by=staff)

    moderation.turn_down_disputes(signature=seen, disputes=[dispute.pk], by=staff, note="The chair confirms.")
    moderation.accept(signature=seen, by=staff)


def test_an_insiders_dispute_of_what_is_on_hold_adds_its_event_and_its_flag(signature):
    dispute = make_dispute(signature, "director@disputed.example", confirmed=False)
    moderation.hold(signature=signature, by=make_superuser())
    token = tokens.new_token()
    MailLink.objects.filter(dispute=dispute).update(digest=tokens.digest(token))

    disputing.confirm_dispute(token=token, words="We never signed.")

    signature.refresh_from_db()
    assert (signature.state, signature.flags) == (State.ON_HOLD, ["disputed"])
    assert all_events()[-2:] == [(EventKind.CHANGED, ""), (EventKind.DISPUTED, "inside")]


@pytest.mark.parametrize("state", [State.REJECTED, State.REVOKED])
def test_what_has_ended_stays_as_it_is_when_its_dispute_is_upheld(signature, state):
    dispute, staff = make_dispute(signature), make_superuser()
    signature.refresh_from_db()
    if state == State.REJECTED:
        moderation.hold(signature=signature, by=staff)
        moderation.reject(signature=signature, by=staff, reason=Reason.NO_EVIDENCE)
    else:
        moderation.revoke(signature=signature, by=staff, reason=Reason.NO_EVIDENCE)

    moderation.uphold_disputes(
        signature=signature, disputes=[dispute.pk], by=staff, reason=Reason.IMPERSONATION
    )

    signature.refresh_from_db()
    assert (signature.state, signature.decision_reason) == (state, "no_evidence")
    assert OutboxMail.objects.filter(kind=MailKind.DISPUTE_DECIDED).count() == 1


def test_after_an_upheld_one_the_flag_stays_for_whoever_opens_the_case_again(signature):
    dispute, staff = make_dispute(signature), make_superuser()
    signature.refresh_from_db()
    moderation.uphold_disputes(
        signature=signature, disputes=[dispute.pk], by=staff, reason=Reason.IMPERSONATION
    )
    moderation.put_back(signature=signature, by=staff)

    signature.refresh_from_db()
    assert (signature.state, verification.bar(signature)) == (State.CONFIRMED, Level.V3)


def test_accepting_many_leaves_what_its_organisation_disputes(client, campaign, signature, moderator):
    signature = held(signature)
    give_evidence(signature, moderator, kind="callback")

    done = client.post(
        "/admin/signatories/signature/",
        {"action": "accept_what_meets_the_bar", "_selected_action": [signature.pk]},
        follow=True,
    )

    assert messages(done) == ["0 accepted.", "1 left: Disputed Example (needs V3: open it by itself)."]
    signature.refresh_from_db()
    assert signature.state == State.ON_HOLD


def test_the_filter_lists_what_is_disputed_in_whatever_state(client, campaign, signature, moderator):
    other = make_signature(campaign, name="Accepted Example")
    make_signature(campaign, name="Quiet Example", state=State.CONFIRMED)
    held(signature)
    make_dispute(other)

    listed = page(client.get("/admin/signatories/signature/?disputed=open"))

    names = sorted(each.get_text() for each in listed.select("th.field-organisation_name"))
    assert names == ["Accepted Example", "Disputed Example"]
    on_hold = page(client.get("/admin/signatories/signature/?disputed=open&state=on_hold"))
    assert [each.get_text() for each in on_hold.select("th.field-organisation_name")] == ["Disputed Example"]


def test_the_page_makes_as_many_queries_for_one_dispute_as_for_three(client, signature, moderator):
    make_dispute(signature, "a@a.example")
    one = queries_of(client, case_address(signature))
    make_dispute(signature, "b@b.example")
    make_dispute(signature, "c@c.example")
    assert queries_of(client, case_address(signature)) == one


def test_exports_say_that_it_is_disputed_and_nothing_of_the_dispute(client, campaign, signature):
    make_dispute(signature, "jane.secret@paper.example", words="Secret words")
    body = client.get("/letter-a/signatories.csv").getvalue().decode()

    assert "Disputed Example" in body
    assert "disputed," not in body
    assert "Secret words" not in body


def merged_while_disputed(campaign, mailbox, **hidden):
    """A line of two that are one organisation's, disputed before they were merged and confirmed after; gives both."""
    survivor = make_signature(
        campaign, name="Lantern Trust", website="https://lantern.example", mailbox="intern@lantern.example"
    )
    merged = make_signature(
        campaign, name="Fundación Linterna", website="https://linterna.example", mailbox="uno@gmail.com"
    )
    dispute = make_dispute(merged, mailbox, confirmed=False)
    token = tokens.new_token()
    MailLink.objects.filter(dispute=dispute).update(digest=tokens.digest(token))
    if hidden:
        Signature.objects.filter(pk=survivor.pk).update(**hidden)
        survivor.refresh_from_db()
    moderation.merge(survivor=survivor, merged=merged, by=make_superuser(), name=survivor)
    return survivor, merged, token


@pytest.mark.parametrize(
    "mailbox", ["uno@gmail.com", "dos@linterna.example", "intern@lantern.example", "boss@lantern.example"]
)
def test_a_dispute_that_is_confirmed_after_a_merge_takes_the_survivor_off(campaign, mailbox):
    """By the contact or the website of either of the two."""
    survivor, merged, token = merged_while_disputed(campaign, mailbox)
    trail = merged.events.count()

    disputing.confirm_dispute(token=token, words="We never signed.")
    disputing.confirm_dispute(token=token, words="Pressed twice.")

    survivor.refresh_from_db()
    assert (survivor.state, survivor.flags) == (State.ON_HOLD, ["disputed"])
    assert not Signature.objects.public().exists()
    told = list(survivor.events.order_by("-pk").values_list("kind", "detail")[:2])[::-1]
    assert told == [(EventKind.DISPUTED, "inside"), (EventKind.CHANGED, "")]
    assert [each.signature for each in Dispute.objects.open()] == [survivor]
    assert merged.events.count() == trail


@pytest.mark.parametrize("mailbox", ["dos@gmail.com", "reader@paper.example"])
def test_so_it_opens_a_ticket_on_the_survivor_from_anybody_else(client, campaign, moderator, mailbox):
    survivor, _merged, token = merged_while_disputed(campaign, mailbox)

    disputing.confirm_dispute(token=token, words="They never signed.")

    survivor.refresh_from_db()
    assert (survivor.state, survivor.flags) == (State.ACCEPTED, ["disputed"])
    assert "They never signed." in text(client.get(case_address(survivor)))


def test_who_shares_a_provider_with_a_contact_is_not_inside_by_the_evidence_of_the_other(campaign):
    survivor, merged, token = merged_while_disputed(campaign, "censor@small-provider.example")
    merged.contacts.update(mailbox_domain="small-provider.example")
    give_evidence(survivor, make_superuser(), kind="domain_match")

    disputing.confirm_dispute(token=token, words="They never signed.")

    survivor.refresh_from_db()
    assert survivor.state == State.ACCEPTED


def test_evidence_that_came_with_a_merge_says_nothing_of_the_survivors_own_contact(campaign):
    staff = make_superuser()
    survivor = make_signature(
        campaign, name="Village Group", website="", mailbox="group@small-provider.example"
    )
    merged = make_signature(campaign, name="Lantern", website="https://lantern.example")
    give_evidence(merged, staff, kind="domain_match")
    moderation.merge(survivor=survivor, merged=merged, by=staff, name=survivor)
    assert survivor.evidence.filter(kind="domain_match").exists()

    make_dispute(survivor, "censor@small-provider.example")

    survivor.refresh_from_db()
    assert survivor.state == State.ACCEPTED


@pytest.mark.parametrize("undone", [False, True])
def test_nobody_learns_from_a_dispute_what_the_line_was_merged_into(client, campaign, undone):
    survivor, _merged, token = merged_while_disputed(
        campaign, "uno@gmail.com", publication_mode="withheld", joined_total_at=None
    )
    address = f"/en/dispute/{token}/"

    shown = client.get(address)
    done = client.post(address, {"words": "We never signed."}, follow=True)
    (dispute,) = Dispute.objects.open()
    if undone:
        moderation.undo_merge(merge=survivor.merges.get(), by=make_superuser())
    survivor.refresh_from_db()
    moderation.turn_down_disputes(
        signature=survivor, disputes=[dispute.pk], by=make_superuser(), note="They did."
    )

    assert "Lantern" not in shown.content.decode() + done.content.decode()
    assert "Thank you. It is noted" in text(done)
    mail = OutboxMail.objects.get(kind=MailKind.DISPUTE_DECIDED)
    assert json.loads(mail.context).keys() & {"organisation", "title", "page"} == set()
