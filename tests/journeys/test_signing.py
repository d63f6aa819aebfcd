"""The signer's way, through HTTP alone (scenarios S1 to S14, as far as they are due)."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from signatories import moderation
from signatories.models import Contact, Evidence, OutboxMail, Signature, SignatureEvent
from signatories.states import EvidenceKind, State
from tests.builders import (
    form_answers,
    fresh_token,
    give_evidence,
    make_signature,
    make_superuser,
    opened_a_while_ago,
)
from tests.journeys.conftest import fields_of, link_in, soup_of, words_of

SIGN = "/en/hrd-agenda/sign/"
SEND = "/en/hrd-agenda/sign/send/"
AGAIN = "/en/hrd-agenda/sign/again/"


def send(client, **answers):
    return client.post(SEND, form_answers(**answers))


def count_of(client):
    return json.loads(client.get("/hrd-agenda/count.json").content)["count"]


def test_s1_the_letter_can_be_read_without_script_or_another_host(client, campaign):
    make_signature(campaign, name="Example Lantern Trust", country_code="KE")
    make_signature(campaign, name="Muster-Verein", country_code="DE")

    response = client.get("/en/hrd-agenda/")

    words = words_of(response)
    for expected in (
        "Defenders at the heart",
        "The next Secretary-General",
        "please act",
        "Speak out.",
        "Example Host",
        "Example Lantern Trust",
        "2 organisations",
        "2 countries",
        "Europe/Zurich",
        "UTC",
        "We keep little.",
    ):
        assert expected in words
    local = campaign.closes_at.astimezone(campaign.zoneinfo)
    assert f"{local:%H:%M}" in words
    assert f"{campaign.closes_at:%H:%M}" in words
    page = soup_of(response)
    loaded = [
        each.get("src") or each.get("href")
        for each in page.find_all(["script", "img", "link", "iframe"])
        # Other links of the head say where the letter stands in other languages; no browser follows them.
        if each.name != "link" or each.get("rel", [""])[0] in {"stylesheet", "icon", "preload", "manifest"}
    ]
    assert len(loaded) > 2
    assert [address for address in loaded if address and not address.startswith("/")] == []
    assert response.cookies == {}


def test_s2_nothing_typed_is_lost_when_she_switches_to_arabic(client, campaign):
    answers = form_answers(name="Example Lantern Trust", native_name="مثال", consent_updates="on")

    response = client.post("/ar/hrd-agenda/sign/change/", answers)

    page = soup_of(response)
    assert page.html["dir"] == "rtl"
    assert page.html["lang"] == "ar"
    for name in ("name", "native_name", "website", "contact_name", "contact_role", "mailbox"):
        assert page.find(attrs={"name": name})["value"] == answers[name]
    assert page.find("option", selected=True, value="KE") is not None
    assert page.find(attrs={"name": "consent_updates"}).has_attr("checked")


def test_s3_the_review_shows_the_line_as_it_will_be_printed_and_stores_nothing(client, campaign):
    answers = form_answers(name="Example Lantern Trust", native_name="مثال الفانوس", acronym="ELT")

    response = client.post(SIGN, answers)

    words = words_of(response)
    for expected in ("Example Lantern Trust", "مثال الفانوس", "ELT", "Kenya"):
        assert expected in words
    carried = fields_of(response, action=SEND)
    assert {name: carried[name] for name in answers if answers[name]} == {
        name: value for name, value in answers.items() if value
    }
    assert Signature.objects.count() == 0


def test_s3_the_form_leaves_the_news_unticked_and_offers_public_only(client, campaign):
    page = soup_of(client.get(SIGN))

    assert not page.find(attrs={"name": "consent_updates"}).has_attr("checked")
    assert [each["value"] for each in page.find_all(attrs={"name": "publication_mode"})] == ["public"]
    assert page.find(attrs={"name": "mailbox"})["autocomplete"] == "email"


def test_s4_she_is_told_to_check_her_mailbox_and_nothing_is_public(client, campaign, deliver):
    response = client.post(
        SEND, form_answers(name="Example Lantern Trust", mailbox="jo@lantern.example"), follow=True
    )

    signature = Signature.objects.get()
    words = words_of(response)
    assert "@lantern.example" in words
    assert "jo@lantern.example" not in words
    assert signature.reference in words
    assert "public" in words
    assert count_of(client) == 0
    (message,) = deliver()
    assert message.to == ["jo@lantern.example"]
    assert signature.reference in message.body
    assert message.body.count("http") == 1
    assert link_in(message).startswith("/en/confirm/")
    html = message.alternatives[0][0]
    assert "<img" not in html


def test_s4_the_mail_goes_in_the_language_of_the_form(client, campaign, deliver):
    client.post("/ar/hrd-agenda/sign/send/", form_answers())

    (message,) = deliver()

    assert link_in(message).startswith("/ar/confirm/")
    assert message.extra_headers["Content-Language"] == "ar"
    assert 'dir="rtl"' in message.alternatives[0][0]


def test_s5_she_confirms_with_the_mandate_and_waits_for_the_host(client, campaign, deliver):
    send(client, name="Example Lantern Trust")
    (message,) = deliver()
    link = link_in(message)

    shown = words_of(client.get(link))
    response = client.post(link, {"mandate": "on"}, follow=True)

    assert "Example Lantern Trust" in shown
    assert "version 1" in shown.lower()
    signature = Signature.objects.get()
    assert signature.state == State.CONFIRMED
    assert "2 working days" in words_of(response)
    assert count_of(client) == 0
    assert list(Signature.objects.waiting()) == [signature]
    assert [each.kind for each in signature.evidence.all()] == [EvidenceKind.MAILBOX]


def test_s6_after_acceptance_she_is_listed_in_her_place_and_gets_a_receipt(client, campaign, deliver):
    make_signature(campaign, name="Alpha Example", country_code="KE")
    make_signature(campaign, name="Zeta Example", country_code="KE")
    send(client, name="The Lantern Example", country_code="DE", mailbox="jo@lantern.example")
    link = link_in(next(mail for mail in deliver() if mail.to == ["jo@lantern.example"]))
    client.post(link, {"mandate": "on"})
    signature = Signature.objects.get(state=State.CONFIRMED)
    staff = make_superuser()
    give_evidence(signature, staff)

    moderation.accept(signature=signature, by=staff)

    page = words_of(client.get("/en/hrd-agenda/"))
    assert page.index("Alpha Example") < page.index("The Lantern Example") < page.index("Zeta Example")
    assert json.loads(client.get("/hrd-agenda/count.json").content)["count"] == 3
    assert json.loads(client.get("/hrd-agenda/count.json").content)["countries"] == 2
    (receipt,) = [mail for mail in deliver() if mail.to == ["jo@lantern.example"]]
    assert "The Lantern Example" in " ".join(receipt.body.split())


def test_s9_asking_again_answers_alike_for_every_mailbox(client, campaign, deliver):
    send(client, mailbox="known@lantern.example")
    deliver()

    with time_machine.travel(timezone.now() + timedelta(minutes=10)):
        known = client.post(AGAIN, {"mailbox": "known@lantern.example"}, follow=True)
        unknown = client.post(AGAIN, {"mailbox": "stranger@lantern.example"}, follow=True)
        (message,) = deliver()

    assert message.to == ["known@lantern.example"]
    assert known.status_code == unknown.status_code
    assert words_of(known) == words_of(unknown)


def test_s9_the_page_after_the_form_sends_the_mail_of_that_form(client, campaign, deliver):
    mailbox = "jo@lantern.example"
    send(client, name="Troll Example", mailbox=mailbox)
    page = send(client, name="Honest Example", mailbox=mailbox)
    send(client, name="Later Troll Example", mailbox=mailbox)
    deliver()

    with time_machine.travel(timezone.now() + timedelta(minutes=10)):
        client.post(AGAIN, {"to": page["Location"].partition("to=")[2]})
        (message,) = deliver()

    assert "Honest Example" in " ".join(message.body.split())


def test_s9_the_older_link_works_until_one_is_used(client, campaign, deliver):
    send(client)
    (first,) = deliver()
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        client.post(AGAIN, {"mailbox": first.to[0]})
        (second,) = deliver()
        assert link_in(first) != link_in(second)

        client.post(link_in(first), {"mandate": "on"})
        newer = client.post(link_in(second), {"mandate": "on"})

    assert Signature.objects.get().state == State.CONFIRMED
    assert SignatureEvent.objects.filter(to_state=State.CONFIRMED).count() == 1
    assert "confirmed" in words_of(newer).lower()


def test_s9_a_mailbox_gets_three_mails_a_day_and_one_a_minute_at_most(client, campaign, deliver):
    start = timezone.now()
    sent = []
    with time_machine.travel(start, tick=False) as clock:
        send(client, mailbox="jo@lantern.example", opened=opened_a_while_ago())
        for pause in (1, 58, 2, 61, 61, 61):
            sent.append(len(deliver()))
            clock.shift(pause)
            client.post(AGAIN, {"mailbox": "jo@lantern.example"})
        sent.append(len(deliver()))

    assert sent == [1, 0, 0, 1, 1, 0, 0]


def test_a_mailbox_that_others_flood_with_forms_is_not_mailed_for_weeks_and_its_owner_is_heard(
    client, campaign, deliver
):
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        for _ in range(12):
            send(client, mailbox="victim@lantern.example")
        assert Signature.objects.count() == 12
        assert OutboxMail.objects.latest("not_before").not_before <= start + timedelta(days=1, minutes=2)
        clock.move_to(start + timedelta(days=3))
        deliver()
        clock.move_to(start + timedelta(days=4, minutes=1))
        deliver()
        mine = form_answers(name="The Owner's Example", mailbox="victim@lantern.example")
        client.post(SEND, mine)

        (message,) = deliver()

    assert "The Owner's Example" in " ".join(message.body.split())


def test_s10_with_a_silent_worker_the_form_is_taken_and_says_that_mail_may_take_longer(
    client, campaign, deliver
):
    response = client.post(SEND, form_answers(), follow=True)
    assert "longer" in words_of(response)
    assert OutboxMail.objects.get().state == "queued"

    (message,) = deliver()

    assert link_in(message)
    response = client.post(SEND, form_answers(), follow=True)
    assert "longer" not in words_of(response)


def test_s12_a_mail_scanner_confirms_nothing(client, campaign, deliver):
    send(client)
    link = link_in(deliver()[0])

    for _ in range(5):
        client.get(link)
        client.head(link)
    refused = client.post(link, {})

    assert refused.status_code == 422
    signature = Signature.objects.get()
    assert signature.state == State.SUBMITTED
    client.post(link, {"mandate": "on"})
    signature.refresh_from_db()
    assert signature.state == State.CONFIRMED


def test_s13_a_form_sent_twice_is_one_signature_and_one_mail(client, campaign, deliver):
    answers = form_answers()

    first = client.post(SEND, answers, follow=True)
    second = client.post(SEND, answers | {"opened": opened_a_while_ago()}, follow=True)

    assert Signature.objects.count() == 1
    assert Contact.objects.count() == 1
    assert len(deliver()) == 1
    assert words_of(first) != ""
    assert words_of(second).replace(" Mail may", "") == words_of(first).replace(" Mail may", "")


def test_s14_a_second_confirmation_says_since_when_and_adds_nothing(client, campaign, deliver):
    send(client)
    link = link_in(deliver()[0])
    client.post(link, {"mandate": "on"})
    events = SignatureEvent.objects.count()
    confirmed_at = Signature.objects.get().confirmed_at

    response = client.post(link, {"mandate": "on"})

    assert response.status_code == 200
    assert f"{confirmed_at:%H:%M}" in words_of(response)
    assert SignatureEvent.objects.count() == events
    assert Evidence.objects.count() == 1


def test_a_colleagues_form_gets_the_ordinary_pages_and_waits_as_a_possible_duplicate(
    client, campaign, deliver
):
    make_signature(campaign, name="Example Lantern Trust", website="https://lantern.example")
    deliver()

    sent = client.post(
        SEND,
        form_answers(
            name="Lantern Trust (Example)",
            website="https://www.lantern.example/en",
            mailbox="b@lantern.example",
        ),
        follow=True,
    )
    link = link_in(deliver()[0])
    confirmed = client.post(link, {"mandate": "on"}, follow=True)

    assert "check your mailbox" in words_of(sent).lower()
    assert "2 working days" in words_of(confirmed)
    second = Signature.objects.latest("pk")
    assert "possible_duplicate" in second.flags
    staff = make_superuser()
    give_evidence(second, staff)
    with pytest.raises(moderation.PossibleDuplicate, match="Example Lantern Trust"):
        moderation.accept(signature=second, by=staff)
    assert count_of(client) == 1


def test_a_form_that_comes_back_too_fast_is_asked_for_once_more(client, campaign):
    opened = fields_of(client.get(SIGN))["opened"]

    response = client.post(SEND, form_answers(opened=opened))

    assert response.status_code == 422
    assert Signature.objects.count() == 0
    carried = fields_of(response, action=SEND)
    with time_machine.travel(timezone.now() + timedelta(seconds=4)):
        assert client.post(SEND, carried).status_code == 302
    assert "too_fast" in Signature.objects.get().flags


def test_a_form_that_took_a_person_s_time_is_not_called_too_fast(client, campaign):
    send(client)

    assert "too_fast" not in Signature.objects.get().flags


def test_a_filled_trap_stores_nothing_and_says_what_to_do(client, campaign):
    response = client.post(SEND, form_answers(fax="123"))

    assert response.status_code == 422
    assert "must stay empty" in words_of(response)
    assert Signature.objects.count() == 0


def test_after_the_deadline_forms_are_refused_and_earlier_ones_confirmed_for_a_day(client, campaign, deliver):
    send(client)
    link = link_in(deliver()[0])

    with time_machine.travel(campaign.closes_at):
        refused = client.post(SEND, form_answers(opened=opened_a_while_ago()))
        assert refused.status_code == 410
        assert "closed" in words_of(refused).lower()
    type(campaign).objects.filter(pk=campaign.pk).update(closes_at=timezone.now() + timedelta(seconds=1))
    with time_machine.travel(timezone.now() + timedelta(hours=23)):
        client.post(link, {"mandate": "on"})
    assert Signature.objects.get().state == State.CONFIRMED


def test_a_lost_csrf_cookie_loses_nothing_typed(campaign):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    answers = form_answers(name="Example Lantern Trust")

    response = strict.post(SEND, answers)

    assert response.status_code == 403
    assert soup_of(response).find(attrs={"name": "name"})["value"] == "Example Lantern Trust"
    assert Signature.objects.count() == 0


def test_errors_are_summed_up_on_top_and_said_at_the_field(client, campaign):
    answers = form_answers(name="", mailbox="nonsense")

    response = client.post(SIGN, answers)

    page = soup_of(response)
    assert response.status_code == 422
    summary = page.find(attrs={"role": "alert"})
    targets = {link["href"].removeprefix("#") for link in summary.find_all("a")}
    assert targets == {"id_name", "id_mailbox"}
    for target in targets:
        field = page.find(id=target)
        assert field["aria-invalid"] == "true"
        assert any(page.find(id=each).get_text(strip=True) for each in field["aria-describedby"].split())
    assert page.find(id="id_contact_name")["value"] == answers["contact_name"]
    assert page.find(id="id_mailbox")["value"] == "nonsense"


def test_search_engines_may_find_the_empty_form_and_nothing_that_somebody_typed_or_was_sent(client, campaign):
    def is_kept_out(response):
        return "noindex" in response.text

    link = fresh_token(make_signature(campaign, state=State.SUBMITTED))

    assert not is_kept_out(client.get(SIGN))
    assert is_kept_out(client.post(SIGN, form_answers()))
    assert is_kept_out(client.post(SIGN, form_answers(name="")))
    assert is_kept_out(client.get(SIGN + "?via=somebody"))
    assert is_kept_out(client.get(f"/en/confirm/{link}/"))
