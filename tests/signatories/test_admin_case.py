"""The page of one signature: what it shows, what its buttons do, and what they refuse in words."""

import pytest

from campaigns.choices import Role
from signatories import moderation
from signatories.models import Evidence, OutboxMail, Signature, SignatureEvent
from signatories.states import EvidenceKind, State
from tests.builders import (
    give_evidence,
    make_campaign,
    make_manager,
    make_moderator,
    make_signature,
    make_superuser,
    make_user,
)
from tests.signatories.staff_pages import (
    already_decided,
    button_address,
    case_address,
    messages,
    page,
    press,
    queries_of,
    text,
)

pytestmark = pytest.mark.django_db

BUTTONS = [
    "accept",
    "hold",
    "reject",
    "put-back",
    "add-evidence",
    "not-duplicate",
    "add-note",
    "show-contact",
    "send-again",
]


@pytest.fixture
def campaign():
    return make_campaign()


@pytest.fixture
def moderator(campaign, client):
    user = make_moderator(campaign)
    client.force_login(user)
    return user


NEXT = "/admin/signatories/signature/next/"


def state_of(signature):
    return Signature.objects.get(pk=signature.pk).state


def test_m2_the_page_shows_the_case_without_contact_and_without_a_link_to_a_stranger(
    client, campaign, moderator
):
    signature = make_signature(
        campaign,
        state=State.CONFIRMED,
        name="Example <b>Street</b> Lawyers",
        acronym="EX-ASL",
        website="https://www.street.example/über",
        mailbox="jane.secret@street.example",
        contact_name="Jane Secretname",
        contact_role="Secretrole",
        country_code="MW",
    )
    response = client.get(case_address(signature))
    shown = text(response)
    for words in (
        "Example <b>Street</b> Lawyers ( EX-ASL ) Malawi",
        f"Reference {signature.reference}",
        "Mailbox @street.example",
        "Website www.street.example/",
        "Letter version 1",
        "Publication mode Public",
        "Level V1 , needed: V2 .",
        "Mailbox proven",
    ):
        assert words in shown
    html = response.content.decode()
    assert [secret for secret in ("jane.secret", "Secretname", "Secretrole") if secret in html] == []
    assert [link["href"] for link in page(response).find_all("a") if "street.example" in link["href"]] == []
    assert "no-store" in response.headers["Cache-Control"]


def test_m3_a_moderator_records_evidence_and_accepts(client, campaign, moderator):
    signature = make_signature(campaign, state=State.CONFIRMED)
    noted = press(
        client,
        signature,
        "add-evidence",
        kind="published_address",
        note="https://organisation.example/contact",
    )
    assert messages(noted) == ["Evidence recorded."]
    assert "Level V2 , needed: V2 ." in text(noted)
    evidence = signature.evidence.get(kind=EvidenceKind.PUBLISHED_ADDRESS)
    assert (evidence.recorded_by, evidence.note) == (moderator, "https://organisation.example/contact")

    done = press(client, signature, "accept", note="Known to us.")
    assert messages(done) == [f"Accepted: {signature.organisation.name}. Nothing more to check."]
    assert state_of(signature) == State.ACCEPTED
    assert campaign.signatures.tally().count == 1
    event = signature.events.get(to_state=State.ACCEPTED)
    assert (event.actor, event.note.text) == (moderator, "Known to us.")
    assert OutboxMail.objects.filter(signature=signature, kind="accepted").count() == 1


def test_the_program_suggests_a_domain_match_and_a_person_must_tick_it(client, campaign, moderator):
    signature = make_signature(
        campaign,
        state=State.CONFIRMED,
        website="https://www.lawyers.example",
        mailbox="a@mail.lawyers.example",
    )
    shown = client.get(case_address(signature))
    suggestion = page(shown).find("form", class_="suggestion")
    assert "Mailbox and website share lawyers.example ." in " ".join(suggestion.get_text(" ").split())

    unticked = press(client, signature, "record-domain", note="seen")
    assert unticked.status_code == 422
    assert "Tick this once you have looked at the website." in text(unticked)
    assert not signature.evidence.filter(kind=EvidenceKind.DOMAIN_MATCH).exists()

    press(client, signature, "record-domain", established="on", note="Reports since 2011")
    recorded = signature.evidence.get(kind=EvidenceKind.DOMAIN_MATCH)
    assert (recorded.recorded_by, recorded.note) == (moderator, "Reports since 2011")
    assert state_of(signature) == State.CONFIRMED
    assert page(client.get(case_address(signature))).find("form", class_="suggestion") is None


def test_the_clear_case_is_opened_ticked_and_accepted_and_the_next_one_comes(client, campaign, moderator):
    clear = {"website": "https://lawyers.example", "mailbox": "a@lawyers.example"}
    signature = make_signature(campaign, state=State.CONFIRMED, **clear)
    following = make_signature(campaign, state=State.CONFIRMED)
    queue = client.get("/admin/signatories/signature/")
    first = page(queue).select_one("#result_list tbody th a")["href"].partition("?")[0]  # one click
    assert first == case_address(signature)

    done = press(client, signature, "accept-on-domain", established="on")  # a tick, and a click

    assert done.redirect_chain == [(case_address(following), 302)]
    assert messages(done) == [f"Accepted: {signature.organisation.name}. Next case."]
    assert state_of(signature) == State.ACCEPTED
    kinds = signature.evidence.values_list("kind", flat=True)
    assert sorted(kinds) == [EvidenceKind.DOMAIN_MATCH, EvidenceKind.MAILBOX]
    assert campaign.signatures.tally().count == 1


def test_an_acceptance_on_the_domain_that_is_refused_records_nothing(client, campaign, moderator):
    twin = {"website": "https://lawyers.example", "mailbox": "a@lawyers.example"}
    first = make_signature(campaign, state=State.CONFIRMED, **twin)
    second = make_signature(campaign, state=State.CONFIRMED, **twin)
    before = client.get(case_address(second))
    press(client, first, "accept-on-domain", established="on")

    refused = press(client, second, "accept-on-domain", before, established="on")

    assert "may be the same organisation" in messages(refused)[0]
    assert state_of(second) == State.CONFIRMED
    assert second.evidence.filter(kind=EvidenceKind.DOMAIN_MATCH).count() == 0


def test_where_the_domain_is_not_enough_it_is_only_recorded(client, campaign, moderator):
    signature = make_signature(
        campaign,
        state=State.CONFIRMED,
        publication_mode="withheld",
        website="https://lawyers.example",
        mailbox="a@lawyers.example",
    )
    suggestion = page(client.get(case_address(signature))).find("form", class_="suggestion")
    assert suggestion["action"] == button_address(signature, "record-domain")
    assert "accept-on-domain" not in str(suggestion)

    forged = client.post(
        button_address(signature, "accept-on-domain"),
        {"established": "on", "expected_state": "confirmed"},
        follow=True,
    )
    assert messages(forged) == ["Verification level V2 is below V3: record more evidence first."]
    assert state_of(signature) == State.CONFIRMED


def test_next_case_goes_on_to_the_one_that_came_after_and_round_to_the_oldest(client, campaign, moderator):
    first, second = (make_signature(campaign, state=State.CONFIRMED) for _ in range(2))
    other = make_signature(make_campaign("letter-b"), state=State.CONFIRMED)
    onward = page(client.get(case_address(first))).find("a", string="Next case, this one later")["href"]

    assert client.get(onward).headers["Location"] == case_address(second)
    assert client.get(f"{NEXT}?after={second.pk}").headers["Location"] == case_address(first)
    assert client.get(f"{NEXT}?after={other.pk}").headers["Location"] == case_address(first)
    for nonsense in ("", "x", "²", "9" * 40, "-1"):
        assert client.get(NEXT, {"after": nonsense}).headers["Location"] == case_address(first)
    assert {each.state for each in (first, second)} == {State.CONFIRMED}

    Signature.objects.filter(campaign=campaign).update(state="on_hold")
    assert client.get(NEXT).headers["Location"] == "/admin/"


@pytest.mark.parametrize(
    ("website", "mailbox"),
    [
        ("https://here.example", "a@there.example"),
        ("", "a@there.example"),
        ("https://gmail.com", "a@gmail.com"),
    ],
)
def test_a_domain_match_is_not_recorded_where_there_is_none(client, campaign, moderator, website, mailbox):
    signature = make_signature(campaign, state=State.CONFIRMED, website=website, mailbox=mailbox)
    assert page(client.get(case_address(signature))).find("form", class_="suggestion") is None
    answer = client.post(
        button_address(signature, "record-domain"), {"expected_state": "confirmed", "established": "on"}
    )
    assert answer.status_code == 422
    assert "Mailbox and website do not share a domain of their own." in text(answer)
    by_hand = client.post(button_address(signature, "add-evidence"), {"kind": "domain_match"})
    assert by_hand.status_code == 422
    assert signature.evidence.count() == 1


@pytest.mark.parametrize("kind", ["mailbox", "referral", "nonsense", ""])
def test_evidence_that_no_person_records_is_refused(client, campaign, moderator, kind):
    signature = make_signature(campaign, state=State.CONFIRMED)
    assert client.post(button_address(signature, "add-evidence"), {"kind": kind}).status_code == 422
    assert signature.evidence.count() == 1


def test_what_was_typed_comes_back_with_the_error(client, campaign, moderator):
    signature = make_signature(campaign, state=State.CONFIRMED)
    answer = client.post(
        button_address(signature, "reject"),
        {"reason": "", "note": "A long thought", "expected_state": "confirmed"},
    )
    assert answer.status_code == 422
    form = page(answer).find("form", action=button_address(signature, "reject"))
    assert form.find("textarea").get_text().strip() == "A long thought"
    assert form.find_parent("details").has_attr("open")
    assert "This field is required." in form.get_text()
    assert state_of(signature) == State.CONFIRMED


def test_a_register_needs_its_number(client, campaign, moderator):
    signature = make_signature(campaign, state=State.CONFIRMED)
    refused = press(client, signature, "add-evidence", kind="register", note="")
    assert messages(refused) == ["Evidence from a register needs the number in it."]
    press(client, signature, "add-evidence", kind="register", identifier="CHE-123", note="")
    assert signature.evidence.get(kind=EvidenceKind.REGISTER).identifier == "CHE-123"


def test_evidence_is_taken_back_and_stays_in_the_record(client, campaign, moderator):
    signature = make_signature(campaign, state=State.CONFIRMED)
    evidence = give_evidence(signature, moderator)
    answer = client.post(
        f"/admin/signatories/signature/{signature.pk}/evidence/{evidence.pk}/take-back/", follow=True
    )
    assert messages(answer) == ["Evidence taken back."]
    assert "Level V1 , needed: V2 ." in text(answer)
    assert Evidence.objects.get(pk=evidence.pk).taken_back_at is not None
    assert signature.events.filter(kind="evidence_taken_back", actor=moderator).count() == 1


def test_evidence_of_another_signature_is_not_found(client, campaign, moderator):
    one, other = (
        make_signature(campaign, state=State.CONFIRMED),
        make_signature(campaign, state=State.CONFIRMED),
    )
    evidence = give_evidence(other, moderator)
    answer = client.post(f"/admin/signatories/signature/{one.pk}/evidence/{evidence.pk}/take-back/")
    assert answer.status_code == 404
    assert Evidence.objects.get(pk=evidence.pk).taken_back_at is None


def test_m6_below_the_bar_is_refused_in_words(client, campaign, moderator):
    signature = make_signature(campaign, state=State.CONFIRMED)
    refused = press(client, signature, "accept", note="")
    assert messages(refused) == ["Verification level V1 is below V2: record more evidence first."]
    assert state_of(signature) == State.CONFIRMED


def test_a_possible_duplicate_stands_beside_the_case_and_stops_it(client, campaign, moderator):
    first = make_signature(
        campaign,
        name="Example Bridge Builders",
        website="https://bridges.example",
        mailbox="a@bridges.example",
    )
    signature = make_signature(
        campaign,
        state=State.CONFIRMED,
        name="The Bridge-Builders (Example)",
        website="https://bridges.example",
        mailbox="b@bridges.example",
    )
    give_evidence(signature, moderator)
    shown = text(client.get(case_address(signature)))
    assert (
        "Example Bridge Builders Possible duplicate @bridges.example bridges.example Kenya Accepted" in shown
    )
    refused = press(client, signature, "accept", note="")
    assert "may be the same organisation" in messages(refused)[0]
    assert first.organisation.name in messages(refused)[0]

    press(client, signature, "not-duplicate", note="The other one is its neighbour.")
    note = signature.events.get(kind="not_duplicate").note.text
    assert note == "“Example Bridge Builders”: The other one is its neighbour."
    press(client, signature, "accept", note="")
    assert state_of(signature) == State.ACCEPTED


def test_after_an_acceptance_comes_the_next_oldest_case(client, campaign, moderator):
    first, second, _third = (make_signature(campaign, state=State.CONFIRMED) for _ in range(3))
    give_evidence(first, moderator)
    done = press(client, first, "accept", note="")
    assert done.redirect_chain == [(case_address(second), 302)]
    assert messages(done) == [f"Accepted: {first.organisation.name}. Next case."]


def test_hold_and_back_into_the_queue(client, campaign, moderator):
    signature = make_signature(campaign, state=State.CONFIRMED)
    press(client, signature, "hold", note="Who decided?")
    assert state_of(signature) == State.ON_HOLD
    assert signature.events.get(to_state=State.ON_HOLD).note.text == "Who decided?"
    back = press(client, signature, "put-back", note="")
    assert messages(back) == ["Back in the queue."]
    assert state_of(signature) == State.CONFIRMED


def test_a_rejection_has_a_reason_tells_the_signer_and_can_be_opened_again(client, campaign, moderator):
    signature = make_signature(campaign, state=State.CONFIRMED)
    press(client, signature, "reject", reason="out_of_scope", note="A company.")
    rejected = Signature.objects.get(pk=signature.pk)
    assert (rejected.state, rejected.decision_reason, rejected.decided_by) == (
        State.REJECTED,
        "out_of_scope",
        moderator,
    )
    assert OutboxMail.objects.filter(signature=signature, kind="rejected").count() == 1
    press(client, signature, "put-back", note="They wrote to us.")
    opened = Signature.objects.get(pk=signature.pk)
    assert (opened.state, opened.decision_reason, opened.decided_by) == (State.CONFIRMED, "", None)


def test_what_was_rejected_before_it_was_confirmed_is_not_opened_again(client, campaign, moderator):
    signature = make_signature(campaign, state=State.SUBMITTED)
    moderation.reject(signature=signature, by=moderator, reason="abuse")
    refused = press(client, signature, "put-back", note="")
    assert messages(refused) == ["It was never confirmed, so it can't be opened again."]
    assert state_of(signature) == State.REJECTED


def test_a_rejected_one_is_not_opened_again_beside_a_newer_one(client, campaign, moderator):
    answers = {"name": "Example Twice", "mailbox": "a@twice.example", "website": "https://twice.example"}
    signature = make_signature(campaign, state=State.REJECTED, **answers)
    make_signature(campaign, state=State.SUBMITTED, **answers)
    refused = press(client, signature, "put-back", note="")
    assert messages(refused) == ["The organisation has signed anew meanwhile."]
    assert state_of(signature) == State.REJECTED


def test_the_contact_shows_on_a_click_that_is_recorded(client, campaign, moderator):
    signature = make_signature(
        campaign,
        state=State.CONFIRMED,
        contact_name="Jane Secretname",
        contact_role="Chair",
        mailbox="jane@street.example",
    )
    shown = press(client, signature, "show-contact")
    assert "Name Jane Secretname Role Chair Mailbox jane@street.example" in text(shown)
    assert "no-store" in shown.headers["Cache-Control"]
    assert signature.events.filter(kind="revealed", actor=moderator).count() == 1
    assert "Secretname" not in client.get(case_address(signature)).content.decode()


def test_s9_the_mail_is_sent_again_to_this_row_only(client, campaign, moderator):
    signature = make_signature(campaign, state=State.SUBMITTED)
    other = make_signature(campaign, state=State.SUBMITTED)
    too_soon = press(client, signature, "send-again")
    assert messages(too_soon) == ["This mailbox had a mail just now. Wait a minute."]
    OutboxMail.objects.update(not_before="2020-01-01T00:00Z", state="sent")
    sent = press(client, signature, "send-again")
    assert messages(sent) == ["The mail is queued again."]
    assert "Please confirm: Queued" in text(sent)
    assert [each.mails.count() for each in (signature, other)] == [2, 1]


def test_a_note_is_added_to_the_trail(client, campaign, moderator):
    signature = make_signature(campaign)
    answer = press(client, signature, "add-note", note="Called twice.\nNo answer.")
    assert "Note Called twice. No answer." in text(answer)
    assert client.post(button_address(signature, "add-note"), {"note": " "}).status_code == 422


def test_m7_no_forged_form_changes_a_state(client, campaign, moderator):
    signature = make_signature(campaign, state=State.CONFIRMED)
    before = Signature.objects.values().get(pk=signature.pk)
    for address in (
        case_address(signature),
        "/admin/signatories/signature/add/",
        f"/admin/signatories/signature/{signature.pk}/delete/",
    ):
        answer = client.post(address, {"state": "accepted", "_save": "Save", "post": "yes"})
        assert answer.status_code in (403, 404, 405)
    client.post(
        "/admin/signatories/signature/",
        {
            "form-TOTAL_FORMS": "1",
            "form-INITIAL_FORMS": "1",
            "form-0-id": signature.pk,
            "form-0-state": "accepted",
            "_save": "Save",
        },
    )
    assert Signature.objects.values().get(pk=signature.pk) == before
    assert SignatureEvent.objects.filter(to_state=State.ACCEPTED).count() == 0


@pytest.mark.parametrize(
    ("state", "refused"),
    [
        (State.SUBMITTED, ["accept", "hold", "put-back"]),
        (State.ACCEPTED, ["accept", "reject", "put-back"]),
        (State.REJECTED, ["accept", "hold", "reject"]),
    ],
)
def test_m7_a_forged_button_is_refused_in_words(client, campaign, moderator, state, refused):
    signature = make_signature(campaign, state=state)
    for name in refused:
        answer = client.post(
            button_address(signature, name),
            {"expected_state": state, "reason": "abuse", "note": ""},
            follow=True,
        )
        assert (answer.status_code, state_of(signature)) == (200, state)
        assert page(answer).select("ul.messagelist li.error") != []
        assert (
            page(client.get(case_address(signature))).find("form", action=button_address(signature, name))
            is None
        )


def test_m8_the_second_moderator_reads_who_was_faster(client, campaign, moderator):
    signature = make_signature(campaign, state=State.CONFIRMED)
    give_evidence(signature, moderator)
    seen = client.get(case_address(signature))
    colleague = make_moderator(campaign, "grace")
    moderation.accept(signature=Signature.objects.get(pk=signature.pk), by=colleague)
    late = press(client, signature, "reject", page_before=seen, reason="abuse", note="")
    assert already_decided(late, "grace", "Accepted")
    assert already_decided(press(client, signature, "accept", page_before=seen, note=""), "grace", "Accepted")
    assert state_of(signature) == State.ACCEPTED
    assert signature.events.filter(to_state=State.ACCEPTED).count() == 1
    assert OutboxMail.objects.filter(signature=signature, kind__in=["accepted", "rejected"]).count() == 1


def test_m8_an_old_page_does_not_decide_a_case_that_was_opened_again(client, campaign, moderator):
    signature = make_signature(campaign, state=State.CONFIRMED)
    give_evidence(signature, moderator)
    seen = client.get(case_address(signature))
    moderation.hold(signature=Signature.objects.get(pk=signature.pk), by=make_moderator(campaign, "grace"))
    late = press(client, signature, "accept", page_before=seen, note="")
    assert already_decided(late, "grace", "On hold")
    assert state_of(signature) == State.ON_HOLD


def test_no_button_works_on_a_get(client, campaign, moderator):
    signature = make_signature(campaign, state=State.CONFIRMED)
    assert [client.get(button_address(signature, name)).status_code for name in BUTTONS] == [405] * len(
        BUTTONS
    )


def forms_of(response):
    return [each["action"] for each in page(response).select("form.desk-form")]


def test_a_manager_reads_and_finds_no_button_but_the_convenors(client, campaign):
    signature = make_signature(campaign, state=State.CONFIRMED)
    client.force_login(make_manager(campaign))
    shown = client.get(case_address(signature))
    assert signature.organisation.name in text(shown)
    assert forms_of(shown) == [button_address(signature, "convenor")]
    answers = {"expected_state": "confirmed", "reason": "abuse", "note": "x", "kind": "known"}
    assert {client.post(button_address(signature, name), answers).status_code for name in BUTTONS} == {404}
    assert state_of(signature) == State.CONFIRMED


def test_a_role_without_the_group_decides_nothing(client, campaign):
    signature = make_signature(campaign, state=State.CONFIRMED)
    client.force_login(make_user("no-group", roles=[(campaign, Role.MODERATOR)]))
    assert client.get(case_address(signature)).status_code == 403
    answers = {"expected_state": "confirmed", "reason": "abuse", "note": "x", "kind": "known"}
    assert {client.post(button_address(signature, name), answers).status_code for name in BUTTONS} == {403}


def test_a_moderator_of_one_letter_who_manages_another_does_not_moderate_that_one(client, campaign):
    other = make_campaign("letter-b")
    signature = make_signature(other, state=State.CONFIRMED)
    user = make_user(
        "both",
        groups=["Moderators", "Campaign managers"],
        roles=[(campaign, Role.MODERATOR), (other, Role.MANAGER)],
    )
    client.force_login(user)
    assert forms_of(client.get(case_address(signature))) == [button_address(signature, "convenor")]
    assert client.post(button_address(signature, "hold"), {"expected_state": "confirmed"}).status_code == 404
    assert state_of(signature) == State.CONFIRMED


def test_earlier_campaigns_show_only_where_one_works(client, campaign):
    other = make_campaign("letter-b")
    make_signature(
        other, name="Example Faithful", website="https://faithful.example", mailbox="x@faithful.example"
    )
    signature = make_signature(
        campaign,
        state=State.CONFIRMED,
        name="Example Faithful",
        website="https://faithful.example",
        mailbox="y@faithful.example",
    )
    client.force_login(make_moderator(campaign))
    assert "letter-b" not in client.get(case_address(signature)).content.decode()
    client.force_login(
        make_user("both", groups=["Moderators"], roles=[(campaign, Role.MODERATOR), (other, Role.MODERATOR)])
    )
    assert (
        "Example Faithful Earlier campaign @faithful.example faithful.example Kenya Accepted · letter-b"
        in text(client.get(case_address(signature)))
    )


def test_a_look_alike_of_another_letter_is_counted_and_not_shown(client, campaign):
    other = make_campaign("letter-b")
    make_signature(
        other, name="Example Lantern", website="https://lantern.example", mailbox="x@lantern.example"
    )
    signature = make_signature(
        campaign,
        state=State.CONFIRMED,
        name="Example Lantern",
        website="https://lamp.example",
        mailbox="y@lamp.example",
    )
    client.force_login(make_moderator(campaign))
    shown = client.get(case_address(signature))
    assert "1 organisation of this name is registered on letters that you do not work on." in text(shown)
    assert "lantern.example" not in shown.content.decode()
    assert "needed: V3 ." in text(shown)


def test_the_page_makes_as_many_queries_for_one_of_each_as_for_three(client, campaign, moderator):
    signature = make_signature(
        campaign,
        state=State.CONFIRMED,
        name="Example Many",
        website="https://many.example",
        mailbox="a@many.example",
    )

    def add_one_of_each(kind):
        make_signature(
            campaign, state=State.CONFIRMED, website="https://many.example", mailbox="b@many.example"
        )
        give_evidence(signature, moderator, kind)
        moderation.add_note(signature=signature, by=moderator, note="Seen.")

    add_one_of_each(EvidenceKind.KNOWN)
    one = queries_of(client, case_address(signature))
    add_one_of_each(EvidenceKind.CALLBACK)
    add_one_of_each(EvidenceKind.PUBLISHED_ADDRESS)
    assert queries_of(client, case_address(signature)) == one


def test_hostile_text_is_text(client, campaign, moderator):
    name = '=HYPERLINK("https://evil.example","x")<script>alert(1)</script>'
    signature = make_signature(campaign, state=State.CONFIRMED, name=name)
    press(client, signature, "add-note", note="<img src=x onerror=alert(1)>")
    for address in (
        case_address(signature),
        "/admin/",
        "/admin/signatories/signature/",
        "/admin/signatories/signatureevent/",
    ):
        html = client.get(address).content.decode()
        assert "<script>alert" not in html
        assert "<img src=x" not in html


def test_a_superuser_decides_everywhere(client, campaign):
    signature = make_signature(campaign, state=State.CONFIRMED)
    client.force_login(make_superuser())
    press(client, signature, "hold", note="")
    assert state_of(signature) == State.ON_HOLD


def test_the_history_of_a_signature_is_its_trail(client, campaign, moderator):
    signature = make_signature(campaign)
    answer = client.get(f"/admin/signatories/signature/{signature.pk}/history/")
    assert answer.headers["Location"] == f"{case_address(signature)}#events"
