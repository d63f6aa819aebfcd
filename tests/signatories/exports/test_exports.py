"""Files with signatories: what is in them, what never is, who may have them (scenarios C11 and C12)."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.core.signals import request_finished
from django.db import close_old_connections, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.choices import NamingPolicy, PublicationMode, Stage
from signatories import moderation
from signatories.exports import ReasonMissing, export_response, public, public_response
from signatories.exports.cells import flat, unguard
from signatories.exports.csvfile import Dialect
from signatories.models import Consent, Contact, ExportLog, Organisation, Signature
from signatories.states import EvidenceKind, State
from tests.builders import (
    give_evidence,
    make_campaign,
    make_manager,
    make_moderator,
    make_signature,
    make_superuser,
)

URL = "/letter-a/signatories.csv"
PUBLIC_HEAD = (
    "position,name,name_native,native_language,acronym,country_or_territory,country_code,org_type,network_parent,"
    "website,role,signed_on,letter_version"
)
MANAGE_HEAD = (
    "public_id,state,verification_level,evidence_kinds,flags,name,name_native,name_en,acronym,sort_name,org_identifier,"
    "country_code,country_label,org_type,network_parent,website,contact_name,contact_role,contact_email,email_status,"
    "language,publication_mode,consent_updates,consent_text_version,letter_version,via,source,import_batch,"
    "submitted_at,confirmed_at,decided_at,decided_by,decision_reason,withdrawn_at,notes"
)
# Nobody gets these past the form, but an import or a slip might: the last wall must hold on its own.
HOSTILE = [
    '=HYPERLINK("http://evil.example","click")',
    "+41 22 555 00 00",
    "-1+1|cmd",
    "@SUM(1+1)",
    "＝cmd",
    "\tTab first",
    "'=already guarded",
    "''+twice",
    'O\'Neill, "Sons" & Co',
    "007 Example",
    "a;b;c",
    "مثال على اسم",
    "例子组织",
    "<script>alert(1)</script>",
    "x" * 255,
]


@pytest.fixture(autouse=True)
def connection_of_the_test():
    """Closing a response ends a request, and that would end the test's own transaction (Django's client does the same)."""
    request_finished.disconnect(close_old_connections)
    yield
    request_finished.connect(close_old_connections)


@pytest.fixture
def campaign(db):
    return make_campaign()


def body_of(response):
    if not response.streaming:
        return response.content
    try:
        return b"".join(response.streaming_content)
    finally:
        response.close()


def rows_of(response):
    """The file as a spreadsheet reads it, each row by the names of its columns."""
    text = body_of(response).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def said_rows(response):
    """The number of rows that the name of the file promises."""
    return int(re.search(r'_n(\d+)\.csv"$', response["Content-Disposition"])[1])


def rename(signature, **fields):
    Organisation.objects.filter(pk=signature.organisation_id).update(**fields)


def manage(campaign, user, **changes):
    given = {
        "user": user,
        "campaign": campaign,
        "export_set": "manage",
        "queryset": Signature.objects.all(),
        "reason": "to thank everybody",
        "filters": "state=accepted",
    }
    return export_response(**given | changes)


# --- the public file ---------------------------------------------------------------------------------------


def test_c11_a_spreadsheet_shows_every_name_and_runs_none(client, campaign):
    for number, name in enumerate(HOSTILE):
        signature = make_signature(campaign)
        rename(signature, name=name, sort_key=f"{number:03}")

    response = client.get(URL)

    rows = rows_of(response)
    assert response.content.startswith(b"\xef\xbb\xbf")
    assert [unguard(row["name"]) for row in rows] == [flat(name) for name in HOSTILE]
    assert not [cell for row in rows for cell in row.values() if cell[:1] in tuple("=+-@\t\r\n＝＋－＠")]
    assert [row["position"] for row in rows] == [str(number + 1) for number in range(len(HOSTILE))]
    assert said_rows(response) == len(HOSTILE)


def test_c11_dates_are_days_in_an_order_that_nobody_swaps(client, campaign):
    signature = make_signature(campaign)
    late_in_the_west = datetime(2016, 10, 3, 0, 30, tzinfo=UTC)
    Signature.objects.filter(pk=signature.pk).update(confirmed_at=late_in_the_west)

    (row,) = rows_of(client.get(URL))

    assert row["signed_on"] == "2016-10-03"


def test_the_public_file_byte_by_byte(client, campaign):
    signature = make_signature(
        campaign, name='Example "Lantern" Trust', native_name="مثال", acronym="ELT", country_code="CI"
    )
    rename(signature, native_language="ar")
    Signature.objects.filter(pk=signature.pk).update(confirmed_at=datetime(2016, 10, 14, 12, 0, tzinfo=UTC))

    response = client.get(URL)

    website = signature.organisation.website
    line = f'1,"Example ""Lantern"" Trust",مثال,ar,ELT,Côte d’Ivoire,CI,ngo,,{website},signatory,2016-10-14,1'
    assert response.content == f"\ufeff{PUBLIC_HEAD}\r\n{line}\r\n".encode()
    assert response["Content-Type"] == "text/csv; charset=utf-8"


def test_a_file_without_signatories_is_its_head(client, campaign):
    response = client.get(URL)

    assert response.content.decode("utf-8-sig") == f"{PUBLIC_HEAD}\r\n"
    assert said_rows(response) == 0


def test_a_reader_may_choose_semicolons_and_leave_out_the_byte_order_mark(client, campaign):
    rename(make_signature(campaign), name="a;b,c")

    response = client.get(URL, {"sep": ";", "bom": "0"})

    head, line, _end = response.content.decode().split("\r\n")
    assert head == PUBLIC_HEAD.replace(",", ";")
    assert line.startswith('1;"a;b,c";;')


def test_another_delimiter_is_refused_in_words(client, campaign):
    response = client.get(URL, {"sep": "\t"})

    assert response.status_code == 400
    assert response.content == b"Cells can be separated by , or by ; alone.\n"


def test_the_rows_stand_in_the_order_of_the_list(client, campaign):
    for name in ("Zeta Example", "Alpha Example", "The Middle Example"):
        make_signature(campaign, name=name)

    names = [row["name"] for row in rows_of(client.get(URL))]

    assert names == ["Alpha Example", "The Middle Example", "Zeta Example"]


def test_names_that_are_not_public_are_never_in_the_file(client, campaign):
    for state in (State.SUBMITTED, State.CONFIRMED, State.ON_HOLD, State.REJECTED):
        make_signature(campaign, state=state, name=f"Canary {state.value}")
    for mode in (PublicationMode.WITHHELD, PublicationMode.ADDRESSEE_ONLY):
        signature = make_signature(campaign, name=f"Canary {mode.value}")
        Signature.objects.filter(pk=signature.pk).update(publication_mode=mode)
    not_yet = make_signature(campaign, name="Canary before the daily batch")
    Signature.objects.filter(pk=not_yet.pk).update(joined_total_at=None)
    make_signature(make_campaign("letter-b"), name="Canary of another letter")
    make_signature(campaign, name="Lantern Example")

    response = client.get(URL)

    assert [row["name"] for row in rows_of(response)] == ["Lantern Example"]
    assert b"Canary" not in response.content
    assert b"Contact Person" not in response.content
    assert b"director@" not in response.content


def test_a_network_is_named_only_where_it_is_public_itself(client, campaign):
    sections = [make_signature(campaign, name=f"Section {letter}") for letter in "ABC"]
    networks = [
        make_signature(campaign, name="=Open Network"),
        make_signature(campaign, name="Canary Network"),
        # Elsewhere it may be withheld, and its being on this letter is nobody's business.
        make_signature(make_campaign("letter-b"), name="Canary Elsewhere"),
    ]
    Signature.objects.filter(pk=networks[1].pk).update(publication_mode=PublicationMode.WITHHELD)
    for section, network in zip(sections, networks, strict=True):
        rename(section, parent=network.organisation)

    answer = client.get(URL)

    assert {row["name"]: row["network_parent"] for row in rows_of(answer)} == {
        "'=Open Network": "",
        "Section A": "'=Open Network",
        "Section B": "",
        "Section C": "",
    }
    assert b"Canary" not in answer.content


@pytest.mark.parametrize(
    ("policy", "own_label", "expected"),
    [
        (NamingPolicy.COMMON, "", "Bolivia"),
        (NamingPolicy.UN, "", "Bolivia (Plurinational State of)"),
        (NamingPolicy.COMMON, "=Own label", "'=Own label"),
    ],
)
def test_countries_are_called_by_the_campaigns_policy_or_the_organisations_own_label(
    client, db, policy, own_label, expected
):
    campaign = make_campaign(naming_policy=policy)
    rename(make_signature(campaign, country_code="BO"), country_label=own_label)

    (row,) = rows_of(client.get(URL))

    assert (row["country_or_territory"], row["country_code"]) == (expected, "BO")


@pytest.mark.parametrize(
    "fields", [{"stage": Stage.DRAFT}, {"embargo_until": timezone.now() + timedelta(days=1)}]
)
def test_a_letter_that_nobody_may_read_has_no_file(client, db, fields):
    make_signature(campaign := make_campaign())
    type(campaign).objects.filter(pk=campaign.pk).update(**fields)

    assert client.get(URL).status_code == 404


def test_the_file_is_for_everybody_and_may_be_kept_for_a_moment(client, campaign):
    response = client.get(URL)

    assert response["Cache-Control"].startswith("public")
    assert response.cookies == {}
    assert client.get(URL, headers={"If-None-Match": response["ETag"]}).status_code == 304


def test_head_says_the_same_without_a_body(client, campaign):
    make_signature(campaign)

    response = client.head(URL)

    assert response.status_code == 200
    assert said_rows(response) == 1
    assert response.content == b""


@pytest.mark.parametrize("rows", [1, 3])
def test_the_public_file_takes_three_queries(client, campaign, rows):
    for _ in range(rows):
        make_signature(campaign)

    with CaptureQueriesContext(connection) as queries:
        client.get(URL)

    assert len(queries) == 3


# --- a long public list ------------------------------------------------------------------------------------


def long_list(campaign):
    return public_response(campaign, Dialect(), in_one_piece=0)


@pytest.mark.django_db(transaction=True)
def test_a_long_list_is_streamed_and_holds_the_same_bytes():
    campaign = make_campaign()
    for _ in range(3):
        make_signature(campaign)

    streamed, whole = long_list(campaign), public_response(campaign, Dialect())

    assert streamed.streaming
    assert said_rows(streamed) == 3
    assert body_of(streamed) == whole.content


@pytest.mark.django_db(transaction=True)
def test_a_long_list_shows_the_moment_in_which_it_was_asked_for():
    campaign = make_campaign()
    make_signature(campaign, name="Before")
    late = make_signature(campaign, name="After")
    Signature.objects.filter(pk=late.pk).update(joined_total_at=None)
    streamed = long_list(campaign)
    parts = iter(streamed.streaming_content)
    next(parts)

    with connection.copy().cursor() as another:
        another.execute("UPDATE signatories_signature SET joined_total_at = now()")
        another.connection.commit()
        another.connection.close()

    rest = b"".join(parts).decode()
    streamed.close()
    assert said_rows(streamed) == 1
    assert "Before" in rest
    assert "After" not in rest


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("parts_read", [0, 1, 2])
def test_a_reader_who_leaves_midway_leaves_nothing_open(parts_read):
    campaign = make_campaign()
    make_signature(campaign)

    for _ in range(public.STREAMS_AT_ONCE + 1):
        response = long_list(campaign)
        parts = iter(response.streaming_content)
        for _ in range(parts_read):
            next(parts)
        response.close()

    assert response.status_code == 200
    assert not connection.in_atomic_block
    assert Signature.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_transaction_is_over_before_the_reader_has_the_first_row():
    campaign = make_campaign()
    make_signature(campaign)
    response = long_list(campaign)
    parts = iter(response.streaming_content)
    next(parts)
    next(parts)

    assert not connection.in_atomic_block

    response.close()


@pytest.mark.django_db(transaction=True)
def test_readers_beyond_the_bound_are_asked_to_come_back():
    campaign = make_campaign()
    make_signature(campaign)
    for _ in range(public.STREAMS_AT_ONCE):
        assert public._streams.acquire(blocking=False)

    try:
        refused = long_list(campaign)
    finally:
        public._streams.release(public.STREAMS_AT_ONCE)

    assert refused.status_code == 503
    assert refused["Retry-After"] == "30"


# --- what staff take out -----------------------------------------------------------------------------------


def test_the_manage_file_holds_everything_a_manager_may_know(campaign):
    moderator = make_superuser()
    signature = make_signature(
        campaign, name="Lantern Example", acronym="LE", contact_name="=Jo Example", mailbox="jo@lantern.example",
        by=moderator,
    )  # fmt: skip
    moderation.hold(signature=signature, by=moderator, note="-called them\nno answer")
    rename(signature, identifier="00123456", country_label="Own label", sort_name="lantern")
    moments = {
        "submitted_at": datetime(2016, 10, 1, 8, 0, 1, tzinfo=UTC),
        "confirmed_at": datetime(2016, 10, 2, 8, 0, 2, tzinfo=UTC),
        "decided_at": datetime(2016, 10, 3, 8, 0, 3, tzinfo=UTC),
    }
    Signature.objects.filter(pk=signature.pk).update(flags=["free_mail", "no_website"], **moments)
    manager = make_manager(campaign, exports_contacts=True)

    response = manage(campaign, manager)

    (row,) = rows_of(response)
    assert ",".join(row) == MANAGE_HEAD
    assert row == {
        "public_id": str(signature.public_id),
        "state": "on_hold",
        "verification_level": "V2",
        "evidence_kinds": "mailbox known",
        "flags": "free_mail no_website",
        "name": "Lantern Example",
        "name_native": "",
        "name_en": "",
        "acronym": "LE",
        "sort_name": "lantern",
        "org_identifier": "00123456",
        "country_code": "KE",
        "country_label": "Own label",
        "org_type": "ngo",
        "network_parent": "",
        "website": signature.organisation.website,
        "contact_name": "'=Jo Example",
        "contact_role": "Director",
        "contact_email": "jo@lantern.example",
        "email_status": "delivered",
        "language": "en",
        "publication_mode": "public",
        "consent_updates": "no",
        "consent_text_version": "",
        "letter_version": "1",
        "via": "",
        "source": "form",
        "import_batch": "",
        "submitted_at": "2016-10-01T08:00:01Z",
        "confirmed_at": "2016-10-02T08:00:02Z",
        "decided_at": "2016-10-03T08:00:03Z",
        "decided_by": "root",
        "decision_reason": "",
        "withdrawn_at": "",
        "notes": "'-called them no answer",
    }
    assert response["Cache-Control"] == "private, no-store"


def test_consents_that_stand_are_in_the_manage_file(campaign):
    texts = tuple(campaign.consent_texts.all())
    _, taken_back = (
        make_signature(campaign, name=name, consents=texts) for name in ("Alpha Example", "Beta Example")
    )
    Consent.objects.filter(contact__signature=taken_back, kind="updates").update(taken_back_at=timezone.now())

    rows = rows_of(manage(campaign, make_superuser()))

    assert [(row["consent_updates"], row["consent_text_version"]) for row in rows] == [
        ("yes", "1"),
        ("no", "1"),
    ]


def test_evidence_that_was_taken_back_counts_no_more(campaign):
    staff = make_superuser()
    signature = make_signature(campaign, by=staff)
    give_evidence(signature, staff, EvidenceKind.CALLBACK)
    signature.evidence.filter(kind=EvidenceKind.KNOWN).update(taken_back_at=timezone.now())

    (row,) = rows_of(manage(campaign, staff))

    assert (row["verification_level"], row["evidence_kinds"]) == ("V1", "mailbox callback")


def test_c12_withheld_rows_need_a_second_tick(campaign):
    manager = make_manager(campaign, exports_contacts=True)
    make_signature(campaign, name="Open Example")
    hidden = make_signature(campaign, name="Canary Example")
    Signature.objects.filter(pk=hidden.pk).update(publication_mode=PublicationMode.WITHHELD)

    without = body_of(manage(campaign, manager)).decode()
    with_them = rows_of(manage(campaign, manager, with_withheld=True))

    assert "Canary" not in without
    assert [row["name"] for row in with_them] == ["Canary Example", "Open Example"]
    assert list(ExportLog.objects.order_by("pk").values_list("row_count", "with_withheld")) == [
        (1, False),
        (2, True),
    ]


def test_every_file_is_logged_before_its_first_byte(campaign):
    manager = make_manager(campaign, exports_contacts=True)
    make_signature(campaign)

    response = manage(campaign, manager, filters="q=lantern")

    log = ExportLog.objects.get()
    assert (log.campaign, log.exported_by, log.export_set) == (campaign, manager, "manage")
    assert (log.reason, log.filters, log.with_withheld) == ("to thank everybody", "q=…", False)
    assert log.row_count == said_rows(response) == len(rows_of(response)) == 1


def test_c12_contacts_need_permission_a_role_and_a_reason(campaign):
    other = make_campaign("letter-b")
    make_signature(campaign)
    without_permission = make_manager(campaign, "without")
    of_another_letter = make_manager(other, "other", exports_contacts=True)
    moderator = make_moderator(campaign)
    for user in (without_permission, of_another_letter, moderator, AnonymousUser()):
        with pytest.raises(PermissionDenied):
            manage(campaign, user)
    with pytest.raises(ReasonMissing):
        manage(campaign, make_manager(campaign, exports_contacts=True), reason="  ")

    assert ExportLog.objects.count() == 0


def test_another_campaigns_rows_are_never_in_a_file(campaign):
    manager = make_manager(campaign, exports_contacts=True)
    make_signature(campaign, name="Lantern Example")
    make_signature(make_campaign("letter-b"), name="Canary Example")

    for export_set in ("manage", "public"):
        rows = rows_of(manage(campaign, manager, export_set=export_set))
        assert [row["name"] for row in rows] == ["Lantern Example"]


def test_the_filtered_list_is_what_is_exported(campaign):
    make_signature(campaign, name="Lantern Example")
    make_signature(campaign, name="Harbour Example")
    make_signature(campaign, name="Waiting Example", state=State.CONFIRMED)

    filtered = Signature.objects.filter(organisation__name__startswith="Lantern")
    waiting = manage(campaign, make_superuser(), queryset=Signature.objects.waiting())
    public_rows = rows_of(
        manage(campaign, make_superuser(), export_set="public", queryset=filtered, reason="")
    )
    nothing = manage(campaign, make_superuser(), queryset=Signature.objects.none())

    assert [row["name"] for row in rows_of(waiting)] == ["Waiting Example"]
    assert [(row["position"], row["name"]) for row in public_rows] == [("1", "Lantern Example")]
    assert (said_rows(nothing), body_of(nothing).decode("utf-8-sig")) == (0, f"{MANAGE_HEAD}\r\n")


def test_staff_get_the_public_file_with_the_public_columns_and_its_log(campaign):
    moderator = make_moderator(campaign)
    make_signature(campaign, name="=Lantern Example")
    make_signature(campaign, name="Canary Example", state=State.CONFIRMED)

    response = manage(campaign, moderator, export_set="public", reason="", delimiter=";", bom=False)

    head, line, _end = body_of(response).decode().split("\r\n")
    assert head == PUBLIC_HEAD.replace(",", ";")
    assert line.startswith("1;'=Lantern Example;")
    assert ExportLog.objects.get().row_count == said_rows(response) == 1


def test_a_contact_whose_key_is_gone_is_called_unreadable(campaign):
    signature = make_signature(campaign)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE signatories_contact SET mailbox = 'gAAAAABnonsense'")
    make_signature(campaign, name="Zeta Example", mailbox="zeta@zeta.example")

    rows = rows_of(manage(campaign, make_superuser()))

    assert [row["contact_email"] for row in rows] == ["(unreadable: its key is missing)", "zeta@zeta.example"]
    assert Contact.objects.filter(signature=signature).exists()


def test_a_signature_without_a_contact_stays_in_the_manage_file(campaign):
    signature = make_signature(campaign, name="Lantern Example")
    Contact.objects.filter(signature=signature).delete()

    (row,) = rows_of(manage(campaign, make_superuser()))

    assert (row["name"], row["contact_email"], row["consent_updates"]) == ("Lantern Example", "", "no")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_manage_file_takes_as_many_queries_for_three_rows_as_for_one(campaign, rows):
    staff = make_superuser()
    for _ in range(rows):
        make_signature(campaign, by=staff)

    with CaptureQueriesContext(connection) as queries:
        body_of(manage(campaign, staff))

    # The campaign may be exported; declare, count, rewind; log it and tell the other managers in one breath (savepoint,
    # log, managers, version, its texts, savepoint); fetch, close.
    assert len(queries) == 12


def test_a_manager_who_leaves_midway_leaves_no_cursor(campaign):
    make_signature(campaign)
    response = manage(campaign, make_superuser())
    next(iter(response.streaming_content))

    response.close()

    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_cursors")
        assert cursor.fetchall() == []


def test_many_rows_are_fetched_piece_by_piece(campaign, monkeypatch):
    monkeypatch.setattr("signatories.exports.rows.FETCHED_AT_ONCE", 2)
    for _ in range(4):
        make_signature(campaign)

    response = manage(campaign, make_superuser())

    assert len(rows_of(response)) == said_rows(response) == 4
