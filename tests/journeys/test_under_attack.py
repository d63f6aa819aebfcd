"""A letter under attack, through HTTP: floods are stopped, offices are spared, and nobody learns who has signed."""

import pytest
from limits import parse_many

from signatories import signing
from signatories.models import OutboxMail, Signature
from tests.builders import form_answers, make_entry, make_moderator, make_signature
from tests.journeys.conftest import fields_of, words_of

SEND = "/en/hrd-agenda/sign/send/"
AGAIN = "/en/hrd-agenda/sign/again/"
OFFICE, ELSEWHERE = "203.0.113.77", "198.51.100.9"


def send(client, address=OFFICE, **answers):
    return client.post(SEND, form_answers(**answers), REMOTE_ADDR=address)


def test_thirty_colleagues_sign_from_one_network_within_ten_minutes(client, campaign, deliver):
    """Each for a section of its own, all with mailboxes of one domain."""
    answers = [send(client, mailbox=f"person{number}@lantern.example") for number in range(30)]

    assert {each.status_code for each in answers} == {302}
    assert Signature.objects.count() == 30
    assert len(deliver()) == 30


def test_a_flood_from_one_address_is_stopped_and_others_still_sign(client, campaign):
    answers = [send(client) for _ in range(70)]

    assert [each.status_code for each in answers] == [302] * 60 + [429] * 10
    assert Signature.objects.count() == 60
    assert send(client, ELSEWHERE).status_code == 302
    # A header of his own makes the flooder nobody else.
    spoofed = client.post(SEND, form_answers(), REMOTE_ADDR=OFFICE, HTTP_X_FORWARDED_FOR=ELSEWHERE)
    assert spoofed.status_code == 429


def test_who_must_wait_is_told_how_long_and_loses_nothing(client, campaign, settings):
    settings.LIMIT_NETWORK = tuple(parse_many("1/10minutes"))
    send(client)
    answers = form_answers(name="Example Lantern Trust", native_name="مثال")

    response = client.post(SEND, answers, REMOTE_ADDR=OFFICE)

    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 600
    assert "wait about 10 minutes" in words_of(response)
    carried = fields_of(response, action=SEND)
    assert {name: carried[name] for name in answers if answers[name]} == {
        name: value for name, value in answers.items() if value
    }


def test_a_letter_that_is_flooded_from_everywhere_takes_forms_and_a_moderator_sends_their_mail(
    client, campaign, settings, deliver
):
    settings.LIMIT_CAMPAIGN = tuple(parse_many("2/minute"))
    flood = [send(client, f"203.0.{number}.1") for number in range(5)]

    honest = client.post(SEND, form_answers(mailbox="jo@lantern.example"), REMOTE_ADDR=ELSEWHERE, follow=True)

    assert {each.status_code for each in flood} == {302}
    assert "Mail may take longer" in words_of(honest)
    assert len(deliver()) == 2
    client.force_login(make_moderator(campaign))
    assert "4 mails held for you" in words_of(client.get("/admin/"))
    held = Signature.objects.latest("pk")
    client.post("/admin/signatories/signature/", {"action": "send_held_mail", "_selected_action": [held.pk]})
    assert deliver()[-1].to == ["jo@lantern.example"]


def test_at_ten_times_its_limit_a_letter_asks_for_patience_before_the_database_is_full(
    client, campaign, settings
):
    settings.LIMIT_CAMPAIGN = tuple(parse_many("2/minute"))
    answers = [send(client, f"203.0.{number}.1") for number in range(22)]

    assert [each.status_code for each in answers] == [302] * 20 + [429] * 2
    assert "for this letter" in words_of(answers[-1])
    assert Signature.objects.count() == 20


def test_a_flood_over_an_onion_service_stops_nobody_else(client, campaign, settings, deliver):
    settings.LIMIT_NETWORK = settings.LIMIT_WIDE_NETWORK = tuple(parse_many("1/minute"))
    settings.LIMIT_NOWHERE = tuple(parse_many("3/minute"))

    answers = [send(client, "127.0.0.1") for _ in range(30)]
    honest = send(client, ELSEWHERE)

    assert [each.status_code for each in answers] == [302] * 3 + [429] * 27
    assert "hide the network" in words_of(answers[-1])
    assert (honest.status_code, "held" in honest["Location"]) == (302, False)
    assert len(deliver()) == 4


def test_a_flood_of_mails_asked_for_again_stops_nobody_else(client, campaign, settings):
    settings.LIMIT_CAMPAIGN = settings.LIMIT_NOWHERE = tuple(parse_many("1/hour"))

    def again(number, address):
        return client.post(AGAIN, {"mailbox": f"person{number}@x.example"}, REMOTE_ADDR=address).status_code

    over_tor = [again(number, "127.0.0.1") for number in range(3)]
    from_everywhere = {again(number, f"203.0.{number}.1") for number in range(30)}

    assert over_tor == [302, 429, 429]
    assert from_everywhere == {302}


@pytest.mark.parametrize("limit", ["LIMIT_MAILBOX", "LIMIT_DOMAIN"])
def test_a_mailbox_over_its_limit_gets_the_same_page_and_its_form_no_mail(
    client, campaign, settings, limit, deliver
):
    """The form is kept: the next one may be the owner's. Its mail comes when it is asked for from the page after it."""
    setattr(settings, limit, tuple(parse_many("1/day")))
    signing.sign(campaign=campaign, entry=make_entry(mailbox="jo@lantern.example"), language="en")
    Signature.objects.update(state="rejected", decision_reason="abuse")
    first = send(client, name="First Example", mailbox="jo@lantern.example")
    mails = OutboxMail.objects.count()

    second = client.post(SEND, form_answers(name="Second Example", mailbox="jo@lantern.example"), follow=True)

    assert Signature.objects.count() == 3
    assert OutboxMail.objects.count() == mails
    shown = words_of(client.get(first["Location"])).replace(first_reference(), "")
    assert words_of(second).replace(last_reference(), "") == shown


def first_reference():
    return Signature.objects.order_by("pk")[1].reference


def last_reference():
    return Signature.objects.latest("pk").reference


def test_asking_again_is_limited_for_a_network_aloud_and_for_a_mailbox_in_silence(client, campaign, settings):
    settings.LIMIT_MAILBOX = tuple(parse_many("1/day"))
    settings.LIMIT_NETWORK = tuple(parse_many("3/10minutes"))
    send(client, ELSEWHERE, mailbox="jo@lantern.example")
    asked = [
        client.post(AGAIN, {"mailbox": mailbox}, REMOTE_ADDR=OFFICE)
        for mailbox in ("jo@lantern.example", "jo@lantern.example", "nobody@lantern.example", "x@y.example")
    ]

    assert [each.status_code for each in asked] == [302, 302, 302, 429]
    assert "x@y.example" in asked[-1].content.decode()
    assert "Retry-After" in asked[-1]


def test_a_flood_of_disputes_must_wait_whoever_sends_it_and_loses_no_word(client, campaign, settings):
    """Aloud, and alike for the organisation's own people: another answer would tell whose a mailbox is. What limits the mail
    of disputes stands in the database (`disputing`), hears insiders, and says nothing."""
    settings.LIMIT_NETWORK = tuple(parse_many("5/10minutes"))
    signature = make_signature(
        campaign, mailbox="director@lantern.example", website="https://lantern.example"
    )
    address = f"/en/hrd-agenda/dispute/{signature.public_id}/"

    def dispute(mailbox, network):
        return client.post(address, {"mailbox": mailbox, "words": "Never signed."}, REMOTE_ADDR=network)

    answers = [dispute(f"reader{number}@paper.example", ELSEWHERE) for number in range(6)]
    assert [each.status_code for each in answers] == [302] * 5 + [429]
    assert "reader5@paper.example" in answers[-1].content.decode()
    assert "Never signed." in answers[-1].content.decode()
    assert dispute("director@lantern.example", ELSEWHERE).status_code == 429
    assert dispute("director@lantern.example", OFFICE).status_code == 302
