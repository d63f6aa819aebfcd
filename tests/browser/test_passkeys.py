"""Staff log in with a passkey: a real browser with an authenticator that Chromium plays."""

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import expect

from tests.builders import PASSWORD, make_superuser

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def user(transactional_db, settings):
    settings.STAFF_MFA_REQUIRED = True
    return make_superuser("keeper")


def with_authenticator(page):
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return page


def give_password(page, user):
    page.fill("input[name=login]", user.username)
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()


def add_passkey(page, *, alone):
    """From the page that halts whoever has no second factor to the recovery codes."""
    page.locator("a[href='/staff/mfa/webauthn/add/']").click()
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.locator("input[name=passwordless]").set_checked(alone)
    page.get_by_role("button", name="Add").click()
    expect(page.locator("#recovery_codes")).to_be_visible()


@pytest.mark.parametrize("alone", [True, False])
def test_m1_a_passkey_is_set_up_and_opens_the_admin(site, user, alone):
    page = with_authenticator(site.open("/admin/signatories/signature/?state=all"))
    give_password(page, user)
    expect(page.locator("p.must")).to_be_visible()
    add_passkey(page, alone=alone)
    page.get_by_role("link", name="Go on to your work").click()
    page.wait_for_url("**/admin/signatories/signature/?state=all")
    assert Authenticator.objects.filter(user=user, type="webauthn").count() == 1

    page.context.clear_cookies()
    page.goto("/admin/signatories/exportlog/")
    if alone:
        page.get_by_role("button", name="Log in with a passkey").click()
    else:
        give_password(page, user)
        page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/admin/signatories/exportlog/")
    assert site.complaints == []


def test_a_browser_that_gives_no_passkey_says_so(site, user):
    page = with_authenticator(site.open("/staff/login/"))
    page.evaluate("() => { navigator.credentials.get = () => Promise.reject(new Error('cancelled')) }")
    page.get_by_role("button", name="Log in with a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("The browser gave no passkey")
