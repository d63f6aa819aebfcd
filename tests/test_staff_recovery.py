"""A lost password or second factor is given back by another administrator only (scenario M20)."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry

from tests.builders import make_superuser, make_user
from tests.staff_browser import a_name, confirm_password, give_totp, log_in, new_browser

pytestmark = pytest.mark.django_db


def reset_address(user):
    return f"/admin/auth/user/{user.pk}/reset-second-factor/"


def test_m20_another_admin_resets_a_lost_second_factor(client):
    user, admin = make_user(a_name()), make_superuser(a_name())
    give_totp(user)
    client.force_login(admin)
    confirm_password(client)
    assert "Reset the second factor" in client.get(f"/admin/auth/user/{user.pk}/change/").content.decode()
    client.post(reset_address(user))
    assert log_in(new_browser(), user).headers["Location"] == "/admin/"
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id, entry.change_message) == (
        admin,
        str(user.pk),
        "Second factor reset.",
    )


def test_after_the_reset_a_new_second_factor_is_asked_for(client, settings):
    settings.STAFF_MFA_REQUIRED = True
    user, admin = make_user(a_name()), make_superuser(a_name())
    give_totp(user)
    give_totp(admin)
    client.force_login(admin)
    confirm_password(client)
    client.post(reset_address(user))
    browser = new_browser()
    log_in(browser, user)
    assert browser.get("/admin/", follow=True).request["PATH_INFO"] == "/staff/mfa/"


def test_nobody_resets_the_own_second_factor(client):
    admin = make_superuser(a_name())
    give_totp(admin)
    client.force_login(admin)
    confirm_password(client)
    shown = client.get(f"/admin/auth/user/{admin.pk}/change/")
    assert (shown.status_code, "Reset the second factor" in shown.content.decode()) == (200, False)
    assert client.post(reset_address(admin)).status_code == 403
    assert Authenticator.objects.filter(user=admin).exists()
    assert not LogEntry.objects.exists()


def test_nobody_but_a_superuser_resets_a_second_factor(client):
    superuser = make_superuser(a_name())
    give_totp(superuser)
    client.force_login(make_user(a_name(), groups=["Moderators", "Campaign managers"]))
    confirm_password(client)
    assert client.post(reset_address(superuser)).status_code == 403
    assert Authenticator.objects.filter(user=superuser).exists()


def test_a_second_factor_is_reset_by_post_alone(client):
    user = make_user(a_name())
    give_totp(user)
    client.force_login(make_superuser(a_name()))
    confirm_password(client)
    assert client.get(reset_address(user)).status_code == 405
    assert Authenticator.objects.filter(user=user).exists()


def test_another_admin_gives_a_new_password(client):
    user = make_user(a_name())
    client.force_login(make_superuser(a_name()))
    confirm_password(client)
    new = "another-battery-another-horse"
    client.post(
        f"/admin/auth/user/{user.pk}/password/",
        {"password1": new, "password2": new, "usable_password": "true"},
    )
    user.refresh_from_db()
    assert user.check_password(new)
