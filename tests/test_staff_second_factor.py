"""In production nobody of the staff does anything without a second factor (scenario M1)."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.contrib.auth.models import User

from dev.environment import demo_environment
from signatories.models import Signature, SignatureEvent
from tests.builders import PASSWORD, make_campaign, make_moderator, make_signature, make_superuser, make_user
from tests.signatories.test_admin_scope import ROUTES
from tests.staff_browser import a_name, activate_totp, give_totp, log_in, new_browser, page

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def production(settings):
    settings.STAFF_MFA_REQUIRED = True


@pytest.fixture
def browser():
    return new_browser()


def test_only_the_demo_is_made_without(tmp_path):
    assert demo_environment(tmp_path, 8000)["STAFF_MFA_REQUIRED"] == "0"


def test_m1_without_a_second_factor_one_sets_it_up_and_goes_on_to_what_one_wanted(browser):
    wanted = "/admin/signatories/signature/?state=all"
    user = make_superuser(a_name())
    log_in(browser, user)
    halted = browser.get(wanted, follow=True)
    assert halted.request["PATH_INFO"] == "/staff/mfa/"
    assert "Before anything else, set up a second factor" in halted.content.decode()

    activate_totp(browser)
    codes = browser.get("/staff/mfa/recovery-codes/")
    assert page(codes).find("textarea", id="recovery_codes").get_text().split()
    onward = page(codes).select_one("p.onward a")["href"]
    shown = browser.get(onward, follow=True)
    assert shown.redirect_chain == [(wanted, 302)]
    assert shown.status_code == 200
    # It leads there once.
    assert browser.get(onward).headers["Location"] == "/admin/"


def test_no_address_of_the_admin_answers_without_a_second_factor(client):
    client.force_login(make_superuser(a_name()))
    for route in [route for route, _model in ROUTES] + ["auth/", "no/such/page/"]:
        for name in ("<path:object_id>", "<int:pk>", "<int:evidence>", "<slug:language>"):
            route = route.replace(name, "en" if "slug" in name else "1")
        for answer in (client.get(f"/admin/{route}"), client.post(f"/admin/{route}", {"post": "yes"})):
            halted = answer.headers.get("Location", "").startswith(("/admin/login/?", "/staff/mfa/"))
            # Django's own log-out sends to the index, which halts.
            assert halted or (route, answer.headers["Location"]) == ("logout/", "/admin/"), (
                route,
                answer.status_code,
            )


def test_a_forged_decision_without_a_second_factor_changes_nothing(client):
    campaign = make_campaign()
    signature = make_signature(campaign)
    client.force_login(make_moderator(campaign))
    before = list(Signature.objects.values()), SignatureEvent.objects.count()
    client.post(
        f"/admin/signatories/signature/{signature.pk}/hold/", {"expected_state": "accepted", "note": "forged"}
    )
    assert (list(Signature.objects.values()), SignatureEvent.objects.count()) == before


def test_with_a_second_factor_the_admin_opens(client):
    user = make_superuser(a_name())
    give_totp(user)
    client.force_login(user)
    assert "What waits" in client.get("/admin/").content.decode()


def test_recovery_codes_alone_are_no_second_factor(client):
    user = make_superuser(a_name())
    RecoveryCodes.activate(user)
    client.force_login(user)
    assert client.get("/admin/").status_code == 302


def test_taking_the_second_factor_off_closes_the_admin(client):
    user = make_superuser(a_name())
    give_totp(user)
    client.force_login(user)
    client.post("/staff/reauthenticate/", {"password": PASSWORD})
    client.post("/staff/mfa/totp/deactivate/")
    assert not Authenticator.objects.filter(user=user).exists()
    assert client.get("/admin/", follow=True).request["PATH_INFO"] == "/staff/mfa/"


def test_who_is_no_staff_is_not_asked_for_a_second_factor_but_refused(client):
    client.force_login(User.objects.create_user(a_name(), password=PASSWORD))
    assert client.get("/admin/login/").status_code == 403


def test_no_other_site_is_where_one_goes_on_to(client):
    user = make_user(a_name())
    client.force_login(user)
    client.get("/admin/login/", {"next": "https://evil.example/"})
    give_totp(user)
    assert client.get("/admin/login/").headers["Location"] == "/admin/"
