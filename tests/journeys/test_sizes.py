"""Sizes of what is sent, at every form of the site: what no person sends is refused early, in words, and nothing is stored."""

import pytest
from django.conf import settings

from signatories.models import Dispute, Signature
from signatories.states import State
from tests.builders import form_answers, fresh_token, make_signature

LARGEST = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
FIELDS = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS


@pytest.fixture
def forms(campaign):
    """Every address of a signer that takes a form, with a link where it needs one."""
    line = make_signature(campaign)
    waiting = make_signature(campaign, state=State.SUBMITTED)
    token = fresh_token(waiting)
    return [
        *(f"/en/hrd-agenda/sign/{part}" for part in ("", "change/", "send/", "again/")),
        f"/en/hrd-agenda/dispute/{line.public_id}/",
        *(f"/en/confirm/{token}/{part}" for part in ("", "not-me/", "mail-again/", "new-link/")),
        *(f"/en/{page}/{token}/" for page in ("dispute", "answer", "appeal", "vouch")),
        "/en/manage/link/",
    ]


def stored():
    return Signature.objects.count(), Dispute.objects.count(), set(Signature.objects.values_list("state"))


def test_no_form_reads_a_body_beyond_its_size(client, forms):
    before = stored()
    for address in forms:
        for kind in ("application/x-www-form-urlencoded", "application/json", "text/plain"):
            response = client.post(address, b"name=" + b"a" * LARGEST, content_type=kind)
            assert response.status_code == 413, address
    assert stored() == before


def test_no_form_counts_fields_without_end(client, forms):
    before = stored()
    body = "&".join(f"f{number}=1" for number in range(FIELDS + 1))
    buttons = ("not-me/", "mail-again/", "new-link/")  # they read nothing that is sent
    for address in (each for each in forms if not each.endswith(buttons)):
        response = client.post(address, body, content_type="application/x-www-form-urlencoded")
        assert response.status_code in (400, 404), address  # 404: not its link, so nothing is read
    assert stored() == before


def test_a_file_or_json_in_place_of_a_form_is_an_empty_form(client, forms):
    before = stored()
    for address in forms[:5]:
        response = client.post(address, b'{"name": ["x"]}', content_type="application/json")
        assert response.status_code in (200, 422), address
    assert stored() == before


@pytest.mark.parametrize("field", sorted(set(form_answers()) - {"consent_data", "publication_mode"}))
def test_no_field_of_the_sign_form_takes_a_book(client, campaign, field):
    response = client.post("/en/hrd-agenda/sign/send/", form_answers(**{field: "a" * 100_000}))

    assert response.status_code == 422
    assert Signature.objects.count() == 0


def test_words_and_mailbox_of_a_dispute_have_an_end_too(client, campaign):
    line = make_signature(campaign)
    for answers in (
        {"mailbox": "a" * 100_000, "words": "x"},
        {"mailbox": "a@b.example", "words": "x" * 2001},
    ):
        response = client.post(f"/en/hrd-agenda/dispute/{line.public_id}/", answers)
        assert response.status_code == 422
    assert Dispute.objects.count() == 0


@pytest.mark.parametrize(
    "address", ["/en/hrd-agenda/sign/?key={}", "/en/confirm/{}/", "/en/hrd-agenda/sign/sent/?to={}"]
)
def test_a_very_long_address_is_no_error_of_ours(client, campaign, address):
    assert client.get(address.format("A" * 60_000)).status_code in (200, 404)
