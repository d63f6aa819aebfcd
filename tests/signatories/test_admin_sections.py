"""The page on which a moderator says of which network an organisation is a section."""

import pytest

from campaigns.choices import SectionsPolicy
from campaigns.models import Campaign
from signatories.models import Signature
from signatories.states import State
from tests.builders import make_campaign, make_manager, make_moderator, make_signature, make_superuser
from tests.signatories.staff_pages import case_address, messages, page, press, queries_of, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    return make_campaign()


@pytest.fixture
def moderator(campaign, client):
    user = make_moderator(campaign)
    client.force_login(user)
    return user


@pytest.fixture
def network(campaign):
    return make_signature(campaign, name="Example Federation", acronym="EXF", org_type="network")


@pytest.fixture
def section(campaign):
    return make_signature(campaign, name="Lantern Kenya")


def search(client, section, **query):
    return client.get(f"/admin/signatories/signature/{section.pk}/section/", query)


def link(client, section, network):
    return client.post(f"/admin/signatories/signature/{section.pk}/section/{network.pk}/", follow=True)


def test_m10_from_the_case_to_the_network_and_back_again(client, moderator, network, section):
    case = page(client.get(case_address(section)))
    offered = search(client, section)
    assert case.find("a", href=offered.request["PATH_INFO"]).get_text() == "It is a section of…"
    (form,) = page(offered).select("table.cases form")

    linked = client.post(form["action"], follow=True)

    assert messages(linked) == ["Linked with its network."]
    words = text(linked)
    assert "Kenya section of Example Federation" in words
    assert "Section of Example Federation ." in words
    assert str(network.public_id) not in words
    unlinked = press(client, section, "unlink-section")
    assert messages(unlinked) == ["Not linked with a network any more."]
    assert "It is a section of…" in text(unlinked)


def test_networks_come_first_and_others_are_found_by_name(client, moderator, campaign, network, section):
    make_signature(campaign, name="Harbour Trust")
    make_signature(campaign, state=State.CONFIRMED, name="Harbour Network", org_type="network")
    make_signature(make_campaign("letter-b"), name="Harbour Elsewhere", org_type="network")

    def found(**query):
        return [
            each.get_text(strip=True) for each in page(search(client, section, **query)).select("tbody bdi")
        ]

    assert found() == ["Example Federation", "EXF"]
    assert found(q="harbour") == ["Harbour Trust"]
    assert found(q="exf") == ["Example Federation", "EXF"]
    assert found(q="lantern") == []
    assert found(q="\0%_\\") == []


def test_staff_see_a_hidden_network_and_that_the_list_does_not_name_it(client, moderator, network, section):
    link(client, section, network)
    Signature.objects.filter(pk=network.pk).update(publication_mode="withheld")

    words = text(client.get(case_address(section)))

    assert "Section of Example Federation ." in words
    assert "The list does not say so: the network is not named in it." in words
    assert "Kenya section of" not in words


def test_a_network_on_another_letter_is_not_named_to_its_moderators(client, campaign, network, section):
    client.force_login(make_superuser())
    link(client, section, network)
    other = make_campaign("letter-b")
    elsewhere = make_signature(other, name="Lantern There")
    Signature.objects.filter(pk=elsewhere.pk).update(organisation=section.organisation)
    client.force_login(make_moderator(other))

    body = client.get(case_address(elsewhere)).content.decode()

    assert "Example Federation" not in body


def test_m16_nothing_is_linked_across_letters_or_without_the_role(
    client, moderator, campaign, network, section
):
    elsewhere = make_signature(make_campaign("letter-b"), name="Zanzibar Society", org_type="network")

    assert link(client, section, elsewhere).status_code == 404
    assert link(client, elsewhere, network).status_code == 404
    assert search(client, elsewhere).status_code == 404
    assert client.get(f"/admin/signatories/signature/{section.pk}/section/{network.pk}/").status_code == 405
    client.force_login(make_manager(campaign))
    assert link(client, section, network).status_code == 404
    assert search(client, section).status_code == 404
    section.organisation.refresh_from_db()
    assert section.organisation.parent is None


def test_a_loop_is_refused_in_words(client, moderator, network, section):
    link(client, section, network)

    assert messages(link(client, network, section)) == ["Then an organisation would be a section of itself."]


def test_a_linked_case_takes_no_query_more(client, moderator, network, section):
    before = queries_of(client, case_address(section))
    link(client, section, network)

    assert queries_of(client, case_address(section)) == before


def test_the_manager_says_how_networks_count(client, campaign):
    client.force_login(make_manager(campaign))
    address = f"/admin/campaigns/campaign/{campaign.pk}/change/"
    form = page(client.get(address)).find("form", id="campaign_form")
    fields = {}
    for each in form.find_all(["input", "textarea"]):
        if each.get("name") and each.get("type") not in ("checkbox", "submit"):
            fields[each["name"]] = each.get("value", each.get_text().removeprefix("\n"))
        elif each.get("type") == "checkbox" and each.has_attr("checked"):
            fields.setdefault(each["name"], []).append(each["value"])
    for each in form.find_all("select"):
        fields[each["name"]] = [option["value"] for option in each.find_all("option", selected=True)]

    client.post(address, {**fields, "sections_policy": "once"})

    assert Campaign.objects.get(pk=campaign.pk).sections_policy == SectionsPolicy.ONCE
