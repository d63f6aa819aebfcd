"""Convenors: the manager of a letter says who they are, an event keeps it, and readers see them first."""

import pytest

from campaigns.choices import Role
from campaigns.models import CampaignRole
from signatories import moderation
from signatories.models import Signature, SignatureEvent
from signatories.states import EventKind, PartInCampaign, State
from signatories.transitions import Refused
from tests.builders import make_campaign, make_manager, make_moderator, make_signature, make_superuser
from tests.signatories.staff_pages import button_address, case_address, messages, page, press, text

pytestmark = pytest.mark.django_db
LIST = "/admin/signatories/signature/"


@pytest.fixture
def campaign():
    return make_campaign("hrd-agenda")


@pytest.fixture
def manager(client, campaign):
    user = make_manager(campaign)
    client.force_login(user)
    return user


def part_of(signature):
    return Signature.objects.get(pk=signature.pk).role


def events_of(signature):
    return list(signature.events.filter(kind=EventKind.PART).values_list("detail", "actor__username"))


def act(client, name, *signatures):
    answers = {"action": name, "_selected_action": [each.pk for each in signatures]}
    return client.post(f"{LIST}?state=all", answers, follow=True)


@pytest.mark.parametrize("state", [State.CONFIRMED, State.ACCEPTED])
def test_a_manager_marks_a_convenor_and_takes_it_back(client, campaign, manager, state):
    signature = make_signature(campaign, state=state, name="Alpha Example")

    marked = press(client, signature, "convenor")

    assert messages(marked) == ["Alpha Example is a convenor; readers see convenors first."]
    assert part_of(signature) == "convenor"
    assert "Convenor or signatory · Convenor" in text(marked)

    press(client, signature, "convenor")

    assert part_of(signature) == "signatory"
    assert events_of(signature) == [("convenor", "manager"), ("signatory", "manager")]


def test_a_second_press_from_an_old_page_says_so_and_leaves_no_event(client, campaign, manager):
    signature = make_signature(campaign)
    old = client.get(case_address(signature))
    press(client, signature, "convenor")

    assert messages(press(client, signature, "convenor", old)) == ["It is a convenor already."]
    assert events_of(signature) == [("convenor", "manager")]


@pytest.mark.parametrize("state", [State.SUBMITTED, State.ON_HOLD, State.REJECTED])
def test_what_is_neither_confirmed_nor_accepted_convenes_nothing(client, campaign, manager, state):
    signature = make_signature(campaign, state=state)

    assert (
        page(client.get(case_address(signature))).find("form", action=button_address(signature, "convenor"))
        is None
    )
    response = client.post(button_address(signature, "convenor"), {"part": "convenor"}, follow=True)

    assert messages(response) == ["Only what is confirmed or accepted can be a convenor."]
    assert (part_of(signature), events_of(signature)) == ("signatory", [])


def test_many_are_marked_in_the_list_and_the_others_are_named_and_left(client, campaign, manager):
    first, second = make_signature(campaign), make_signature(campaign, state=State.CONFIRMED)
    waiting = make_signature(campaign, state=State.SUBMITTED, name="Unconfirmed Example")

    response = act(client, "make_convenors", first, second, waiting)

    assert messages(response) == [
        "2 changed.",
        "1 left: Unconfirmed Example (Only what is confirmed or accepted can be a convenor).",
    ]
    assert [part_of(each) for each in (first, second, waiting)] == ["convenor", "convenor", "signatory"]

    act(client, "make_signatories", first)

    assert part_of(first) == "signatory"


def test_a_moderator_who_does_not_manage_the_letter_can_not(client, campaign):
    signature = make_signature(campaign)
    client.force_login(make_moderator(campaign))

    assert 'name="part"' not in client.get(case_address(signature)).content.decode()
    assert client.post(button_address(signature, "convenor"), {"part": "convenor"}).status_code == 404
    act(client, "make_convenors", signature)

    assert (part_of(signature), events_of(signature)) == ("signatory", [])


def test_m16_a_manager_of_another_letter_can_not_even_where_he_moderates_this_one(client, campaign):
    signature = make_signature(campaign)
    user = make_manager(make_campaign("another"))
    client.force_login(user)
    assert client.post(button_address(signature, "convenor"), {"part": "convenor"}).status_code == 404

    CampaignRole.objects.create(user=user, campaign=campaign, role=Role.MODERATOR)

    assert client.post(button_address(signature, "convenor"), {"part": "convenor"}).status_code == 404
    act(client, "make_convenors", signature)
    assert (part_of(signature), events_of(signature)) == ("signatory", [])


def test_getting_changes_nothing_and_a_forged_part_is_not_found(client, campaign, manager):
    signature = make_signature(campaign)

    assert client.get(button_address(signature, "convenor") + "?part=convenor").status_code == 405
    assert client.post(button_address(signature, "convenor"), {"part": "owner"}).status_code == 404
    assert client.post(button_address(signature, "convenor"), {}).status_code == 404
    assert part_of(signature) == "signatory"


def test_a_name_that_is_withheld_stays_masked_in_what_the_list_says(client, campaign, manager):
    signature = make_signature(
        campaign, state=State.SUBMITTED, name="Canary Example", publication_mode="withheld"
    )

    response = act(client, "make_convenors", signature)

    assert "Canary" not in " ".join(messages(response))


def test_the_function_refuses_what_changed_meanwhile(campaign):
    by, signature = make_superuser(), make_signature(campaign)
    moderation.give_part(signature=signature, to=PartInCampaign.CONVENOR, by=by)

    with pytest.raises(Refused):
        moderation.give_part(signature=signature, to=PartInCampaign.CONVENOR, by=by)

    assert SignatureEvent.objects.filter(kind=EventKind.PART).count() == 1


def test_the_public_file_says_who_convened(client, campaign):
    signature = make_signature(campaign, name="Alpha Example")
    moderation.give_part(signature=signature, to=PartInCampaign.CONVENOR, by=make_superuser())

    rows = client.get("/hrd-agenda/signatories.csv").content.decode("utf-8-sig").splitlines()

    assert dict(zip(rows[0].split(","), rows[1].split(","), strict=True))["role"] == "convenor"
