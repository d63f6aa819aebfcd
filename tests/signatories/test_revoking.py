"""What was accepted and should not have been: taken back with a reason, corrected in public without a name (M13)."""

import pytest
from django.core import mail
from django.utils import timezone

from campaigns import reading
from campaigns.choices import Role, UpdateKind
from campaigns.models import Update
from signatories import moderation
from signatories.mail import delivery
from signatories.models import OutboxMail, Signature
from signatories.states import MailKind, Reason, State
from signatories.transitions import AlreadyDecided, IllegalTransition
from tests.builders import (
    give_evidence,
    make_campaign,
    make_manager,
    make_moderator,
    make_signature,
    make_superuser,
    make_user,
)
from tests.signatories.staff_pages import button_address, case_address, messages, page, press, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    return make_campaign(languages=["en", "fr"])


@pytest.fixture
def posed(campaign):
    return make_signature(campaign, name="Posing Example Society")


def accepted_but_hidden(campaign, mode, **answers):
    hidden = make_signature(campaign, publication_mode=mode, state=State.CONFIRMED, **answers)
    staff = make_superuser()
    give_evidence(hidden, staff)
    give_evidence(hidden, staff, kind="callback")
    moderation.accept(signature=hidden, by=staff)
    return hidden


def sent_mails():
    """What goes out now, by its recipient."""
    mail.outbox.clear()
    delivery.drain()
    return {each.to[0]: each for each in mail.outbox if "confirm" not in each.subject}


def make_manager_with(campaign, mailbox, **fields):
    return make_user(mailbox.partition("@")[0], email=mailbox, roles=[(campaign, Role.MANAGER)], **fields)


def test_m13_a_revoked_signature_leaves_list_and_count_and_a_correction_names_nobody(client, campaign, posed):
    make_signature(campaign, name="Honest Example Society")
    before = client.get("/letter-a/count.json").json()["count"]

    moderation.revoke(
        signature=posed, by=make_superuser(), reason=Reason.IMPERSONATION, note="They never signed."
    )

    after = client.get("/letter-a/count.json").json()["count"]
    page = text(client.get("/en/letter-a/"))
    assert (before, after) == (2, 1)
    assert "Posing Example Society" not in page
    assert "Posing Example Society" not in text(client.get("/en/letter-a/signatories/"))
    assert "Correction: one signature was taken back" in page
    assert "They never signed" not in page
    (event,) = posed.events.filter(to_state=State.REVOKED)
    assert (event.reason, event.note.text) == ("impersonation", "They never signed.")


def test_the_correction_stands_in_each_language_of_the_letter(campaign, posed):
    moderation.revoke(signature=posed, by=make_superuser(), reason=Reason.IMPERSONATION)

    (update,) = Update.objects.all()
    assert update.kind == UpdateKind.CORRECTION
    assert sorted(update.texts.values_list("language", flat=True)) == ["en", "fr"]
    assert (
        len(reading.read(reading.campaigns_to_read(timezone.now()).get(), "en", timezone.now()).updates) == 1
    )


@pytest.mark.parametrize("mode", ["withheld", "addressee_only"])
def test_nothing_in_public_tells_that_one_was_revoked_whose_name_was_not_public(campaign, mode):
    hidden = accepted_but_hidden(campaign, mode)

    moderation.revoke(signature=hidden, by=make_superuser(), reason=Reason.IMPERSONATION)

    assert Signature.objects.get(pk=hidden.pk).state == State.REVOKED
    assert not Update.objects.exists()


@pytest.mark.parametrize("state", [State.SUBMITTED, State.CONFIRMED, State.ON_HOLD, State.REJECTED])
def test_only_what_was_accepted_is_revoked(campaign, state):
    signature = make_signature(campaign, state=state)

    with pytest.raises(IllegalTransition):
        moderation.revoke(signature=signature, by=make_superuser(), reason=Reason.ABUSE)

    assert not Update.objects.exists()


def test_two_who_revoke_make_one_correction(campaign, posed):
    same = Signature.objects.get(pk=posed.pk)
    moderation.revoke(signature=posed, by=make_superuser(), reason=Reason.IMPERSONATION)

    with pytest.raises(AlreadyDecided):
        moderation.revoke(signature=same, by=make_superuser(), reason=Reason.ABUSE)

    assert Update.objects.count() == 1


def test_a_revoked_signature_can_be_opened_again_and_is_accepted_anew(campaign, posed):
    staff = make_superuser()
    moderation.revoke(signature=posed, by=staff, reason=Reason.IMPERSONATION)
    mails = OutboxMail.objects.count()

    moderation.put_back(signature=posed, by=staff, note="It was they after all.")
    moderation.accept(signature=posed, by=staff)

    posed.refresh_from_db()
    assert (posed.state, posed.decision_reason) == (State.ACCEPTED, "")
    assert Signature.objects.public().count() == 1
    assert OutboxMail.objects.count() == mails + 1  # that it is accepted


def test_the_page_offers_it_for_what_is_accepted_and_asks_for_a_reason(client, campaign, posed):
    client.force_login(make_moderator(campaign))

    refused = press(client, posed, "revoke", reason="")
    assert refused.status_code == 422
    done = press(client, posed, "revoke", reason="impersonation", note="They never signed.")

    assert messages(done) == ["Revoked: Posing Example Society."]
    shown = client.get(case_address(posed)).content.decode()
    assert button_address(posed, "revoke") not in shown
    assert button_address(posed, "put-back") in shown


def test_m13_the_managers_of_the_letter_are_told_who_why_and_where(campaign, posed):
    make_manager_with(campaign, "chief@host.example")
    make_manager_with(campaign, "gone@host.example", is_active=False)
    make_manager_with(make_campaign("letter-b"), "other@host.example")
    make_manager(campaign)  # without a mailbox
    make_user("hand", email="hand@host.example", roles=[(campaign, Role.MODERATOR)])
    delivery.drain()

    moderation.revoke(
        signature=posed,
        by=make_moderator(campaign, username="Rosa"),
        reason=Reason.IMPERSONATION,
        note="They never signed.",
    )

    sent = sent_mails()
    assert set(sent) == {"chief@host.example"}
    message = sent["chief@host.example"]
    assert message.subject == f"A signature was revoked ({posed.reference})"
    assert "Rosa has revoked the signature of Posing Example Society" in message.body
    assert "Reason: Impersonation" in message.body
    assert f"http://testserver{case_address(posed)}" in message.body
    assert "They never signed." not in message.body


@pytest.mark.parametrize("mode", ["withheld", "addressee_only"])
def test_a_name_that_was_not_public_stands_in_no_mail_to_the_managers(campaign, mode):
    make_manager_with(campaign, "chief@host.example")
    hidden = accepted_but_hidden(campaign, mode, name="Hidden Example Circle", acronym="HEC")
    delivery.drain()

    moderation.revoke(signature=hidden, by=make_superuser(), reason=Reason.IMPERSONATION)

    message = sent_mails()["chief@host.example"]
    ((html, _type),) = message.alternatives
    assert "a signature whose name was not public" in message.body
    for words in (message.subject, message.body, html):
        assert "Hidden Example" not in words
        assert "HEC" not in words


@pytest.mark.parametrize("reason", list(Reason))
def test_the_signer_is_told_politely_unless_he_posed_or_did_mischief(campaign, reason):
    signature = make_signature(campaign, name="Example Society", mailbox="a@society.example")
    delivery.drain()

    moderation.revoke(signature=signature, by=make_superuser(), reason=reason, note="Not one of ours.")

    sent = sent_mails()
    if reason in (Reason.IMPERSONATION, Reason.ABUSE):
        assert sent == {}
        return
    (message,) = sent.values()
    assert message.to == ["a@society.example"]
    assert message.subject == f"About your signature ({signature.reference})"
    assert "has taken it off the list" in message.body
    assert "/appeal/" not in message.body
    assert str(reason.label).lower() not in message.body.lower()
    assert "Not one of ours." not in message.body


def test_two_who_revoke_tell_everybody_once(campaign, posed):
    make_manager_with(campaign, "chief@host.example")
    same = Signature.objects.get(pk=posed.pk)
    moderation.revoke(signature=posed, by=make_superuser(), reason=Reason.NO_EVIDENCE)

    with pytest.raises(AlreadyDecided):
        moderation.revoke(signature=same, by=make_superuser(), reason=Reason.NO_EVIDENCE)

    kinds = list(OutboxMail.objects.values_list("kind", flat=True))
    assert (kinds.count(MailKind.REVOKED), kinds.count(MailKind.REJECTED)) == (1, 1)


def test_m13_a_letter_to_the_real_organisation_is_ready_in_the_letters_languages(client, campaign, posed):
    moderation.revoke(signature=posed, by=make_superuser(), reason=Reason.IMPERSONATION, note="Not they.")
    client.force_login(make_moderator(campaign))

    shown = page(client.get(case_address(posed)))

    letters = [each["data-copy"] for each in shown.select("button[data-copy]") if "To: " in each["data-copy"]]
    assert len(letters) == 2
    for letter in letters:
        assert letter.startswith("To: Posing Example Society")
        assert "A letter for defenders" in letter
        assert "host@host.example" in letter
        assert "stood in the public list" in letter
        assert "Not they." not in letter
        assert posed.contacts.get().mailbox not in letter


def test_the_letter_does_not_say_of_a_hidden_name_that_it_was_listed(client, campaign):
    hidden = accepted_but_hidden(campaign, "withheld")
    moderation.revoke(signature=hidden, by=make_superuser(), reason=Reason.IMPERSONATION)
    client.force_login(make_moderator(campaign))

    shown = text(client.get(case_address(hidden)))

    assert "Your name was not shown in public." in shown
    assert "stood in the public list" not in shown


@pytest.mark.parametrize("reason", [Reason.NO_EVIDENCE, Reason.DUPLICATE])
def test_for_other_reasons_there_is_no_such_letter(client, campaign, posed, reason):
    moderation.revoke(signature=posed, by=make_superuser(), reason=reason)
    client.force_login(make_moderator(campaign))

    assert "A letter to the real organisation" not in text(client.get(case_address(posed)))


def test_what_was_held_after_it_had_been_listed_is_corrected_like_a_revocation(client, campaign, posed):
    """Whoever stands behind the name objects: that holds the line, and then it is rejected."""
    moderator = make_moderator(campaign)
    make_user("told", roles=[(campaign, Role.MANAGER)], email="manager@host.example")
    client.force_login(moderator)
    moderation.hold(signature=posed, by=moderator)

    moderation.reject(signature=posed, by=moderator, reason=Reason.IMPERSONATION, note="The director called.")

    assert Update.objects.filter(campaign=campaign, kind=UpdateKind.CORRECTION).count() == 1
    assert OutboxMail.objects.filter(kind=MailKind.REVOKED).count() == 1
    assert OutboxMail.objects.filter(kind=MailKind.REJECTED, signature=posed).count() == 0
    assert "A letter to the real organisation" in text(client.get(case_address(posed)))


def test_what_was_never_accepted_is_rejected_without_a_correction(campaign):
    signature = make_signature(campaign, state=State.CONFIRMED)

    moderation.reject(signature=signature, by=make_moderator(campaign), reason=Reason.IMPERSONATION)

    assert Update.objects.count() == 0
    assert OutboxMail.objects.filter(kind=MailKind.REVOKED).count() == 0
    assert OutboxMail.objects.filter(kind=MailKind.REJECTED, signature=signature).count() == 1
