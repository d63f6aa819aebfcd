"""How tests log in as staff do: page by page, with password and second factor."""

import secrets

from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from bs4 import BeautifulSoup
from django.test import Client

from tests.builders import PASSWORD

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def new_browser():
    """A cookie jar with an address of its own, so that no test meets the limits of another."""
    return Client(
        enforce_csrf_checks=True, REMOTE_ADDR=f"2001:db8:{secrets.token_hex(2)}:{secrets.token_hex(2)}::1"
    )


def a_name():
    return f"staff-{secrets.token_hex(4)}"


def page(response):
    return BeautifulSoup(response.content, "html.parser")


def send(browser, response, **answers):
    """Fills the form of a page as a script would: hidden fields, answers, POST to its address."""
    form = page(response).find("form", class_="desk-form")
    hidden = {each["name"]: each.get("value", "") for each in form.find_all("input", type="hidden")}
    address = form["action"] or response.wsgi_request.get_full_path()
    return browser.post(address, {**hidden, **answers})


def log_in(browser, user, password=PASSWORD):
    return send(browser, browser.get("/admin/", follow=True), login=user.username, password=password)


def code_of(secret):
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def activate_totp(browser):
    """Walks through the pages that set up the second factor; gives its secret."""
    asked = browser.get("/staff/mfa/totp/activate/", follow=True)
    if "reauthenticate" in asked.request["PATH_INFO"]:
        asked = browser.get(send(browser, asked, password=PASSWORD).headers["Location"], follow=True)
    secret = page(asked).find("input", id="authenticator_secret")["value"]
    assert "img-src 'self' data:" in asked.headers["Content-Security-Policy"]
    assert send(browser, asked, code=code_of(secret)).status_code == 302
    return secret


def give_totp(user, secret=SECRET):
    return TOTP.activate(user, secret)


def confirm_password(browser, following="/admin/"):
    """A fresh log-in of who is logged in already."""
    return browser.post("/staff/reauthenticate/", {"password": PASSWORD, "next": following})
