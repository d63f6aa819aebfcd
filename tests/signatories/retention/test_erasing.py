"""Erasing a contact: nothing of the person is left in the database, in a cache or in a file (scenario S24)."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core import mail as django_mail
from django.test import Client
from django.utils import timezone

from signatories import moderation, tokens
from signatories.mail import delivery
from signatories.models import (
    Contact,
    ContactChange,
    Dispute,
    Erasure,
    OutboxMail,
    Referral,
)
from signatories.retention import erase_contact
from signatories.states import EventKind, LinkPurpose, MailState, State
from signatories.transitions import SIGNER, record
from tests.builders import make_campaign, make_dispute, make_manager, make_signature, make_superuser
from tests.everything import found
from tests.signatories.test_admin_exports import MANAGE, PUBLIC, export, reauthenticate

PERSON = {
    "contact_name": "Philomena Canary",
    "contact_role": "Obervogelwartin",
    "mailbox": "philomena@lantern.example",
}
WORDS = list(PERSON.values())


@pytest.fixture
def campaign(db):
    return make_campaign()


def of(signature):
    return signature.contacts.get(is_primary=True)


def link_to(signature, purpose, contact=None):
    token = tokens.new_token()
    now = timezone.now()
    link = signature.links.create(
        purpose=purpose,
        contact=contact,
        digest=tokens.digest(token),
        created_at=now,
        expires_at=now + timedelta(days=3),
    )
    return link, token


def full(campaign):
    """A signature whose person stands wherever the program and people can have put it."""
    staff = make_superuser()
    signature = make_signature(campaign, name="The Lantern", **PERSON)
    contact, now = of(signature), timezone.now()
    moderation.add_note(signature=signature, by=staff, note="Philomena Canary, Obervogelwartin, rang back.")
    record(signature, kind=EventKind.ANSWERED, actor=SIGNER, note="I am Philomena Canary.")
    signature.evidence.filter(kind="known").update(note="philomena@lantern.example stands on their site")
    make_dispute(signature, PERSON["mailbox"], words="I left.")
    make_dispute(signature, "reader@paper.example", words="Philomena Canary never worked there.")
    ContactChange.objects.create(
        signature=signature, contact=contact, name="Philomena Canary", mailbox="philomena@new.example", mailbox_hash="x", asked_at=now
    )  # fmt: skip
    OutboxMail.objects.filter(recipient_hash=contact.mailbox_hash).update(
        recipient=PERSON["mailbox"], context="Philomena Canary"
    )
    LogEntry.objects.create(
        user=staff,
        content_type=ContentType.objects.get_for_model(Contact),
        object_id=contact.pk,
        object_repr="Philomena Canary",
        action_flag=CHANGE,
        change_message="philomena@lantern.example",
    )
    return signature


def test_s24_after_an_erasure_no_table_holds_mailbox_name_or_role(campaign):
    signature = full(campaign)
    assert {word for _table, word in found(WORDS)} == set(WORDS)

    assert [erase_contact(of(signature)), Contact.objects.count()] == [True, 0]

    assert found([*WORDS, "philomena"]) == []
    signature.refresh_from_db()
    assert signature.state == State.ON_HOLD  # where the dispute from its own mailbox had put it
    assert [each.kind for each in Erasure.objects.all()] == ["contact"]
    kinds = [event.kind for event in signature.events.all()]
    assert kinds.count(EventKind.CONTACT_ERASED) == 1
    assert EventKind.NOTE in kinds


def test_s24_no_page_no_cache_and_no_file_holds_the_person_afterwards(client, campaign):
    signature = full(campaign)
    client.force_login(make_manager(campaign, exports_contacts=True))
    reauthenticate(client)
    case = f"/admin/signatories/signature/{signature.pk}/change/"
    pages = [case, "/admin/", "/en/letter-a/", "/en/letter-a/signatories/", "/letter-a/signatories.csv"]

    def file(where, **answers):
        return b"".join(export(client, f"{where}?state=all", **answers).streaming_content).decode()

    before = file(MANAGE, reason="x") + "".join(client.get(each).content.decode() for each in pages)
    assert [word for word in WORDS if word not in before] == []
    erase_contact(of(signature))

    after = (
        file(MANAGE, reason="x") + file(PUBLIC) + "".join(client.get(each).content.decode() for each in pages)
    )
    assert [word for word in [*WORDS, "hilomena"] if word in after] == []
    assert "The Lantern" in after


def test_s24_erased_twice_is_erased_once(campaign):
    contact = of(make_signature(campaign))

    assert [erase_contact(contact), erase_contact(contact)] == [True, False]
    assert Erasure.objects.count() == 1


def test_s24_the_opened_page_and_every_link_of_the_contact_are_dead(campaign):
    signature, other = make_signature(campaign, name="The Lantern"), make_signature(campaign)
    _mine, token = link_to(signature, LinkPurpose.MANAGE, of(signature))
    _old, appeal = link_to(signature, LinkPurpose.APPEAL)
    _others, beside = link_to(other, LinkPurpose.MANAGE, of(other))
    open_page, other_page = Client(), Client()
    open_page.get(f"/en/manage/{token}/")
    other_page.get(f"/en/manage/{beside}/")
    assert "The Lantern" in open_page.get("/en/manage/").content.decode()

    erase_contact(of(signature))

    shown = open_page.get("/en/manage/").content.decode()
    assert ("The Lantern" in shown, "Mail me the link" in shown) == (False, True)
    assert open_page.post("/en/manage/hide/", {"to": "withheld"}).status_code == 403
    # The look at it has ended the session; the other signer's goes on.
    assert [each.session_key for each in Session.objects.all()] == [other_page.session.session_key]
    assert not signature.links.exists()
    assert open_page.get(f"/en/manage/{token}/").status_code == 404
    assert open_page.get(f"/en/appeal/{appeal}/").status_code == 404


def test_a_vouch_that_was_asked_for_is_dead_and_not_unsent(campaign):
    referrer, asking = make_signature(campaign), make_signature(campaign, state=State.CONFIRMED)
    link, _token = link_to(referrer, LinkPurpose.REFERRAL, of(referrer))
    referral = Referral.objects.create(
        signature=asking, referrer=referrer, requested_by=make_superuser(), requested_at=timezone.now(), link=link
    )  # fmt: skip

    erase_contact(of(referrer))

    referral.refresh_from_db()
    assert (referral.is_unagreed, referral.link.contact, referral.link.expires_at <= timezone.now()) == (
        False,
        None,
        True,
    )


def test_s24_what_waits_is_not_sent_any_more_and_mail_to_others_is(campaign):
    signature = make_signature(campaign, state=State.SUBMITTED, **PERSON)
    make_signature(campaign, state=State.SUBMITTED, mailbox="other@beacon.example")

    erase_contact(of(signature))
    delivery.drain()

    assert [mail.to for mail in django_mail.outbox] == [["other@beacon.example"]]


@pytest.mark.parametrize("ends", ["sent", "refused"])
def test_s24_a_mail_on_its_way_this_second_leaves_nothing_behind(campaign, monkeypatch, ends):
    signature = make_signature(campaign, state=State.SUBMITTED, **PERSON)
    (mail,) = delivery.claim(1)
    assert mail.state == MailState.SENDING
    deliver = django_mail.backends.locmem.EmailBackend.send_messages

    def erased_meanwhile(way, messages):
        erase_contact(of(signature))
        if ends == "refused":
            raise OSError
        return deliver(way, messages)

    monkeypatch.setattr(django_mail.backends.locmem.EmailBackend, "send_messages", erased_meanwhile)
    delivery.send([mail])

    assert found(WORDS) == []
    assert not OutboxMail.objects.filter(signature=signature).exists()


def test_the_second_contact_stays_and_is_the_first_from_now_on(campaign):
    staff = make_superuser()
    signature = make_signature(campaign, by=staff, **PERSON)
    merged = make_signature(campaign, state=State.CONFIRMED, mailbox="second@beacon.example")
    moderation.merge(survivor=signature, merged=merged, by=staff, name=signature, contact_agreed=True)

    erase_contact(of(signature))

    left = signature.contacts.get()
    assert (left.mailbox, left.is_primary) == ("second@beacon.example", True)
    assert found(WORDS) == []


def test_what_was_merged_goes_along_with_the_same_mailbox(campaign):
    staff = make_superuser()
    signature = make_signature(campaign, by=staff, **PERSON)
    merged = make_signature(campaign, state=State.CONFIRMED, name="Beacon", **PERSON | {"website": ""})
    moderation.add_note(signature=merged, by=staff, note="Philomena Canary again.")
    moderation.merge(survivor=signature, merged=merged, by=staff, name=signature)
    assert Contact.objects.count() == 2

    erase_contact(of(signature))

    assert found(WORDS) == []
    assert Contact.objects.count() == 0
    assert Erasure.objects.count() == 2


def test_another_letters_contact_with_the_same_mailbox_stays(campaign):
    signature = make_signature(campaign, **PERSON)
    elsewhere = make_signature(make_campaign("letter-b"), **PERSON)

    erase_contact(of(signature))

    assert of(elsewhere).mailbox == PERSON["mailbox"]
    assert Dispute.objects.count() == 0
