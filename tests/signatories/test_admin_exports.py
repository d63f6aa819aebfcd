"""Files out of the filtered list: who may, what is asked for, and what is recorded (scenarios C11, C12)."""

import csv
import io

import pytest

from campaigns.choices import PublicationMode, Role
from signatories.mail import emails
from signatories.models import ExportLog, OutboxMail, Signature
from signatories.states import State
from tests.builders import PASSWORD, make_campaign, make_manager, make_moderator, make_signature, make_user
from tests.signatories.staff_pages import page, text

pytestmark = pytest.mark.django_db

LIST = "/admin/signatories/signature/"
PUBLIC = f"{LIST}export/public/"
MANAGE = f"{LIST}export/manage/"


@pytest.fixture
def campaign():
    return make_campaign()


def rows(response):
    return list(
        csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"), newline=""))
    )


def reauthenticate(client):
    client.post("/staff/reauthenticate/", {"password": PASSWORD})


def export(client, where, **answers):
    return client.post(where, {"campaign": "letter-a", "delimiter": ",", **answers})


def test_the_public_file_is_what_the_filter_finds(client, campaign):
    make_signature(campaign, name="Example Kenya", country_code="KE")
    make_signature(campaign, name="Example Malawi", country_code="MW")
    make_signature(campaign, name="Example Waiting", country_code="KE", state=State.CONFIRMED)
    manager = make_manager(campaign)
    client.force_login(manager)
    tools = {
        each.get_text(): each["href"]
        for each in page(client.get(f"{LIST}?country=KE&state=confirmed")).select("ul.object-tools a")
    }
    assert tools == {"Public list (CSV)": f"{PUBLIC}?country=KE&state=all"}

    shown = client.get(tools["Public list (CSV)"])
    assert "The list as it is filtered holds 1 signature for this file." in text(shown)
    answer = export(client, tools["Public list (CSV)"])
    assert [row["name"] for row in rows(answer)] == ["Example Kenya"]
    assert "letter-a_public_" in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Disposition"].endswith('_n1.csv"')
    log = ExportLog.objects.get()
    assert (log.exported_by, log.export_set, log.row_count, log.filters) == (
        manager,
        "public",
        1,
        "country=KE&state=all",
    )
    assert "country=KE&amp;state=all" in client.get("/admin/signatories/exportlog/").content.decode()


def test_c12_contacts_leave_with_permission_a_reason_and_a_fresh_log_in(client, campaign):
    make_signature(campaign, name="Example Kenya", mailbox="jane@kenya.example")
    manager = make_manager(campaign, exports_contacts=True)
    client.force_login(manager)
    asked = client.get(f"{MANAGE}?state=all")
    assert (asked.status_code, asked.headers["Location"].split("?")[0]) == (302, "/staff/reauthenticate/")
    assert export(client, f"{MANAGE}?state=all", reason="Newsletter").status_code == 302
    assert not ExportLog.objects.exists()

    reauthenticate(client)
    assert "The list as it is filtered holds 1 signature for this file." in text(
        client.get(f"{MANAGE}?state=all")
    )
    without = export(client, f"{MANAGE}?state=all", reason="  ")
    assert (without.status_code, "This field is required." in text(without)) == (200, True)
    assert not ExportLog.objects.exists()

    answer = export(client, f"{MANAGE}?state=all", reason="Thank-you mail")
    assert [(row["name"], row["contact_email"]) for row in rows(answer)] == [
        ("Example Kenya", "jane@kenya.example")
    ]
    assert "no-store" in answer.headers["Cache-Control"]
    log = ExportLog.objects.get()
    assert (log.exported_by, log.export_set, log.reason, log.with_withheld) == (
        manager,
        "manage",
        "Thank-you mail",
        False,
    )


def test_the_wrong_password_opens_no_file(client, campaign):
    client.force_login(make_manager(campaign, exports_contacts=True))
    client.post("/staff/reauthenticate/", {"password": "wrong"})
    assert export(client, f"{MANAGE}?state=all", reason="x").status_code == 302
    assert not ExportLog.objects.exists()


def test_withheld_rows_leave_only_with_a_second_tick(client, campaign):
    quiet = make_signature(campaign, name="Example Quiet")
    Signature.objects.filter(pk=quiet.pk).update(publication_mode=PublicationMode.WITHHELD)
    make_signature(campaign, name="Example Open")
    client.force_login(make_manager(campaign, exports_contacts=True))
    reauthenticate(client)
    assert "1 of them is withheld and stays out, unless you tick it." in text(
        client.get(f"{MANAGE}?state=all")
    )
    assert [row["name"] for row in rows(export(client, f"{MANAGE}?state=all", reason="x"))] == [
        "Example Open"
    ]
    ticked = export(client, f"{MANAGE}?state=all", reason="x", with_withheld="on")
    assert sorted(row["name"] for row in rows(ticked)) == ["Example Open", "Example Quiet"]
    assert "Example Quiet" not in [row["name"] for row in rows(export(client, f"{PUBLIC}?state=all"))]


def test_a_spreadsheets_wishes(client, campaign):
    make_signature(campaign)
    client.force_login(make_manager(campaign))
    plain = b"".join(export(client, f"{PUBLIC}?state=all", delimiter=";", without_bom="on").streaming_content)
    assert plain.startswith(b"position;name;")
    assert export(client, f"{PUBLIC}?state=all", delimiter="|").status_code == 200
    assert ExportLog.objects.count() == 1


@pytest.mark.parametrize("make", [make_moderator, make_manager])
def test_without_the_right_no_contact_leaves(client, campaign, make):
    make_signature(campaign)
    client.force_login(make(campaign))
    reauthenticate(client)
    assert client.get(MANAGE).status_code == 403
    assert export(client, MANAGE, reason="x").status_code == 403
    assert "export/manage" not in client.get(LIST).content.decode()
    assert not ExportLog.objects.exists()


def test_m16_only_the_own_letters_are_offered_and_sent(client, campaign):
    other = make_campaign("letter-b")
    make_signature(campaign, name="Example Own")
    make_signature(other, name="Zanzibar Society")
    roles = [(campaign, Role.MANAGER), (other, Role.MODERATOR)]
    client.force_login(
        make_user("both", groups=["Campaign managers", "Contact exporters", "Moderators"], roles=roles)
    )
    reauthenticate(client)
    shown = client.get(f"{MANAGE}?state=all")
    assert [each["value"] for each in page(shown).select("select[name=campaign] option")] == ["", "letter-a"]
    refused = client.post(f"{MANAGE}?state=all", {"campaign": "letter-b", "delimiter": ",", "reason": "x"})
    assert (refused.status_code, "Select a valid choice" in text(refused)) == (200, True)
    assert [row["name"] for row in rows(export(client, f"{MANAGE}?state=all", reason="x"))] == ["Example Own"]


def test_one_campaign_at_a_time(client, campaign):
    make_campaign("letter-b")
    client.force_login(
        make_user(
            "m",
            groups=["Campaign managers"],
            roles=[(campaign, Role.MANAGER), (campaign.__class__.objects.get(slug="letter-b"), Role.MANAGER)],
        )
    )
    answer = client.post(f"{PUBLIC}?state=all", {"delimiter": ","})
    assert (answer.status_code, "This field is required." in text(answer)) == (200, True)
    assert not ExportLog.objects.exists()


def test_a_get_writes_no_log(client, campaign):
    client.force_login(make_manager(campaign))
    client.get(f"{PUBLIC}?state=all")
    assert not ExportLog.objects.exists()


def test_a_filter_that_does_not_exist_exports_nothing(client, campaign):
    make_signature(campaign)
    client.force_login(make_manager(campaign))
    assert client.post(f"{PUBLIC}?nonsense__x=1", {"campaign": "letter-a", "delimiter": ","}).status_code in (
        302,
        400,
        404,
    )
    assert not ExportLog.objects.exists()


def test_c12_the_other_managers_are_told_and_no_signatory_is_named(client, campaign):
    make_signature(campaign, name="Example Kenya", contact_name="Jane Doe", mailbox="jane@kenya.example")
    by = make_manager(campaign, exports_contacts=True)
    for user in (
        by,
        make_manager(campaign, "colleague"),
        make_manager(make_campaign("letter-b"), "stranger"),
    ):
        user.email = f"{user.username}@host.example"
        user.save()
    OutboxMail.objects.all().delete()
    client.force_login(by)
    reauthenticate(client)

    rows(export(client, f"{PUBLIC}?state=all"))
    assert OutboxMail.objects.count() == 0
    rows(export(client, f"{MANAGE}?state=all", reason="Thank-you mail to Jane", with_withheld="on"))

    mail = OutboxMail.objects.get()
    message = emails.render(mail)
    assert (mail.kind, message.to) == ("exported", ["colleague@host.example"])
    words = message.subject + message.body + str(message.alternatives)
    assert "manager has taken out a file with contacts and 1 signature" in words
    assert "Withheld signatures are in it, too." in words
    assert f"/admin/signatories/exportlog/{ExportLog.objects.get(export_set='manage').pk}/change/" in words
    assert [each for each in ("Kenya", "Jane", "jane@", "Thank-you") if each in words] == []


def test_c12_what_staff_typed_into_the_search_is_not_recorded(client, campaign):
    make_signature(campaign, name="Example Kenya", mailbox="jane@kenya.example")
    client.force_login(make_manager(campaign, exports_contacts=True))
    reauthenticate(client)

    rows(export(client, f"{MANAGE}?state=all&q=kenya.example&country=KE", reason="x"))

    assert ExportLog.objects.get().filters == "state=all&q=…&country=KE"


def test_c12_no_file_that_is_open_to_others_holds_a_mailbox(client, campaign):
    make_signature(
        campaign, name="Example Kenya", contact_name="Jane Canary", mailbox="jane@kenya-canary.example"
    )
    client.force_login(make_manager(campaign))

    files = [
        b"".join(export(client, f"{PUBLIC}?state=all").streaming_content),
        client.get("/letter-a/signatories.csv").content,
    ]

    assert [each for each in files if b"anary" in each] == []
    assert [b"Example Kenya" in each for each in files] == [True, True]
