"""How the staff log in, and who does not get in."""

import socket
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.contrib.auth.models import User

from tests.builders import PASSWORD, make_superuser, make_user
from tests.staff_browser import (
    SECRET,
    a_name,
    activate_totp,
    code_of,
    give_totp,
    log_in,
    new_browser,
    page,
    send,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser():
    return new_browser()


def test_a_log_in_leads_back_to_where_one_wanted_to_go(browser):
    user = make_superuser(a_name())
    asked = browser.get("/admin/signatories/signature/?state=all")
    assert asked.headers["Location"] == "/admin/login/?next=/admin/signatories/signature/%3Fstate%3Dall"
    form = browser.get(asked.headers["Location"], follow=True)
    assert urlsplit(form.redirect_chain[-1][0]).path == "/staff/login/"
    answer = send(browser, form, login=user.username, password=PASSWORD)
    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        "/admin/signatories/signature/?state=all",
    )
    assert browser.get(answer.headers["Location"]).status_code == 200


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_a_log_in_leads_to_no_other_site(browser, elsewhere):
    sent = browser.get("/admin/login/", {"next": elsewhere})
    assert parse_qs(urlsplit(sent.headers["Location"]).query) == {"next": ["/admin/"]}
    form = browser.get("/staff/login/", {"next": elsewhere})
    answer = send(browser, form, login=make_superuser(a_name()).username, password=PASSWORD)
    assert answer.headers["Location"] == "/admin/"


def test_a_post_to_djangos_own_log_in_logs_nobody_in(client):
    user = make_superuser(a_name())
    answer = client.post("/admin/login/", {"username": user.username, "password": PASSWORD})
    assert answer.headers["Location"] == "/staff/login/?next=%2Fadmin%2F"
    assert "_auth_user_id" not in client.session


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(browser):
    known = log_in(browser, make_superuser(a_name()), "wrong")
    unknown = log_in(browser, User(username=a_name()), "wrong")
    assert known.status_code == unknown.status_code == 200
    words = [page(answer).find("ul", class_="errorlist").get_text() for answer in (known, unknown)]
    assert words[0] == words[1] == "The username and/or password you specified are not correct."


def test_failed_log_ins_are_limited(browser):
    user = make_superuser(a_name())
    for _ in range(5):
        log_in(browser, user, "wrong")
    answer = log_in(browser, user)
    assert "Too many failed login attempts" in answer.content.decode()
    assert "_auth_user_id" not in browser.session


def dead_redis(settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings.CACHES = {
        "default": {"BACKEND": "config.cache.RedisOrMemoryCache", "LOCATION": f"redis://127.0.0.1:{port}/0"}
    }


def test_a_log_in_works_while_redis_is_away(browser, settings):
    dead_redis(settings)
    answer = log_in(browser, make_superuser(a_name()))
    assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/")


def test_failed_log_ins_are_limited_while_redis_is_away(browser, settings):
    dead_redis(settings)
    user = make_superuser(a_name())
    for _ in range(5):
        assert log_in(browser, user, "wrong").status_code == 200
    assert "Too many failed login attempts" in log_in(browser, user).content.decode()


def test_only_staff_get_in(browser):
    user = User.objects.create_user(a_name(), password=PASSWORD)
    log_in(browser, user)
    assert browser.session["_auth_user_id"] == str(user.pk)
    assert [browser.get("/admin/", follow=True).status_code, browser.get("/admin/login/").status_code] == [
        403,
        403,
    ]


def test_a_disabled_account_does_not_get_in(browser):
    user = make_user(a_name(), is_active=False)
    log_in(browser, user)
    assert "_auth_user_id" not in browser.session


def test_disabling_an_account_ends_its_session(browser):
    user = make_superuser(a_name())
    log_in(browser, user)
    assert browser.get("/admin/").status_code == 200
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert browser.get("/admin/").status_code == 302


@pytest.mark.parametrize(
    "address",
    [
        "signup/",
        "email/",
        "confirm-email/",
        "confirm-email/abc/",
        "password/reset/",
        "password/reset/done/",
        "password/reset/key/1-abc/",
        "password/set/",
        "password/change/",
        "login/code/",
        "login/code/confirm/",
        "mfa/webauthn/signup/",
        "mfa/nothing/",
    ],
)
def test_what_is_not_offered_is_not_there(client, address):
    client.force_login(make_superuser(a_name()))
    for logged_in in (True, False):
        assert client.get(f"/staff/{address}").status_code == 404
        assert (
            client.post(f"/staff/{address}", {"username": "new", "email": "a@b.example"}).status_code == 404
        )
        if logged_in:
            client.logout()
    assert not User.objects.filter(username="new").exists()


def test_the_log_out_is_a_post_and_ends_at_the_log_in(browser):
    log_in(browser, make_superuser(a_name()))
    front = browser.get("/admin/")
    token = page(front).find("form", id="logout-form").find("input")["value"]
    assert browser.get("/admin/logout/").status_code == 405
    answer = browser.post("/admin/logout/", {"csrfmiddlewaretoken": token})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/staff/login/")
    assert "_auth_user_id" not in browser.session


def test_m1_a_second_factor_is_asked_for_once_it_is_set_up(browser):
    user = make_superuser(a_name())
    log_in(browser, user)
    secret = activate_totp(browser)
    browser.logout()

    half_way = log_in(browser, user)
    assert half_way.headers["Location"] == "/staff/mfa/authenticate/"
    assert browser.get("/admin/").status_code == 302
    form = browser.get("/staff/mfa/authenticate/")
    refused = send(browser, form, code="000000" if code_of(secret) != "000000" else "111111")
    assert "Incorrect code." in refused.content.decode()
    # A code serves once, and the one of this half minute set the factor up.
    Authenticator.objects.filter(user=user).update(last_used_at=None)
    recovery = RecoveryCodes(Authenticator.objects.get(user=user, type="recovery_codes")).get_unused_codes()
    let_in = send(browser, form, code=recovery[0])
    assert let_in.headers["Location"] == "/admin/"
    assert browser.get("/admin/").status_code == 200


def test_a_code_of_the_authenticator_lets_in(browser):
    user = make_superuser(a_name())
    give_totp(user)
    log_in(browser, user)
    answer = send(browser, browser.get("/staff/mfa/authenticate/"), code=code_of(SECRET))
    assert answer.headers["Location"] == "/admin/"
    assert browser.get("/admin/").status_code == 200


def test_a_recovery_code_serves_once(browser):
    user = make_superuser(a_name())
    give_totp(user)
    codes = RecoveryCodes.activate(user).get_unused_codes()
    for wanted in (302, 200):
        log_in(browser, user)
        answer = send(browser, browser.get("/staff/mfa/authenticate/"), code=codes[0])
        assert answer.status_code == wanted
        browser.logout()


def test_the_secret_of_a_second_factor_is_useless_without_the_key():
    kept = give_totp(make_superuser(a_name())).instance.data["secret"]
    assert SECRET not in kept
    assert kept.startswith("gAAAA")


def test_the_demo_says_that_it_is_one(client, settings):
    settings.STAFF_MFA_REQUIRED = True
    assert "without second factor" not in client.get("/staff/login/").content.decode()
    settings.STAFF_MFA_REQUIRED = False
    assert "a demo without second factor" in client.get("/staff/login/").content.decode()
    assert "Demo: invented data" not in client.get("/staff/login/").content.decode()
    settings.DEMO = True
    assert "Demo: invented data" in client.get("/staff/login/").content.decode()
    client.force_login(make_superuser(a_name()))
    assert "Demo: invented data" in client.get("/admin/").content.decode()


@pytest.mark.parametrize(
    "address", ["/staff/login/", "/staff/mfa/", "/staff/logout/", "/admin/", "/admin/password_change/"]
)
def test_pages_of_the_staff_hold_nothing_inline_and_are_kept_by_nobody(client, address):
    if address != "/staff/login/":
        client.force_login(make_superuser(a_name()))
    response = client.get(address)
    html = page(response)
    assert response.status_code == 200
    assert "script-src 'self'; style-src 'self'" in response.headers["Content-Security-Policy"]
    assert "private" in response.headers["Cache-Control"]
    assert [script for script in html.find_all("script") if not script.get("src")] == []
    assert html.find_all("style") == []
    assert [each for each in html.find_all(True) if each.get("style") or each.get("onclick")] == []
