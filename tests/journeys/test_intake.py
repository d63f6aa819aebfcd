"""The switch of a letter under attack: a proof of work, or circulation links only (M11); through HTTP."""

import base64
import json
import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from altcha import v1 as altcha
from bs4 import BeautifulSoup
from django.contrib.admin.models import LogEntry
from django.utils import timezone
from limits import parse_many

from campaigns import circulation
from campaigns.choices import Intake
from campaigns.models import Campaign, CirculationLink
from config.logs import DiscreetFormatter
from signatories import limiting, proving
from signatories.models import OutboxMail, Signature
from signatories.states import Flag, State
from tests.builders import (
    form_answers,
    make_campaign,
    make_manager,
    make_moderator,
    make_superuser,
    make_user,
)
from tests.journeys.conftest import fields_of, link_in, soup_of, words_of

SIGN, SEND = "/en/hrd-agenda/sign/", "/en/hrd-agenda/sign/send/"
AGAIN = "/en/hrd-agenda/sign/again/"
QUEUE = "/admin/signatories/signature/"


@pytest.fixture(autouse=True)
def easy(settings):
    settings.CHALLENGE_DIFFICULTY = 1000


def switched(campaign, to):
    Campaign.objects.filter(pk=campaign.pk).update(intake=to)
    return campaign


@pytest.fixture
def challenged(campaign):
    return switched(campaign, Intake.CHALLENGE)


@pytest.fixture
def closed(campaign):
    return switched(campaign, Intake.CLOSED)


def challenge_of(review):
    return json.loads(soup_of(review).select_one("#proof")["data-challenge"])


def solved(challenge, **changes):
    """What the script of the page sends back."""
    found = altcha.solve_challenge(
        challenge["challenge"], challenge["salt"], "SHA-256", challenge["maxNumber"], 0
    )
    names = ("algorithm", "challenge", "salt", "signature")
    payload = {name: challenge[name] for name in names} | {"number": found.number} | changes
    return base64.b64encode(json.dumps(payload).encode()).decode()


def send(client, answers, proof):
    return client.post(SEND, {**answers, "altcha": proof})


def test_m11_who_solves_the_challenge_signs_as_ever(client, challenged, deliver):
    answers = form_answers()
    review = client.post(SIGN, answers)
    assert soup_of(review).select_one("#proof")["role"] == "status"

    response = send(client, answers, solved(challenge_of(review)))

    assert response.status_code == 302
    assert "held" not in response["Location"]
    assert Flag.NO_PROOF not in Signature.objects.get().flags
    assert len(deliver()) == 1


def test_m11_without_script_the_form_is_taken_and_its_mail_waits_for_a_moderator(client, challenged, deliver):
    answers = form_answers(name="Example Lantern Trust", mailbox="jo@lantern.example")
    review = client.post(SIGN, answers)
    assert "Without JavaScript, people look" in words_of(review)

    response = client.post(SEND, fields_of(review, action=SEND), follow=True)

    assert "Check your mailbox" in words_of(response)
    assert "Mail may take longer" in words_of(response)
    signature = Signature.objects.get()
    assert Flag.NO_PROOF in signature.flags
    # Nobody but a moderator gets it out.
    to = fields_of(response, action=AGAIN)["to"]
    client.post(AGAIN, {"to": to})
    client.post(AGAIN, {"mailbox": "jo@lantern.example"})
    assert (deliver(), OutboxMail.objects.count()) == ([], 0)

    client.force_login(make_moderator(challenged))
    desk = client.get("/admin/").content.decode()
    assert "flag=no_proof" in desk
    shown = client.get(f"{QUEUE}?state=submitted&flag=no_proof")
    assert "Example Lantern Trust" in words_of(shown)
    client.post(
        f"{QUEUE}?state=submitted&flag=no_proof",
        {"action": "send_held_mail", "_selected_action": [signature.pk]},
    )

    (message,) = deliver()
    assert message.to == ["jo@lantern.example"]
    signature.refresh_from_db()
    assert Flag.NO_PROOF not in signature.flags
    client.post(link_in(message), {"mandate": "on"})
    signature.refresh_from_db()
    assert signature.state == State.CONFIRMED


def test_m11_one_held_mail_is_sent_by_the_button_of_its_case(client, challenged, deliver):
    client.post(SEND, form_answers())
    signature = Signature.objects.get()
    client.force_login(make_moderator(challenged))

    client.post(f"{QUEUE}{signature.pk}/send-again/")

    assert len(deliver()) == 1


def test_m11_another_letters_moderator_sends_nothing(client, challenged, deliver):
    client.post(SEND, form_answers())
    signature = Signature.objects.get()
    client.force_login(make_moderator(make_campaign("other")))

    client.post(QUEUE, {"action": "send_held_mail", "_selected_action": [signature.pk]})

    assert deliver() == []


def test_a_proof_is_for_one_form_which_may_arrive_twice(client, challenged, deliver):
    first, second = form_answers(), form_answers()
    proof = solved(challenge_of(client.post(SIGN, first)))

    assert [send(client, first, proof).status_code for _ in range(2)] == [302, 302]
    replayed = send(client, second, proof)

    assert replayed.status_code == 422
    assert "send it again" in words_of(replayed)
    assert Signature.objects.count() == 1
    assert send(client, second, solved(challenge_of(replayed))).status_code == 302


def test_m11_wrong_and_missing_proofs_use_nothing_up_for_those_who_give_one(
    client, challenged, settings, deliver
):
    settings.LIMIT_CAMPAIGN = settings.LIMIT_MAILBOX = settings.LIMIT_DOMAIN = tuple(parse_many("1/hour"))
    settings.LIMIT_NOWHERE = settings.LIMIT_WITHOUT_PROOF = tuple(parse_many("2/hour"))
    answers = form_answers(mailbox="jo@lantern.example")
    wrong = {send(client, answers, "AAAA").status_code for _ in range(30)}
    over_tor = [client.post(SEND, {**answers, "name": f"Example {n}"}).status_code for n in range(3)]
    from_networks = [
        client.post(SEND, {**answers, "name": f"Sample {n}"}, REMOTE_ADDR=f"198.51.{n}.7") for n in range(3)
    ]

    honest = send(client, answers, solved(challenge_of(client.post(SIGN, answers))))

    assert wrong == {422}
    assert over_tor == [302, 302, 429]
    assert [each.status_code for each in from_networks] == [302, 302, 429]
    assert "without JavaScript" in words_of(from_networks[-1])
    assert (honest.status_code, "held" in honest["Location"]) == (302, False)
    assert [message.to for message in deliver()] == [["jo@lantern.example"]]


def test_m11_wrong_proofs_count_for_the_network_that_sends_them(client, challenged, settings):
    settings.LIMIT_NETWORK = tuple(parse_many("2/hour"))
    answers = {**form_answers(), "altcha": "AAAA"}

    sent = [client.post(SEND, answers, REMOTE_ADDR="198.51.100.7").status_code for _ in range(3)]

    assert sent == [422, 422, 429]


def test_a_proof_that_is_too_old_made_up_or_of_another_letter_is_refused(client, challenged):
    switched(make_campaign("other"), Intake.CHALLENGE)
    answers = form_answers()
    challenge = challenge_of(client.post(SIGN, answers))
    elsewhere = challenge_of(client.post("/en/other/sign/", answers))
    proof = solved(challenge)
    stretched = challenge["salt"].replace("expires=1", "expires=9")

    wrong = [
        solved(elsewhere),
        solved(challenge, salt=stretched),
        solved(challenge, signature="0" * 64),
        solved(challenge, number=-1),
        solved(challenge, algorithm="SHA-1"),
        solved(challenge, salt=["x"]),
        solved(challenge, number="١"),
        "nonsense",
        base64.b64encode(b"[" * 1000).decode(),
        base64.b64encode(b"[]").decode(),
        "A" * 100_000,
    ]
    assert {send(client, answers, each).status_code for each in wrong} == {422}
    with time_machine.travel(timezone.now() + timedelta(hours=1, minutes=1)):
        late = form_answers()
        assert send(client, late, proof).status_code == 422
    assert Signature.objects.count() == 0
    assert send(client, answers, proof).status_code == 302


def test_while_redis_is_away_a_proof_still_needs_its_work(client, challenged, settings, monkeypatch):
    answers = form_answers()
    proof = solved(challenge_of(client.post(SIGN, answers)))
    monkeypatch.setattr(limiting, "_breaker", limiting.Breaker())
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    assert send(client, form_answers(), "bm9uc2Vuc2U=").status_code == 422
    assert send(client, answers, proof).status_code == 302
    monkeypatch.undo()
    limiting._breaker.worked()


def test_the_challenge_of_a_letter_is_no_leak(campaign):
    challenge = json.loads(proving.new_challenge("hrd-agenda", timezone.now()))

    assert set(challenge) == {"algorithm", "challenge", "maxNumber", "salt", "signature"}


def test_a_letter_that_is_closed_to_strangers_says_so_kindly(client, closed):
    page = client.get("/en/hrd-agenda/")
    shown = client.get(SIGN)

    assert "takes signatures by invitation" in words_of(page)
    assert SIGN not in page.content.decode()
    assert (shown.status_code, "By invitation" in words_of(shown)) == (200, True)
    for address in (SIGN, SEND, f"{SIGN}change/"):
        assert client.post(address, form_answers()).status_code == 410
    assert Signature.objects.count() == 0


@pytest.fixture
def key(closed):
    _link, key = circulation.make(
        campaign=closed, via="partners-list", by=make_superuser(), now=timezone.now()
    )
    return key


def test_m11_with_a_circulation_link_the_whole_way_is_open(client, key, deliver):
    form = client.get(f"{SIGN}?key={key}")
    invited = soup_of(form).find("input", attrs={"name": "invited"})["value"]
    assert key not in form.content.decode()
    answers = form_answers(invited=invited)

    review = client.post(SIGN, answers)
    response = client.post(SEND, fields_of(review, action=SEND))

    assert response.status_code == 302
    assert Signature.objects.get().via == "partners-list"
    assert len(deliver()) == 1


def test_a_key_that_is_made_up_ended_or_of_another_letter_opens_nothing(client, key):
    sealed = soup_of(client.get(f"{SIGN}?key={key}")).find("input", attrs={"name": "invited"})["value"]
    switched(make_campaign("other"), Intake.CLOSED)
    for address in (f"{SIGN}?key=made-up", f"{SIGN}?key=", f"/en/other/sign/?key={key}", f"{SIGN}?key=%ff"):
        assert "By invitation" in words_of(client.get(address))
    assert client.post("/en/other/sign/send/", form_answers(invited=sealed)).status_code == 410
    assert client.post(SEND, form_answers(invited="made-up")).status_code == 410

    CirculationLink.objects.update(ended_at=timezone.now())

    assert "By invitation" in words_of(client.get(f"{SIGN}?key={key}"))
    assert client.post(SEND, form_answers(invited=sealed)).status_code == 410


def test_what_was_sent_before_the_switch_can_be_confirmed(client, campaign, deliver):
    client.post(SEND, form_answers())
    switched(campaign, Intake.CLOSED)
    (message,) = deliver()

    client.post(link_in(message), {"mandate": "on"})

    assert Signature.objects.get().state == State.CONFIRMED


def test_while_everybody_may_sign_a_link_says_by_whom_it_was_passed_on(client, campaign, key):
    switched(campaign, Intake.NORMAL)
    invited = soup_of(client.get(f"{SIGN}?key={key}")).find("input", attrs={"name": "invited"})["value"]
    client.post(SEND, form_answers(invited=invited))
    client.post(SEND, form_answers())

    assert sorted(Signature.objects.values_list("via", flat=True)) == ["", "partners-list"]


def test_m11_a_flood_that_uses_the_letter_up_locks_nobody_out_who_was_invited(
    client, campaign, settings, key
):
    settings.LIMIT_CAMPAIGN = tuple(parse_many("2/hour"))
    settings.LIMIT_NOWHERE = tuple(parse_many("2/hour"))
    switched(campaign, Intake.NORMAL)
    invited = soup_of(client.get(f"{SIGN}?key={key}")).find("input", attrs={"name": "invited"})["value"]
    flood = [client.post(SEND, form_answers()) for _ in range(3)]

    welcome = [client.post(SEND, form_answers(invited=invited)) for _ in range(2)]
    leaked = client.post(SEND, form_answers(invited=invited))
    forged = client.post(SEND, form_answers(invited="made-up"))
    CirculationLink.objects.update(ended_at=timezone.now())
    ended = client.post(SEND, form_answers(invited=invited))

    assert [each.status_code for each in flood] == [302, 302, 429]
    assert [each.status_code for each in welcome] == [302, 302]
    assert (leaked.status_code, forged.status_code, ended.status_code) == (429, 429, 429)
    assert sorted(Signature.objects.values_list("via", flat=True)) == [
        "",
        "",
        "partners-list",
        "partners-list",
    ]


def test_a_key_in_an_address_is_cut_out_of_the_log(key):
    formatter = DiscreetFormatter("%(message)s")
    record = formatter.format(
        __import__("logging").LogRecord("n", 40, __file__, 1, f"Gone: {SIGN}?a=1&key={key}", (), None)
    )

    assert record == f"Gone: {SIGN}?a=1&key=…"


@pytest.mark.parametrize("who", [make_moderator, make_manager])
def test_m11_whoever_works_on_the_letter_turns_the_switch_and_the_desk_shows_it(client, campaign, who):
    user = who(campaign)
    client.force_login(user)
    address = f"/admin/campaigns/campaign/{campaign.pk}/intake/"
    assert "asks for a proof of work" not in words_of(client.get("/admin/"))

    client.post(address, {"intake": "challenge"})

    campaign.refresh_from_db()
    assert campaign.intake == Intake.CHALLENGE
    assert "hrd-agenda asks for a proof of work" in words_of(client.get("/admin/"))
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id, "challenge" in entry.change_message) == (
        user,
        str(campaign.pk),
        True,
    )
    client.post(address, {"intake": "challenge"})
    assert LogEntry.objects.count() == 1
    assert client.post(address, {"intake": "nonsense"}).status_code == 404
    assert client.get(address).status_code == 405


def test_nobody_else_turns_the_switch(client, campaign):
    address = f"/admin/campaigns/campaign/{campaign.pk}/intake/"
    client.force_login(make_moderator(make_campaign("other")))
    assert client.post(address, {"intake": "closed"}).status_code == 404
    client.force_login(make_user("looker", roles=[(campaign, "moderator")]))
    assert client.post(address, {"intake": "closed"}).status_code == 403

    campaign.refresh_from_db()
    assert campaign.intake == Intake.NORMAL


def test_a_manager_makes_a_link_sees_its_address_once_and_ends_it(client, closed):
    client.force_login(make_manager(closed))
    added = client.post(
        "/admin/campaigns/circulationlink/add/", {"campaign": closed.pk, "via": "partners-list"}, follow=True
    )
    link = CirculationLink.objects.get()
    (address,) = re.findall(
        r"http\S+\?key=[\w-]{43}", unescape(BeautifulSoup(added.content, "html.parser").text)
    )
    key = address.rpartition("=")[2]

    assert key not in link.digest
    assert key not in client.get("/admin/campaigns/circulationlink/").content.decode()
    assert client.get(f"{SIGN}?key={key}").status_code == 200
    assert "By invitation" not in words_of(client.get(f"{SIGN}?key={key}"))
    client.post("/admin/campaigns/circulationlink/", {"action": "end_links", "_selected_action": [link.pk]})
    assert "By invitation" in words_of(client.get(f"{SIGN}?key={key}"))


def test_a_moderator_makes_no_links_and_nobody_makes_them_for_another_letter(client, closed):
    client.force_login(make_moderator(closed))
    assert client.get("/admin/campaigns/circulationlink/add/").status_code == 403
    client.force_login(make_manager(make_campaign("other")))
    client.post("/admin/campaigns/circulationlink/add/", {"campaign": closed.pk, "via": "x"})

    assert CirculationLink.objects.count() == 0
