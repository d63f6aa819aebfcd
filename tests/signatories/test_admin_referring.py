"""The desk's part of a referral: choosing whom to ask, the second pair of eyes, and what forged forms get."""

import pytest

from signatories import moderation
from signatories.models import OutboxMail, Referral, Signature
from signatories.moderation import vouching
from signatories.states import EventKind, Reason, State
from signatories.transitions import record, staff
from tests.builders import make_campaign, make_manager, make_moderator, make_signature, make_superuser
from tests.signatories.staff_pages import case_address, messages, page, press, queries_of, text
from tests.signatories.test_referring import ask, make_group, token_of, vouch

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
def group(campaign):
    return make_group(campaign, name="Example Mothers")


def address(signature, name):
    return f"/admin/signatories/signature/{signature.pk}/{name}/"


def choose(client, group, referrer, **answers):
    return client.post(
        address(group, "ask-to-vouch"),
        {"referrer": referrer.pk, "signer_agreed": "on", "note": "", **answers},
        follow=True,
    )


def mailed():
    return OutboxMail.objects.filter(kind="referral").count()


def test_the_case_page_leads_to_the_choice_of_a_signatory(client, campaign, group, moderator):
    referrer = make_signature(campaign, name="Example Lantern", acronym="EXL")
    make_signature(campaign, name="Something Else")
    make_signature(campaign, name="Lantern that waits", state=State.CONFIRMED)
    make_signature(make_campaign("letter-b"), name="Lantern of another letter")
    link = page(client.get(case_address(group))).find("a", string="Ask a signatory to vouch")

    for query in ("lantern", "EXL", referrer.reference, "example lantern"):
        found = page(client.get(link["href"], {"q": query})).select("table.cases th bdi")
        assert [each.get_text() for each in found] == ["Example Lantern"]
    everybody = page(client.get(link["href"])).select("table.cases th bdi")
    assert sorted(each.get_text() for each in everybody) == ["Example Lantern", "Something Else"]
    nobody = client.get(link["href"], {"q": "nobody % '"})
    assert "No accepted signatory of this letter fits." in text(nobody)


def test_who_is_below_the_level_cannot_be_chosen(client, campaign, group, moderator):
    referrer = make_signature(campaign)
    referrer.evidence.filter(kind="known").update(taken_back_at=referrer.decided_at)

    radio = page(client.get(address(group, "signatories-to-ask"))).find("input", type="radio")

    assert radio.has_attr("disabled")
    assert messages(choose(client, group, referrer)) == ["Whoever vouches must be verified at V2 or better."]
    assert mailed() == 0


def test_without_the_tick_nobody_is_asked_and_what_was_chosen_stays(client, campaign, group, moderator):
    referrer = make_signature(campaign, name="Example Lantern")

    unticked = client.post(
        address(group, "ask-to-vouch"), {"referrer": referrer.pk, "note": "by phone", "q": "lantern"}
    )

    assert unticked.status_code == 422
    assert "Ask the signer first, and then tick this." in text(unticked)
    chosen = page(unticked).find("input", type="radio", checked=True)
    assert chosen["value"] == str(referrer.pk)
    assert page(unticked).find("textarea", attrs={"name": "note"}).get_text().strip() == "by phone"
    assert mailed() == 0


def test_the_page_says_what_the_question_gives_away(client, campaign, moderator):
    withheld = make_group(campaign, publication_mode="withheld")

    shown = text(client.get(address(withheld, "signatories-to-ask")))

    assert "This signer wants to be known to the host alone." in shown


@pytest.mark.parametrize("forged", ["-1", "0", "x", "", "9" * 30, "1 OR 1=1"])
def test_a_forged_id_asks_nobody(client, group, moderator, forged):
    answer = client.post(address(group, "ask-to-vouch"), {"referrer": forged, "signer_agreed": "on"})

    assert answer.status_code == 422
    assert Referral.objects.count() == 0


def test_a_forged_id_of_another_letter_or_of_what_waits_asks_nobody(client, campaign, group, moderator):
    elsewhere = make_signature(make_campaign("letter-b"), name="Zanzibar Society")
    waiting = make_signature(campaign, state=State.CONFIRMED)

    for forged in (elsewhere, waiting, group):
        answer = client.post(address(group, "ask-to-vouch"), {"referrer": forged.pk, "signer_agreed": "on"})
        assert answer.status_code == 422
        assert "Only an accepted signatory of the same letter can vouch." in text(answer)
        assert "Zanzibar" not in answer.content.decode()
    assert (Referral.objects.count(), mailed()) == (0, 0)


def test_managers_read_and_do_not_ask(client, campaign, group):
    referrer = make_signature(campaign)
    waiting = Referral.objects.create(
        signature=group, referrer=referrer, requested_by=make_superuser(), requested_at=group.submitted_at
    )
    record(group, kind=EventKind.REFERRAL_ASKED, actor=staff(waiting.requested_by))
    client.force_login(make_manager(campaign))

    assert "wants a second pair of eyes" in text(client.get(case_address(group)))
    assert "Ask a signatory to vouch" not in text(client.get(case_address(group)))
    assert client.get(address(group, "signatories-to-ask")).status_code == 404
    assert choose(client, group, referrer).status_code == 404
    for name in ("agree", "call-off"):
        assert client.post(address(group, f"referral/{waiting.pk}/{name}")).status_code == 404
    assert mailed() == 0


def test_the_sixth_shows_on_the_desk_and_is_agreed_to_by_another(client, campaign, group, moderator):
    referrer = make_signature(campaign, name="Example Lantern")
    for _ in range(5):
        ask(make_group(campaign), referrer)
    asked = choose(client, group, referrer)
    assert messages(asked) == ["“Example Lantern” vouches often: the mail waits until a colleague agrees."]
    referral = Referral.objects.get(signature=group)
    own = page(client.get(case_address(group)))
    assert own.find("form", action=address(group, f"referral/{referral.pk}/agree")) is None
    forged = client.post(address(group, f"referral/{referral.pk}/agree"), follow=True)
    assert messages(forged) == ["You have asked yourself: a colleague has to look."]
    assert mailed() == 5

    client.force_login(make_moderator(campaign, username="second"))
    assert "1 want a second pair of eyes" in text(client.get("/admin/"))
    listed = text(client.get("/admin/signatories/signature/?second_eyes=wanted"))
    assert "Example Mothers" in listed
    assert "1 signature" in listed
    agreed = press(client, group, f"referral/{referral.pk}/agree")

    assert messages(agreed) == ["Agreed: the mail is queued."]
    assert mailed() == 6
    assert "want a second pair of eyes" not in text(client.get("/admin/"))


def test_a_referral_of_another_case_is_not_agreed_to_from_this_one(client, campaign, group, moderator):
    referrer = make_signature(campaign)
    other = make_group(campaign)
    waiting = Referral.objects.create(
        signature=other, referrer=referrer, requested_by=make_superuser(), requested_at=group.submitted_at
    )

    for name in ("agree", "call-off"):
        assert client.post(address(group, f"referral/{waiting.pk}/{name}")).status_code == 404
    assert (mailed(), Referral.objects.count()) == (0, 1)


def test_the_case_shows_each_answer_and_what_no_longer_counts(client, campaign, group, moderator):
    yes, no, silent, back, gone = (make_signature(campaign, name=f"Signatory {n}") for n in "ABCDE")
    vouch(group, yes)
    vouching.answer(token=token_of(ask(group, no)), says="no")
    ask(group, silent)
    moderation.take_back_evidence(evidence=vouch(group, back).evidence, by=moderator)
    vouch(group, gone)
    moderation.revoke(signature=Signature.objects.get(pk=gone.pk), by=moderator, reason=Reason.IMPERSONATION)

    shown = text(client.get(case_address(group)))

    for words in (
        "Signatory A : vouches",
        "Signatory B : doesn’t know it",
        "Signatory C : asked, no answer yet",
        "Signatory D : vouched, taken back",
        "Signatory E : vouches",
        "Doesn’t count: the signatory is no longer accepted.",
        "The signatory answered · Does not know it “Signatory B”",
        "Level V1 , needed: V2 .",
    ):
        assert words in shown
    assert shown.count("Doesn’t count") == 1


def test_taking_a_vouch_back_on_the_case_page_puts_both_on_hold(client, campaign, group, moderator):
    first, second = make_signature(campaign), make_signature(campaign)
    evidence = vouch(group, first).evidence
    vouch(group, second)
    moderation.accept(signature=Signature.objects.get(pk=group.pk), by=moderator)

    press(client, group, f"evidence/{evidence.pk}/take-back")

    states = [Signature.objects.get(pk=each.pk).state for each in (group, first, second)]
    assert states == [State.ON_HOLD, State.ON_HOLD, State.ACCEPTED]


def test_the_pages_make_as_many_queries_for_one_referral_as_for_three(client, campaign, group, moderator):
    signatories = [make_signature(campaign) for _ in range(3)]
    queue = "/admin/signatories/signature/"
    vouch(group, signatories[0])
    one = [queries_of(client, each) for each in (case_address(group), queue)]
    for each in signatories[1:]:
        vouch(group, each)

    assert [queries_of(client, each) for each in (case_address(group), queue)] == one


def test_choosing_makes_as_many_queries_among_three_as_among_one(client, campaign, group, moderator):
    make_signature(campaign)
    one = queries_of(client, address(group, "signatories-to-ask"))
    for _ in range(2):
        make_signature(campaign)

    assert queries_of(client, address(group, "signatories-to-ask")) == one
