"""Sealed values and cursors that come back where they do not belong: never a server error (scenario S23)."""

import base64

import pytest

from signatories import forms, tokens
from signatories.models import Signature
from tests.builders import form_answers


@pytest.fixture
def note(client, campaign):
    """The seal that stands in the address of the neutral page."""
    response = client.post("/en/hrd-agenda/sign/send/", form_answers())
    return response["Location"].partition("to=")[2]


def test_the_seal_of_the_neutral_page_is_no_time_of_opening(client, note):
    response = client.post("/en/hrd-agenda/sign/send/", form_answers(opened=note))

    assert response.status_code == 422
    assert Signature.objects.count() == 1


def test_the_seal_of_the_form_names_no_mailbox(client, campaign):
    opened = forms.opened_now()

    assert client.get("/en/hrd-agenda/sign/sent/", {"to": opened}).status_code == 200
    assert client.post("/en/hrd-agenda/sign/again/", {"to": opened}).status_code == 422


@pytest.mark.parametrize("content", [[["at", 1]], "at", 7, None, {}, {"at": 1, "mailbox": "a@b.example"}])
def test_a_seal_of_another_content_is_a_bad_one(content):
    with pytest.raises(tokens.BadSeal):
        tokens.unseal(tokens.seal(content), "at", max_age=60)


def test_an_encrypted_field_is_no_seal():
    with pytest.raises(tokens.BadSeal):
        tokens.unseal(tokens.encrypt("someone@organisation.example"), "at", max_age=60)


@pytest.mark.parametrize("depth", [2_000, 60_000])
def test_a_cursor_of_brackets_alone_leads_nowhere(client, campaign, depth):
    cursor = base64.urlsafe_b64encode(b"[" * depth).decode().rstrip("=")

    assert client.get("/en/hrd-agenda/signatories/", {"after": cursor}).status_code == 404


@pytest.mark.parametrize("step", ["", "send/"])
def test_a_form_for_a_letter_without_consent_text_leads_nowhere(client, campaign, step):
    campaign.consent_texts.all().delete()

    assert client.post(f"/en/hrd-agenda/sign/{step}", form_answers()).status_code == 404
