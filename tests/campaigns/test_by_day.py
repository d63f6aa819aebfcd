"""Signatories by day, country or territory and type, as everybody may see them: the named ones alone, equal to list and desk."""

from datetime import UTC, date, datetime

import pytest

from campaigns import counts, growth
from campaigns.choices import PublicationMode
from signatories.desk import numbers
from signatories.models import Signature
from signatories.states import State
from tests.builders import make_campaign, make_signature
from tests.journeys.conftest import soup_of, words_of

ADDRESS = "/en/hrd-agenda/by-day/"


@pytest.fixture
def campaign(db):
    """Named since 30 August (by Zurich's clock), 1 and 3 September; beside them who is in no chart."""
    campaign = make_campaign("hrd-agenda", zone="Europe/Zurich")
    for moment, country, org_type in (
        ("2026-08-29T22:30Z", "KE", "ngo"),
        ("2026-09-01T00:00Z", "KE", "union"),
        ("2026-09-01T21:59Z", "NP", "ngo"),
        ("2026-09-03T10:00Z", "KE", "ngo"),
    ):
        put(campaign, moment, country_code=country, org_type=org_type)
    put(campaign, "2026-09-02T10:00Z", mode=PublicationMode.WITHHELD, country_code="BT", org_type="faith")
    put(
        campaign,
        "2026-09-05T10:00Z",
        mode=PublicationMode.ADDRESSEE_ONLY,
        country_code="BT",
        org_type="faith",
    )
    make_signature(campaign, state=State.CONFIRMED, country_code="BT", org_type="faith")
    return campaign


def put(campaign, moment, *, mode=PublicationMode.PUBLIC, **facts):
    signature = make_signature(campaign, **facts)
    Signature.objects.filter(pk=signature.pk).update(joined_total_at=moment, publication_mode=mode)


def rows_of(table):
    return [
        [cell.get_text(strip=True) for cell in row.find_all(["th", "td"])] for row in table.select("tbody tr")
    ]


def test_the_table_counts_whole_days_of_the_letters_zone_and_the_named_alone(client, campaign):
    days, by_country, by_type = soup_of(client.get(ADDRESS)).select("table")

    assert rows_of(days) == [
        ["3 September 2026", "1", "4"],
        ["1 September 2026", "2", "3"],
        ["30 August 2026", "1", "1"],
    ]
    assert [row[:2] for row in rows_of(by_country)] == [["Kenya", "3"], ["Nepal", "1"]]
    assert [row[:2] for row in rows_of(by_type)] == [
        ["Non-governmental organisation", "3"],
        ["Trade union", "1"],
    ]
    page = words_of(client.get(ADDRESS))
    assert "Bhutan" not in page
    assert "Faith" not in page
    assert "Most on one day: 2 names, 1 September 2026." in page


def test_every_table_adds_up_to_the_headline_and_to_the_managers_numbers(campaign):
    tally, desk = counts.tally(campaign), numbers.of(campaign)

    found = growth.of(campaign, tally, "en")

    assert tally.named == 4
    assert sum(each.new for each in found.days) == found.days[0].total == tally.named
    assert (
        sum(each.count for each in found.countries) == sum(each.count for each in found.types) == tally.named
    )
    assert {each.day: each.new for each in found.days} == {
        each.day: each.named for each in desk.days if each.named
    }
    assert found.chart == desk.chart
    for breakdown, ours in ((desk.breakdowns[0], found.countries), (desk.breakdowns[2], found.types)):
        assert {part.name: part.named for part in breakdown.parts if part.named} == {
            part.name: part.count for part in ours
        }


def test_a_day_has_as_many_hours_as_the_zone_gives_it(db):
    campaign = make_campaign(zone="Europe/Zurich")
    # 25 October 2026 has twenty-five hours there.
    for moment in ("2026-10-24T22:00Z", "2026-10-25T22:59Z", "2026-10-25T23:00Z"):
        put(campaign, moment)

    assert campaign.signatures.public().by_day(campaign.zone) == {
        date(2026, 10, 25): 2,
        date(2026, 10, 26): 1,
    }


def test_where_a_column_is_a_week_its_height_is_told_by_the_week(client, db):
    campaign = make_campaign("hrd-agenda", zone="UTC")
    for moment in ("2026-01-05T12:00Z", "2026-01-06T12:00Z", "2026-01-07T12:00Z", "2026-08-01T12:00Z"):
        put(campaign, moment)

    page = words_of(client.get(ADDRESS))

    assert "Most in one week: 3 names." in page
    assert "Most on one day" not in page


def test_who_is_accepted_today_is_in_the_chart_as_in_the_list(client, db):
    campaign = make_campaign("hrd-agenda", zone="UTC")
    make_signature(campaign)

    assert campaign.signatures.public().by_day("UTC") == {datetime.now(UTC).date(): 1}


def test_the_drawing_has_words_and_the_table_has_scopes(client, campaign):
    page = soup_of(client.get(ADDRESS))

    drawing = page.select_one("figure svg")
    assert drawing["role"] == "img"
    said = " ".join(page.find(id=each).get_text() for each in drawing["aria-labelledby"].split())
    assert "How many names came into the list each day (time zone: Europe/Zurich)." in " ".join(said.split())
    assert len(drawing.select("rect")) == 3
    for table in page.select("table"):
        assert {each.get("scope") for each in table.select("thead th")} == {"col"}
        assert {each.get("scope") for each in table.select("tbody th")} == {"row"}


def test_in_arabic_time_runs_from_the_right(client, campaign):
    assert soup_of(client.get("/ar/hrd-agenda/by-day/")).select_one("figure g")["transform"] == (
        "translate(720 0) scale(-1 1)"
    )
    assert soup_of(client.get(ADDRESS)).select_one("figure g").get("transform") is None


def test_without_a_name_there_is_no_chart(client, db):
    campaign = make_campaign("hrd-agenda")
    put(campaign, "2026-09-02T10:00Z", mode=PublicationMode.WITHHELD)

    page = soup_of(client.get(ADDRESS))

    assert page.select("figure, table") == []
    assert "No organisation is listed here yet." in page.get_text()


def test_no_moment_can_be_read(client, campaign):
    page = client.get(ADDRESS).content.decode()

    for clock in ("22:30", "00:30", "21:59", "23:59", "10:00", "12:00"):
        assert clock not in page


def test_the_page_takes_as_many_queries_for_one_as_for_three(client, campaign, django_assert_num_queries):
    with django_assert_num_queries(5):
        client.get(ADDRESS)
    put(campaign, "2026-09-09T10:00Z", country_code="FR", org_type="media")
    put(campaign, "2026-09-10T10:00Z", country_code="DE", org_type="other")
    with django_assert_num_queries(5):
        client.get(ADDRESS)


def test_letter_and_list_lead_to_it(client, campaign):
    for address in ("/en/hrd-agenda/", "/en/hrd-agenda/signatories/"):
        assert soup_of(client.get(address)).find("a", href=ADDRESS) is not None
