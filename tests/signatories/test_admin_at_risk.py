"""A name that is not public stands on the page of its own case, and on no other page of the staff (scenario M15).

The walk takes every address that the admin has, so that one that is added later is walked as well.
"""

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from campaigns.choices import PublicationMode
from campaigns.models import Campaign
from signatories import hiding, moderation, register
from signatories.models import (
    Evidence,
    Organisation,
    Referral,
    Signature,
    SignatureEvent,
    Sweep,
    SweptSignature,
)
from signatories.states import EventKind, State
from signatories.transitions import SIGNER
from tests.builders import give_evidence, make_campaign, make_moderator, make_signature, make_superuser
from tests.signatories.staff_pages import button_address, case_address, messages, page, press, text
from tests.signatories.test_admin_scope import ROUTES

pytestmark = pytest.mark.django_db

CANARIES = ["Canarybird", "CNRY", "canarybird", "Kanarienvogel"]

# Where the name may stand, all of it pages of this one row.
NAMED_ON = {
    "signatories/signature/<path:object_id>/change/": "the page of the case itself",
    "signatories/signature/<int:pk>/merge/<int:other>/": "comparing two names is what it is for",
    "signatories/organisation/<path:object_id>/change/": "the name itself is mended there",
}


@pytest.fixture
def campaign():
    return make_campaign()


def canary(campaign, mode="withheld", state=State.CONFIRMED, **answers):
    facts = {
        "name": "Canarybird Society",
        "native_name": "Kanarienvogel",
        "acronym": "CNRY",
        "website": "https://canarybird.example",
        "mailbox": "jo@canarybird.example",
    }
    return make_signature(campaign, publication_mode=mode, state=state, **{**facts, **answers})


@pytest.fixture(params=["withheld", "addressee_only"])
def world(request, campaign):
    """One canary that waits, one that counts, with a trail, a log, a sweep and a vouch; and an ordinary signature beside."""
    by = make_superuser()
    waiting = canary(campaign, request.param)
    give_evidence(waiting, by)
    moderation.add_note(signature=waiting, by=by, note="Canarybird was called.")
    accepted = canary(
        campaign,
        "public",
        State.ACCEPTED,
        name="Canarybird Club",
        website="https://club.canarybird.example",
        mailbox="club@elsewhere.example",
    )
    network = make_signature(campaign, name="Ordinary Network", org_type="network")
    ordinary = make_signature(campaign, name="Ordinary Group", state=State.CONFIRMED)
    moderation.ask_to_vouch(signature=ordinary, referrer=accepted, by=by, signer_agreed=True)
    for row in (accepted.organisation, accepted):
        LogEntry.objects.log_actions(by.pk, [row], 2, "Changed", single_object=True)
    hiding.hide(signature=accepted, to=PublicationMode(request.param), actor=SIGNER)
    register.change_organisation(waiting.organisation, by=by, name_en="Canarybird Society of Old")
    for row in (waiting.organisation, waiting):
        LogEntry.objects.log_actions(by.pk, [row], 2, "Changed", single_object=True)
    sweep = Sweep.objects.create(
        campaign=campaign,
        condition={"parts": {"network": "abcdef"}, "states": ["confirmed"], "spare_believed": True},
        reason="abuse",
        note="",
        started_by=by,
        started_at=timezone.now(),
    )
    SweptSignature.objects.create(sweep=sweep, signature=waiting, from_state="confirmed")
    return {
        "waiting": waiting,
        "accepted": accepted,
        "ordinary": ordinary,
        "network": network,
        "sweep": sweep,
    }


def filled(route, signature, other, model):
    rows = {
        Signature: signature,
        Organisation: signature.organisation,
        SignatureEvent: signature.events.last(),
    }
    row = rows.get(model) or model.objects.first()
    values = {
        "<path:object_id>": row.pk if row else 0,
        "<int:pk>": row.pk if row else 0,
        "<slug:language>": "en",
        "<int:other>": other.pk,
        "<int:network>": other.pk,
        "<int:merge>": 0,
        "<int:evidence>": Evidence.objects.filter(signature=signature).values_list("pk", flat=True).first()
        or 0,
        "<int:referral>": Referral.objects.values_list("pk", flat=True).first() or 0,
    }
    for name, value in values.items():
        route = route.replace(name, str(value))
    return f"/admin/{route}"


def told(response):
    body = response.content.decode()
    return [each for each in CANARIES if each in body]


def test_m15_no_page_of_the_staff_but_its_own_names_it(client, world):
    client.force_login(make_superuser())
    waiting, accepted, ordinary = world["waiting"], world["accepted"], world["ordinary"]
    walked = 0
    for route, model in ROUTES:
        if "<" not in route:
            for query in ("", "?state=all", "?state=accepted", "?_facets=True&state=all", "?days=7"):
                assert told(client.get(f"/admin/{route}{query}")) == [], (route, query)
            continue
        if model is None:
            continue
        pairs = [(ordinary, world["network"])]
        if route not in NAMED_ON:
            pairs += [(waiting, ordinary), (accepted, ordinary)]
        for signature, other in pairs:
            address = filled(route, signature, other, model)
            # Where an address sends to is walked by itself.
            assert told(client.get(address)) == [], address
            walked += 1
    assert walked > 50


def test_m15_every_page_that_may_name_it_is_there_and_keeps_it_out_of_the_title(client, world):
    client.force_login(make_superuser())
    routes = {route for route, _model in ROUTES}
    assert set(NAMED_ON) <= routes

    for signature in (world["waiting"], world["accepted"]):
        for address in (
            case_address(signature),
            f"/admin/signatories/organisation/{signature.organisation_id}/change/",
        ):
            shown = page(client.get(address))
            heads = [shown.title, *shown.select("h1, h2, .breadcrumbs")]
            words = " ".join(each.get_text() for each in heads)
            assert "Canarybird" not in words, address
            assert "Canarybird" in str(shown), address


def test_m15_opening_a_withheld_row_shows_a_banner(client, campaign):
    client.force_login(make_moderator(campaign))

    withheld = text(client.get(case_address(canary(campaign))))
    public = text(client.get(case_address(make_signature(campaign))))

    assert "This name is withheld." in withheld
    assert "Staff can't make it public: only the signer can." in withheld
    assert "Printed nowhere" in withheld
    assert "Canarybird Society" in withheld
    assert "is withheld" not in public


def test_m15_messages_of_the_buttons_do_not_name_it(client, campaign):
    client.force_login(make_moderator(campaign))
    signature = canary(campaign)

    said = [messages(press(client, signature, "hold")), messages(press(client, signature, "put-back"))]
    said.append(messages(press(client, signature, "reject", reason="no_evidence")))

    assert [line for lines in said for line in lines if "Canary" in line] == []
    assert signature.reference in str(said)


def test_m15_the_log_forgets_a_name_that_is_hidden(client, campaign):
    by = make_superuser()
    signature = make_signature(campaign, name="Canarybird")
    LogEntry.objects.log_actions(by.pk, [signature.organisation], 2, "", single_object=True)
    assert LogEntry.objects.get().object_repr == "Canarybird"

    hiding.hide(signature=signature, to=PublicationMode.WITHHELD, actor=SIGNER)

    assert LogEntry.objects.get().object_repr == f"[not public, no. {signature.organisation_id}]"


def test_staff_hide_a_name_and_are_told_that_they_cannot_take_it_back(client, campaign):
    by = make_moderator(campaign)
    client.force_login(by)
    signature = make_signature(campaign, name="Canarybird")
    assert "You can't take it back: only the signer can." in text(client.get(case_address(signature)))

    response = press(client, signature, "hide", to="withheld")

    assert messages(response) == [f"Hidden: [Withheld, {signature.reference}]."]
    signature.refresh_from_db()
    assert (signature.publication_mode, signature.joined_total_at) == ("withheld", None)
    event = signature.events.get(kind=EventKind.MODE)
    assert (event.actor, event.detail) == (by, "public > withheld")
    assert page(response).find("form", action=button_address(signature, "hide")) is None


@pytest.mark.parametrize(
    ("before", "forged"),
    [("withheld", "public"), ("withheld", "addressee_only"), ("addressee_only", "public")],
)
def test_m15_staff_can_not_publish_also_not_by_a_forged_post(client, campaign, before, forged):
    client.force_login(make_superuser())
    signature = canary(campaign, before)
    everything = {
        "to": forged,
        "to_mode": forged,
        "publication_mode": forged,
        "expected_state": "confirmed",
        "note": "x",
    }

    for name in [
        route.split("/")[-2]
        for route, model in ROUTES
        if model is Signature
        and route.startswith("signatories/signature/<int:pk>/")
        and route.count("<") == 1
    ]:
        if name in ("accept", "reject", "hold", "put-back", "revoke"):
            continue  # they decide the state, and are pressed elsewhere
        client.post(button_address(signature, name), everything)
    client.post(case_address(signature), everything)

    signature.refresh_from_db()
    assert signature.publication_mode == before


def test_hide_is_for_moderators_of_the_letter_alone(client, campaign):
    signature = make_signature(campaign)
    client.force_login(make_moderator(make_campaign("letter-b")))

    assert client.post(button_address(signature, "hide"), {"to": "withheld"}).status_code == 404
    assert Signature.objects.get(pk=signature.pk).publication_mode == "public"


@pytest.mark.parametrize(
    ("mode", "shown"), [("public", True), ("withheld", False), ("addressee_only", False)]
)
def test_staff_of_another_letter_do_not_learn_of_a_look_alike_that_is_not_public(
    client, campaign, mode, shown
):
    there = make_campaign("letter-b")
    known = make_signature(
        there, name="Canarybird Society", website="https://canarybird.example", mailbox="a@canarybird.example"
    )
    Signature.objects.filter(pk=known.pk).update(publication_mode=mode)
    look_alike = make_signature(
        campaign,
        state=State.CONFIRMED,
        name="Canarybird Society",
        website="https://canaryb1rd.example",
        mailbox="x@canaryb1rd.example",
    )
    client.force_login(make_moderator(campaign))

    words = text(client.get(case_address(look_alike)))

    assert ("1 organisation of this name is registered on letters that you do not work on." in words) is shown
    assert Campaign.objects.count() == 2
