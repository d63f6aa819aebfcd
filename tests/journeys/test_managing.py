"""The signer's own page, through HTTP alone (scenarios S7, S15, S17, S18, S20, S24; rule 9)."""

import json
import re
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from limits import parse_many

from campaigns.choices import ConsentKind
from campaigns.models import Campaign
from signatories import moderation, publicity
from signatories.models import (
    Consent,
    Contact,
    ContactChange,
    MailLink,
    ModeChange,
    OutboxMail,
    Signature,
    SignatureEvent,
)
from signatories.states import EventKind, EvidenceKind, Flag, Reason, State
from tests.builders import give_evidence, make_campaign, make_moderator, make_signature, make_superuser
from tests.journeys.conftest import Signer, soup_of, words_of
from tests.signatories.staff_pages import case_address, messages, press, text

PAGE = "/en/manage/"
ALL_MODES = ["public", "addressee_only", "withheld"]


@pytest.fixture
def campaign(db):
    return make_campaign(slug="hrd-agenda", title="Defenders at the heart", modes_allowed=ALL_MODES)


@pytest.fixture
def client():
    return Signer()


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


def press_link(link, browser=None):
    """Opens a fresh link, by default in a browser of its own, and presses the button there; gives the page that comes."""
    browser = browser or Client()
    page = browser.get(link).headers["Location"]
    return browser.post(page, follow=True)


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
        assert client.post(f"/en/{page}/").status_code == 403
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


def test_a_link_alone_logs_no_member_of_staff_out_but_its_button_does(
    client, campaign, own_page, page_link, deliver
):
    fresh = fresh_link(own_page, deliver, "withdraw", f"{PAGE}ask/", purpose="withdraw")
    for link, page in ((page_link, PAGE), (fresh, "/en/withdraw/")):
        staff = Client()
        staff.force_login(make_moderator(campaign, f"mod-{page.split('/')[-2]}"))
        before = dict(staff.session)

        shown = staff.get(link)

        assert "You are logged in as staff in this browser." in words_of(shown)
        assert "Lantern" not in shown.content.decode()
        assert dict(staff.session) == before
        assert "Lantern" not in staff.get(page).content.decode()
        assert staff.get("/admin/").status_code == 200
        opened = staff.post(link)
        assert (opened.status_code, opened.headers["Location"]) == (302, page)
        assert "_auth_user_id" not in staff.session
        assert staff.get("/admin/").status_code == 302
        assert "Defenders at the heart" in words_of(staff.get(page))


def test_logging_in_as_staff_closes_the_fresh_links(own_page, campaign, deliver):
    own_page.get(fresh_link(own_page, deliver, "withdraw", f"{PAGE}ask/", purpose="withdraw"))

    own_page.force_login(make_moderator(campaign))

    assert "Defenders" not in own_page.get("/en/withdraw/").content.decode()
    assert own_page.post("/en/withdraw/").status_code == 403
    assert Signature.objects.get().state == State.ACCEPTED


def test_logging_in_as_staff_closes_the_page(own_page, campaign):
    own_page.force_login(make_moderator(campaign))

    shown = own_page.get(PAGE)

    assert "Lantern" not in shown.content.decode()
    assert own_page.post(f"{PAGE}hide/", {"to": "withheld"}).status_code == 403
    assert Signature.objects.get().publication_mode == "public"


ACTS = {
    "hide": {"to": "withheld"},
    "publish": {"to": "public"},
    "publish/stop": {},
    "news": {"news": "no"},
    "ask": {"purpose": "erase"},
    "name": {"name": "Quite Another"},
    "contact": {"name": "Eve", "role": "Chair", "mailbox": "eve@lantern.example"},
}


@pytest.mark.parametrize("name", ACTS)
def test_a_form_of_a_page_that_another_tab_has_replaced_does_nothing(own_page, campaign, deliver, name):
    other = make_signature(
        make_campaign(slug="letter-b", title="Second letter"), mailbox="ann.secret@lantern.example"
    )
    Signature.objects.filter(pk=other.pk).update(publication_mode="addressee_only")
    (receipt,) = [each for each in deliver() if "/manage/" in each.body]
    fields = {
        each["value"]
        for page in (PAGE, f"{PAGE}name/", f"{PAGE}contact/")
        for form in soup_of(own_page.get(page)).find_all("form")
        if "leave" not in form.get("action", "")
        for each in [form.find("input", attrs={"name": "of"})]
    }
    assert fields == {str(Signature.objects.exclude(pk=other.pk).get().public_id)}
    own_page.get(link_to(receipt, "manage"))
    before = everything()

    for of in ({"of": fields.pop()}, {"of": ""}, {"of": "x"}):
        pressed = own_page.post(f"{PAGE}{name}/", of | ACTS[name])

        assert pressed.status_code == 409
        assert "Another page was opened since in this browser." in words_of(pressed)
        assert soup_of(pressed).select_one("main a.button")["href"] == PAGE
    assert Client.post(own_page, f"{PAGE}{name}/", ACTS[name]).status_code == 409
    assert everything() == before


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


def test_whoever_holds_the_link_cannot_ask_for_names_without_end(own_page, signature):
    for number in range(7):
        answers = {"name": f"Lantern {number} of the City", "native_name": "", "acronym": ""}
        last = own_page.post(f"{PAGE}name/", answers)

    assert "That is enough for a day." in words_of(last)
    assert signature.name_changes.count() == 5


def test_what_the_page_does_is_counted_but_not_the_ways_to_safety(own_page, signature, settings, deliver):
    settings.LIMIT_NETWORK = tuple(parse_many("2/day"))
    own_page.defaults["REMOTE_ADDR"] = "198.51.100.7"
    for _ in range(2):
        own_page.post(f"{PAGE}news/", {"news": "no"})

    told = own_page.post(f"{PAGE}news/", {"news": "no"}, follow=True)

    assert "Many forms have come from your network" in words_of(told)
    deliver()
    own_page.post(f"{PAGE}ask/", {"purpose": "withdraw"})
    assert len(deliver()) == 1
    own_page.post(f"{PAGE}hide/", {"to": "withheld"})
    assert now(signature).publication_mode == "withheld"


def test_s18_a_discreet_mail_of_another_contact_leads_to_whom_to_write_to(own_page, withheld, deliver):
    ask_for_contact(own_page, deliver, "bea@lantern.example")
    press_link(link_to(deliver()[0], "new-contact"))

    (told,) = [each for each in deliver() if "The contact of your entry was changed." in each.body]

    assert "http://testserver/en/manage/link/" in told.body
    assert "Please write to the host of the letter that you signed" in words_of(
        Client().get("/en/manage/link/")
    )


# --- with a fresh mail -----------------------------------------------------------------------------------


def test_s17_withdrawing_takes_one_page_and_one_press_and_the_letter_says_how_many_without_a_name(
    own_page, signature, deliver, campaign
):
    deliver()
    Campaign.objects.filter(pk=campaign.pk).update(closes_at=timezone.now() - timedelta(days=1))
    link = fresh_link(own_page, deliver, "withdraw", f"{PAGE}ask/", purpose="withdraw")
    before = everything()
    shown = Client().get(link, follow=True)
    Client().head(link, follow=True)
    assert everything() == before
    assert "can’t be recalled" in words_of(shown)
    assert "Lantern" not in soup_of(shown).title.string

    done = press_link(link)

    assert "The signature is withdrawn." in words_of(done)
    assert now(signature).state == State.WITHDRAWN
    assert campaign.signatures.tally().count == 0
    (receipt,) = deliver()
    assert (receipt.to, "can’t be recalled" in receipt.body) == (["ann.secret@lantern.example"], True)
    assert "withdrew" not in words_of(Client().get("/en/hrd-agenda/"))
    Signature.objects.update(withdrawn_at=timezone.now() - timedelta(days=1, hours=1))
    letter = words_of(Client().get("/en/hrd-agenda/"))
    assert "1 organisation withdrew" in letter
    assert "Lantern" not in letter
    # The same link again, and the page.
    assert "This was done on" in words_of(press_link(link))
    page = own_page.get(PAGE)
    assert "Withdrawn on" in words_of(page)
    assert soup_of(page).find("button", value="withdraw") is None
    assert signature.events.filter(to_state=State.WITHDRAWN).count() == 1


def test_s17_whoever_withdrew_may_sign_anew(own_page, signature, deliver, campaign):
    deliver()
    press_link(fresh_link(own_page, deliver, "withdraw", f"{PAGE}ask/", purpose="withdraw"))

    anew = make_signature(
        campaign, state=State.CONFIRMED, name="Lantern Association", mailbox="ann.secret@lantern.example"
    )

    assert anew.state == State.CONFIRMED


def test_s24_erasing_leaves_the_public_line_and_sends_one_last_mail(own_page, signature, deliver, page_link):
    deliver()
    link = fresh_link(own_page, deliver, "erase", f"{PAGE}ask/", purpose="erase")
    shown = words_of(Client().get(link, follow=True))
    assert "What is printed of the organisation stays" in shown

    done = press_link(link, own_page)

    assert "Your contact data are erased." in words_of(done)
    assert Contact.objects.filter(signature=signature).count() == 0
    (last,) = deliver()
    assert last.to == ["ann.secret@lantern.example"]
    assert "This is the last mail" in last.body
    assert "Lantern Association" in words_of(Client().get("/en/hrd-agenda/"))
    assert own_page.get(page_link).status_code == 404
    assert "Lantern" not in own_page.get(PAGE).content.decode()
    own_page.post(f"{PAGE}link/", {"mailbox": "ann.secret@lantern.example"})
    moderation.revoke(signature=now(signature), by=make_superuser(), reason=Reason.NO_EVIDENCE)
    assert deliver() == []


def test_s7_the_download_holds_all_data_and_no_word_of_the_staff(own_page, signature, deliver):
    by = make_superuser()
    moderation.add_note(signature=signature, by=by, note="Odd voice on the telephone.")
    moderation.reveal_contact(signature=signature, by=by)
    deliver()
    link = fresh_link(own_page, deliver, "download", f"{PAGE}ask/", purpose="download")

    browser = Client()
    browser.get(link)
    taken = browser.post("/en/download/")

    assert "no-store" in taken.headers["Cache-Control"]
    assert re.fullmatch(
        r'attachment; filename="data_\d{8}T\d{6}Z\.zip"', taken.headers["Content-Disposition"]
    )
    files = zipfile.ZipFile(BytesIO(b"".join(taken.streaming_content)))
    held, page = json.loads(files.read("data.json")), files.read("data.html").decode()
    assert (held["contact"]["name"], held["contact"]["role"], held["contact"]["mailbox"]) == (
        "Ann Secretname",
        "Directress",
        "ann.secret@lantern.example",
    )
    assert held["organisation"]["name"] == "Lantern Association"
    assert {each["kind"] for each in held["mails"]} == {"confirm", "accepted", "fresh"}
    assert {each["what"] for each in held["events"]} >= {
        "note",
        "revealed",
        "changed",
        "signed",
        "downloaded",
    }
    assert {each["kind"] for each in held["evidence"]} == {"mailbox", "known"}
    for each in (json.dumps(held), page):
        assert [word for word in ("Odd voice", by.username) if word in each] == []
    assert "Ann Secretname" in page
    for again in (browser.post("/en/download/", follow=True), press_link(link)):
        assert "The file was taken on" in words_of(again)
        assert "Ann" not in words_of(again)
    assert signature.events.filter(kind=EventKind.DOWNLOADED).count() == 1


def test_s7_the_token_of_a_fresh_link_leaves_the_address_and_the_own_page_stays_open(
    own_page, signature, deliver
):
    link = fresh_link(own_page, deliver, "withdraw", f"{PAGE}ask/", purpose="withdraw")
    before = everything()

    opened = own_page.get(link)

    assert (opened.status_code, opened.headers["Location"]) == (302, "/en/withdraw/")
    assert link.rstrip("/").rpartition("/")[2] not in str(dict(own_page.session))
    shown = own_page.get("/en/withdraw/")
    assert "The organisation leaves the list" in words_of(shown)
    for response in (opened, shown):
        assert "no-store" in response.headers["Cache-Control"]
        assert response.headers["Referrer-Policy"] == "same-origin"
    assert shown.headers["X-Robots-Tag"] == "noindex"
    assert "Accepted" in words_of(own_page.get(PAGE))
    # A POST to the address with the token, as a page that was opened long ago may send, shows and does nothing else.
    assert own_page.post(link).headers["Location"] == "/en/withdraw/"
    # One purpose each.
    for page in ("publish", "download", "change-contact", "new-contact", "erase"):
        assert own_page.post(f"/en/{page}/").status_code == 403
    assert everything() == before


@pytest.mark.parametrize(
    "page", ["publish", "download", "change-contact", "new-contact", "withdraw", "erase"]
)
def test_without_cookies_a_fresh_link_is_explained(client, db, page):
    shown = client.get(f"/en/{page}/")

    assert "must take one cookie" in words_of(shown)
    assert "Please open the link in our mail again" in words_of(shown)


def test_s17_whoever_loads_the_page_again_or_lost_the_answer_reads_that_it_was_done(
    own_page, signature, deliver
):
    link = fresh_link(own_page, deliver, "withdraw", f"{PAGE}ask/", purpose="withdraw")
    own_page.get(link)
    with time_machine.travel("2026-11-24T10:05:00Z", tick=False):
        MailLink.objects.filter(purpose="withdraw").update(expires_at=timezone.now() + timedelta(days=1))
        answers = [own_page.post("/en/withdraw/", follow=True) for _ in range(2)]
        answers += [own_page.get("/en/withdraw/"), Client().get(link, follow=True)]

    for each in answers:
        assert each.status_code == 200
        assert "This was done on 24 November 2026, 10:05 UTC" in words_of(each)
    assert signature.events.filter(to_state=State.WITHDRAWN).count() == 1


def test_s24_whoever_erased_and_lost_the_answer_reads_that_it_was_done(own_page, signature, deliver):
    link = fresh_link(own_page, deliver, "erase", f"{PAGE}ask/", purpose="erase")
    own_page.get(link)
    own_page.post("/en/erase/")

    for again in (own_page.get("/en/erase/"), own_page.post("/en/erase/")):
        assert "Your contact data are erased." in words_of(again)
        assert "This was done on" in words_of(again)
    elsewhere = Client().get(link)
    assert elsewhere.status_code == 404
    assert "Then it is done, and our last mail says so." in words_of(elsewhere)
    assert elsewhere.content.decode().count(f'href="{PAGE}"') == 0
    assert "Lantern" not in own_page.get(PAGE).content.decode()


def test_only_whoever_has_an_own_page_is_sent_there_from_a_link_that_is_over(own_page, signature, deliver):
    fresh = fresh_link(own_page, deliver, "withdraw", f"{PAGE}ask/", purpose="withdraw")
    ask_for_contact(own_page, deliver, "bea@lantern.example")
    new = link_to(deliver()[0], "new-contact")
    MailLink.objects.update(expires_at=timezone.now() - timedelta(minutes=1))

    over = [Client().get(link, follow=True) for link in (fresh, new)]

    assert [each.status_code for each in over] == [410, 410]
    assert [f'href="{PAGE}"' in each.content.decode() for each in over] == [True, False]


def test_an_older_mail_about_another_contact_does_not_say_that_it_was_done(own_page, signature, deliver):
    answers = {"name": "Cem Oldwish", "role": "Clerk", "mailbox": "cem@lantern.example"}
    older = fresh_link(own_page, deliver, "change-contact", f"{PAGE}contact/", **answers)
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        own_page.get(PAGE)
        ask_for_contact(own_page, deliver, "bea@lantern.example")
        shown = Client().get(older, follow=True)

    assert shown.status_code == 404
    assert "another one has taken its place" in words_of(shown)


def ask_for_contact(browser, deliver, mailbox, **more):
    deliver()
    answers = {"name": "Bea Newname", "role": "Chair", "mailbox": mailbox, **more}
    link = fresh_link(browser, deliver, "change-contact", f"{PAGE}contact/", **answers)
    press_link(link)
    return link


def test_s7_a_new_contact_needs_both_mailboxes_and_the_old_one_is_told(
    own_page, signature, deliver, page_link
):
    old_link = ask_for_contact(own_page, deliver, "bea@lantern.example")
    (asked,) = deliver()
    assert asked.to == ["bea@lantern.example"]
    new_link = link_to(asked, "new-contact")
    before = Contact.objects.get()
    Client().get(new_link, follow=True)
    assert (before.name, Contact.objects.get().name) == ("Ann Secretname", "Ann Secretname")

    press_link(new_link)

    contact = Contact.objects.get()
    assert (contact.pk, contact.name, contact.role, contact.mailbox) == (
        before.pk,
        "Bea Newname",
        "Chair",
        "bea@lantern.example",
    )
    told = {message.to[0]: message for message in deliver()}
    assert set(told) == {"ann.secret@lantern.example", "bea@lantern.example"}
    assert "Bea" not in told["ann.secret@lantern.example"].body
    assert ContactChange.objects.count() == 0
    # Whatever the old mailbox holds is dead.
    assert "Lantern" not in own_page.get(PAGE).content.decode()
    assert own_page.get(page_link).status_code == 410
    for link in (old_link, new_link):
        assert "This was done on" in words_of(press_link(link))
    assert Contact.objects.get().name == "Bea Newname"
    assert deliver() == []
    browser = Client()
    browser.get(link_to(told["bea@lantern.example"], "manage"))
    assert "Accepted" in words_of(browser.get(PAGE))
    assert signature.events.filter(kind=EventKind.CONTACT_CHANGED).count() == 1


def test_a_mailbox_on_another_domain_takes_the_evidence_of_the_old_one_along_and_staff_look_again(
    own_page, signature, deliver, client
):
    by = make_superuser()
    give_evidence(signature, by, EvidenceKind.DOMAIN_MATCH)
    moderation.take_back_evidence(evidence=signature.evidence.get(kind="known"), by=by)
    ask_for_contact(own_page, deliver, "bea@gmail.com")
    press_link(link_to(deliver()[0], "new-contact"))

    standing = signature.evidence.standing()
    assert [each.kind for each in standing] == ["mailbox"]
    assert signature.evidence.filter(kind="mailbox").count() == 2
    fresh = now(signature)
    assert (fresh.state, Flag.CONTACT_MOVED in fresh.flags) == (State.ACCEPTED, True)
    staff = Client()
    staff.force_login(make_moderator(signature.campaign))
    assert "1 new contact to look at" in text(staff.get("/admin/"))
    press(staff, fresh, "add-evidence", kind="register", identifier="12", note="")
    assert Flag.CONTACT_MOVED not in now(signature).flags


def test_another_name_of_the_same_mailbox_needs_no_second_proof(own_page, signature, deliver):
    ask_for_contact(own_page, deliver, "ann.secret@lantern.example")

    assert Contact.objects.get().name == "Bea Newname"
    assert deliver() == []
    assert signature.evidence.standing().filter(kind="mailbox").count() == 1


# --- another name ----------------------------------------------------------------------------------------


def desk(campaign, username="moderator"):
    browser = Client()
    browser.force_login(make_moderator(campaign, username))
    return browser


def test_s20_a_slip_takes_one_click_of_the_staff_and_the_line_follows(own_page, signature, deliver, campaign):
    deliver()
    own_page.post(f"{PAGE}name/", {"name": "Lantern Asociation"})
    assert "You have asked for “ Lantern Asociation ”" in words_of(own_page.get(PAGE))
    assert "Lantern Association" in words_of(Client().get("/en/hrd-agenda/"))
    staff = desk(campaign)
    assert "1 name to look at" in text(staff.get("/admin/"))
    assert "Lantern Association" in text(staff.get("/admin/signatories/signature/?state=all&wish=name"))
    assert "Lantern Association → Lantern Asociation" in text(staff.get(case_address(signature)))

    pressed = press(staff, signature, "take-name")

    assert messages(pressed) == ["The new name stands; the signer is told."]
    assert "Lantern Asociation" in words_of(Client().get("/en/hrd-agenda/"))
    signature.refresh_from_db()
    assert "asociation" in signature.sort_key
    (told,) = deliver()
    assert told.to == ["ann.secret@lantern.example"]
    assert signature.events.filter(kind=EventKind.RENAMED).count() == 1
    assert "name to look at" not in text(staff.get("/admin/"))


def test_s20_another_name_needs_evidence_that_is_younger_than_the_wish(
    own_page, signature, deliver, campaign
):
    own_page.post(f"{PAGE}name/", {"name": "Beacon Society"})
    staff = desk(campaign)

    refused = press(staff, signature, "take-name")
    assert "is verified anew" in messages(refused)[0]
    assert now(signature).organisation.name == "Lantern Association"
    assert messages(press(staff, signature, "add-evidence", kind="known", note="Again.")) == [
        "Evidence recorded."
    ]
    press(staff, signature, "take-name")

    assert now(signature).organisation.name == "Beacon Society"
    assert signature.evidence.filter(kind="known").count() == 2


def test_s20_a_name_that_staff_turn_down_stays_away_and_the_signer_is_told_politely(
    own_page, signature, deliver, campaign
):
    deliver()
    own_page.post(f"{PAGE}name/", {"name": "Beacon Society"})
    staff = desk(campaign)
    stale = staff.get(case_address(signature))
    own_page.post(f"{PAGE}name/", {"name": "Torch Society"})

    assert "asked for another name since" in messages(press(staff, signature, "take-name", stale))[0]
    press(staff, signature, "refuse-name", note="Never heard of it.")

    (told,) = deliver()
    assert ("could not take it" in told.body, "Never heard" in told.body) == (True, False)
    assert now(signature).organisation.name == "Lantern Association"


# --- towards publicity -----------------------------------------------------------------------------------


@pytest.fixture
def withheld(own_page, signature, deliver):
    own_page.post(f"{PAGE}hide/", {"to": "withheld"})
    deliver()
    return signature


def confirm_publicity(browser, deliver):
    press_link(fresh_link(browser, deliver, "publish", f"{PAGE}publish/", to="public"))
    return ModeChange.objects.latest("pk")


def let_the_time_pass(change):
    """The database looks at its own clock."""
    past = timezone.now() - timedelta(minutes=1)
    ModeChange.objects.filter(pk=change.pk).update(checked_at=past, effective_at=past)


def test_s18_publicity_takes_a_mail_a_second_channel_and_72_hours(own_page, withheld, deliver, campaign):
    link = fresh_link(own_page, deliver, "publish", f"{PAGE}publish/", to="public")
    staff = desk(campaign)
    assert "publicity to check" not in text(staff.get("/admin/"))
    press_link(link)
    assert "1 publicity to check" in text(staff.get("/admin/"))
    change = ModeChange.objects.get()

    press(staff, withheld, "check-publicity", kind="callback", note="Rang the office, spoke to the chair.")

    change.refresh_from_db()
    assert change.effective_at - change.checked_at == timedelta(hours=72)
    (notice,) = deliver()
    assert [each for each in ("Lantern", "Defenders") if each in notice.body] == []
    assert publicity.apply_due() == 0
    assert "takes effect on" in words_of(own_page.get(PAGE))
    let_the_time_pass(change)
    long_ago = timezone.now() - timedelta(days=20)
    Signature.objects.filter(pk=withheld.pk).update(joined_total_at=long_ago)
    assert (publicity.apply_due(), publicity.apply_due()) == (1, 0)
    assert now(withheld).publication_mode == "public"
    # In the chart by day it is as new as in the list: a past day that grows would tell since when it stood without a name.
    assert now(withheld).joined_total_at > long_ago + timedelta(days=19)
    assert "Lantern Association" in words_of(Client().get("/en/hrd-agenda/"))
    assert "This was done on" in words_of(press_link(link))
    assert ModeChange.objects.count() == 1


@pytest.mark.parametrize("way", ["button", "hide", "contact", "staff", "withdraw"])
def test_s18_it_can_be_called_off_until_the_last_moment(own_page, withheld, deliver, campaign, way):
    Signature.objects.filter(pk=withheld.pk).update(publication_mode="withheld")
    press_link(fresh_link(own_page, deliver, "publish", f"{PAGE}publish/", to="addressee_only"))
    change = ModeChange.objects.get()
    staff = desk(campaign)
    press(staff, withheld, "check-publicity", kind="callback", note="Rang the office.")
    deliver()
    let_the_time_pass(change)

    if way == "button":
        own_page.post(f"{PAGE}publish/stop/")
    elif way == "staff":
        press(staff, withheld, "refuse-publicity", note="They rang: not they.")
    elif way == "withdraw":
        press_link(fresh_link(own_page, deliver, "withdraw", f"{PAGE}ask/", purpose="withdraw"))
    elif way == "contact":
        ask_for_contact(own_page, deliver, "bea@lantern.example")
        press_link(link_to(deliver()[0], "new-contact"))
    else:
        publicity.apply_due()
        own_page.post(f"{PAGE}hide/", {"to": "withheld"})

    publicity.apply_due()
    assert now(withheld).publication_mode == "withheld"
    assert ModeChange.objects.standing().count() == 0


def test_m15_staff_alone_never_begin_it(own_page, withheld, deliver, campaign):
    staff = desk(campaign)
    asked = own_page.post(f"{PAGE}publish/", {"to": "public"})
    assert asked.status_code == 302
    change = ModeChange.objects.get()  # not confirmed by mail
    forged = {"wish": change.pk, "kind": "callback", "note": "Rang."}

    for answers in (forged, {**forged, "wish": 999}, {**forged, "kind": "known"}, {**forged, "note": ""}, {}):
        staff.post(f"/admin/signatories/signature/{withheld.pk}/check-publicity/", answers)

    change.refresh_from_db()
    assert (change.checked_at, change.effective_at) == (None, None)
    let = publicity.apply_due()
    assert (let, now(withheld).publication_mode) == (0, "withheld")


def test_m15_the_check_of_a_wish_before_does_not_serve_for_this_one(own_page, withheld, deliver, campaign):
    change = confirm_publicity(own_page, deliver)
    staff = desk(campaign)
    stale = staff.get(case_address(withheld))
    own_page.post(f"{PAGE}publish/stop/")
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        own_page.get(PAGE)
        again = confirm_publicity(own_page, deliver)

        press(staff, withheld, "check-publicity", stale, kind="callback", note="Rang.")

    again.refresh_from_db()
    assert (again.pk != change.pk, again.checked_at) == (True, None)


@pytest.mark.parametrize(
    "name", ["take-name", "refuse-name", "check-publicity", "refuse-publicity", "look-at-vouching"]
)
def test_m16_staff_of_another_letter_decide_no_wish(own_page, withheld, deliver, name):
    own_page.post(f"{PAGE}name/", {"name": "Beacon Society"})
    change = confirm_publicity(own_page, deliver)
    stranger = desk(make_campaign(slug="letter-b"), "stranger")
    before = everything()

    for wish in (change.pk, withheld.name_changes.get().pk):
        answers = {"wish": wish, "kind": "callback", "note": "Rang."}
        assert (
            stranger.post(f"/admin/signatories/signature/{withheld.pk}/{name}/", answers).status_code == 404
        )

    assert everything() == before


def test_s15_whose_signature_was_merged_away_sees_what_was_before_and_learns_of_no_other(
    client, campaign, deliver
):
    first = make_signature(campaign, name="Lantern Association", mailbox="ann@lantern.example")
    second = make_signature(
        campaign, state=State.CONFIRMED, name="Lantern Asociation", mailbox="bob@lantern.example"
    )
    Signature.objects.filter(pk=first.pk).update(publication_mode="withheld")
    moderation.merge(
        survivor=now(first), merged=now(second), by=make_superuser(), name=now(first), contact_agreed=False
    )
    deliver()
    client.post(f"{PAGE}link/", {"mailbox": "bob@lantern.example"})
    client.get(link_to(deliver()[0], "manage"))

    shown = words_of(client.get(PAGE))

    assert "now being checked by the host" in shown
    assert "Lantern Asociation" in shown
    assert [word for word in ("Lantern Association", "Withheld", "merged") if word in shown] == []


def test_a_merge_that_took_the_contact_along_leads_to_the_page_of_what_survived(client, campaign, deliver):
    first = make_signature(campaign, name="Lantern Association", mailbox="ann@lantern.example")
    second = make_signature(
        campaign, state=State.CONFIRMED, name="Lantern Asociation", mailbox="bob@lantern.example"
    )
    moderation.merge(
        survivor=now(first), merged=now(second), by=make_superuser(), name=now(first), contact_agreed=True
    )
    deliver()
    client.post(f"{PAGE}link/", {"mailbox": "bob@lantern.example"})
    client.get(link_to(deliver()[0], "manage"))

    assert "Accepted: the signature counts." in words_of(client.get(PAGE))


def test_the_page_is_right_to_left_for_who_reads_arabic(client, campaign, deliver):
    make_signature(campaign, language="ar")
    (receipt,) = [each for each in deliver() if "/manage/" in each.body]
    link = link_to(receipt, "manage")
    assert link.startswith("/ar/manage/")

    client.get(link)

    assert soup_of(client.get("/ar/manage/")).html["dir"] == "rtl"
