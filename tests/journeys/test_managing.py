"""The signer's own page, through HTTP alone (scenarios S7, S15, S17, S18, S20, S24; rule 9)."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from campaigns.choices import ConsentKind
from campaigns.models import Campaign
from signatories import moderation
from signatories.models import (
    Consent,
    Contact,
    MailLink,
    ModeChange,
    OutboxMail,
    Signature,
    SignatureEvent,
)
from signatories.states import EventKind, State
from tests.builders import (
    make_campaign,
    make_moderator,
    make_signature,
    make_superuser,
)
from tests.journeys.conftest import soup_of, words_of

PAGE = "/en/manage/"
ALL_MODES = ["public", "addressee_only", "withheld"]


@pytest.fixture
def campaign(db):
    return make_campaign(slug="hrd-agenda", title="Defenders at the heart", modes_allowed=ALL_MODES)


@pytest.fixture
def signature(campaign):
    return make_signature(
        campaign,
        name="Lantern Association",
        website="https://lantern.example",
        mailbox="ann.secret@lantern.example",
        contact_name="Ann Secretname",
        contact_role="Directress",
    )


@pytest.fixture
def page_link(signature, deliver):
    """The link to the own page, out of the receipt of the acceptance."""
    (receipt,) = [each for each in deliver() if "/manage/" in each.body]
    return link_to(receipt, "manage")


@pytest.fixture
def own_page(client, page_link):
    """A browser in which the own page is open."""
    client.get(page_link)
    return client


def link_to(message, page):
    (link,) = set(re.findall(rf"http://testserver(/\S+/{page}/\S+)", message.body))
    return link


def fresh_link(browser, deliver, page, address, **answers):
    """Presses a button of the own page, and gives the link out of the mail that comes."""
    browser.post(address, answers)
    (message,) = deliver()
    return link_to(message, page)


def now(signature):
    return Signature.objects.get(pk=signature.pk)


def everything():
    return [
        list(table.objects.order_by("pk").values())
        for table in (Signature, Contact, Consent, MailLink, ModeChange, OutboxMail, SignatureEvent)
    ]


# --- the way in ------------------------------------------------------------------------------------------


def test_s7_the_receipt_opens_the_own_page_and_the_token_leaves_the_address(client, signature, page_link):
    before = everything()

    opened = client.get(page_link)

    assert opened.status_code == 302
    assert opened.headers["Location"] == PAGE
    token = page_link.rstrip("/").rpartition("/")[2]
    assert token not in str(dict(client.session))
    shown = client.get(PAGE)
    assert "Accepted: the signature counts." in words_of(shown)
    assert "Lantern Association" in words_of(shown)
    for response in (opened, shown):
        assert "no-store" in response.headers["Cache-Control"]
        assert response.headers["Referrer-Policy"] == "same-origin"
    assert shown.headers["X-Robots-Tag"] == "noindex"
    assert everything() == before


def test_the_page_tells_whoever_holds_the_link_neither_person_nor_mailbox_nor_what_staff_noted(
    own_page, signature
):
    moderation.add_note(signature=signature, by=make_superuser(), note="Called the office, odd voice.")

    shown = own_page.get(PAGE).content.decode()

    told = ("ann.secret", "Secretname", "Directress", "odd voice")
    assert [each for each in told if each in shown] == []
    assert "…@lantern.example" in shown


def test_the_title_of_the_page_names_neither_organisation_nor_letter(own_page, campaign):
    titles = [soup_of(own_page.get(address)).title.string for address in (PAGE, f"{PAGE}name/")]

    assert titles == ["Your own page", "Correct the name"]


def test_without_cookies_the_way_in_is_explained(page_link):
    browser = Client()
    browser.get(page_link)
    browser.cookies.clear()

    shown = browser.get(PAGE)

    assert "must take one cookie" in words_of(shown)
    assert "Lantern" not in shown.content.decode()


def test_the_page_closes_after_half_an_hour_without_a_click_and_by_its_button(own_page, page_link):
    began = timezone.now()
    with time_machine.travel(began + timedelta(minutes=29)):
        assert "Accepted" in words_of(own_page.get(PAGE))
    with time_machine.travel(began + timedelta(minutes=58)):
        assert "Accepted" in words_of(own_page.get(PAGE))
    with time_machine.travel(began + timedelta(minutes=89)):
        assert "Accepted" not in words_of(own_page.get(PAGE))
    own_page.get(page_link)
    own_page.post(f"{PAGE}leave/")
    assert "Accepted" not in words_of(own_page.get(PAGE))


def test_s7_after_thirty_days_the_link_leads_to_where_a_new_one_is_mailed(client, page_link, deliver):
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        shown = client.get(page_link)
        assert shown.status_code == 410
        assert "This link has expired. It worked for 30 days." in words_of(shown)
        assert "Lantern" not in shown.content.decode()
        sent = client.post(f"{PAGE}link/", {"mailbox": "ann.secret@lantern.example"}, follow=True)
        assert "If we know the mailbox that you entered" in words_of(sent)
        (message,) = deliver()
        assert message.to == ["ann.secret@lantern.example"]
        for words in (message.subject, message.body, message.alternatives[0][0]):
            assert [each for each in ("Lantern", "Defenders", "Ann") if each in words] == []
        client.get(link_to(message, "manage"))
        assert "Accepted" in words_of(client.get(PAGE))


@pytest.mark.parametrize("token", ["x", "A" * 43, "a" * 3000, "é"])
def test_an_unknown_link_opens_nothing(client, db, token):
    shown = client.get(f"/en/manage/{token}/")

    assert shown.status_code == 404
    assert "Mail me the link" in shown.content.decode()


def test_a_link_for_something_else_does_not_open_the_page_nor_the_other_way_round(
    client, signature, page_link, deliver
):
    client.get(page_link)
    erase = fresh_link(client, deliver, "erase", f"{PAGE}ask/", purpose="erase")
    client.post(f"{PAGE}leave/")

    assert client.get(erase.replace("/erase/", "/manage/")).status_code == 404
    for page in ("publish", "download", "change-contact", "new-contact", "withdraw", "erase"):
        for response in (
            client.get(page_link.replace("/manage/", f"/{page}/")),
            client.post(page_link.replace("/manage/", f"/{page}/")),
        ):
            assert response.status_code == 404
    assert now(signature).state == State.ACCEPTED


def test_a_mailbox_gets_three_links_a_day_a_minute_apart_and_one_that_is_unknown_none(
    client, signature, deliver
):
    deliver()
    began = timezone.now()
    got = []
    for minutes in (0, 0.5, 2, 4, 6, 60, 60 * 25):
        with time_machine.travel(began + timedelta(minutes=minutes)):
            for mailbox in ("ann.secret@lantern.example", "nobody@lantern.example"):
                client.post(f"{PAGE}link/", {"mailbox": mailbox})
            got.append([message.to for message in deliver()])

    one = [["ann.secret@lantern.example"]]
    assert got == [one, [], one, one, [], [], one]


def test_a_form_that_nobody_confirmed_has_no_page(client, campaign, deliver):
    make_signature(campaign, state=State.SUBMITTED, mailbox="new@new.example")
    deliver()

    client.post(f"{PAGE}link/", {"mailbox": "new@new.example"})

    assert deliver() == []


def test_one_who_signed_several_letters_gets_one_mail_with_a_link_to_each(
    client, campaign, signature, deliver
):
    other = make_signature(make_campaign(slug="letter-b"), mailbox="ann.secret@lantern.example")
    deliver()

    client.post(f"{PAGE}link/", {"mailbox": "ann.secret@lantern.example"})

    (message,) = deliver()
    assert len(set(re.findall(r"/manage/\S+", message.body))) == 2
    assert [each.reference in message.body for each in (signature, other)] == [True, True]


# --- one browser is one person ---------------------------------------------------------------------------


def test_opening_a_second_link_closes_the_first_page(own_page, campaign, deliver):
    make_signature(campaign, name="Second Society", mailbox="bob@second.example")
    (receipt,) = [each for each in deliver() if "/manage/" in each.body]

    own_page.get(link_to(receipt, "manage"))

    shown = words_of(own_page.get(PAGE))
    assert "Second Society" in shown
    assert "Lantern" not in shown


def test_opening_the_page_logs_a_member_of_staff_out(client, campaign, page_link):
    client.force_login(make_moderator(campaign))
    key = client.session.session_key

    client.get(page_link)

    assert client.session.session_key != key
    assert "_auth_user_id" not in client.session
    assert client.get("/admin/").status_code == 302


def test_logging_in_as_staff_closes_the_page(own_page, campaign):
    own_page.force_login(make_moderator(campaign))

    shown = own_page.get(PAGE)

    assert "Lantern" not in shown.content.decode()
    assert own_page.post(f"{PAGE}hide/", {"to": "withheld"}).status_code == 403
    assert Signature.objects.get().publication_mode == "public"


# --- without a mail --------------------------------------------------------------------------------------


def test_s18_one_click_hides_the_name_everywhere(own_page, signature):
    assert "Lantern Association" in words_of(Client().get("/en/hrd-agenda/"))
    form = soup_of(own_page.get(PAGE)).find("form", action=f"{PAGE}hide/")
    assert [each["value"] for each in form.find_all("button")] == ["withheld", "addressee_only"]

    done = own_page.post(f"{PAGE}hide/", {"to": "withheld"}, follow=True)

    assert "the name is gone from every page" in words_of(done)
    assert now(signature).publication_mode == "withheld"
    for address in ("/en/hrd-agenda/", "/en/hrd-agenda/signatories/", "/hrd-agenda/signatories.csv"):
        body = b"".join(Client().get(address)).decode()
        assert "Lantern" not in body


def test_hiding_works_also_where_the_letter_does_not_offer_it(own_page, signature, campaign):
    Campaign.objects.filter(pk=campaign.pk).update(modes_allowed=["public"])

    own_page.post(f"{PAGE}hide/", {"to": "withheld"})

    assert now(signature).publication_mode == "withheld"


@pytest.mark.parametrize("to", ["public", "", "everybody", "addressee_only"])
def test_the_button_that_hides_never_shows(own_page, signature, to):
    own_page.post(f"{PAGE}hide/", {"to": "withheld"})
    before = everything()

    done = own_page.post(f"{PAGE}hide/", {"to": to})

    assert done.status_code == 302
    assert everything() == before


def test_news_by_mail_are_taken_back_and_given_again_at_once(own_page, signature):
    contact = Contact.objects.get()
    for answer in ("yes", "yes", "no", "no", "yes"):
        own_page.post(f"{PAGE}news/", {"news": answer})

    consents = contact.consents.filter(kind=ConsentKind.UPDATES)
    assert [each.taken_back_at is None for each in consents.order_by("pk")] == [False, True]
    told = signature.events.filter(kind=EventKind.UPDATES).values_list("detail", flat=True)
    assert list(told) == ["yes", "no", "yes"]


# --- buttons without a page, pages without a session -----------------------------------------------------

BUTTONS = ["hide", "publish", "publish/stop", "news", "name", "contact", "ask"]


@pytest.mark.parametrize("name", BUTTONS)
def test_a_button_does_nothing_for_whoever_has_no_page_open(client, signature, name):
    before = everything()

    response = client.post(
        f"{PAGE}{name}/",
        {
            "to": "withheld",
            "news": "yes",
            "name": "X",
            "purpose": "erase",
            "role": "Y",
            "mailbox": "a@b.example",
        },
    )

    assert response.status_code == 403
    assert "nothing was changed" in words_of(response)
    assert everything() == before


@pytest.mark.parametrize("name", BUTTONS)
def test_a_get_of_a_button_changes_nothing(own_page, name):
    before = everything()

    response = own_page.get(f"{PAGE}{name}/?to=withheld&news=no&purpose=erase")

    assert response.status_code in (200, 405)
    assert everything() == before


@pytest.mark.parametrize("purpose", ["publish", "change_contact", "manage", "confirm", "", "dispute"])
def test_a_forged_purpose_gets_no_mail(own_page, deliver, purpose):
    before = everything()

    own_page.post(f"{PAGE}ask/", {"purpose": purpose})

    assert everything() == before


def test_whoever_holds_the_link_cannot_flood_the_mailbox(own_page, deliver):
    deliver()
    own_page.post(f"{PAGE}ask/", {"purpose": "withdraw"})
    again = own_page.post(f"{PAGE}ask/", {"purpose": "withdraw"}, follow=True)

    assert "A mail was sent to your mailbox just now." in words_of(again)
    assert len(deliver()) == 1
    began = timezone.now()
    for minutes in range(2, 40, 2):
        with time_machine.travel(began + timedelta(minutes=minutes)):
            own_page.get(PAGE)
            own_page.post(f"{PAGE}ask/", {"purpose": "withdraw"})
    with time_machine.travel(began + timedelta(minutes=40)):
        assert len(deliver()) == 9
