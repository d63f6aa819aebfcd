"""Rejecting by condition in the admin: from the clusters to the form, the count, the progress, and back."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.http import QueryDict
from django.utils import timezone

from signatories import moderation
from signatories.models import OutboxMail, Signature, Sweep
from signatories.moderation import sweeping
from signatories.states import Reason, State, SweepState
from signatories.sweeps import working
from signatories.sweeps.conditions import Condition
from tests.builders import (
    give_evidence,
    make_campaign,
    make_manager,
    make_moderator,
    make_signature,
    make_superuser,
)
from tests.signatories.staff_pages import messages, page, queries_of, text

pytestmark = pytest.mark.django_db

SWEEPS = "/admin/signatories/sweep/"
CONDITION, COUNT, BEGIN, CLUSTERS = (
    f"{SWEEPS}{each}/" for each in ("condition", "count", "begin", "clusters")
)
QUEUE = "/admin/signatories/signature/"
EVIL = "evil.example"


@pytest.fixture
def campaign():
    return make_campaign()


@pytest.fixture
def moderator(campaign, client):
    user = make_moderator(campaign)
    client.force_login(user)
    return user


def hostile(campaign, number=1, *, state=State.SUBMITTED, domain=EVIL, **more):
    return make_signature(campaign, state=state, mailbox=f"robot{number}@{domain}", **more)


def asked(**answers):
    """What the form of the condition sends."""
    return {
        "campaign": "letter-a",
        "domain": EVIL,
        "states": ["submitted", "confirmed", "on_hold"],
        "spare_believed": "on",
        **answers,
    }


def press(client, shown, **answers):
    """Sends the form of the page with the count, as it was shown."""
    form = page(shown).find("form", action=BEGIN)
    hidden = QueryDict(mutable=True)
    for each in form.find_all("input", type="hidden"):
        hidden.appendlist(each["name"], each.get("value", ""))
    return client.post(BEGIN, {**dict(hidden.lists()), "reason": "abuse", **answers}, follow=True)


def work_it_off():
    while working.work_on_one_batch():
        pass


def begun(campaign, by, **parts):
    condition = Condition(**(parts or {"domain": EVIL}))
    return sweeping.start(
        campaign=campaign,
        condition=condition,
        reason=Reason.ABUSE,
        by=by,
        expected=sweeping.count(campaign=campaign, condition=condition),
    )


# --- from the condition to the end -------------------------------------------------------------------------


def test_m11_from_the_form_over_the_count_to_the_end_and_back(client, campaign, moderator):
    for number in range(3):
        hostile(campaign, number, name=f"Robots {number}")
    honest = make_signature(campaign, state=State.CONFIRMED, name="Honest Example")
    assert client.get(CONDITION).status_code == 200

    shown = client.get(COUNT, asked())

    assert "3 would be rejected" in text(shown)
    assert "Reject 3 signatures" in text(shown)
    assert [name in text(shown) for name in ("Robots 0", "Robots 2", "Honest Example")] == [True, True, False]
    assert Sweep.objects.count() == 0

    begun = press(client, shown, note="A flood")

    assert begun["Refresh"] == "3"
    assert "Waits for the worker" in text(begun)
    sweep = Sweep.objects.get()
    assert (sweep.started_by, sweep.note, sweep.condition["parts"]) == (
        moderator,
        "A flood",
        {"domain": EVIL},
    )
    work_it_off()
    done = client.get(f"{SWEEPS}{sweep.pk}/change/")
    assert "Refresh" not in done
    assert "3 found 3 rejected 0 left as they were" in text(done)
    assert "A flood" in text(done)
    assert set(Signature.objects.values_list("state", "organisation__name")) == {
        ("confirmed", "Honest Example"),
        *(("rejected", f"Robots {number}") for number in range(3)),
    }

    undoing = client.post(f"{SWEEPS}{sweep.pk}/undo/", follow=True)

    assert "Being undone" in text(undoing)
    work_it_off()
    assert "3 brought back 0 not brought back" in text(client.get(f"{SWEEPS}{sweep.pk}/change/"))
    assert Signature.objects.filter(state=State.SUBMITTED).count() == 3
    honest.refresh_from_db()
    assert honest.state == State.CONFIRMED


def test_the_count_says_how_many_have_evidence_and_spares_them_as_one_likes(client, campaign, moderator):
    believed = hostile(campaign, 1, state=State.CONFIRMED, name="Honest Example")
    give_evidence(believed, moderator)
    hostile(campaign, 2, state=State.CONFIRMED, name="Robots")

    spared = text(client.get(COUNT, asked()))
    not_spared = client.get(
        COUNT, {name: value for name, value in asked().items() if name != "spare_believed"}
    )

    assert "1 would be rejected 1 would be spared" in spared
    assert "Honest Example" not in spared
    assert (
        "2 would be rejected 1 have evidence beyond the mailbox Look at them first, or spare them. 1 meet the usual bar"
        in text(not_spared)
    )
    press(client, not_spared)
    work_it_off()
    assert set(Signature.objects.values_list("state", flat=True)) == {"rejected"}


def test_a_free_mail_domain_is_warned_of(client, campaign, moderator):
    hostile(campaign, domain="gmail.com")
    assert "Anybody can have a mailbox there" in text(client.get(COUNT, asked(domain="gmail.com")))
    assert "Anybody can have a mailbox there" not in text(client.get(COUNT, asked()))


@pytest.mark.parametrize(
    "answers",
    [
        {"domain": ""},
        {"domain": "com"},
        {"domain": "co.uk"},
        {"domain": "mail.evil.example"},
        {"states": []},
        {"states": ["accepted"]},
        {"domain": "", "name": "e"},
        {"domain": "", "network": "abc"},
        {"domain": "", "flag": "nonsense"},
        {"domain": "", "since": "tomorrow"},
        {"campaign": "letter-b"},
        {"campaign": ""},
    ],
)
def test_m11_a_bad_condition_is_refused_on_the_page_and_in_a_forged_post(
    client, campaign, moderator, answers
):
    make_campaign("letter-b")
    hostile(campaign)
    forged = {**asked(**answers), "expected": "1", "reason": "abuse", "note": ""}

    for response in (client.get(COUNT, asked(**answers)), client.post(BEGIN, forged)):
        assert response.status_code == 422
        assert page(response).find(class_="errorlist") is not None

    assert Sweep.objects.count() == 0


@pytest.mark.parametrize(
    ("expected", "status"), [("1", 409), ("99", 409), ("-1", 422), ("many", 422), ("", 422)]
)
def test_m11_a_forged_or_old_count_begins_nothing_and_shows_the_new_one(
    client, campaign, moderator, expected, status
):
    hostile(campaign, 1)
    hostile(campaign, 2)
    forged = {**asked(), "expected": expected, "reason": "abuse", "note": "Half-written"}

    response = client.post(BEGIN, forged)

    assert response.status_code == status
    assert Sweep.objects.count() == 0
    form = page(response).find("form", action=BEGIN)
    assert form.find("input", attrs={"name": "expected"})["value"] == "2"
    assert "Half-written" in form.find("textarea").get_text()
    press(client, response)
    assert Sweep.objects.get().swept.count() == 2


def test_a_reason_is_needed(client, campaign, moderator):
    hostile(campaign)
    assert press(client, client.get(COUNT, asked()), reason="because").status_code == 422
    assert Sweep.objects.count() == 0


def test_get_begins_cancels_and_undoes_nothing(client, campaign, moderator):
    hostile(campaign)
    sweep = begun(campaign, moderator)
    for address in (BEGIN, f"{SWEEPS}{sweep.pk}/cancel/", f"{SWEEPS}{sweep.pk}/undo/"):
        assert client.get(address).status_code == 405
    assert client.post(f"{SWEEPS}{sweep.pk}/change/").status_code == 405
    assert Sweep.objects.get().state == SweepState.QUEUED


def test_cancel_and_a_second_press_of_it(client, campaign, moderator):
    hostile(campaign)
    sweep = begun(campaign, moderator)
    assert "Cancelled." in messages(client.post(f"{SWEEPS}{sweep.pk}/cancel/", follow=True))
    again = client.post(f"{SWEEPS}{sweep.pk}/cancel/", follow=True)
    assert messages(again) == ["There is nothing left to cancel."]
    work_it_off()
    assert Signature.objects.get().state == State.SUBMITTED


def test_what_was_left_is_named_with_what_became_of_it(client, campaign, moderator):
    signature = hostile(campaign, state=State.CONFIRMED, name="Example Held")
    sweep = begun(campaign, moderator)
    moderation.hold(signature=signature, by=make_superuser())
    work_it_off()
    shown = text(client.get(f"{SWEEPS}{sweep.pk}/change/"))
    assert "1 found 0 rejected 1 left as they were" in shown
    assert "Example Held On hold" in shown


def test_the_list_of_those_before_and_the_trail_of_a_case_name_the_sweep(client, campaign, moderator):
    signature = hostile(campaign)
    sweep = begun(campaign, moderator)
    work_it_off()
    assert EVIL in text(client.get(SWEEPS))
    assert f"rejection by condition no. {sweep.pk}" in text(client.get(f"{QUEUE}{signature.pk}/change/"))


# --- who may ----------------------------------------------------------------------------------------------


def test_any_moderator_of_the_campaign_may_undo_and_it_is_recorded(client, campaign, moderator):
    hostile(campaign)
    sweep = begun(campaign, make_superuser())
    work_it_off()
    client.post(f"{SWEEPS}{sweep.pk}/undo/")
    assert Sweep.objects.get().undone_by == moderator


@pytest.mark.parametrize("who", ["moderator of another campaign", "manager"])
def test_m16_nobody_else_reaches_any_of_it(client, campaign, who):
    hostile(campaign, name="Zanzibar Robots")
    sweep = begun(campaign, make_superuser())
    other = make_campaign("letter-b")
    client.force_login(make_manager(campaign) if who == "manager" else make_moderator(other, "m"))
    forged = {**asked(), "expected": "1", "reason": "abuse"}
    responses = [
        client.get(CONDITION, {"campaign": "letter-a"}),
        client.get(COUNT, asked()),
        client.post(BEGIN, forged),
        client.get(CLUSTERS),
        client.get(SWEEPS),
        client.get(f"{SWEEPS}?campaign=letter-a"),
        client.get(f"{SWEEPS}{sweep.pk}/change/"),
        client.post(f"{SWEEPS}{sweep.pk}/cancel/"),
        client.post(f"{SWEEPS}{sweep.pk}/undo/"),
    ]
    found = [response.status_code for response in responses]
    if who == "manager":
        assert found == [403] * 9
    else:
        assert found == [200, 422, 422, 200, 200, 200, 404, 404, 404]
    for response in responses:
        assert "Zanzibar" not in response.content.decode()
        assert EVIL not in response.content.decode().replace(f'name="domain" value="{EVIL}"', "")
    assert [each.state for each in Sweep.objects.all()] == [SweepState.QUEUED]


# --- the way there -----------------------------------------------------------------------------------------


def test_the_queue_leads_to_the_form_with_what_its_filters_say(client, campaign, moderator):
    hostile(campaign)
    shown = client.get(f"{QUEUE}?state=submitted&campaign=letter-a&country=KE&flag=domain_differs&q=example")
    address = page(shown).find("a", string="Reject by condition")["href"]

    form = page(client.get(address)).find("form", action=COUNT)

    chosen = {
        each["name"]: each.find("option", selected=True)["value"]
        for each in form.find_all("select")
        if each.find("option", selected=True)
    }
    assert {name: value for name, value in chosen.items() if value} == {
        "campaign": "letter-a",
        "country": "KE",
        "flag": "domain_differs",
    }
    assert form.find("input", attrs={"name": "name"})["value"] == "example"
    assert [each["value"] for each in form.select("input[name=states][checked]")] == ["submitted"]
    assert form.find("input", attrs={"name": "spare_believed"}).has_attr("checked")


def together(campaign, size, **more):
    for number in range(size):
        hostile(campaign, number, **more)


def network(campaign, code):
    Signature.objects.filter(campaign=campaign).update(network_hash=code.ljust(22, "x"))


def rows_of(response):
    return [
        " ".join(row.get_text(" ").split()).removesuffix(" Reject by condition")
        for row in page(response).select("table.cases tbody tr")
    ]


def test_m11_the_desk_shows_what_came_in_together(client, campaign, moderator):
    with time_machine.travel(datetime(2026, 11, 24, 12, 30, tzinfo=UTC), tick=False):
        campaign.closes_at = timezone.now() + timedelta(days=9)
        campaign.save()
        assert "came in together" not in text(client.get("/admin/"))
        together(campaign, 8, domain=f"mail.{EVIL}")
        together(campaign, 4, state=State.CONFIRMED)
        network(campaign, "abcdef")
        make_signature(campaign, state=State.CONFIRMED)
        other = make_campaign("letter-b")
        together(other, 12, domain="secret.example")

        client.force_login(moderator)
        shown = client.get(CLUSTERS)

        flags = (
            "Mailbox and website have different domains 12; "
            "Possible duplicate of another signature on this campaign 3"
        )
        assert rows_of(shown) == [
            f"@evil.example letter-a 12 8 4 0 {flags}",
            f"Network 1 (abcdef) letter-a 12 8 4 0 {flags}",
            "24/11/2026 12:00 letter-a 13 8 5 0 –",
        ]
        assert "secret.example" not in shown.content.decode()
        assert "came in together" in text(client.get("/admin/"))


def test_the_lines_of_the_clusters_lead_to_the_list_and_to_the_form(client, campaign, moderator):
    with time_machine.travel(datetime(2026, 11, 24, 12, 30, tzinfo=UTC), tick=False):
        campaign.closes_at = timezone.now() + timedelta(days=9)
        campaign.save()
        together(campaign, 4)
        network(campaign, "a-_def")
        client.force_login(moderator)
        shown = page(client.get(CLUSTERS))
        lists = [each["href"] for each in shown.select("table.cases th a")]
        forms = [each["href"] for each in shown.select("table.cases td a")]
        assert len(lists) == 2
        for address in lists:
            assert len(page(client.get(address)).select("#result_list tbody tr")) == 4
        assert len(forms) == 3
        for address in forms:
            form = page(client.get(address)).find("form", action=COUNT)
            answers = {
                each["name"]: each["value"]
                for each in form.find_all("input")
                if each.get("value") and each.get("type") not in ("checkbox", "hidden")
            }
            assert "4 would be rejected" in text(client.get(COUNT, {**asked(domain=""), **answers})), address


def test_old_ones_are_clusters_of_the_week_and_not_of_the_day(client, campaign, moderator):
    together(campaign, 4)
    Signature.objects.update(submitted_at=timezone.now() - timedelta(days=3))
    assert rows_of(client.get(CLUSTERS)) == []
    assert len(rows_of(client.get(f"{CLUSTERS}?days=7"))) == 2


def test_the_pages_make_as_many_queries_for_three_as_for_thirty(client, campaign, moderator):
    numbers = []
    for size in (3, 30):
        together(campaign, size, domain=f"flood{size}.example", state=State.CONFIRMED)
        network(campaign, "abcdef")
        sweep = begun(campaign, moderator, domain=f"flood{size}.example")
        numbers.append(
            [
                queries_of(client, address)
                for address in (
                    CLUSTERS,
                    CONDITION,
                    f"{COUNT}?campaign=letter-a&name=example&states=confirmed&spare_believed=on",
                    SWEEPS,
                    f"{SWEEPS}{sweep.pk}/change/",
                )
            ]
        )
    assert numbers[0] == numbers[1]
    assert max(numbers[0]) <= 12


# --- the mail budget ---------------------------------------------------------------------------------------


def test_m11_the_desk_says_that_the_mail_budget_is_used_up(client, campaign, moderator, settings):
    settings.CONFIRM_MAILS_AN_HOUR = 2
    with time_machine.travel(datetime(2026, 11, 24, 14, 20, tzinfo=UTC), tick=False) as clock:
        campaign.closes_at = timezone.now() + timedelta(days=9)
        campaign.save()
        for number in range(3):
            hostile(campaign, number)
        client.force_login(moderator)
        assert "Mail budget" not in text(client.get("/admin/"))
        first_two = OutboxMail.objects.order_by("pk").values("pk")[:2]
        OutboxMail.objects.filter(pk__in=first_two).update(state="sent", settled_at=timezone.now())

        assert "Mail budget used up until 15:00 UTC" in text(client.get("/admin/"))

        clock.move_to(datetime(2026, 11, 24, 15, 0, tzinfo=UTC))
        assert "Mail budget" not in text(client.get("/admin/"))
