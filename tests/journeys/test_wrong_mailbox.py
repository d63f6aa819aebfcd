"""A mistyped mailbox, a stranger who gets the mail, a link that is too old: through HTTP (scenarios S8, S9, S11)."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from campaigns.choices import PublicationMode
from campaigns.models import Campaign
from signatories import moderation, retention
from signatories.identity import mailboxes
from signatories.models import OutboxMail, Signature, SuppressedMailbox
from signatories.states import EventKind, Flag, MailKind, State
from tests.builders import form_answers, fresh_token, make_signature, make_superuser
from tests.journeys.conftest import fields_of, link_in, soup_of, words_of

SIGN, SEND = "/en/hrd-agenda/sign/", "/en/hrd-agenda/sign/send/"
AGAIN = "/en/hrd-agenda/sign/again/"
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
TYPED = {
    "name": "Canary Organisation",
    "mailbox": "canary@stranger.example",
    "contact_name": "Canary Person",
    "website": "https://canary.example",
}


@pytest.fixture
def mailed(client, campaign, deliver):
    """A form in a stranger's name, and the link that he got."""
    client.post(SEND, form_answers(**TYPED))
    (message,) = deliver()
    return link_in(message)


def test_s8_a_slip_of_the_finger_is_asked_about_with_two_buttons_and_no_script(client, campaign):
    answers = form_answers(mailbox="jo@gmial.com")
    review = client.post(SIGN, answers)

    assert "Did you mean jo@gmail.com ?" in words_of(review)
    yes = soup_of(review).find("button", attrs={"name": "mailbox"})
    assert (yes["value"], yes["formaction"]) == ("jo@gmail.com", SIGN)
    # As a browser sends it: the hidden field first, the button after it.
    fields = [*fields_of(review, action=SEND).items(), ("mailbox", yes["value"])]
    posted = {name: [value for each, value in fields if each == name] for name, _value in fields}
    mended = client.post(SIGN, posted)
    assert "Did you mean" not in words_of(mended)
    assert fields_of(mended, action=SEND)["mailbox"] == "jo@gmail.com"


def test_s8_who_means_what_he_typed_just_sends_it(client, campaign, deliver):
    carried = fields_of(client.post(SIGN, form_answers(mailbox="jo@gmial.com")), action=SEND)

    assert client.post(SEND, carried).status_code == 302

    (message,) = deliver()
    assert message.to == ["jo@gmial.com"]


def test_s8_a_mailbox_that_looks_right_is_asked_nothing(client, campaign):
    assert "Did you mean" not in words_of(client.post(SIGN, form_answers(mailbox="jo@gmail.com")))


def test_s8_a_stranger_says_that_he_did_not_do_this(client, mailed):
    button = soup_of(client.get(mailed)).find("form", action=f"{mailed}not-me/")
    assert "I did not do this" in button.get_text()

    answer = client.post(f"{mailed}not-me/", follow=True)

    signature = Signature.objects.get()
    assert (signature.state, signature.decision_reason) == (State.REJECTED, "no_evidence")
    assert [each.kind for each in signature.events.all()] == [
        EventKind.SIGNED,
        EventKind.CHANGED,
        EventKind.NOT_ME,
    ]
    suppressed = SuppressedMailbox.objects.get()
    assert suppressed.mailbox_hash == mailboxes.lookup_hash(TYPED["mailbox"])
    assert "Thank you for telling us" in words_of(answer)
    assert "Defenders at the heart" in words_of(answer)
    assert "anary" not in answer.content.decode()
    # The link confirms nothing any more.
    assert client.post(mailed, {"mandate": "on"}).status_code == 200
    signature.refresh_from_db()
    assert signature.state == State.REJECTED
    assert OutboxMail.objects.filter(kind=MailKind.REJECTED).count() == 0


def test_s8_of_a_withheld_one_not_even_the_letter_is_named(client, mailed):
    Signature.objects.update(publication_mode=PublicationMode.WITHHELD)

    answer = client.post(f"{mailed}not-me/", follow=True)

    assert "Thank you for telling us" in words_of(answer)
    for told in ("anary", "Defenders", "hrd-agenda"):
        assert told not in answer.content.decode()


@pytest.mark.parametrize("mode", [PublicationMode.WITHHELD, PublicationMode.ADDRESSEE_ONLY])
def test_s8_the_page_to_confirm_names_nothing_where_the_mail_named_nothing(client, mailed, mode):
    Signature.objects.update(publication_mode=mode)

    page = client.get(mailed)
    confirmed = client.post(mailed, {"mandate": "on"}, follow=True)

    assert Signature.objects.get().reference in words_of(page)
    for told in ("anary", "Defenders", "hrd-agenda"):
        assert told not in page.content.decode()
    assert "anary" in words_of(confirmed)


def test_s8_nor_does_the_page_that_comes_too_late(client, mailed):
    Signature.objects.update(publication_mode=PublicationMode.WITHHELD)
    Campaign.objects.update(
        opens_at=timezone.now() - timedelta(days=9), closes_at=timezone.now() - timedelta(days=2)
    )

    page = client.get(mailed)

    assert page.status_code == 410
    for told in ("anary", "Defenders", "hrd-agenda"):
        assert told not in page.content.decode()


def test_s8_a_scanner_that_follows_links_presses_no_button(client, mailed):
    for address in (mailed, f"{mailed}not-me/", f"{mailed}mail-again/", f"{mailed}new-link/"):
        for _ in range(3):
            client.get(address)
            client.head(address)

    assert Signature.objects.get().state == State.SUBMITTED
    assert SuppressedMailbox.objects.count() == 0
    assert client.get(f"{mailed}not-me/").status_code == 405


def test_s8_pressed_twice_it_is_one_event_and_a_made_up_link_is_not_known(client, mailed):
    client.post(f"{mailed}not-me/")
    client.post(f"{mailed}not-me/")

    assert Signature.objects.get().events.filter(kind=EventKind.NOT_ME).count() == 1
    assert client.post("/en/confirm/made-up/not-me/").status_code == 404
    assert client.post("/en/confirm/made-up/mail-again/").status_code == 404
    assert client.post("/en/confirm/made-up/new-link/").status_code == 404


def test_s8_what_was_confirmed_is_disputed_and_not_disowned(client, mailed):
    client.post(mailed, {"mandate": "on"})

    assert client.post(f"{mailed}not-me/").status_code == 404
    assert Signature.objects.get().state == State.CONFIRMED
    assert client.post(f"{mailed}mail-again/").status_code == 404


def test_s8_afterwards_the_mailbox_gets_no_confirmation_mail_and_the_pages_say_nothing(
    client, campaign, mailed, deliver
):
    client.post(f"{mailed}not-me/")
    answers = form_answers(name="Another Example", mailbox=TYPED["mailbox"])
    unknown = client.post(SEND, form_answers(name="Third", mailbox="x@y.stranger.example"), follow=True)
    deliver()

    answer = client.post(SEND, answers, follow=True)
    client.post(AGAIN, {"mailbox": TYPED["mailbox"]})

    assert deliver() == []
    assert Signature.objects.count() == 3
    assert words_of(answer).count("Check your mailbox") == words_of(unknown).count("Check your mailbox")


def test_s8_the_owner_lifts_it_and_staff_can_write_all_along(client, campaign, mailed, deliver):
    client.post(f"{mailed}not-me/")
    client.post(SEND, form_answers(name="The Owner's Own", mailbox=TYPED["mailbox"]))
    own = Signature.objects.latest("pk")
    assert deliver() == []
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=2)):
        moderation.send_again(signature=own, by=make_superuser())
        assert len(deliver()) == 1

    answer = client.post(f"{mailed}mail-again/", follow=True)

    assert "gets its mail as any other" in words_of(answer)
    assert SuppressedMailbox.objects.count() == 0


def test_s8_after_ninety_days_the_mailbox_is_one_like_any_other(client, campaign):
    with time_machine.travel(NOON, tick=False) as clock:
        campaign.opens_at, campaign.closes_at = NOON - timedelta(days=1), NOON + timedelta(days=200)
        campaign.save()
        signature = make_signature(campaign, state=State.SUBMITTED, **TYPED)
        client.post(f"/en/confirm/{fresh_token(signature)}/not-me/")
        clock.shift(timedelta(days=91))
        client.post(SEND, form_answers(name="Another Example", mailbox=TYPED["mailbox"]))

        assert Signature.objects.latest("pk").mails.count() == 1


def test_s11_day_four_one_button_sends_a_new_link_to_the_stored_mailbox_alone(client, campaign, deliver):
    with time_machine.travel(NOON, tick=False) as clock:
        campaign.opens_at, campaign.closes_at = NOON - timedelta(days=1), NOON + timedelta(days=30)
        campaign.save()
        client.post(SEND, form_answers(**TYPED))
        link = link_in(deliver()[0])
        clock.shift(timedelta(days=4))
        shown = client.get(link)
        assert shown.status_code == 410
        assert "This link has expired" in words_of(shown)
        assert "anary" not in shown.content.decode()
        assert "stranger.example" not in shown.content.decode()
        assert len(soup_of(shown).select("main form")) == 1
        assert client.post(link, {"mandate": "on"}).status_code == 410

        answer = client.post(f"{link}new-link/", follow=True)

        assert "on its way" in words_of(answer)
        assert "anary" not in answer.content.decode()
        (message,) = deliver()
        assert message.to == [TYPED["mailbox"]]
        new = link_in(message)
        client.post(new, {"mandate": "on"})
        assert Signature.objects.get().state == State.CONFIRMED


def test_s11_a_form_that_the_host_looks_at_first_gets_no_new_link_and_the_page_says_what_may_be_why(
    client, campaign, deliver
):
    with time_machine.travel(NOON, tick=False) as clock:
        campaign.opens_at, campaign.closes_at = NOON - timedelta(days=1), NOON + timedelta(days=30)
        campaign.save()
        client.post(SEND, form_answers(**TYPED))
        link = link_in(deliver()[0])
        Signature.objects.update(flags=[Flag.NO_PROOF])
        clock.shift(timedelta(days=4))

        answer = client.post(f"{link}new-link/", follow=True)

        assert "or the host looks at the form first" in words_of(answer)
        assert deliver() == []


def test_s11_day_eight_the_row_is_purged_and_the_link_leads_to_a_fresh_form(client, campaign, deliver):
    with time_machine.travel(NOON, tick=False) as clock:
        campaign.opens_at, campaign.closes_at = NOON - timedelta(days=1), NOON + timedelta(days=30)
        campaign.save()
        client.post(SEND, form_answers(**TYPED))
        link = link_in(deliver()[0])
        clock.shift(timedelta(days=8))
        retention.expire_unconfirmed(timezone.now())

        shown = client.get(link)

        assert shown.status_code == 410
        assert "anary" not in shown.content.decode()
        assert soup_of(shown).select_one("main a.button")["href"] == SIGN
        assert client.post(f"{link}new-link/", follow=True).status_code == 410
        assert deliver() == []


def test_s11_of_one_that_is_not_public_an_old_link_names_no_letter(client, mailed):
    Signature.objects.update(publication_mode=PublicationMode.ADDRESSEE_ONLY)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=4)):
        shown = client.get(mailed).content.decode()

    for told in ("anary", "Defenders", "hrd-agenda"):
        assert told not in shown


def test_a_stranger_who_uses_up_a_mailbox_does_not_keep_its_owner_from_his_mail(client, campaign, deliver):
    """He signs in the owner's name and asks for the mail until the day's three are gone."""
    owner = "director@lantern.example"
    with time_machine.travel(NOON, tick=False) as clock:
        campaign.opens_at, campaign.closes_at = NOON - timedelta(days=1), NOON + timedelta(days=30)
        campaign.save()
        troll = {"REMOTE_ADDR": "198.51.100.9"}
        after = client.post(SEND, form_answers(name="Troll Front", mailbox=owner), **troll)["Location"]
        to = fields_of(client.get(after), action=AGAIN)["to"]
        for _ in range(5):
            clock.shift(timedelta(minutes=2))
            client.post(AGAIN, {"to": to}, **troll)
        assert len(deliver()) == 3

        after = client.post(SEND, form_answers(name="Lantern", mailbox=owner), REMOTE_ADDR="203.0.113.7")
        assert deliver() == []
        to = fields_of(client.get(after["Location"]), action=AGAIN)["to"]
        for _ in range(5):
            clock.shift(timedelta(minutes=2))
            client.post(AGAIN, {"to": to}, REMOTE_ADDR="203.0.113.7")

        (message,) = deliver()
        client.post(link_in(message), {"mandate": "on"})
        assert Signature.objects.get(organisation__name="Lantern").state == State.CONFIRMED
