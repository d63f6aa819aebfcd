"""Erasing a contact (scenario S24)."""

import pytest

from signatories import moderation
from signatories.models import Contact, Erasure, Signature
from signatories.retention import erase_contact
from signatories.states import State
from tests.builders import make_campaign, make_signature, make_superuser


@pytest.fixture
def campaign(db):
    return make_campaign()


def test_an_erased_contact_is_gone_with_links_mails_and_words_and_the_signature_stays(campaign):
    signature = make_signature(campaign)
    moderation.add_note(signature=signature, by=make_superuser(), note="Spoke with her.")
    contact = signature.contacts.get()

    assert [erase_contact(contact), erase_contact(contact)] == [True, False]

    assert Contact.objects.count() == signature.links.count() == 0
    assert list(signature.mails.all()) == []
    assert Signature.objects.get().state == State.ACCEPTED
    assert [event.kind for event in signature.events.all()].count("contact_erased") == 1
    assert [erasure.kind for erasure in Erasure.objects.all()] == ["contact"]
