"""The letter's page: words for each state, milestones that never fall, letters before and after, asks to link to, its colour."""

from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from campaigns.choices import Accent, AskStatus, PublicationMode, Stage
from campaigns.models import Milestone, Quote, Update, UpdateText
from signatories.models import Signature
from signatories.states import State
from tests.builders import fresh_token, make_campaign, make_signature
from tests.journeys.conftest import soup_of

NOW = timezone.now
HOURS, DAYS = timedelta(hours=1), timedelta(days=1)


def panel_of(client, slug="letter-a"):
    return soup_of(client.get(f"/en/{slug}/")).select_one(".panel")


def words(element):
    return " ".join(element.get_text(" ").split())


def tell(campaign, title, **fields):
    update = Update.objects.create(campaign=campaign, published_at=NOW() - DAYS, **fields)
    UpdateText.objects.create(update=update, language="en", title=title, body="It happened.")
    return update


# --- states ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "state", "sentence"),
    [
        ({"opens_at": NOW() + DAYS}, "Not open yet", "Signing opens on"),
        ({"intake": "closed"}, "By invitation", "At the moment this letter takes signatures by invitation"),
        ({"closes_at": NOW() - HOURS}, "Closed", "Closed for signature since"),
        ({"stage": Stage.DELIVERED}, "Delivered", "Delivered to the addressee, with the names"),
        ({"stage": Stage.ANSWERED}, "Answered", "The addressee has answered."),
        ({"stage": Stage.ARCHIVED}, "Finished", "The page stays as a record."),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_state_has_words_of_its_own_and_no_button(client, db, fields, state, sentence):
    make_campaign(**fields)

    panel = panel_of(client)

    assert panel.select_one(".state").get_text() == state
    assert sentence in words(panel.select_one(".standing"))
    assert panel.select(".act") == []


def test_an_open_letter_has_the_button_and_its_deadline(client, db):
    make_campaign()

    panel = panel_of(client)

    assert words(panel.select_one(".act")) == "Sign for your organisation"
    assert words(panel.select_one(".phase")).startswith("Open for signature until ")
    assert panel.select(".state, .standing") == []


@pytest.mark.parametrize(("left", "states"), [(71 * HOURS, ["Closes soon"]), (73 * HOURS, [])], ids=str)
def test_in_its_last_72_hours_a_letter_says_that_it_closes_soon(client, db, left, states):
    make_campaign(closes_at=NOW() + left)

    panel = panel_of(client)

    assert [each.get_text() for each in panel.select(".state")] == states
    assert len(panel.select(".act")) == 1


@pytest.mark.parametrize(
    ("fields", "offered"),
    [
        ({"opens_at": NOW() + DAYS}, ["updates/feed/"]),
        ({"intake": "closed"}, ["deadline.ics", "updates/feed/"]),
        ({"closes_at": NOW() - HOURS}, ["letter.pdf", "updates/feed/"]),
        ({"stage": Stage.ARCHIVED}, ["letter.pdf"]),
    ],
    ids=["upcoming", "by invitation", "closed", "archived"],
)
def test_who_cannot_sign_learns_what_to_do_instead(client, db, fields, offered):
    make_campaign(**fields)

    links = panel_of(client).select(".instead a")

    assert [link["href"] for link in links] == [f"/en/letter-a/{each}" for each in offered]


def test_a_delivered_letter_says_when_in_its_own_zone(client, db):
    late = NOW().replace(year=2026, month=9, day=30, hour=22, minute=30)
    make_campaign(stage=Stage.DELIVERED, delivered_at=late)

    assert "Delivered to the addressee on 1 October 2026 ," in words(panel_of(client))


def test_an_answered_letter_leads_to_the_answer(client, db):
    campaign = make_campaign(stage=Stage.ANSWERED)
    tell(campaign, "Some news", kind="news")
    answer = tell(campaign, "She says yes", kind="response")

    link = panel_of(client).select_one(".standing a")

    assert link.get_text() == "She says yes"
    assert link["href"] == f"/en/letter-a/#update-{answer.public_id}"


# --- goal and milestones ---------------------------------------------------------------------------------


def test_the_next_milestone_is_ahead_and_the_goal_beside_it(client, db):
    make_campaign(goal=1000, milestones=[25, 50])

    panel = panel_of(client)

    bar = panel.select_one("progress")
    assert (bar["max"], bar["value"], bar["aria-label"]) == (
        "25",
        "0",
        "Progress towards the next milestone",
    )
    assert "Next milestone: 25 organisations · goal: 1,000" in words(panel)


def test_a_milestone_stays_with_its_day_when_the_count_falls_below_it(client, db):
    campaign = make_campaign(goal=100, milestones=[25, 50])
    Milestone.objects.create(campaign=campaign, number=25, reached_on=date(2026, 10, 3))

    panel = panel_of(client)

    assert [words(each) for each in panel.select(".milestones li")] == ["25 reached on 3 October 2026"]
    assert panel.select_one("progress")["max"] == "50"


def test_a_goal_stays_reached_and_has_no_bar_that_could_run_backwards(client, db):
    campaign = make_campaign(goal=50, milestones=[25, 100])
    for number, day in ((25, 3), (50, 9)):
        Milestone.objects.create(campaign=campaign, number=number, reached_on=date(2026, 10, day))

    panel = panel_of(client)

    assert [words(each) for each in panel.select(".reached")] == [
        "Goal of 50 organisations reached on 9 October 2026",
        "25 reached on 3 October 2026",
    ]
    assert panel.select("progress") == []


def test_a_goal_counts_as_reached_before_its_day_is_written_down(client, db):
    make_signature(make_campaign(goal=1))

    panel = panel_of(client)

    assert [words(each) for each in panel.select(".reached")] == ["Goal of 1 organisation reached"]
    assert panel.select("progress") == []


def test_a_closed_letter_tells_its_goal_without_a_bar(client, db):
    make_campaign(goal=100, milestones=[50], closes_at=NOW() - HOURS)

    panel = panel_of(client)

    assert "Goal: 100 organisations" in words(panel)
    assert panel.select("progress") == []


# --- letters before and after ----------------------------------------------------------------------------


def relations(client, slug):
    page = soup_of(client.get(f"/en/{slug}/"))
    return [(words(each), each.a["href"]) for each in page.select(".relations li")]


def test_a_letter_and_the_one_that_follows_it_lead_to_each_other(client, db):
    first = make_campaign("first", title="The first letter", stage=Stage.DELIVERED)
    make_campaign("second", title="The second letter", follows=first)

    assert relations(client, "first") == [("Followed by: The second letter", "/en/second/")]
    assert relations(client, "second") == [("This letter follows up: The first letter", "/en/first/")]


@pytest.mark.parametrize(
    "hidden",
    [{"stage": Stage.CIRCULATING}, {"embargo_until": NOW() + DAYS}],
    ids=["circulating", "embargoed"],
)
def test_nothing_leads_to_a_letter_that_is_not_public(client, db, hidden):
    first = make_campaign("first")
    make_campaign("second", title="Canary of the second", follows=first, **hidden)
    older = make_campaign("older", title="Canary of the older", **hidden)
    make_campaign("newer", follows=older)

    assert relations(client, "first") == relations(client, "newer") == []
    assert "Canary" not in client.get("/en/first/").text + client.get("/en/newer/").text


# --- asks, updates, quotes -------------------------------------------------------------------------------


def test_each_ask_has_an_address_that_its_own_link_shows(client, db):
    make_campaign()

    asks = soup_of(client.get("/en/letter-a/")).select(".asks li")

    assert [(each["id"], each.select_one(".own-link")["href"]) for each in asks] == [
        ("ask-1", "#ask-1"),
        ("ask-2", "#ask-2"),
    ]
    assert words(asks[1].select_one(".own-link")) == "Link to ask 2"


def test_an_ask_shows_the_update_that_gave_its_status_and_that_leads_back(client, db):
    campaign = make_campaign()
    ask = campaign.asks.get(position=2)
    ask.status = AskStatus.MET
    ask.save()
    update = tell(campaign, "It is done", kind="response", ask=ask, ask_status=AskStatus.MET)

    page = soup_of(client.get("/en/letter-a/"))

    state = page.select_one("#ask-2 .ask-state")
    assert words(state.select_one(".badge")) == "Met"
    assert (state.select_one("span > a")["href"], words(state.select_one("span > a"))) == (
        f"#update-{update.public_id}",
        "It is done",
    )
    entry = page.find(id=f"update-{update.public_id}")
    assert [link["href"] for link in entry.select(".update-date a")] == [
        f"#update-{update.public_id}",
        "#ask-2",
    ]


def test_a_quote_is_one_block_to_copy_and_its_button_waits_for_a_script(client, db):
    campaign = make_campaign()
    Quote.objects.create(
        campaign=campaign, language="en", text="Say so.", speaker="N. N.", speaker_role="spokesperson"
    )

    quote = soup_of(client.get("/en/letter-a/")).select_one(".quote")

    button = quote.select_one("button")
    assert button.has_attr("hidden")
    assert words(quote.select_one(button["data-copy"])) == "Say so. N. N. , spokesperson"


# --- colour ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "page", ["", "signatories/", "updates/", "share/", "embed/", "sign/"], ids=lambda page: page or "letter"
)
def test_every_page_of_a_letter_has_its_colour(client, db, page):
    make_campaign(accent=Accent.WINE)

    assert soup_of(client.get(f"/en/letter-a/{page}")).html["data-accent"] == "wine"


def test_each_entry_of_the_list_of_letters_has_its_own_colour(client, db):
    make_campaign("letter-a", accent=Accent.WINE)
    make_campaign("letter-b", accent=Accent.MOSS, opens_at=NOW() - DAYS)

    page = soup_of(client.get("/en/"))

    assert [each["data-accent"] for each in page.select("article")] == ["moss", "wine"]
    assert not page.html.has_attr("data-accent")


@pytest.mark.parametrize(
    ("mode", "accent"),
    [
        (PublicationMode.PUBLIC, "wine"),
        (PublicationMode.ADDRESSEE_ONLY, None),
        (PublicationMode.WITHHELD, None),
    ],
)
def test_a_page_that_does_not_name_the_letter_does_not_have_its_colour(client, db, mode, accent):
    campaign = make_campaign(accent=Accent.WINE, modes_allowed=list(PublicationMode))
    signature = make_signature(campaign, state=State.SUBMITTED)
    Signature.objects.update(publication_mode=mode)

    page = soup_of(client.get(f"/en/confirm/{fresh_token(signature)}/"))

    assert page.html.get("data-accent") == accent


def test_the_badge_is_painted_with_it(client, db):
    make_campaign(accent=Accent.WINE)

    drawing = BeautifulSoup(client.get("/letter-a/badge.svg").text, "html.parser")

    assert drawing.path["fill"] == "#7a2338"


# --- paper -----------------------------------------------------------------------------------------------


def test_the_page_has_what_its_print_says_of_itself(client, db):
    campaign = make_campaign()
    make_signature(campaign)

    colophon = words(soup_of(client.get("/en/letter-a/")).select_one(".colophon"))

    version = campaign.letter_versions.get()
    assert "1 organisation from 1 country or territory" in colophon
    assert f"Version 1 of the letter, SHA-256 {version.sha256}" in colophon
    assert "UTC , from http://testserver/en/letter-a/" in colophon
