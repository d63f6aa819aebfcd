"""Mail about a signature that is not public tells nothing to whoever else reads the mailbox (scenario S18)."""

import email
import email.policy
import json

import pytest
from django.conf import settings as live
from django.utils import timezone

from campaigns.choices import PublicationMode
from signatories import hiding
from signatories.mail import delivery, discreet, emails, notices, outbox
from signatories.models import OutboxMail, Signature
from signatories.states import MailKind, Reason
from signatories.transitions import SIGNER
from tests.builders import make_campaign, make_signature, make_user

pytestmark = pytest.mark.django_db

CANARIES = [
    "canary",
    "letter-canary",
    "Kanarienbund",
    "host.example",
    "Example Host",
    "Who pays you",
    "Schreiber",
]
LANGUAGES = [code for code, _name in live.LANGUAGES]


@pytest.fixture
def campaign():
    campaign = make_campaign("letter-canary", title="A canary letter")
    campaign.host.name = "Example Host of the canary"
    campaign.host.save()
    return campaign


def withheld(campaign, mode="withheld", **answers):
    facts = {"name": "Kanarienbund", "acronym": "KB", "contact_name": "Maria Schreiber"}
    return make_signature(
        campaign,
        state="submitted",
        publication_mode=mode,
        website="https://own.example",
        mailbox="x@own.example",
        **facts | answers,
    )


def queue(signature, kind, language="en", **more):
    """A mail as `notices` would queue it, with everything that any kind of mail is told."""
    everything = {
        "link": f"{live.SITE_URL}/{language}/confirm/TOKEN/",
        "question": "Who pays you?",
        "before": "Kanarienbund",
        "after": "Kanarienbund canary",
        "group": "Kanarienbund",
        "who": "canary",
        "case": "https://host.example/case",
        "reason": "canary",
        "country": "canary",
        **more,
    }
    return outbox.queue(
        outbox.new_mail(
            kind=kind,
            signature=signature,
            recipient="x@own.example",
            language=language,
            context=notices._context_for(kind, signature, language, **everything),
            now=timezone.now(),
        )
    )


def wire_of(mail):
    """What goes over the wire, decoded, the reader's own address and the link's host taken away."""
    rendered = emails.render(mail)
    wire = rendered.message().as_bytes(linesep="\r\n")
    message = email.message_from_bytes(wire, policy=email.policy.default)
    headers = "\n".join(f"{name}: {value}" for name, value in message.items())
    return "\n".join(
        [headers, wire.decode(), rendered.from_email, *(part.get_content() for part in message.iter_parts())]
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("mode", ["withheld", "addressee_only"])
@pytest.mark.parametrize("kind", [kind for kind in MailKind if kind not in discreet.TO_STAFF])
def test_s18_no_kind_of_mail_tells_what_it_is_about(campaign, settings, kind, mode, language):
    settings.DEFAULT_FROM_EMAIL = "Letters of the canary <letters@canary.example>"
    settings.DISCREET_FROM_EMAIL = "post@plain.example"
    signature = withheld(campaign, mode)

    wire = wire_of(queue(signature, kind, language))

    assert [each for each in CANARIES if each.lower() in wire.lower()] == []
    assert "From: post@plain.example" in wire
    assert "@plain.example>" in wire.partition("Message-ID:")[2].partition("\n")[0]
    assert f"{live.SITE_URL}/{language}/confirm/TOKEN/" in wire
    assert signature.reference in wire


def test_what_managers_get_of_a_revocation_names_no_organisation_that_is_not_public(campaign):
    signature = withheld(campaign)
    manager = make_user("mara", email="mara@host.example", roles=[(campaign, "manager")])

    notices.tell_managers(signature, manager, Reason.NO_EVIDENCE, timezone.now())

    assert "Kanarienbund" not in wire_of(OutboxMail.objects.get(kind="revoked"))


def test_every_kind_to_a_signer_has_its_neutral_sentence():
    assert set(discreet.SENTENCES) == set(MailKind) - discreet.TO_STAFF


def test_s18_the_first_mail_after_the_form_is_discreet_and_stored_without_names(campaign):
    withheld(campaign)
    mail = OutboxMail.objects.get(kind="confirm")

    wire = wire_of(mail)

    assert sorted(json.loads(mail.context)) == ["discreet", "link", "reference"]
    assert "/en/confirm/" in wire
    assert [each for each in CANARIES if each.lower() in wire.lower()] == []


def test_s18_who_hides_while_a_mail_waits_gets_it_discreet(campaign, mailoutbox):
    signature = make_signature(campaign, name="Kanarienbund", mailbox="x@own.example")
    assert OutboxMail.objects.filter(kind="accepted").count() == 1
    hiding.hide(signature=signature, to=PublicationMode.WITHHELD, actor=SIGNER)

    delivery.drain()

    assert {each.subject for each in mailoutbox} == {f"A message for you ({signature.reference})"}
    for message in mailoutbox:
        text = message.message().as_string()
        assert [each for each in CANARIES if each.lower() in text.lower()] == []


def test_a_mail_that_was_queued_discreet_stays_so_after_the_name_was_published(campaign):
    signature = withheld(campaign)
    mail = OutboxMail.objects.get(kind="confirm")
    mail.publication_mode = "public"

    assert "A message for you" in emails.render(mail).subject
    assert Signature.objects.get(pk=signature.pk).publication_mode == "withheld"


def test_a_public_signer_reads_the_names(campaign):
    make_signature(campaign, state="submitted", name="Kanarienbund")

    rendered = emails.render(OutboxMail.objects.get())

    assert "A canary letter" in rendered.subject
    assert "Kanarienbund" in rendered.body
    assert rendered.from_email == live.DEFAULT_FROM_EMAIL


def test_the_neutral_sender_is_the_mailbox_alone_unless_the_operator_says_another():
    assert "<" not in live.DISCREET_FROM_EMAIL
    assert live.DISCREET_FROM_EMAIL in live.DEFAULT_FROM_EMAIL


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_the_mail_runs_in_the_direction_of_its_language(campaign, language):
    html = emails.render(queue(withheld(campaign), MailKind.QUESTION, language)).alternatives[0][0]

    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in html
