"""What reaches far is done with a fresh log-in: an open browser hands out no role and no account."""

import pytest
from django.contrib.auth.models import Group, User

from campaigns.models import CampaignRole
from config.freshlogin import page_of
from tests.builders import make_campaign, make_superuser, make_user
from tests.signatories.staff_pages import messages, page, text
from tests.staff_browser import a_name, confirm_password

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client):
    user = make_superuser(a_name())
    client.force_login(user)
    return user


def filled_form(response):
    """What a browser would send of the main form of a page if nobody typed anything."""
    form = page(response).find("form", id=lambda name: bool(name) and name.endswith("_form"))
    answers = {}
    for field in form.select("input[name], select[name], textarea[name]"):
        kind = field.get("type")
        if field.name == "select":
            answers[field["name"]] = [each["value"] for each in field.select("option[selected]")]
        elif field.name == "textarea":
            answers[field["name"]] = field.get_text().removeprefix("\n")
        elif kind in ("checkbox", "radio"):
            if field.has_attr("checked"):
                answers.setdefault(field["name"], []).append(field.get("value", "on"))
        elif kind not in ("submit", "file"):
            answers[field["name"]] = field.get("value", "")
    return answers


def test_accounts_and_groups_are_opened_with_a_fresh_log_in(client, admin):
    user, group = make_user(a_name()), Group.objects.first()
    for address in (
        f"/admin/auth/user/{user.pk}/change/",
        f"/admin/auth/user/{user.pk}/password/",
        f"/admin/auth/user/{user.pk}/delete/",
        "/admin/auth/user/add/",
        f"/admin/auth/group/{group.pk}/change/",
        "/admin/auth/group/add/",
    ):
        asked = client.get(address)
        assert (asked.status_code, asked.headers["Location"].split("?")[0]) == (302, "/staff/reauthenticate/")
        confirm_password(client, following=address)
        assert client.get(address).status_code == 200
        client.logout()
        client.force_login(admin)


def test_the_password_leads_back_to_the_page(client, admin):
    address = f"/admin/auth/user/{make_user(a_name()).pk}/change/"
    assert confirm_password(client, following=address).headers["Location"] == address


def test_a_log_in_that_was_long_ago_changes_no_account(client, admin, settings):
    user = make_user(a_name())
    address = f"/admin/auth/user/{user.pk}/change/"
    confirm_password(client)
    answers = filled_form(client.get(address)) | {"is_superuser": "on"}
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
    refused = client.post(address, answers)
    assert refused.headers["Location"].startswith("/staff/reauthenticate/")
    assert not User.objects.get(pk=user.pk).is_superuser
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
    assert "Nothing was changed" in messages(client.get(address))[0]
    client.post(address, answers)
    assert User.objects.get(pk=user.pk).is_superuser


def test_a_password_that_came_too_late_is_kept_nowhere(client, admin):
    late = "another-battery-another-horse"
    address = f"/admin/auth/user/{make_user(a_name()).pk}/password/"
    client.post(address, {"password1": late, "password2": late})
    assert late not in str(dict(client.session.items()))


def test_roles_of_a_campaign_change_with_a_fresh_log_in_and_nothing_typed_is_lost(client, admin):
    campaign, user = make_campaign(goal=100), make_user(a_name())
    address = f"/admin/campaigns/campaign/{campaign.pk}/change/"
    answers = filled_form(client.get(address)) | {
        "goal": "250",
        "roles-TOTAL_FORMS": "1",
        "roles-0-id": "",
        "roles-0-campaign": campaign.pk,
        "roles-0-user": user.pk,
        "roles-0-role": "manager",
    }
    refused = client.post(address, answers)
    assert "Roles are changed with a fresh log-in." in text(refused)
    assert page(refused).find("input", attrs={"name": "goal"})["value"] == "250"
    assert not CampaignRole.objects.filter(campaign=campaign).exists()

    confirm_password(client)
    client.post(address, answers)
    assert [(role.user, role.role) for role in campaign.roles.all()] == [(user, "manager")]
    campaign.refresh_from_db()
    assert campaign.goal == 250


def test_the_rest_of_a_campaign_needs_no_fresh_log_in(client, admin):
    campaign = make_campaign(goal=100)
    address = f"/admin/campaigns/campaign/{campaign.pk}/change/"
    client.post(address, filled_form(client.get(address)) | {"goal": "250"})
    campaign.refresh_from_db()
    assert campaign.goal == 250


@pytest.mark.parametrize(
    ("posted_to", "page_before"),
    [
        ("/admin/signatories/signature/7/hold/", "/admin/signatories/signature/7/change/"),
        ("/admin/signatories/signature/7/evidence/3/take-back/", "/admin/signatories/signature/7/change/"),
        ("/admin/signatories/signature/7/change/?a=b", "/admin/signatories/signature/7/change/?a=b"),
        ("/admin/auth/user/7/reset-second-factor/", "/admin/auth/user/7/change/"),
        ("/admin/auth/user/7/password/", "/admin/auth/user/7/password/"),
        ("/admin/signatories/signature/?state=all", "/admin/signatories/signature/?state=all"),
        ("/admin/signatories/signature/export/manage/", "/admin/signatories/signature/export/manage/"),
    ],
)
def test_one_comes_back_to_a_page_that_can_be_opened(posted_to, page_before):
    assert page_of(posted_to) == page_before
