"""Requests that no honest client sends end with a clear 4xx."""

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

pytestmark = pytest.mark.urls("tests.config.small_urls")
TOO_LARGE = "What was sent is larger than 256.0\xa0KB, so it was not read. Please go back and shorten it.\n"


@pytest.mark.parametrize("path", ["/en/%00/", "/en/page/?q=%00", "/en/page/?%00=1", "/en/nowhere/?a&b=x%00y"])
def test_nul_in_an_address_is_refused(client, path):
    assert client.get(path).status_code == 400


@pytest.mark.parametrize("value", ['"abcdefgh\\000"', '"\\000"'])
def test_nul_spelled_into_a_cookie_is_refused(client, value):
    assert (
        client.get("/en/form/", headers={"cookie": f"{settings.SESSION_COOKIE_NAME}={value}"}).status_code
        == 400
    )


@pytest.mark.parametrize("cookie", ['a="\\"quoted\\""', "a=\\", 'a="\\303\\251"', "=;=;;"])
def test_odd_cookies_are_no_offence(client, cookie):
    assert client.get("/en/form/", headers={"cookie": cookie}).status_code == 200


@pytest.mark.parametrize(
    "path", ["/en/%ff%fe/", "/en/page/?q=%ff", "/en/page/?q=%zz&%", "/en/page/?q=%ed%a0%80"]
)
def test_broken_encodings_are_no_server_error(client, path):
    assert client.get(path).status_code in (200, 404)


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"]
)
def test_a_body_of_ten_megabytes_is_refused_whatever_it_claims_to_be(client, kind):
    response = client.post("/en/form/", b"name=" + b"a" * 10_000_000, content_type=kind)
    assert (response.status_code, response.content.decode()) == (413, TOO_LARGE)


def test_a_large_file_is_refused_where_no_file_is_asked_for(client):
    response = client.post("/en/form/", {"name": "x", "file": SimpleUploadedFile("a.bin", b"a" * 300_000)})
    assert response.status_code == 413


def test_a_body_just_small_enough_is_read(client):
    body = "name=" + "a" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE - 5)
    response = client.post("/en/form/", body, content_type="application/x-www-form-urlencoded")
    assert (response.status_code, len(response.content)) == (200, settings.DATA_UPLOAD_MAX_MEMORY_SIZE - 5)


def test_a_view_may_take_more(client):
    half_a_megabyte = SimpleUploadedFile("letters.csv", b"a" * 500_000)
    assert client.post("/en/upload/", {"file": half_a_megabyte}).content == b"500000"
    assert (
        client.post("/en/upload/", {"file": SimpleUploadedFile("a.csv", b"a" * 2_000_000)}).status_code == 413
    )


def test_the_refusal_comes_before_the_token_is_looked_for():
    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/en/form/", b"a" * 10_000_000, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 413


def test_too_many_fields_are_refused(client):
    body = "&".join(f"f{number}=1" for number in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1))
    assert client.post("/en/form/", body, content_type="application/x-www-form-urlencoded").status_code == 400


@pytest.mark.parametrize(
    "kind",
    [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\xff",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded; charset=nonsense",
    ],
)
def test_nonsense_bodies_are_no_server_error(client, kind):
    assert client.generic("POST", "/en/form/", b"\x00\xff--x\r\n\r\n", content_type=kind).status_code in (
        200,
        400,
    )


def test_a_body_of_unknown_length_is_refused(client):
    response = client.generic("POST", "/en/form/", b"", HTTP_TRANSFER_ENCODING="chunked")
    assert response.status_code == 411
