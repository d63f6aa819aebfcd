"""Every answer keeps the page to itself; the views that need something else say so."""

import pytest

pytestmark = pytest.mark.urls("tests.config.small_urls")

STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@pytest.mark.parametrize("path", ["/en/page/", "/en/form/", "/nowhere", "/%00", "/count.json"])
def test_every_answer_carries_the_strict_headers(client, path):
    response = client.get(path)

    assert {name: response.headers.get(name) for name in EXPECTED} == EXPECTED


EXPECTED = {
    "Content-Security-Policy": STRICT,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def test_a_view_sets_its_own_policy(client):
    response = client.get("/en/embed/")
    assert response["Content-Security-Policy"] == STRICT.replace(
        "frame-ancestors 'none'", "frame-ancestors *"
    )
    assert "X-Frame-Options" not in response


def test_the_page_that_shows_a_one_time_code_may_hold_its_picture(client):
    assert client.get("/en/totp/")["Content-Security-Policy"] == STRICT.replace(
        "img-src 'self'", "img-src 'self' data:"
    )


def test_a_page_that_says_nothing_of_caching_is_kept_by_no_shared_cache(client):
    assert client.get("/en/form/")["Cache-Control"] == "private, no-cache"
