"""A group without a domain is vouched for by two signatories, through their own mail links (scenario S22)."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from signatories import moderation
from signatories.models import Evidence, OutboxMail, Signature
from signatories.states import Reason, State
from tests.builders import make_moderator, make_signature, make_superuser
from tests.journeys.conftest import soup_of, words_of
from tests.signatories.staff_pages import case_address, messages, press, text


@pytest.fixture
def group(campaign):
    return make_signature(
        campaign,
        state=State.CONFIRMED,
        name="Colectivo Muestra",
        website="",
        mailbox="muestra.secret@gmail.com",
        contact_name="Ana Secretname",
        country_code="CO",
    )


@pytest.fixture
def referrers(campaign):
    return [make_signature(campaign, name=f"Signatory {letter}") for letter in "AB"]


def ask(group, referrer):
    moderation.ask_to_vouch(signature=group, referrer=referrer, by=make_superuser(), signer_agreed=True)


def vouch_link(message):
    (link,) = set(re.findall(r"http://testserver(/\S+/vouch/\S+)", message.body))
    return link


@pytest.fixture
def link(group, referrers, deliver):
    """Of the first referrer."""
    ask(group, referrers[0])
    (message,) = [each for each in deliver() if "/vouch/" in each.body]
    return vouch_link(message)


def everything():
    return [list(table.objects.order_by("pk").values()) for table in (Signature, Evidence, OutboxMail)]


def state_of(signature):
    return Signature.objects.get(pk=signature.pk).state


def test_s22_a_group_with_free_mail_is_accepted_on_the_word_of_two_signatories(
    client, campaign, group, referrers, deliver
):
    moderator = make_moderator(campaign)
    client.force_login(moderator)
    for referrer in referrers:
        found = client.get(
            f"/admin/signatories/signature/{group.pk}/signatories-to-ask/?q={referrer.reference}"
        )
        assert referrer.organisation.name in text(found)
        asked = client.post(
            f"/admin/signatories/signature/{group.pk}/ask-to-vouch/",
            {"referrer": referrer.pk, "signer_agreed": "on", "note": ""},
            follow=True,
        )
        assert messages(asked) == [f"“{referrer.organisation.name}” is asked by mail."]
    assert "asked, no answer yet" in text(client.get(case_address(group)))
    mails = [each for each in deliver() if "/vouch/" in each.body]
    assert len(mails) == 2
    client.logout()

    for message in mails:
        assert message.subject == "A question from Example Host"
        shown = client.get(vouch_link(message))
        assert "Colectivo Muestra" in words_of(shown)
        assert "Colombia" in words_of(shown)
        for each in (message.body, message.alternatives[0][0], shown.content.decode()):
            assert [secret for secret in ("muestra.secret", "Secretname") if secret in each] == []
        answered = client.post(vouch_link(message), {"says": "yes"}, follow=True)
        assert "you vouched for this group" in words_of(answered)

    client.force_login(moderator)
    case = client.get(case_address(group))
    assert "Level V2 , needed: V2 ." in text(case)
    assert text(case).count("A verified signatory vouches") >= 2
    press(client, group, "accept", note="Two signatories work with them.")
    assert state_of(group) == State.ACCEPTED
    assert "Colectivo Muestra" in words_of(client.get("/en/hrd-agenda/"))


def test_opening_the_link_changes_nothing_and_no_button_is_pressed_by_a_scanner(client, link):
    before = everything()

    shown = client.get(link)
    client.head(link)

    assert everything() == before
    buttons = soup_of(shown).select("main form button")
    assert [(each["name"], each["value"]) for each in buttons] == [("says", "yes"), ("says", "no")]
    assert soup_of(shown).select("main form")[0]["method"] == "post"
    assert "no-store" in shown.headers["Cache-Control"]
    assert shown.headers["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("answers", [{}, {"says": ""}, {"says": "maybe"}, {"says": ["x", "y"]}])
def test_an_answer_that_no_button_gives_is_none(client, link, answers):
    before = everything()

    response = client.post(link, answers)

    assert response.status_code == 422
    assert everything() == before


def test_s22_i_dont_know_them_is_read_by_the_staff_alone(client, campaign, group, link, deliver):
    page_before = words_of(client.get("/en/hrd-agenda/"))

    answered = client.post(link, {"says": "no"}, follow=True)

    assert "you do not know this group" in words_of(answered)
    assert "Take our vouch back" not in words_of(answered)
    assert deliver() == []
    assert words_of(client.get("/en/hrd-agenda/")) == page_before
    client.force_login(make_moderator(campaign))
    assert "Signatory A : doesn’t know it" in text(client.get(case_address(group)))


def test_a_replayed_answer_changes_nothing_and_shows_the_first(client, link):
    client.post(link, {"says": "no"})
    before = everything()

    again = client.post(link, {"says": "yes"}, follow=True)

    assert "you do not know this group" in words_of(again)
    assert everything() == before


def test_the_link_takes_the_vouch_back_by_a_button_and_both_go_back_to_the_staff(
    client, group, referrers, link
):
    client.post(link, {"says": "yes"})
    before = everything()
    assert client.get(f"{link}take-back/").status_code == 405
    assert everything() == before
    form = soup_of(client.get(link)).select_one("main form")

    taken = client.post(form["action"], follow=True)

    assert "the vouch has been taken back" in words_of(taken)
    assert "Take our vouch back" not in words_of(taken)
    assert (state_of(group), state_of(referrers[0])) == (State.CONFIRMED, State.ACCEPTED)
    assert Signature.objects.get(pk=referrers[0].pk).flags == ["vouch_taken_back"]
    before = everything()
    client.post(form["action"])
    assert everything() == before


def test_after_thirty_days_the_link_says_that_it_is_over_and_names_nobody(client, group, link):
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        for response in (client.get(link), client.post(link, {"says": "yes"})):
            assert response.status_code == 410
            assert "Colectivo Muestra" not in response.content.decode()
    assert group.evidence.filter(kind="referral").count() == 0


def test_an_old_answer_is_shown_but_only_the_staff_take_it_back(client, group, link):
    client.post(link, {"says": "yes"})

    with time_machine.travel(timezone.now() + timedelta(days=31)):
        shown = words_of(client.get(link))
        assert client.post(f"{link}take-back/").status_code == 410

    assert "you vouched for this group" in shown
    assert "Colectivo Muestra" not in shown
    assert "Take our vouch back" not in shown
    assert group.evidence.counting().filter(kind="referral").count() == 1


@pytest.mark.parametrize("end", ["rejected", "merged"])
def test_an_answer_about_a_group_that_is_gone_names_nobody_and_can_be_taken_back(
    client, campaign, group, link, end
):
    client.post(link, {"says": "yes"})
    assert "Colectivo Muestra" in words_of(client.get(link))
    by = make_superuser()
    if end == "rejected":
        moderation.reject(signature=group, by=by, reason=Reason.ABUSE)
    else:
        other = make_signature(campaign, state=State.CONFIRMED, name="Another Collective")
        moderation.merge(survivor=other, merged=group, by=by, name=other)

    shown = words_of(client.get(link))
    taken = client.post(f"{link}take-back/", follow=True)

    assert "you vouched for this group" in shown
    assert [word for word in ("Colectivo", "Collective") if word in shown + words_of(taken)] == []
    assert "the vouch has been taken back" in words_of(taken)


def test_a_question_that_is_settled_or_whose_reader_was_revoked_names_nobody(client, group, referrers, link):
    moderation.revoke(signature=referrers[0], by=make_superuser(), reason=Reason.IMPERSONATION)

    for response in (client.get(link), client.post(link, {"says": "yes"})):
        assert response.status_code == 410
        assert "no longer open" in words_of(response)
        assert [
            word for word in ("Colectivo", "revoked", "impersonation") if word in words_of(response)
        ] == []


@pytest.mark.parametrize("token", ["x", "A" * 43, "a" * 3000, "é"])
def test_an_unknown_link_is_not_known(client, db, token):
    for response in (
        client.get(f"/en/vouch/{token}/"),
        client.post(f"/en/vouch/{token}/", {"says": "yes"}),
        client.post(f"/en/vouch/{token}/take-back/"),
    ):
        assert response.status_code == 404


def test_a_link_that_confirms_does_not_vouch_and_the_other_way_round(client, campaign, link, deliver):
    make_signature(campaign, state=State.SUBMITTED, mailbox="new@new.example")
    (message,) = [each for each in deliver() if each.to == ["new@new.example"]]
    confirm = re.search(r"/confirm/(\S+)/", message.body).group(1)

    assert client.get(f"/en/vouch/{confirm}/").status_code == 404
    assert client.get(link.replace("/vouch/", "/confirm/")).status_code == 404


def test_a_signatory_that_is_withheld_gets_a_mail_that_tells_nothing(
    client, campaign, group, referrers, deliver
):
    Signature.objects.filter(pk=referrers[0].pk).update(publication_mode="withheld")
    ask(group, Signature.objects.get(pk=referrers[0].pk))

    (message,) = [each for each in deliver() if "/vouch/" in each.body]

    for words in (message.subject, message.body, message.alternatives[0][0]):
        told = ("Colectivo", "Colombia", "Signatory A", "Defenders at the heart", "letter", "sign")
        assert [each for each in told if each in words.replace(vouch_link(message), "")] == []
    assert "Colectivo Muestra" in words_of(client.get(vouch_link(message)))


def test_the_page_is_right_to_left_for_who_reads_arabic(client, campaign, group, deliver):
    referrer = make_signature(campaign, language="ar")
    ask(group, referrer)
    (message,) = [each for each in deliver() if "/vouch/" in each.body]

    assert vouch_link(message).startswith("/ar/vouch/")
    assert soup_of(client.get(vouch_link(message))).html["dir"] == "rtl"
