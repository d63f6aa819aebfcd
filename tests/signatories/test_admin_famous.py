"""The host's list of famous names: managers keep it, moderators read it."""

import pytest

from signatories.models import FamousName
from tests.builders import make_campaign, make_manager, make_moderator
from tests.signatories.staff_pages import text

pytestmark = pytest.mark.django_db
ADD = "/admin/signatories/famousname/add/"
LIST = "/admin/signatories/famousname/"


@pytest.fixture
def campaign():
    return make_campaign()


def test_a_manager_adds_a_name_with_its_own_domain(client, campaign):
    client.force_login(make_manager(campaign))

    client.post(
        ADD, {"name": "  The Assembly of   Nations ", "domain": "https://www.Assembly-of-Nations.example/en"}
    )

    famous = FamousName.objects.get()
    assert (famous.name, famous.domain, famous.match_key) == (
        "The Assembly of Nations",
        "assembly-of-nations.example",
        "assembly of nations",
    )


@pytest.mark.parametrize(
    ("answers", "complaint"),
    [
        ({"name": "assembly OF nations"}, "This name is on the list, perhaps in another spelling."),
        ({"name": "…"}, "The name needs at least one letter or digit."),
        ({"name": "Another", "domain": "nothing"}, "Enter a domain such as example.org."),
    ],
)
def test_what_is_no_name_or_domain_or_is_there_already_is_refused_in_words(
    client, campaign, answers, complaint
):
    FamousName.objects.create(name="Assembly of Nations", match_key="assembly of nations")
    client.force_login(make_manager(campaign))

    response = client.post(ADD, answers)

    assert response.status_code == 200
    assert complaint in text(response)
    assert FamousName.objects.count() == 1


def test_a_name_may_be_saved_again_as_it_is(client, campaign):
    famous = FamousName.objects.create(name="Assembly of Nations", match_key="assembly of nations")
    client.force_login(make_manager(campaign))

    client.post(f"{LIST}{famous.pk}/change/", {"name": "Assembly of Nations", "domain": "nations.example"})

    assert FamousName.objects.get().domain == "nations.example"


def test_a_moderator_reads_the_list_and_changes_nothing(client, campaign):
    famous = FamousName.objects.create(name="Assembly of Nations", match_key="assembly of nations")
    client.force_login(make_moderator(campaign))

    assert "Assembly of Nations" in text(client.get(LIST))
    assert client.post(ADD, {"name": "Another"}).status_code == 403
    assert client.post(f"{LIST}{famous.pk}/change/", {"name": "Another"}).status_code == 403
    assert client.post(f"{LIST}{famous.pk}/delete/", {"post": "yes"}).status_code == 403
    assert FamousName.objects.get().name == "Assembly of Nations"
