"""Changing an organisation must not make one of two."""

import pytest

from signatories import moderation, register
from signatories.models import Organisation
from signatories.states import EventKind
from tests.builders import PASSWORD, make_campaign, make_moderator, make_signature, make_superuser
from tests.signatories.staff_pages import page


@pytest.fixture
def campaign(db):
    return make_campaign()


def test_an_accepted_organisation_does_not_take_the_name_of_another_accepted_one(campaign):
    make_signature(campaign, name="Example Lantern Trust")
    other = make_signature(campaign, name="Example Harbour Trust").organisation

    with pytest.raises(moderation.PossibleDuplicate, match="Example Lantern Trust"):
        register.change_organisation(other, by=make_superuser(), name="Example Lantern Trust")

    assert Organisation.objects.get(pk=other.pk).name == "Example Harbour Trust"


def test_a_corrected_name_moves_its_keys_and_stands_in_the_trail(campaign):
    signature = make_signature(campaign, name="Example Assocation")

    register.change_organisation(signature.organisation, by=make_superuser(), name="Example Association")

    signature.refresh_from_db()
    assert signature.sort_key == signature.organisation.sort_key == "example association"
    note = signature.events.get(kind=EventKind.RENAMED).note.text
    assert "Example Assocation" in note
    assert "Example Association" in note


def test_the_admin_says_so_instead_of_breaking(client, campaign):
    make_signature(campaign, name="Example Lantern Trust")
    other = make_signature(campaign, name="Example Harbour Trust").organisation
    client.login(username=make_moderator(campaign).username, password=PASSWORD)
    address = f"/admin/signatories/organisation/{other.pk}/change/"
    form = client.get(address).context["adminform"].form
    answers = {name: value for name, value in form.initial.items() if value not in (None, [])}

    changed = answers | {"name": "Example Lantern Trust"}
    shown = client.post(address, changed)
    seen = page(shown).select_one("input[name=seen]")["value"]
    response = client.post(address, changed | {"seen": seen}, follow=True)

    assert response.status_code == 200
    assert "may be the same organisation" in response.content.decode()
    assert Organisation.objects.get(pk=other.pk).name == "Example Harbour Trust"
