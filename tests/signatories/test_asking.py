"""Hold and ask: a question by mail in the signer's language, an answer through its link, on the case (M4)."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone, translation

from signatories import answering, moderation, replies
from signatories.admin import case_forms
from signatories.links import BadLink, LinkExpired
from signatories.mail import delivery
from signatories.models import Contact, MailLink, OutboxMail, Question, Signature
from signatories.moderation import Prompt
from signatories.states import EventKind, MailKind, State
from signatories.transitions import AlreadyDecided, IllegalTransition, Refused
from tests.builders import give_evidence, make_campaign, make_moderator, make_signature, make_superuser
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
WORDS = "Who in your organisation decided to sign?"
HOSTILE = '<script>alert(1)</script> \u202egnp.exe\u202c {{ reference }} "quoted"'


@pytest.fixture
def campaign():
    return make_campaign(languages=["en", "fr"])


@pytest.fixture
def moderator(campaign):
    return make_moderator(campaign)


@pytest.fixture
def case(campaign):
    return make_signature(campaign, state=State.CONFIRMED, name="Example Secretive Circle", language="fr")


def sent_question():
    """The one question that was sent, with the path of its link."""
    mail.outbox.clear()
    delivery.drain()
    (message,) = [each for each in mail.outbox if "/answer/" in each.body]
    (path,) = set(re.findall(r"http://testserver(/\S+/answer/\S+)", message.body))
    return message, path


def asked(case, by, words=WORDS):
    """A question that went out; gives the path of its link."""
    moderation.ask(signature=case, by=by, words=words)
    return sent_question()[1]


def test_m4_a_case_is_held_with_a_question_and_its_answer_lands_on_it(client, campaign, moderator, case):
    client.force_login(moderator)

    done = press(client, case, "ask", question=WORDS, prompt="mandate")
    message, path = sent_question()
    shown = client.get(path)
    arrived = client.post(path, {"words": "Our board did, on 3 May."}, follow=True)

    assert messages(done) == [
        "Asked, and on hold until it is decided: Example Secretive Circle. Nothing more to check."
    ]
    assert path.startswith("/fr/answer/")
    assert message.to == [Contact.objects.get().mailbox]
    assert WORDS in text(shown)
    assert "Thank you for your answer" in text(arrived)
    case.refresh_from_db()
    assert (case.state, case.decided_by) == (State.ON_HOLD, moderator)
    told = [(event.kind, event.actor_kind) for event in case.events.order_by("pk")[2:]]
    assert told == [("changed", "staff"), ("asked", "staff"), ("answered", "signer")]
    question = Question.objects.get()
    assert (question.asked.note.text, question.answered.note.text) == (WORDS, "Our board did, on 3 May.")
    on_the_case = text(client.get(case_address(case)))
    assert "The signer answered on" in on_the_case
    assert "Our board did, on 3 May." in on_the_case


def test_m4_the_desk_and_the_queue_say_that_an_answer_has_come(client, campaign, moderator, case):
    path = asked(case, moderator)
    client.force_login(moderator)
    assert "answered" not in text(client.get("/admin/"))

    client.post(path, {"words": "The board."})

    desk = page(client.get("/admin/"))
    (link,) = desk.select('ul.numbers a[href*="answered"]')
    assert " ".join(link.get_text().split()) == "1 answered"
    listed = client.get(link["href"])
    assert "Example Secretive Circle" in text(listed)
    assert "On hold, answered" in text(listed)
    assert "on hold, answered" in text(client.get("/admin/"))


@pytest.mark.parametrize("act", ["put_back", "ask_again", "accept"])
def test_an_answer_stops_waiting_once_somebody_has_dealt_with_it(client, moderator, case, act):
    client.post(asked(case, moderator), {"words": "The board."})
    case.refresh_from_db()
    assert list(replies.answered(Signature.objects.all())) == [case]

    if act == "put_back":
        moderation.put_back(signature=case, by=moderator)
    elif act == "ask_again":
        moderation.ask(signature=case, by=moderator, words="And when?")
    else:
        give_evidence(case, moderator)
        moderation.accept(signature=case, by=moderator)

    assert not replies.answered(Signature.objects.all())
    assert replies.count(Signature.objects.all()).answered == 0


def test_an_accepted_signature_that_is_asked_about_leaves_list_and_count(client, campaign, moderator):
    signature = make_signature(campaign, name="Example Public Society")

    moderation.ask(signature=signature, by=moderator, words=WORDS)

    assert client.get("/letter-a/count.json").json()["count"] == 0
    assert "Example Public Society" not in text(client.get("/en/letter-a/"))


@pytest.mark.parametrize("state", [State.SUBMITTED, State.REJECTED])
def test_only_what_can_be_held_is_asked_about(campaign, moderator, state):
    signature = make_signature(campaign, state=state)

    with pytest.raises(IllegalTransition):
        moderation.ask(signature=signature, by=moderator, words=WORDS)

    assert not Question.objects.exists()
    assert not OutboxMail.objects.filter(kind=MailKind.QUESTION).exists()


def test_the_words_to_begin_with_come_without_script(client, moderator, case):
    client.force_login(moderator)

    shown = client.post(
        button_address(case, "ask-text"), {"prompt": "reach", "question": "typed before"}, follow=True
    )
    kept = client.post(button_address(case, "ask-text"), {"prompt": "", "question": "typed before"})

    assert shown.status_code == 200
    field = page(shown).select_one("#ask textarea[name=question]")
    assert field.get_text().strip() == moderation.words_of(Prompt.REACH, "fr")
    assert page(shown).select_one("#ask").has_attr("open")
    assert page(kept).select_one("#ask textarea[name=question]").get_text().strip() == "typed before"
    case.refresh_from_db()
    assert case.state == State.CONFIRMED
    assert not Question.objects.exists()


def test_the_words_are_the_signers_language_whatever_the_moderator_reads(
    client, moderator, case, monkeypatch
):
    monkeypatch.setattr(
        case_forms.moderation, "words_of", lambda prompt, language: f"{prompt.value} in {language}"
    )
    client.force_login(moderator)

    with translation.override("es"):
        shown = client.get(case_address(case))

    options = {
        each["value"]: each["data-words"] for each in page(shown).select("#ask select[name=prompt] option")
    }
    assert options == {"": "", **{each.value: f"{each.value} in fr" for each in Prompt}}
    assert page(shown).select_one("#ask textarea")["lang"] == "fr"
    assert "The signer reads French." in text(shown)


def test_nothing_to_begin_with_speaks_of_another_signer():
    for prompt in Prompt:
        words = moderation.words_of(prompt, "en").lower()
        assert [
            word for word in ("duplicate", "already", "another signature", "signed before") if word in words
        ] == []


def test_the_mail_shows_the_question_as_text_and_its_subject_tells_nothing(case, moderator):
    moderation.ask(signature=case, by=moderator, words=HOSTILE)

    message, _path = sent_question()

    ((html, _type),) = message.alternatives
    assert HOSTILE in message.body
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "{{ reference }}" in html
    assert message.subject == f"A question for you ({case.reference})"


def test_a_hostile_answer_is_kept_and_shown_as_text(client, moderator, case):
    path = asked(case, moderator)

    client.post(path, {"words": HOSTILE})

    assert Question.objects.get().answered.note.text == HOSTILE
    client.force_login(moderator)
    html = client.get(case_address(case)).content.decode()
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


@pytest.mark.parametrize(
    ("words", "stored"),
    [("a\0b", False), ("x" * 4001, False), ("   ", False), ("", False), ("x\r\n" * 2000, True)],
)
def test_an_answer_without_words_with_a_nul_or_too_long_is_refused(client, moderator, case, words, stored):
    path = asked(case, moderator)

    response = client.post(path, {"words": words})

    assert response.status_code == (302 if stored else 422)
    assert case.events.filter(kind=EventKind.ANSWERED).count() == stored


def test_opening_the_link_changes_nothing(client, moderator, case):
    path = asked(case, moderator)
    before = [*case.events.values(), *MailLink.objects.values()]

    answers = [client.get(path), client.head(path), client.get(path)]

    assert [each.status_code for each in answers] == [200, 200, 200]
    assert answers[0]["X-Robots-Tag"] == "noindex"
    assert "no-store" in answers[0]["Cache-Control"]
    assert [*case.events.values(), *MailLink.objects.values()] == before


def test_a_link_answers_once(client, moderator, case):
    path = asked(case, moderator)
    client.post(path, {"words": "First."})

    again = client.post(path, {"words": "Second."})
    shown = text(client.get(path))

    assert again.status_code == 200
    assert "Answered on" in shown
    assert "please write to the host" in shown
    assert "host@host.example" in shown
    assert WORDS not in shown
    assert [event.note.text for event in case.events.filter(kind=EventKind.ANSWERED)] == ["First."]


def test_an_answer_after_the_decision_is_kept_and_changes_nothing(client, moderator, case):
    path = asked(case, moderator)
    moderation.reject(signature=case, by=moderator, reason="no_evidence")
    mails = OutboxMail.objects.count()

    answer = client.post(path, {"words": "The board."}, follow=True)

    case.refresh_from_db()
    assert "Thank you for your answer" in text(answer)
    assert case.state == State.REJECTED
    assert case.events.last().note.text == "The board."
    assert OutboxMail.objects.count() == mails
    assert replies.count(Signature.objects.all()) == replies.Replies(answered=0, appealed=0)


def test_a_link_lasts_thirty_days(client, moderator, case):
    path = asked(case, moderator)

    with time_machine.travel(timezone.now() + timedelta(days=30, minutes=1), tick=False):
        late = client.post(path, {"words": "The board."})
        with pytest.raises(LinkExpired):
            answering.answer(token=path.split("/")[-2], words="The board.")

    assert late.status_code == 410
    assert "This link has expired" in text(late)
    assert WORDS not in text(late)
    assert not case.events.filter(kind=EventKind.ANSWERED).exists()


def test_unknown_and_foreign_links_answer_nothing(client, moderator, case):
    path = asked(case, moderator)
    token = path.split("/")[-2]

    unknown = client.get("/en/answer/nothing/")
    confirm, appeal = (
        client.post(f"/en/confirm/{token}/"),
        client.post(f"/en/appeal/{token}/", {"words": "x"}),
    )

    assert (unknown.status_code, confirm.status_code, appeal.status_code) == (404, 404, 404)
    with pytest.raises(BadLink):
        answering.appeal(token=token, words="x")
    assert not case.events.filter(kind__in=[EventKind.ANSWERED, EventKind.APPEALED]).exists()


def test_the_same_question_twice_within_a_minute_is_a_second_click(client, moderator, case):
    client.force_login(moderator)
    page_before = client.get(case_address(case))
    press(client, case, "ask", page_before, question=WORDS)

    stale = press(client, case, "ask", page_before, question=WORDS)
    case.refresh_from_db()
    with pytest.raises(Refused, match="This was asked a moment ago"):
        moderation.ask(signature=case, by=make_superuser(), words=WORDS)

    assert already_decided(stale, "moderator", "On hold")
    assert OutboxMail.objects.filter(kind=MailKind.QUESTION).count() == 1
    assert case.events.filter(kind=EventKind.ASKED).count() == 1


def test_three_questions_wait_at_most(client, moderator, case):
    first = asked(case, moderator, "One?")
    moderation.ask(signature=case, by=moderator, words="Two?")
    moderation.ask(signature=case, by=moderator, words="Three?")

    with pytest.raises(Refused, match="Three questions wait"):
        moderation.ask(signature=case, by=moderator, words="Four?")
    client.post(first, {"words": "One."})
    moderation.ask(signature=case, by=moderator, words="Four?")

    assert OutboxMail.objects.filter(kind=MailKind.QUESTION).count() == 4


def test_a_refused_question_holds_nothing(moderator, case):
    Contact.objects.update(mailbox=None)

    with pytest.raises(Refused, match="no mailbox left"):
        moderation.ask(signature=case, by=moderator, words=WORDS)
    with pytest.raises(Refused, match="Write what you want to know"):
        moderation.ask(signature=case, by=moderator, words="")

    assert Signature.objects.get().state == State.CONFIRMED
    assert Signature.objects.get().events.filter(kind=EventKind.CHANGED).count() == 1


def test_a_page_that_grew_old_asks_nothing(moderator, case):
    old = Signature.objects.get()
    moderation.reject(signature=case, by=moderator, reason="abuse")

    with pytest.raises(AlreadyDecided):
        moderation.ask(signature=old, by=moderator, words=WORDS)

    assert not OutboxMail.objects.filter(kind=MailKind.QUESTION).exists()


def test_somebody_of_another_letter_asks_nothing(client, case):
    other = make_campaign("letter-b")
    client.force_login(make_moderator(other))

    answers = [
        client.post(
            button_address(case, name), {"expected_state": "confirmed", "question": WORDS, "prompt": ""}
        )
        for name in ("ask", "ask-text", "turn-down-appeal")
    ]

    assert [each.status_code for each in answers] == [404, 404, 404]
    assert [each for each in answers if "Secretive" in each.content.decode()] == []
    assert not Question.objects.exists()


def test_what_is_asked_of_another_letter_is_not_counted_here(client, moderator, case, campaign):
    path = asked(case, moderator)
    client.post(path, {"words": "The board."})
    client.force_login(make_moderator(make_campaign("letter-b"), username="other"))

    assert "1 answered" not in text(client.get("/admin/"))
    assert "Secretive" not in text(client.get("/admin/signatories/signature/?answered=yes"))


def test_the_queue_makes_as_many_queries_for_one_answered_case_as_for_three(
    client, campaign, moderator, case
):
    client.force_login(moderator)
    lists = ["/admin/", "/admin/signatories/signature/", "/admin/signatories/signature/?answered=yes"]
    client.post(asked(case, moderator), {"words": "The board."})
    one = [queries_of(client, each) for each in lists]
    for _more in range(2):
        another = make_signature(campaign, state=State.CONFIRMED)
        client.post(asked(another, moderator), {"words": "The board."})

    assert [queries_of(client, each) for each in lists] == one
