"""An appeal against a rejection goes to a second moderator, once, and its answer is polite (M14)."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from signatories import moderation, replies, tokens
from signatories.mail import delivery
from signatories.models import MailLink, OutboxMail, Signature
from signatories.states import EventKind, LinkPurpose, MailKind, State
from signatories.transitions import AlreadyDecided, Refused
from tests.builders import make_campaign, make_moderator, make_signature, make_superuser
from tests.signatories.staff_pages import button_address, case_address, messages, page, press, text

pytestmark = pytest.mark.django_db
NOTE = "Looks like a front of the ministry."
WHY = "We are independent: see our statutes."


@pytest.fixture
def campaign():
    return make_campaign(title="A letter for defenders")


@pytest.fixture
def first(campaign):
    return make_moderator(campaign)


@pytest.fixture
def second(campaign):
    return make_moderator(campaign, username="second")


@pytest.fixture
def case(campaign):
    return make_signature(campaign, state=State.CONFIRMED, name="Example Loyal Union")


def rejected(case, by):
    """Rejects it; gives the mail and the path of its link."""
    moderation.reject(signature=case, by=by, reason="out_of_scope", note=NOTE)
    mail.outbox.clear()
    delivery.drain()
    (message,) = [each for each in mail.outbox if "/appeal/" in each.body]
    (path,) = set(re.findall(r"http://testserver(/\S+/appeal/\S+)", message.body))
    return message, path


def appealed(client, case, by):
    _message, path = rejected(case, by)
    client.post(path, {"words": WHY})
    return path


def test_m14_the_mail_is_polite_gives_no_note_and_leads_to_a_second_moderator(client, case, first, second):
    message, path = rejected(case, first)
    shown = client.get(path)
    arrived = client.post(path, {"words": WHY}, follow=True)
    client.force_login(second)
    (link,) = page(client.get("/admin/")).select('ul.numbers a[href*="appealed"]')
    listed = client.get(link["href"])
    on_the_case = client.get(case_address(case))
    opened = press(client, case, "put-back", on_the_case, note="They are right.")

    for words in (message.subject, message.body, text(shown), text(arrived)):
        assert NOTE not in words
        assert "scope" not in words.lower()
    assert message.subject == f"About your signature ({case.reference})"
    assert "Somebody else than the first time" in text(shown)
    assert "A second person at the host" in text(arrived)
    assert " ".join(link.get_text().split()) == "1 appeal"
    assert "Example Loyal Union" in text(listed)
    assert WHY in text(on_the_case)
    assert messages(opened) == ["Back in the queue."]
    case.refresh_from_db()
    assert case.state == State.CONFIRMED
    assert not replies.appealed(Signature.objects.all())


def test_m14_who_rejected_reads_that_a_colleague_has_to_look(client, case, first):
    appealed(client, case, first)
    client.force_login(first)

    shown = client.get(case_address(case))
    forged = client.post(
        button_address(case, "turn-down-appeal"), {"expected_state": "rejected", "note": ""}, follow=True
    )
    opened = client.post(
        button_address(case, "put-back"), {"expected_state": "rejected", "note": ""}, follow=True
    )

    assert "A colleague has to look" in text(shown)
    assert button_address(case, "put-back") not in shown.content.decode()
    assert button_address(case, "turn-down-appeal") not in shown.content.decode()
    refusal = ["The appeal is against your own decision: a colleague has to look."]
    assert messages(forged) == messages(opened) == refusal
    assert Signature.objects.get().state == State.REJECTED
    assert not OutboxMail.objects.filter(kind=MailKind.APPEAL_REFUSED).exists()


def test_m14_turned_down_it_stays_rejected_and_the_signer_is_told_once(client, case, first, second):
    path = appealed(client, case, first)
    client.force_login(second)

    done = press(client, case, "turn-down-appeal", note="Looked into it: the ministry pays.")
    again = client.post(
        button_address(case, "turn-down-appeal"), {"expected_state": "rejected", "note": ""}, follow=True
    )
    mail.outbox.clear()
    delivery.drain()

    assert messages(done) == ["The appeal is turned down, and the signer is told."]
    assert messages(again) == ["There is no appeal that waits."]
    (message,) = mail.outbox
    assert message.subject == f"About your request ({case.reference})"
    assert "ministry" not in message.body
    assert "/appeal/" not in message.body
    assert Signature.objects.get().state == State.REJECTED
    assert not replies.appealed(Signature.objects.all())
    assert "Received on" in text(client.get(path))


def test_one_rejection_takes_one_appeal(client, case, first, second):
    old = appealed(client, case, first)
    moderation.turn_down_appeal(signature=Signature.objects.get(), by=second)
    another = MailLink.objects.get(purpose=LinkPurpose.APPEAL)
    another.pk, another.used_at, another.digest = None, None, tokens.digest("another")
    another.save()

    again, elsewhere = (
        client.post(old, {"words": "More."}),
        client.post("/en/appeal/another/", {"words": "x"}),
    )

    assert (again.status_code, elsewhere.status_code) == (200, 200)
    assert "Received on" in text(elsewhere)
    assert case.events.filter(kind=EventKind.APPEALED).count() == 1


def test_a_second_rejection_takes_a_second_appeal(client, case, first, second):
    old = appealed(client, case, first)
    case.refresh_from_db()
    moderation.put_back(signature=case, by=second)
    between = text(client.get(old))
    _message, new = rejected(case, second)

    replayed = client.post(old, {"words": "Again."})
    client.post(new, {"words": "Still independent."})

    assert "Received on" in between
    assert replayed.status_code == 200
    said = [event.note.text for event in case.events.filter(kind=EventKind.APPEALED)]
    assert said == [WHY, "Still independent."]
    with pytest.raises(Refused, match="your own decision"):
        moderation.turn_down_appeal(signature=Signature.objects.get(), by=second)


def test_what_was_opened_again_needs_no_appeal(client, case, first):
    _message, path = rejected(case, first)
    moderation.put_back(signature=case, by=first)

    shown, sent = client.get(path), client.post(path, {"words": WHY})

    assert "has looked at it again" in text(shown)
    assert sent.status_code == 200
    assert not case.events.filter(kind=EventKind.APPEALED).exists()


def test_nothing_but_a_proven_mailbox_gets_a_link(campaign, first):
    signature = make_signature(campaign, state=State.SUBMITTED)

    moderation.reject(signature=signature, by=first, reason="abuse")

    assert not MailLink.objects.filter(purpose=LinkPurpose.APPEAL).exists()
    assert not OutboxMail.objects.filter(kind=MailKind.REJECTED).exists()


def test_links_that_are_old_unknown_or_for_something_else_appeal_nothing(client, case, first):
    _message, path = rejected(case, first)
    token = path.split("/")[-2]

    statuses = [
        client.post(address, {"words": WHY}).status_code
        for address in ("/en/appeal/nothing/", f"/en/answer/{token}/", f"/en/confirm/{token}/")
    ]
    with time_machine.travel(timezone.now() + timedelta(days=31), tick=False):
        late = client.post(path, {"words": WHY})

    assert statuses == [404, 404, 404]
    assert late.status_code == 410
    assert not case.events.filter(kind=EventKind.APPEALED).exists()


@pytest.mark.parametrize("words", ["", " ", "a\0b", "x" * 4001])
def test_an_appeal_without_words_with_a_nul_or_too_long_is_refused(client, case, first, words):
    _message, path = rejected(case, first)

    assert client.post(path, {"words": words}).status_code == 422

    assert not case.events.filter(kind=EventKind.APPEALED).exists()
    assert MailLink.objects.get(purpose=LinkPurpose.APPEAL).used_at is None


def test_opening_the_link_changes_nothing(client, case, first):
    _message, path = rejected(case, first)
    before = [*case.events.values(), *MailLink.objects.values()]

    assert [client.get(path).status_code, client.head(path).status_code] == [200, 200]

    assert [*case.events.values(), *MailLink.objects.values()] == before


def test_a_late_answer_to_a_question_does_not_hide_the_appeal(client, campaign, case, first):
    moderation.ask(signature=case, by=first, words="Who decided?")
    delivery.drain()
    (answer,) = {
        found
        for each in mail.outbox
        for found in re.findall(r"http://testserver(/\S+/answer/\S+)", each.body)
    }
    appealed(client, case, first)

    client.post(answer, {"words": "The board."})

    assert list(replies.appealed(Signature.objects.all())) == [case]
    assert replies.count(Signature.objects.all()) == replies.Replies(answered=0, appealed=1)


def test_a_page_that_grew_old_turns_nothing_down(client, case, first, second):
    appealed(client, case, first)
    old = Signature.objects.get()
    moderation.put_back(signature=Signature.objects.get(), by=second)

    with pytest.raises(AlreadyDecided):
        moderation.turn_down_appeal(signature=old, by=make_superuser())

    assert not OutboxMail.objects.filter(kind=MailKind.APPEAL_REFUSED).exists()


def test_appeals_on_other_letters_are_out_of_reach(client, case, first):
    appealed(client, case, first)
    client.force_login(make_moderator(make_campaign("letter-b"), username="other"))

    assert "1 appeal" not in text(client.get("/admin/"))
    assert "Loyal" not in text(client.get("/admin/signatories/signature/?appealed=yes"))
    forged = client.post(button_address(case, "turn-down-appeal"), {"expected_state": "rejected"})
    assert forged.status_code == 404
    assert not case.events.filter(kind=EventKind.APPEAL_REFUSED).exists()


def test_the_filter_alone_shows_what_is_appealed_against(client, campaign, case, first):
    make_signature(campaign, state=State.CONFIRMED, name="Example Waiting Circle")
    appealed(client, case, first)
    client.force_login(first)

    listed = text(client.get("/admin/signatories/signature/?appealed=yes"))

    assert "Example Loyal Union" in listed
    assert "Example Waiting Circle" not in listed
