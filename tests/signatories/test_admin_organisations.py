"""The register in the admin: names are mended, the keys that follow from them follow, and the trail says so."""

import pytest

from campaigns.choices import Role
from signatories import register
from signatories.models import Organisation, Signature
from signatories.states import State
from signatories.transitions import Refused
from tests.builders import (
    make_campaign,
    make_manager,
    make_moderator,
    make_signature,
    make_superuser,
    make_user,
)
from tests.signatories.staff_pages import page, queries_of, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    return make_campaign()


def address(organisation):
    return f"/admin/signatories/organisation/{organisation.pk}/change/"


def save(client, organisation, **changes):
    answers = {
        "name": organisation.name,
        "native_name": organisation.native_name,
        "native_language": organisation.native_language,
        "name_en": organisation.name_en,
        "acronym": organisation.acronym,
        "aliases": ",".join(organisation.aliases),
        "sort_name": organisation.sort_name,
        "country_code": organisation.country_code,
        "country_label": organisation.country_label,
        "org_type": organisation.org_type,
        "identifier": organisation.identifier,
        "website": organisation.website,
        **changes,
    }
    answer = client.post(address(organisation), answers, follow=True)
    if seen := page(answer).select_one("input[name=seen]"):  # what is printed changes: it is shown first
        answer = client.post(address(organisation), answers | {"seen": seen["value"]}, follow=True)
    return answer


def test_a_mended_name_moves_in_list_and_register_and_stands_in_the_trail(client, campaign):
    signature = make_signature(
        campaign, name="Assocation of Example", website="https://old.example", mailbox="a@old.example"
    )
    moderator = make_moderator(campaign)
    client.force_login(moderator)
    save(
        client, signature.organisation, name="  The Zebra   Association ", website="https://www.zebra.example"
    )
    organisation = Organisation.objects.get()
    assert (organisation.name, organisation.match_key, organisation.registrable_domain) == (
        "The Zebra Association",
        "zebra association",
        "zebra.example",
    )
    assert organisation.sort_key == Signature.objects.get().sort_key
    assert organisation.sort_key.startswith("zebra")
    event = signature.events.filter(kind="renamed").get()
    assert event.actor == moderator
    assert event.note.text == (
        "Name: “Assocation of Example” → “The Zebra Association”\n"
        "Other names: “” → “Assocation of Example”\n"
        "Website: “https://old.example” → “https://www.zebra.example”"
    )
    assert "The Zebra Association" in client.get("/en/letter-a/").content.decode()


def test_a_country_is_chosen_and_shows_on_the_letter(client, campaign):
    signature = make_signature(campaign, country_code="KE")
    client.force_login(make_moderator(campaign))
    assert "Malawi" in [
        each.get_text() for each in page(client.get(address(signature.organisation))).find_all("option")
    ]
    save(client, signature.organisation, country_code="MW")
    assert Signature.objects.get().country_code == "MW"
    assert "Select a valid choice" in text(save(client, signature.organisation, country_code="XX"))


def test_a_name_without_a_letter_is_refused(client, campaign):
    signature = make_signature(campaign)
    client.force_login(make_moderator(campaign))
    assert "The name needs at least one letter or digit." in text(
        save(client, signature.organisation, name="…")
    )
    with pytest.raises(Refused, match="at least one letter or digit"):
        register.change_organisation(signature.organisation, by=make_superuser(), name="…")
    assert Organisation.objects.get().name == signature.organisation.name


def test_only_what_staff_may_change_is_changed(client, campaign):
    organisation = make_signature(campaign).organisation
    with pytest.raises(ValueError, match="sort_key"):
        register.change_organisation(organisation, by=make_superuser(), sort_key="aaa")
    client.force_login(make_moderator(campaign))
    save(
        client,
        organisation,
        sort_key="aaa",
        registered_at="2000-01-01",
        match_key="x",
        parent=str(organisation.pk),
    )
    assert (
        Organisation.objects.values().get() == Organisation.objects.filter(pk=organisation.pk).values().get()
    )
    assert Organisation.objects.get().sort_key == organisation.sort_key
    assert Organisation.objects.get().parent is None


def test_saving_without_a_change_leaves_no_trace(client, campaign):
    signature = make_signature(campaign)
    client.force_login(make_moderator(campaign))
    before = signature.events.count()
    save(client, signature.organisation)
    assert signature.events.count() == before


def test_an_organisation_is_changed_by_who_moderates_all_its_letters(client, campaign):
    other = make_campaign("letter-b")
    organisation = make_signature(campaign, name="Example Both").organisation
    second = make_signature(other, state=State.CONFIRMED)
    Signature.objects.filter(pk=second.pk).update(organisation=organisation)
    client.force_login(make_moderator(campaign))
    assert client.get(address(organisation)).status_code == 200
    assert "letter-b" not in client.get(address(organisation)).content.decode()
    assert save(client, organisation, name="Changed").status_code == 403

    roles = [(campaign, Role.MODERATOR), (other, Role.MODERATOR)]
    client.force_login(make_user("both", groups=["Moderators"], roles=roles))
    save(client, organisation, name="Changed")
    assert Organisation.objects.get(pk=organisation.pk).name == "Changed"


def test_a_manager_reads_the_register(client, campaign):
    organisation = make_signature(campaign).organisation
    client.force_login(make_manager(campaign))
    assert client.get(address(organisation)).status_code == 200
    assert save(client, organisation, name="Changed").status_code == 403
    assert client.get("/admin/signatories/organisation/add/").status_code == 403
    assert (
        client.post(f"/admin/signatories/organisation/{organisation.pk}/delete/", {"post": "yes"}).status_code
        == 403
    )


def test_no_website_can_be_opened_by_a_slip(client, campaign):
    organisation = make_signature(campaign, website="https://stranger.example").organisation
    client.force_login(make_moderator(campaign))
    for where in (address(organisation), "/admin/signatories/organisation/"):
        links = [each["href"] for each in page(client.get(where)).find_all("a", href=True)]
        assert [link for link in links if "stranger.example" in link] == []


def test_the_lists_make_as_many_queries_for_one_row_as_for_three(client, campaign):
    lists = ["/admin/signatories/organisation/", "/admin/signatories/signatureevent/"]
    client.force_login(make_superuser())
    make_signature(campaign)
    one = [queries_of(client, each) for each in lists]
    make_signature(campaign)
    make_signature(campaign)
    assert [queries_of(client, each) for each in lists] == one


def test_the_trail_is_read_only(client, campaign):
    signature = make_signature(campaign)
    event = signature.events.first()
    client.force_login(make_superuser())
    where = f"/admin/signatories/signatureevent/{event.pk}"
    assert client.get(f"{where}/change/").status_code == 200
    assert [
        client.post(f"{where}/{each}/", {"post": "yes", "kind": "note"}).status_code
        for each in ("change", "delete")
    ] == [403, 403]
    assert client.get("/admin/signatories/signatureevent/add/").status_code == 403
