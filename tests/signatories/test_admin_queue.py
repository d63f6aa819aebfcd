"""The list of signatures: the queue, its filters and search, and many decisions at once."""

from itertools import combinations
from urllib.parse import quote

import pytest

from campaigns.choices import PublicationMode
from signatories import moderation
from signatories.admin.filters import at_level
from signatories.models import Evidence, Organisation, OutboxMail, Signature
from signatories.states import EvidenceKind, Flag, Level, State
from signatories.verification import level
from tests.builders import (
    give_evidence,
    make_campaign,
    make_manager,
    make_moderator,
    make_signature,
    make_superuser,
    make_user,
)
from tests.signatories.staff_pages import messages, page, queries_of

pytestmark = pytest.mark.django_db

QUEUE = "/admin/signatories/signature/"


@pytest.fixture
def campaign():
    return make_campaign()


@pytest.fixture
def moderator(campaign, client):
    user = make_moderator(campaign)
    client.force_login(user)
    return user


def names(response):
    return [each.get_text() for each in page(response).select("#result_list th.field-organisation_name")]


def accept_many(client, signatures, **more):
    answers = {
        "action": "accept_what_meets_the_bar",
        "_selected_action": [each.pk for each in signatures],
        **more,
    }
    return client.post(QUEUE, answers, follow=True)


def test_the_list_opens_on_what_waits_oldest_first(client, campaign, moderator):
    for state, name in (
        (State.ON_HOLD, "Held"),
        (State.CONFIRMED, "Older"),
        (State.CONFIRMED, "Younger"),
        (State.ACCEPTED, "Accepted"),
        (State.SUBMITTED, "Submitted"),
    ):
        make_signature(campaign, state=state, name=f"Example {name}")
    assert names(client.get(QUEUE)) == ["Example Older", "Example Younger", "Example Held"]
    assert len(names(client.get(f"{QUEUE}?state=all"))) == 5
    assert names(client.get(f"{QUEUE}?state=accepted")) == ["Example Accepted"]
    assert names(client.get(f"{QUEUE}?state=submitted")) == ["Example Submitted"]


def test_a_line_shows_what_one_must_know_and_no_contact(client, campaign, moderator):
    make_signature(
        campaign,
        state=State.CONFIRMED,
        name="Example Line",
        country_code="MW",
        website="https://line.example",
        mailbox="jane.secret@gmail.com",
        contact_name="Jane Secretname",
    )
    response = client.get(QUEUE)
    cells = [
        cell.get_text() for cell in page(response).select("#result_list tbody tr")[0].find_all(["th", "td"])
    ]
    assert cells[1:] == [
        "Example Line",
        "Malawi",
        "@gmail.com",
        "V1",
        "Free-mail address; Mailbox and website have different domains",
        "0 min",
        "Confirmed, to check",
    ]
    html = response.content.decode()
    assert [
        secret for secret in ("jane.secret", "Secretname", "https://line.example") if secret in html
    ] == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("country=MW", ["Example Malawi"]),
        ("type=union", ["Example Union"]),
        ("flag=free_mail", ["Example Free"]),
        ("flag=no_website", ["Example Free"]),
        ("level=V2", ["Example Proven"]),
        ("campaign=letter-a", ["Example Malawi", "Example Union", "Example Free", "Example Proven"]),
        ("campaign=letter-b", []),
        ("country=MW&type=union", []),
        ("flag=nonsense", []),
        ("state=nonsense", []),
        ("q=malawi", ["Example Malawi"]),
        ("q=Բարև", ["Example Union"]),
        ("q=exfr", ["Example Free"]),
        ("q=proven.example", ["Example Proven"]),
        ("q=jane.secret", []),
        ("q=nothing", []),
    ],
)
def test_filters_and_search(client, campaign, moderator, query, found):
    make_signature(campaign, state=State.CONFIRMED, name="Example Malawi", country_code="MW")
    make_signature(
        campaign, state=State.CONFIRMED, name="Example Union", org_type="union", native_name="Բարև"
    )
    make_signature(
        campaign,
        state=State.CONFIRMED,
        name="Example Free",
        acronym="EXFR",
        mailbox="jane.secret@gmail.com",
        website="",
    )
    proven = make_signature(
        campaign,
        state=State.CONFIRMED,
        name="Example Proven",
        mailbox="a@proven.example",
        website="https://proven.example",
    )
    give_evidence(proven, moderator)
    assert names(client.get(f"{QUEUE}?{quote(query, safe='=&')}")) == found


def test_the_search_finds_a_reference(client, campaign, moderator):
    signature = make_signature(campaign, state=State.CONFIRMED)
    make_signature(campaign, state=State.CONFIRMED)
    assert names(client.get(f"{QUEUE}?q={signature.reference.lower()}")) == [signature.organisation.name]


def test_the_level_filter_means_what_the_level_means(campaign):
    """Every set of evidence kinds, and referrals by nobody, one and two."""
    staff = make_superuser()
    referrers = [make_signature(campaign) for _ in range(2)]
    alone = [
        EvidenceKind.MAILBOX,
        EvidenceKind.DOMAIN_MATCH,
        EvidenceKind.KNOWN,
        EvidenceKind.CALLBACK,
        EvidenceKind.PUBLIC_STATEMENT,
    ]
    sets = [
        [*((kind, None) for kind in held), *((EvidenceKind.REFERRAL, each) for each in referrers[:vouching])]
        for size in range(len(alone) + 1)
        for held in combinations(alone, size)
        for vouching in range(3)
    ]
    signatures = copies_of(referrers[0], len(sets))
    Evidence.objects.bulk_create(
        Evidence(
            signature=each, kind=kind, referrer=referrer, recorded_by=staff, recorded_at=each.submitted_at
        )
        for each, held in zip(signatures, sets, strict=True)
        for kind, referrer in held
    )
    made = Signature.objects.filter(pk__in=[each.pk for each in signatures])
    for wanted in Level:
        in_python = {each.pk for each in made.prefetch_related("evidence") if level(each) == wanted}
        assert set(at_level(made, wanted).values_list("pk", flat=True)) == in_python
        assert in_python


def copies_of(signature, number):
    """Signatures of as many new organisations, with no evidence."""
    organisations = Organisation.objects.bulk_create(
        Organisation(
            name=f"Example {n}", country_code="KE", org_type="ngo", sort_key=f"{n}", match_key=f"{n}"
        )
        for n in range(number)
    )
    return Signature.objects.bulk_create(
        Signature(
            campaign=signature.campaign,
            organisation=organisation,
            letter_version=signature.letter_version,
            submission_key=f"key{organisation.pk}",
            submitted_at=signature.submitted_at,
        )
        for organisation in organisations
    )


def test_the_list_makes_as_many_queries_for_one_row_as_for_three(client, campaign, moderator):
    make_signature(campaign, state=State.CONFIRMED)
    one = queries_of(client, QUEUE)
    make_signature(campaign, state=State.CONFIRMED)
    make_signature(campaign, state=State.CONFIRMED)
    assert queries_of(client, QUEUE) == one == 8


def test_m5_many_are_accepted_at_once_and_the_others_are_named_and_left(client, campaign, moderator):
    ready = [make_signature(campaign, state=State.CONFIRMED, name=f"Example Ready {n}") for n in range(3)]
    for signature in ready:
        give_evidence(signature, moderator)
    low = make_signature(campaign, state=State.CONFIRMED, name="Example Low")
    decided = make_signature(campaign, state=State.CONFIRMED, name="Example Decided")
    moderation.hold(signature=decided, by=make_moderator(campaign, "grace"))
    moderation.reject(signature=decided, by=make_moderator(campaign, "grace2"), reason="abuse")
    answer = accept_many(client, [*ready, low, decided])
    done, left = messages(answer)
    assert done == "3 accepted."
    assert left.startswith(
        "2 left: Example Low (Verification level V1 is below V2: record more evidence first); Example Decided (Already decided by grace2, "
    )
    assert left.endswith(": Rejected).")
    states = {each.organisation.name: each.state for each in Signature.objects.select_related("organisation")}
    assert states == {
        "Example Ready 0": "accepted",
        "Example Ready 1": "accepted",
        "Example Ready 2": "accepted",
        "Example Low": "confirmed",
        "Example Decided": "rejected",
    }
    assert OutboxMail.objects.filter(kind="accepted").count() == 3


def test_m12_what_needs_v3_is_never_hurried_through(client, campaign, moderator):
    signature = make_signature(campaign, state=State.CONFIRMED, name="Example Famous")
    Signature.objects.filter(pk=signature.pk).update(flags=[Flag.LOOK_ALIKE])
    for kind in (EvidenceKind.KNOWN, EvidenceKind.CALLBACK):
        give_evidence(signature, moderator, kind)
    answer = accept_many(client, [signature])
    assert messages(answer) == ["0 accepted.", "1 left: Example Famous (needs V3: open it by itself)."]
    assert Signature.objects.get(pk=signature.pk).state == State.CONFIRMED


def test_everything_that_the_filter_finds_can_be_accepted_at_once(client, campaign, moderator):
    for _ in range(2):
        give_evidence(make_signature(campaign, state=State.CONFIRMED, country_code="MW"), moderator)
    elsewhere = make_signature(campaign, state=State.CONFIRMED, country_code="KE")
    give_evidence(elsewhere, moderator)
    one = Signature.objects.filter(country_code="MW").first()
    client.post(
        f"{QUEUE}?country=MW",
        {"action": "accept_what_meets_the_bar", "_selected_action": [one.pk], "select_across": "1"},
    )
    assert Signature.objects.filter(state=State.ACCEPTED).count() == 2
    assert Signature.objects.get(pk=elsewhere.pk).state == State.CONFIRMED


def test_m16_a_bulk_decision_does_not_reach_another_letter(client, campaign, moderator):
    other = make_signature(make_campaign("letter-b"), state=State.CONFIRMED)
    give_evidence(other, make_superuser())
    answer = accept_many(client, [other])
    assert messages(answer) == ["0 accepted."]
    assert Signature.objects.get(pk=other.pk).state == State.CONFIRMED


@pytest.mark.parametrize("make", [make_manager, lambda _campaign: make_user("plain")])
def test_only_a_moderator_has_the_bulk_action(client, campaign, make):
    signature = make_signature(campaign, state=State.CONFIRMED)
    give_evidence(signature, make_superuser())
    client.force_login(make(campaign))
    accept_many(client, [signature])
    assert Signature.objects.get(pk=signature.pk).state == State.CONFIRMED


def test_nothing_can_be_deleted_from_the_list(client, campaign):
    signature = make_signature(campaign, state=State.CONFIRMED)
    client.force_login(make_superuser())
    client.post(QUEUE, {"action": "delete_selected", "_selected_action": [signature.pk], "post": "yes"})
    assert Signature.objects.filter(pk=signature.pk).exists()
    assert "delete_selected" not in client.get(QUEUE).content.decode()


def test_a_withheld_one_waits_like_any_other(client, campaign, moderator):
    signature = make_signature(campaign, state=State.CONFIRMED, name="Example Quiet")
    Signature.objects.filter(pk=signature.pk).update(publication_mode=PublicationMode.WITHHELD)
    assert names(client.get(QUEUE)) == [f"[Withheld, {signature.reference}]"]


def test_s9_what_mail_did_not_reach_is_a_list_that_the_desk_leads_to(client, campaign, moderator):
    names = ["Mail Failed", "Mail Bounced", "Mail Arrived"]
    failed, bounced, _arrived = (make_signature(campaign, name=name, state=State.CONFIRMED) for name in names)
    elsewhere = make_signature(make_campaign("letter-b"), name="Mail Elsewhere")
    OutboxMail.objects.update(state="sent")
    OutboxMail.objects.filter(signature__in=[failed, elsewhere]).update(state="failed")
    bounced.contacts.update(email_status="bounced")
    link = page(client.get("/admin/")).find("a", href=lambda href: href and "mail=failed" in href)

    listed = page(client.get(link["href"])).select("#result_list tbody th")

    assert sorted(each.get_text() for each in listed) == ["Mail Bounced", "Mail Failed"]


@pytest.mark.parametrize("status", ["unknown", "sent", "delivered", "bounced"])
def test_s9_the_case_says_whether_mail_arrives(client, campaign, moderator, status):
    signature = make_signature(campaign, state=State.CONFIRMED)
    signature.contacts.update(email_status=status)

    shown = client.get(f"{QUEUE}{signature.pk}/change/")

    assert f"Way to the mailbox: {status.capitalize()}" in " ".join(page(shown).get_text(" ").split())
