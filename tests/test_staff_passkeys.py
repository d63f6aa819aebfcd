"""Passkeys, as far as it goes without a browser; tests/browser/test_passkeys.py goes the whole way."""

import json

import pytest
from allauth.mfa.models import Authenticator

from tests.builders import make_superuser
from tests.staff_browser import a_name, confirm_password, give_totp, log_in, new_browser, page

pytestmark = pytest.mark.django_db

LOG_IN = "/staff/mfa/webauthn/login/"


@pytest.fixture
def browser():
    return new_browser()


def options_of(response):
    return json.loads(page(response).find("form", attrs={"data-passkey": True})["data-options"])["publicKey"]


def nothing_inline(response):
    html = page(response)
    scripts = [script for script in html.find_all("script") if not script.get("src")]
    return scripts == html.find_all("style") == []


def test_a_passkey_is_added_with_a_fresh_log_in(client):
    client.force_login(make_superuser(a_name()))
    asked = client.get("/staff/mfa/webauthn/add/")
    assert asked.headers["Location"].startswith("/staff/reauthenticate/")
    confirm_password(client)
    shown = client.get("/staff/mfa/webauthn/add/")
    options = options_of(shown)
    assert (options["rp"]["id"], bool(options["challenge"]), nothing_inline(shown)) == (
        "testserver",
        True,
        True,
    )


def test_the_page_of_the_second_factor_offers_both(browser):
    user = make_superuser(a_name())
    give_totp(user)
    log_in(browser, user)
    shown = browser.get("/staff/mfa/authenticate/")
    assert page(shown).find("input", attrs={"name": "code"})["autocomplete"] == "one-time-code"
    assert options_of(shown)["challenge"]
    assert nothing_inline(shown)


def test_a_log_in_with_a_passkey_starts_with_a_new_challenge(browser):
    asked = [browser.get(LOG_IN, headers={"accept": "application/json"}) for _ in "12"]
    challenges = {each.json()["request_options"]["publicKey"]["challenge"] for each in asked}
    assert len(challenges) == 2
    assert asked[0].json()["request_options"]["publicKey"]["userVerification"] == "required"


NONSENSE = [
    "",
    "nonsense",
    "{}",
    "[1]",
    '"word"',
    '{"id": "x"}',
    '{"id": "eA", "rawId": "eA"}',
    '{"id": "eA", "rawId": "eA", "response": []}',
    '{"id": "eA", "rawId": "eA", "type": "public-key", "response": {"userHandle": "MQ"}}',
    '{"id": "eA", "rawId": "eA", "type": "public-key", "response": {"clientDataJSON": "eA", "attestationObject": "eA"}}',
    json.dumps(
        {
            "id": "eA",
            "rawId": "eA",
            "type": "public-key",
            "response": {
                "clientDataJSON": "e30",
                "attestationObject": "oA",
                "authenticatorData": "eA",
                "signature": "eA",
                "userHandle": "MQ",
            },
        }
    ),
]


@pytest.mark.parametrize("credential", NONSENSE)
def test_nonsense_logs_nobody_in(browser, credential):
    make_superuser(a_name())
    token = page(browser.get("/staff/login/")).find("input", attrs={"name": "csrfmiddlewaretoken"})["value"]
    browser.get(LOG_IN, headers={"accept": "application/json"})
    answer = browser.post(LOG_IN, {"csrfmiddlewaretoken": token, "credential": credential})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/staff/login/")
    assert "_auth_user_id" not in browser.session


@pytest.mark.parametrize("credential", NONSENSE)
def test_nonsense_is_no_second_factor(browser, credential):
    user = make_superuser(a_name())
    give_totp(user)
    log_in(browser, user)
    form = page(browser.get("/staff/mfa/authenticate/")).find("form", attrs={"data-passkey": True})
    token = form.find("input", attrs={"name": "csrfmiddlewaretoken"})["value"]
    answer = browser.post(form["action"], {"csrfmiddlewaretoken": token, "credential": credential})
    assert answer.status_code == 200
    assert "_auth_user_id" not in browser.session


@pytest.mark.parametrize("credential", NONSENSE)
def test_nonsense_becomes_no_second_factor(client, credential):
    client.force_login(make_superuser(a_name()))
    confirm_password(client)
    client.get("/staff/mfa/webauthn/add/")
    refused = client.post("/staff/mfa/webauthn/add/", {"name": "Key", "credential": credential})
    assert refused.status_code == 200
    assert not Authenticator.objects.exists()


def test_log_ins_with_a_passkey_are_limited():
    strangers = new_browser()
    for _ in range(20):
        assert strangers.get(LOG_IN, headers={"accept": "application/json"}).status_code == 200
    assert strangers.get(LOG_IN, headers={"accept": "application/json"}).status_code == 429
