"""The manager's way (scenario C1 for English, C3): a campaign from nothing to public, in the admin."""

import csv
import io
import json
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from campaigns.choices import Accent, Role, Stage
from campaigns.models import Ask, Campaign, CampaignRole, ConsentText, Host, LetterText, LetterVersion, Update
from signatories.models import Signature
from signatories.states import OrganisationType, State
from tests.builders import (
    make_campaign,
    make_manager,
    make_moderator,
    make_signature,
    make_superuser,
    make_topic,
    make_user,
)
from tests.signatories.staff_pages import queries_of
from tests.staff_browser import confirm_password

pytestmark = pytest.mark.django_db

ADD = "/admin/campaigns/campaign/add/"


def page(response):
    return BeautifulSoup(response.content, "html.parser")


def address(row):
    return f"/admin/campaigns/{row._meta.model_name}/{row.pk}/change/"


def errors(response):
    return [each.get_text(" ", strip=True) for each in page(response).select("ul.errorlist li")]


def filled(response, **changes):
    """What a browser would send of the page's form, with some fields changed; None takes a field away."""
    form = next(each for each in page(response).find_all("form") if each.get("id", "").endswith("_form"))
    answers = {}
    for field in form.find_all(["input", "textarea", "select"]):
        name = field.get("name")
        if not name or "__prefix__" in name or field.get("type") in ("submit", "button"):
            continue
        if field.name == "select":
            answers[name] = [each["value"] for each in field.find_all("option", selected=True)] or (
                [] if field.has_attr("multiple") else ""
            )
        elif field.name == "textarea":
            answers[name] = field.get_text().removeprefix("\n")
        elif field.get("type") in ("checkbox", "radio"):
            if field.has_attr("checked"):
                answers.setdefault(name, []).append(field.get("value", "on"))
        else:
            answers[name] = field.get("value", "")
    answers |= changes
    return {name: value for name, value in answers.items() if value is not None}


def with_a_row(prefix, number, **fields):
    """The fields of one more row of an inline."""
    return {
        f"{prefix}-TOTAL_FORMS": str(number + 1),
        **{f"{prefix}-{number}-{name}": value for name, value in fields.items()},
    }


def save(client, where, **changes):
    return client.post(where, filled(client.get(where), **changes), follow=True)


@pytest.fixture
def manager(client):
    user = make_user("anna", groups=["Campaign managers"])
    client.force_login(user)
    return user


NEW = {
    "slug": "new-letter",
    "zone": "Europe/Zurich",
    "opens_at_0": "2027-09-01",
    "opens_at_1": "09:00",
    "closes_at_0": "2027-09-30",
    "closes_at_1": "12:00",
    "texts-0-language": "en",
    "texts-0-addressee_office": "The next Secretary-General",
    "texts-0-privacy_notice": "We keep little.",
    "texts-0-how_verified": "We check every signature.",
}


def make_new(client, **changes):
    host = Host.objects.get_or_create(name="Example Host")[0]
    return save(client, ADD, **{"host": str(host.pk), **NEW, **changes})


def test_c1_a_manager_makes_a_campaign_from_nothing_to_public(client, manager):
    make_new(
        client,
        **with_a_row("consent_texts", 0, kind="data_processing", version="1", language="en", wording="Yes."),
    )
    campaign = Campaign.objects.get(slug="new-letter")
    assert (campaign.stage, campaign.texts.count(), campaign.consent_texts.count()) == (Stage.DRAFT, 1, 1)
    assert client.get("/en/new-letter/").status_code == 404

    body = "Dear Secretary-General,\r\n\r\n•\tspeak out\r\n•\tact\r\n\r\n“Respectfully”"
    save(
        client,
        f"/admin/campaigns/letterversion/add/?campaign={campaign.pk}",
        **{
            "texts-0-language": "en",
            "texts-0-status": "authoritative",
            "texts-0-title": "A new letter",
            "texts-0-body": body,
        },
    )
    version = campaign.letter_versions.get()
    assert (version.number, version.frozen_at) == (1, None)
    assert version.texts.get().body == "Dear Secretary-General,\n\n- speak out\n- act\n\n“Respectfully”"
    save(
        client,
        f"/admin/campaigns/ask/add/?campaign={campaign.pk}",
        **{"position": "1", "texts-0-language": "en", "texts-0-text": "Speak out."},
    )
    assert campaign.asks.get().texts.get().text == "Speak out."

    too_soon = save(client, address(campaign), stage="public")
    assert errors(too_soon) == ["Not yet. Missing: A letter version is frozen."]

    preview = client.get(f"/admin/campaigns/letterversion/{version.pk}/preview/en/")
    shown = page(preview)
    assert [each.get_text() for each in shown.select("article h1, article ul li")] == [
        "A new letter",
        "speak out",
        "act",
    ]
    client.post(shown.find("form", class_="freeze")["action"])
    version.refresh_from_db()
    assert len(version.sha256) == 64

    save(client, address(campaign), stage="public", opens_at_0="2020-09-01")
    assert Campaign.objects.get(pk=campaign.pk).stage == Stage.PUBLIC
    letter = client.get("/en/new-letter/")
    assert letter.status_code == 200
    assert "A new letter" in letter.content.decode()


def test_dates_are_typed_and_shown_in_the_campaigns_zone(client, manager):
    make_new(client)
    campaign = Campaign.objects.get(slug="new-letter")
    assert campaign.closes_at == datetime(2027, 9, 30, 10, 0, tzinfo=UTC)
    shown = client.get(address(campaign))
    assert page(shown).find("input", attrs={"name": "closes_at_1"})["value"] == "12:00:00"

    save(client, address(campaign), zone="Asia/Kathmandu")
    campaign.refresh_from_db()
    assert campaign.closes_at == datetime(2027, 9, 30, 6, 15, tzinfo=UTC)
    assert timezone.get_current_timezone_name() == "UTC"


def test_an_hour_that_the_zone_does_not_have_is_refused(client, manager):
    answer = make_new(client, closes_at_0="2028-03-26", closes_at_1="02:30")
    assert any("couldn’t be interpreted in time zone Europe/Zurich" in each for each in errors(answer))
    assert not Campaign.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("zone", "Nowhere/Land", "“Nowhere/Land” is not an IANA time zone such as Europe/Zurich."),
        ("slug", "admin", "“admin” is an address of the site itself."),
        (
            "slug",
            "Not A Slug",
            "Enter a valid “slug” consisting of letters, numbers, underscores or hyphens.",
        ),
        ("closes_at_0", "2020-01-01", "The deadline must come after the opening."),
        ("languages", [], "This field is required."),
        ("modes_allowed", [], "This field is required."),
        (
            "modes_allowed",
            ["secret"],
            "Select a valid choice. secret is not one of the available choices.",
        ),
        ("languages", ["de"], "Select a valid choice. de is not one of the available choices."),
        ("caution_countries", ["XX"], "Select a valid choice. XX is not one of the available choices."),
        ("caution_countries", ["BY"], "The notice needs “withheld” among the modes offered."),
        ("batch_hour", "24", "Ensure this value is less than or equal to 23."),
        ("stage", "public", "A new campaign starts as a draft. Write its letter first."),
    ],
)
def test_nonsense_is_refused_in_words(client, manager, field, value, words):
    answer = make_new(client, **{field: value})
    assert words in errors(answer)
    assert not Campaign.objects.exists()


def test_s18_a_manager_chooses_modes_hour_and_places_with_a_notice(client, manager):
    make_new(
        client,
        modes_allowed=["withheld", "public"],
        batch_hour="7",
        caution_countries=["KE", "BY"],
        **{"texts-0-safety_notice": "Mind what you sign."},
    )

    campaign = Campaign.objects.get()
    assert campaign.modes_allowed == ["public", "withheld"]
    assert (campaign.batch_hour, campaign.caution_countries) == (7, ["BY", "KE"])
    assert campaign.texts.get().safety_notice == "Mind what you sign."
    shown = page(client.get(address(campaign)))
    assert [each["value"] for each in shown.select("#id_caution_countries option[selected]")] == ["BY", "KE"]
    assert "A safety notice in your own words" in shown.get_text()


def test_who_makes_a_campaign_becomes_its_manager(client, manager):
    make_new(client)
    assert [(role.user, role.role) for role in CampaignRole.objects.all()] == [(manager, Role.MANAGER)]


def test_only_superusers_say_who_works_on_a_campaign(client):
    campaign = make_campaign()
    manager = make_manager(campaign)
    client.force_login(manager)
    forged = with_a_row("roles", 0, user=str(manager.pk), role="moderator") | {"roles-INITIAL_FORMS": "0"}
    save(client, address(campaign), **forged)
    assert [role.role for role in campaign.roles.all()] == ["manager"]

    client.force_login(make_superuser())
    confirm_password(client)
    colleague = User.objects.create_user("colleague", is_staff=True)
    save(client, address(campaign), **with_a_row("roles", 1, user=str(colleague.pk), role="moderator"))
    assert campaign.roles.filter(user=colleague, role="moderator").exists()


def test_languages_keep_the_order_of_the_house(client, manager):
    make_new(client, languages=["ar", "en", "fr"])
    assert Campaign.objects.get().languages == ["en", "fr", "ar"]


def test_a_moderator_reads_a_campaign_and_changes_nothing(client):
    campaign = make_campaign()
    client.force_login(make_user("mo", groups=["Moderators"], roles=[(campaign, Role.MODERATOR)]))
    assert client.get(address(campaign)).status_code == 200
    assert client.post(address(campaign), {"slug": "changed", "_save": "Save"}).status_code == 403
    assert client.get(ADD).status_code == 403


def test_a_manager_of_one_letter_who_moderates_another_does_not_manage_that_one(client):
    own, other = make_campaign(), make_campaign("letter-b")
    groups = ["Moderators", "Campaign managers"]
    client.force_login(make_user("both", groups=groups, roles=[(own, Role.MANAGER), (other, Role.MODERATOR)]))
    for row in (other, other.letter_versions.get(), other.asks.first()):
        assert client.get(address(row)).status_code == 200
        assert client.post(address(row), {"stage": "draft", "status": "met"}).status_code == 403
    freeze = LetterVersion.objects.create(campaign=other, number=2)
    assert client.post(f"/admin/campaigns/letterversion/{freeze.pk}/freeze/").status_code == 403


def test_the_address_stays_once_readers_know_it(client):
    campaign = make_campaign()
    client.force_login(make_manager(campaign))
    save(client, address(campaign), slug="another", goal="200")
    assert list(Campaign.objects.values_list("slug", "goal")) == [("letter-a", 200)]


def test_a_consent_text_stays_once_somebody_may_have_agreed_to_it(client):
    campaign = make_campaign()
    client.force_login(make_manager(campaign))
    save(client, address(campaign), **{"consent_texts-0-wording": "A better wording."})
    assert ConsentText.objects.filter(wording="A better wording.").count() == 1

    make_signature(campaign)
    before = list(campaign.consent_texts.values())
    shown = client.get(address(campaign))
    forged = {
        "consent_texts-0-id": str(before[0]["id"]),
        "consent_texts-0-wording": "Forged.",
        "consent_texts-0-DELETE": "on",
    }
    client.post(address(campaign), filled(shown, **forged))
    assert list(campaign.consent_texts.values()) == before
    save(
        client,
        address(campaign),
        **with_a_row("consent_texts", 2, kind="data_processing", version="2", language="en", wording="New."),
    )
    assert campaign.consent_texts.filter(version=2, wording="New.").exists()


def test_c1_the_checklist_says_what_is_missing(client):
    campaign = make_campaign(frozen=False, stage=Stage.DRAFT, asks=(), languages=["en", "ar"])
    ConsentText.objects.filter(kind="data_processing").delete()
    client.force_login(make_manager(campaign))
    shown = page(client.get(address(campaign)))
    points = [
        (" ".join(each.get_text(" ").split()), each["class"][0]) for each in shown.select("ul.checklist li")
    ]
    assert points == [
        ("A letter version is frozen needed", "needed"),
        ("Letter in Arabic missing", "advised"),
        ("At least one ask missing", "advised"),
        ("The addressee is named", "done"),
        ("A privacy notice", "done"),
        ("How the host verifies signatures", "done"),
        ("Texts around the letter in Arabic missing", "advised"),
        ("A consent text for data processing needed", "needed"),
        ("Consent text in Arabic missing", "advised"),
        ("The deadline lies ahead", "done"),
        ("The host has a mailbox for questions", "done"),
    ]


def test_a_public_letter_stays_editable_although_something_is_missing(client):
    campaign = make_campaign()
    ConsentText.objects.all().delete()
    client.force_login(make_manager(campaign))
    save(client, address(campaign), goal="300")
    assert Campaign.objects.get().goal == 300


def numbers_shown(client, campaign):
    """The numbers on the campaign's page: its words, the boxes, and each table by its heading, without its bars."""
    shown = page(client.get(address(campaign))).find(id="numbers")
    tables = {
        each.summary.get_text(): [
            [cell.get_text() for cell in row.find_all(["th", "td"], class_=lambda name: name != "bar")]
            for row in each.select("tbody tr")
        ]
        for each in shown.find_all("details")
    }
    boxes = [" ".join(each.get_text(" ").split()) for each in shown.select("ul.numbers li")]
    return shown, boxes, tables


def test_c3_the_numbers_are_those_of_the_public_page(client):
    campaign = make_campaign()
    make_signature(campaign, country_code="KE", via="ishr-list")
    make_signature(campaign, country_code="KE", org_type="union")
    quiet = make_signature(campaign, country_code="MW")
    Signature.objects.filter(pk=quiet.pk).update(publication_mode="withheld")
    make_signature(campaign, country_code="FJ", publication_mode="addressee_only")
    make_signature(campaign, state=State.CONFIRMED, country_code="NP")
    make_signature(campaign, state=State.ON_HOLD, country_code="KE")
    make_signature(campaign, state=State.SUBMITTED)
    make_signature(campaign, state=State.REJECTED)
    client.force_login(make_manager(campaign))

    shown, boxes, tables = numbers_shown(client, campaign)
    public = json.loads(client.get("/letter-a/count.json").content)

    assert (public["count"], public["named"], public["countries"]) == (3, 2, 1)
    words = " ".join(shown.get_text(" ").split())
    assert "The public page says 3 , of which 2 are named, from 1 countries" in words
    assert "1 more joins the total with the next daily batch." in words
    assert boxes == [
        "4 accepted 2 public, 1 for the addressee only, 1 withheld",
        "1 to check",
        "1 on hold",
        "1 unconfirmed",
        "1 rejected No evidence 1",
        "0 withdrawn",
        "0 revoked",
    ]
    today = timezone.now().astimezone(campaign.zoneinfo).strftime("%Y-%m-%d")
    assert tables == {
        "By country or territory": [["Kenya", "2", "1"], ["Nepal", "0", "1"]],
        "By region": [["Africa", "2", "1"], ["Asia", "0", "1"]],
        "By type": [["Non-governmental organisation", "1", "2"], ["Trade union", "1", "0"]],
        "By source": [["directly", "1", "2"], ["ishr-list", "1", "0"]],
        "By day": [[today, "8", "7", "2"]],
    }
    assert [each.find("title").get_text() for each in shown.select("figure.days rect")] == [f"{today}: 2"]


def test_c3_every_public_place_says_what_the_managers_numbers_say(client):
    """count.json, the page, the list, its filters and the public file against the tables of the admin."""
    campaign = make_campaign()
    day = timezone.now() - timedelta(days=3)
    rows = (("KE", "ngo"), ("KE", "union"), ("KE", "ngo"), ("FJ", "network"), ("NP", "ngo"))
    for country, org_type in rows:
        make_signature(campaign, country_code=country, org_type=org_type)
    Signature.objects.filter(country_code="FJ").update(joined_total_at=day)
    for mode in ("withheld", "addressee_only"):
        hidden = make_signature(campaign, country_code="XK", org_type="faith")
        Signature.objects.filter(pk=hidden.pk).update(publication_mode=mode, joined_total_at=day)
    for state in (State.CONFIRMED, State.ON_HOLD, State.SUBMITTED, State.REJECTED):
        make_signature(campaign, state=state, country_code="MW", org_type="media")
    client.force_login(make_manager(campaign))
    shown, boxes, tables = numbers_shown(client, campaign)
    named = {heading: {row[0]: int(row[-2]) for row in rows} for heading, rows in tables.items()}
    named["By day"] = {row[0]: int(row[-1]) for row in tables["By day"]}
    public = json.loads(client.get("/letter-a/count.json").content)
    client.logout()

    # the totals
    assert (public["count"], public["named"], public["countries"]) == (7, 5, 3)
    assert boxes[0] == "7 accepted 5 public, 1 for the addressee only, 1 withheld"
    for address_ in ("/en/letter-a/", "/en/letter-a/signatories/"):
        (said,) = page(client.get(address_)).select("[data-headline]")
        words = said.get_text()
        assert words == "7 organisations, of which 5 are named, from 3 countries and territories"
    # each table holds the named ones, all of them, and of those who wait none
    for heading in named:
        assert sum(named[heading].values()) == public["named"]
    assert {name for name, count in named["By country or territory"].items() if count} == {
        "Kenya",
        "Fiji",
        "Nepal",
    }
    assert sum(int(row[-1]) for row in tables["By country or territory"]) == 2  # to check, and on hold
    # country by country and type by type as the list finds them
    for code, name in (("KE", "Kenya"), ("FJ", "Fiji"), ("NP", "Nepal"), ("MW", "Malawi"), ("XK", "Kosovo")):
        found = lines_of(client.get(f"/en/letter-a/signatories/?country={code}"))
        assert len(found) == named["By country or territory"].get(name, 0)
    for value, name in OrganisationType.choices:
        found = lines_of(client.get(f"/en/letter-a/signatories/?type={value}"))
        assert len(found) == named["By type"].get(str(name), 0)
    # as many as the public file has, by country
    file = Counter(
        row["country_or_territory"] for row in rows_of_file(client.get("/letter-a/signatories.csv"))
    )
    assert file == {name: count for name, count in named["By country or territory"].items() if count}
    # and the chart draws the same days as the table
    titles = [each.find("title").get_text() for each in shown.select("figure.days rect")]
    drawn = dict(title.rsplit(": ", 1) for title in titles)
    assert {each: int(count) for each, count in drawn.items() if count != "0"} == {
        each: count for each, count in named["By day"].items() if count
    }


def lines_of(response):
    return page(response).select("ul.signatory-list li")


def rows_of_file(response):
    content = b"".join(response) if response.streaming else response.content
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_a_letter_that_nobody_signed_has_numbers_and_no_chart(client):
    campaign = make_campaign()
    client.force_login(make_manager(campaign))
    shown, boxes, tables = numbers_shown(client, campaign)
    assert boxes[0] == "0 accepted 0 public, 0 for the addressee only, 0 withheld"
    assert tables["By type"] == [["Nobody yet."]]
    assert shown.find("figure") is None


def test_numbers_take_as_many_queries_for_one_signature_as_for_three(client):
    campaign = make_campaign()
    client.force_login(make_manager(campaign))
    make_signature(campaign)
    client.get(address(campaign))  # the first one fills Django's own look-ups
    one = queries_of(client, address(campaign))
    make_signature(campaign, country_code="NP", org_type="union", via="list")
    make_signature(campaign, state=State.CONFIRMED)
    assert queries_of(client, address(campaign)) == one


def test_topics_hosts_and_updates(client):
    campaign = make_campaign()
    make_topic(campaign, "Human rights", "human-rights")
    client.force_login(make_manager(campaign))
    save(
        client,
        "/admin/campaigns/topic/add/",
        **{"slug": "reprisals", "names-0-language": "en", "names-0-name": "Reprisals"},
    )
    assert "reprisals" in client.get("/admin/campaigns/topic/").content.decode()
    save(
        client,
        f"/admin/campaigns/update/add/?campaign={campaign.pk}",
        **{
            "kind": "response",
            "published_at_0": "2026-01-05",
            "published_at_1": "08:00",
            "ask": str(campaign.asks.first().pk),
            "ask_status": "partly_met",
            "texts-0-language": "en",
            "texts-0-title": "A step",
            "texts-0-body": "In the right direction.",
        },
    )
    update = Update.objects.get()
    assert update.published_at == datetime(2026, 1, 5, 7, 0, tzinfo=UTC)
    assert (update.ask.position, update.ask_status, update.texts.get().title) == (1, "partly_met", "A step")
    assert "A step" in client.get("/en/letter-a/").content.decode()


def test_an_update_points_to_an_ask_of_its_own_letter(client):
    campaign, other = make_campaign(), make_campaign("letter-b")
    client.force_login(
        make_user(
            "both", groups=["Campaign managers"], roles=[(campaign, Role.MANAGER), (other, Role.MANAGER)]
        )
    )
    answers = {
        "kind": "news",
        "ask": str(other.asks.first().pk),
        "texts-0-language": "en",
        "texts-0-title": "T",
        "texts-0-body": "B",
    }
    answer = save(client, f"/admin/campaigns/update/add/?campaign={campaign.pk}", **answers)
    assert errors(answer) == ["This ask belongs to another campaign."]
    answer = save(
        client,
        f"/admin/campaigns/update/add/?campaign={campaign.pk}",
        **{**answers, "ask": "", "ask_status": "met"},
    )
    assert errors(answer) == ["Say which ask this is about."]
    assert not Update.objects.exists()


def test_the_lists_make_as_many_queries_for_one_row_as_for_three(client):
    client.force_login(make_superuser())
    make_campaign()
    lists = [f"/admin/campaigns/{model}/" for model in ("campaign", "letterversion", "ask", "update")]
    one = [queries_of(client, each) for each in lists]
    make_campaign("letter-b")
    make_campaign("letter-c")
    assert [queries_of(client, each) for each in lists] == one


def test_a_frozen_text_is_read_only_and_takes_courtesy_translations(client):
    campaign = make_campaign()
    version = campaign.letter_versions.get()
    client.force_login(make_manager(campaign))
    before = LetterText.objects.values().get()
    forged = {
        "texts-0-title": "Forged",
        "texts-0-body": "Forged",
        "texts-0-language": "fr",
        "texts-0-DELETE": "on",
        "is_material": "on",
    }
    answer = save(client, address(version), **forged)
    assert answer.status_code == 200
    assert LetterText.objects.values().get() == before
    assert LetterVersion.objects.get().is_material is False

    save(
        client,
        address(version),
        **with_a_row("texts-2", 0, language="fr", title="Une lettre", body="Madame,\n\nagissez."),
    )
    french = LetterText.objects.get(language="fr")
    assert (french.status, french.title) == ("courtesy", "Une lettre")

    save(client, address(version), **{"texts-0-status": "outdated"})
    assert LetterText.objects.get(language="en").status == "outdated"
    assert (
        client.post(f"/admin/campaigns/letterversion/{version.pk}/delete/", {"post": "yes"}).status_code
        == 403
    )


def test_the_words_of_a_frozen_letters_asks_stay(client):
    campaign = make_campaign()
    ask = campaign.asks.first()
    client.force_login(make_manager(campaign))
    save(
        client,
        address(ask),
        **{
            "status": "partly_met",
            "position": "9",
            "texts-0-text": "Forged",
            "texts-0-id": str(ask.texts.get().pk),
        },
    )
    ask.refresh_from_db()
    assert (ask.status, ask.position, ask.texts.get().text) == ("partly_met", 1, "Speak out.")
    save(client, address(ask), **with_a_row("texts", 1, language="fr", text="Parlez."))
    assert ask.texts.count() == 2
    assert client.post(f"/admin/campaigns/ask/{ask.pk}/delete/", {"post": "yes"}).status_code == 403
    more = save(
        client,
        f"/admin/campaigns/ask/add/?campaign={campaign.pk}",
        **{"position": "3", "texts-0-language": "en", "texts-0-text": "More."},
    )
    assert errors(more) == ["The letter of this campaign is frozen: its asks are part of what was signed."]
    assert Ask.objects.count() == 2


def test_what_freezes_while_somebody_writes_is_no_server_error(client):
    campaign = make_campaign(frozen=False)
    version = campaign.letter_versions.get()
    client.force_login(make_manager(campaign))
    shown = client.get(address(version))
    client.post(f"/admin/campaigns/letterversion/{version.pk}/freeze/")
    answer = client.post(address(version), filled(shown, **{"texts-0-body": "Too late."}), follow=True)
    assert answer.status_code == 200
    assert LetterText.objects.get().body != "Too late."

    ask = campaign.asks.first()
    answer = client.post(
        address(ask),
        {
            "status": "open",
            "position": "1",
            "campaign": campaign.pk,
            "texts-TOTAL_FORMS": "1",
            "texts-INITIAL_FORMS": "1",
            "texts-0-id": ask.texts.get().pk,
            "texts-0-ask": ask.pk,
            "texts-0-language": "en",
            "texts-0-text": "Too late.",
        },
        follow=True,
    )
    assert answer.status_code == 200
    assert ask.texts.get().text == "Speak out."


def test_a_position_that_is_taken_is_refused_in_words(client):
    campaign = make_campaign(frozen=False)
    client.force_login(make_manager(campaign))
    answers = {"position": "1", "texts-0-language": "en", "texts-0-text": "More."}
    answer = save(client, f"/admin/campaigns/ask/add/?campaign={campaign.pk}", **answers)
    assert errors(answer) == ["Ask with this Campaign and Position already exists."]


def test_two_texts_are_not_both_authoritative(client):
    campaign = make_campaign(frozen=False)
    version = campaign.letter_versions.get()
    client.force_login(make_manager(campaign))
    french = with_a_row(
        "texts", 1, language="fr", status="authoritative", title="Une lettre", body="Agissez."
    )
    answer = save(client, address(version), **french)
    assert errors(answer) == ["Only one text can be the authoritative one; the others are its translations."]
    save(client, address(version), **{**french, "texts-1-status": "official"})
    assert version.texts.count() == 2


def test_a_freeze_at_the_very_moment_of_saving_is_told_in_words(client):
    campaign = make_campaign(frozen=False)
    version = campaign.letter_versions.get()
    client.force_login(make_manager(campaign))
    shown = client.get(address(version))

    def freezing_first(execute, sql, params, many, context):
        if sql.startswith('UPDATE "campaigns_lettertext"'):
            with connection.cursor() as cursor:
                cursor.cursor.execute(
                    "UPDATE campaigns_letterversion SET frozen_at = now(), sha256 = repeat('a', 64) WHERE id = %s",
                    [version.pk],
                )
        return execute(sql, params, many, context)

    with connection.execute_wrapper(freezing_first):
        answer = client.post(address(version), filled(shown, **{"texts-0-body": "Too late."}), follow=True)
    assert [each.get_text() for each in page(answer).select("ul.messagelist li")] == [
        "Not saved: this was changed or frozen meanwhile. Here it is as it stands now."
    ]
    assert LetterText.objects.get().body != "Too late."


def test_a_version_that_is_not_ready_is_not_frozen_and_says_why(client):
    campaign = make_campaign(frozen=False)
    LetterText.objects.update(status="courtesy")
    version = campaign.letter_versions.get()
    client.force_login(make_manager(campaign))
    answer = client.post(f"/admin/campaigns/letterversion/{version.pk}/freeze/", follow=True)
    assert [each.get_text() for each in page(answer).select("ul.messagelist li")] == [
        "The version has no authoritative text."
    ]
    assert client.get(f"/admin/campaigns/letterversion/{version.pk}/freeze/").status_code == 405


def test_the_preview_is_for_the_staff_and_kept_by_nobody(client):
    campaign = make_campaign(frozen=False, stage=Stage.DRAFT)
    version = campaign.letter_versions.get()
    where = f"/admin/campaigns/letterversion/{version.pk}/preview"
    assert client.get(f"{where}/en/").status_code == 302
    client.force_login(make_manager(campaign))
    arabic = client.get(f"{where}/ar/")
    assert page(arabic).html["dir"] == "rtl"
    assert page(arabic).find("article")["lang"] == "en"
    assert "no-store" in arabic.headers["Cache-Control"]
    assert client.get(f"{where}/de/").status_code == 404


def test_a_public_letter_that_is_taken_back_with_a_slip_in_the_form_is_shown_again(client):
    campaign = make_campaign()
    client.force_login(make_manager(campaign))

    response = save(client, address(campaign), stage=Stage.DRAFT, goal="many")

    assert (response.status_code, errors(response)) == (200, ["Enter a whole number."])
    assert page(response).find("input", {"name": "slug"}) is None


# --- what readers see of it: colour, milestones, order of the list, the letter it follows ----------------------------


@pytest.fixture
def managed(client):
    campaign = make_campaign("hrd-agenda")
    client.force_login(make_manager(campaign))
    return campaign


def stored(campaign):
    return Campaign.objects.get(pk=campaign.pk)


def test_a_manager_chooses_colour_milestones_and_the_order_of_the_list(client, managed):
    save(
        client, address(managed), accent="plum", milestones="100, 25,50, 25", list_order="country", goal="200"
    )

    campaign = stored(managed)
    assert (campaign.accent, campaign.milestones) == ("plum", [25, 50, 100])
    assert (campaign.list_order, campaign.goal) == ("country", 200)
    assert page(client.get(address(managed))).find("input", {"name": "milestones"})["value"] == "25, 50, 100"

    save(client, address(managed), milestones="")

    assert stored(managed).milestones == []


@pytest.mark.parametrize("typed", ["50; 25", "25، 50", "25，50", " 25 ,, 50, ", "٢٥, ٥٠"])
def test_milestones_are_read_as_people_type_them(client, managed, typed):
    save(client, address(managed), milestones=typed)

    assert stored(managed).milestones == [25, 50]


@pytest.mark.parametrize("typed", ["0", "-5", "25, many", "2.5", "10000000", "9" * 5000, "<b>", "25 50"])
def test_what_is_no_number_of_signatories_is_refused_in_words(client, managed, typed):
    response = save(client, address(managed), milestones=typed)

    word = "many" if "many" in typed else typed[:20]
    assert errors(response) == [
        f"“{word}” is no whole number from 1 to 1000000. Write numbers with commas between them."
    ]
    assert stored(managed).milestones == []


def test_twenty_milestones_are_enough(client, managed):
    save(client, address(managed), milestones=",".join(map(str, range(1, 21))))
    response = save(client, address(managed), milestones=",".join(map(str, range(1, 22))))

    assert errors(response) == ["20 milestones at most."]
    assert len(stored(managed).milestones) == 20


def test_each_colour_is_shown_with_its_name_and_a_forged_one_is_refused(client, managed):
    shown = page(client.get(address(managed))).select("#id_accent label")

    assert [(each.get_text(" ", strip=True), each.find("rect")["fill"]) for each in shown] == [
        (str(accent.label), accent.on_paper) for accent in Accent
    ]
    assert len(errors(save(client, address(managed), accent="#ff0000"))) == 1
    assert stored(managed).accent == "ink"


def offered(client, campaign):
    options = page(client.get(address(campaign))).select("select[name=follows] option")
    return [each.get_text(strip=True) for each in options][1:]


def test_a_letter_follows_one_that_its_manager_manages_too_never_itself_nor_in_a_circle(client, managed):
    user = User.objects.get(username="manager")
    earlier, later, moderated = (make_campaign(slug) for slug in ("earlier", "later", "moderated"))
    make_campaign("secret", stage=Stage.DRAFT)
    for campaign, role in ((earlier, Role.MANAGER), (later, Role.MANAGER), (moderated, Role.MODERATOR)):
        CampaignRole.objects.create(user=user, campaign=campaign, role=role)
    Campaign.objects.filter(pk=later.pk).update(follows=managed)
    even_later = make_campaign("even-later", follows=later)
    CampaignRole.objects.create(user=user, campaign=even_later, role=Role.MANAGER)

    assert offered(client, managed) == ["earlier"]
    for refused in (managed, later, even_later, moderated):
        assert len(errors(save(client, address(managed), follows=str(refused.pk)))) == 1
        assert stored(managed).follows is None

    save(client, address(managed), follows=str(earlier.pk))

    assert stored(managed).follows == earlier


def test_a_letter_that_is_followed_already_stays_and_can_be_taken_out(client, managed):
    moderated = make_campaign("moderated")
    user = User.objects.get(username="manager")
    CampaignRole.objects.create(user=user, campaign=moderated, role=Role.MODERATOR)
    Campaign.objects.filter(pk=managed.pk).update(follows=moderated)

    assert offered(client, managed) == ["moderated"]
    save(client, address(managed), goal="77", follows=str(moderated.pk))
    assert (stored(managed).goal, stored(managed).follows) == (77, moderated)
    save(client, address(managed), follows="")
    assert stored(managed).follows is None


def test_m16_a_manager_learns_of_no_other_letter_through_the_one_that_is_followed(client, managed):
    secret = make_campaign("zqsecret", title="Zqsecret title", stage=Stage.DRAFT)

    assert "zqsecret" not in client.get(address(managed)).content.decode().lower()
    forged = save(client, address(managed), follows=str(secret.pk))
    missing = save(client, address(managed), follows="999999")
    assert errors(forged) == errors(missing)
    assert "zqsecret" not in forged.content.decode().lower()
    assert stored(managed).follows is None


@pytest.mark.parametrize("role", [Role.MANAGER, Role.MODERATOR])
def test_m16_a_followed_letter_of_others_is_neither_named_nor_lost(client, db, role):
    secret = make_campaign("zqsecret", title="Zqsecret title", stage=Stage.DRAFT)
    campaign = make_campaign("hrd-agenda", follows=secret)
    client.force_login((make_manager if role == Role.MANAGER else make_moderator)(campaign))

    shown = client.get(address(campaign)).content.decode()

    assert "A letter that you don’t work on." in shown
    assert "zqsecret" not in shown.lower()
    if role == Role.MANAGER:
        save(client, address(campaign), goal="77", follows="")
        assert (stored(campaign).goal, stored(campaign).follows) == (77, secret)


def test_a_moderator_changes_none_of_it(client, db):
    campaign = make_campaign("hrd-agenda")
    client.force_login(make_moderator(campaign))

    response = client.post(address(campaign), {"accent": "plum", "milestones": "1", "list_order": "type"})

    assert response.status_code == 403
    assert (stored(campaign).accent, stored(campaign).milestones) == ("ink", [])
