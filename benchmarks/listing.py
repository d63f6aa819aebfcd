"""The list page with 1,000,000 signatories: what its questions cost in the database, from the first page to the deepest.

Each question is put as the page puts it, on one connection, one after the other. Only the database's part is counted.
"""

import time
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection

from benchmarks import data
from benchmarks.frame import Figure, House, against, benchmark
from campaigns import counts, cursors, grouping, initials, listing
from campaigns.choices import ListOrder
from campaigns.models import Campaign
from campaigns.searching import search_pieces
from signatories.models import Signature
from signatories.states import OrganisationType

SIGNATORIES = 1_000_000
ASKED = 100  # times each
PAGE_GOAL = 0.03  # seconds, p95
SEARCH_GOAL = 0.05  # seconds
COUNT_GOAL = 0.1  # seconds, of what is counted for a page of its own


@benchmark("listing")
def pages_of_a_long_list(house: House) -> Iterator[Figure]:
    campaign = data.letter("listing", SIGNATORIES)
    _name_them()
    tally = counts.tally(campaign)
    by_country, by_type = (
        grouping.groups(campaign, order, "en", tally) for order in (ListOrder.COUNTRY, ListOrder.TYPE)
    )
    deep, middle = _cursor_before_the_last(), _cursor_before_the_last(SIGNATORIES // 2)
    for what, groups, cursor in (
        ("first page", listing.BY_NAME, ""),
        ("middle page", listing.BY_NAME, middle),
        ("deepest page", listing.BY_NAME, deep),
        ("page from a letter on", listing.BY_NAME, cursors.before("k")),
        ("first page by country", by_country, ""),
        ("deepest page by country", by_country, _cursor_before_the_last(country_code=data.COUNTRIES[-1])),
        ("first page by type", by_type, ""),
        ("deepest page by type", by_type, _cursor_before_the_last(org_type=by_type.codes[-1])),
    ):
        yield _asked(campaign, f"{what} of {SIGNATORIES:,}, p95", PAGE_GOAL, groups=groups, cursor=cursor)
    for what, pieces, country in (
        ("a rare word (one name)", f"no{SIGNATORIES // 2}", ""),
        ("a common word (one name in 13)", data.WORDS[0], ""),
        ("two common words (one name in 270)", "water women", ""),
        ("a word that no name holds", "xylophone", ""),
        ("a word among the last of the list", "zzyouth", ""),
        ("a word within a country", "women", "KE"),
    ):
        wanted = listing.Wanted(pieces=search_pieces(pieces), country=country)
        yield _asked(campaign, f"search of {SIGNATORIES:,} for {what}, p95", SEARCH_GOAL, wanted=wanted)
    for what, ask in (
        ("initials", lambda: initials.taken(campaign)),
        ("days", lambda: campaign.signatures.public().by_day(campaign.zone)),
        ("types", lambda: campaign.signatures.public().by_type()),
    ):
        yield _measured(f"{what} of {SIGNATORIES:,}, p95", COUNT_GOAL, ask)


def _cursor_before_the_last(number: int = listing.PAGE, **of: str) -> str:
    """The cursor behind which so many of a group are left; of all where none is named."""
    names = Signature.objects.public().but_convenors().filter(**of).order_by("-sort_key", "-public_id")
    return cursors.after(names[number : number + 1].get(), *of.values())


def _asked(campaign: Campaign, what: str, goal: float, **asked: Any) -> Figure:
    return _measured(what, goal, lambda: listing.page(campaign, **asked))


def _measured(what: str, goal: float, ask: Callable[[], object]) -> Figure:
    return against(what, [_in_the_database(ask) for _ in range(ASKED)], goal)


def _in_the_database(ask: Callable[[], object]) -> float:
    """Seconds for which the statements of `ask` took the database, rows on the way to us included."""
    spent = 0.0

    def clocked(execute: Callable[..., object], *question: object) -> object:
        nonlocal spent
        began = time.perf_counter()
        answer = execute(*question)
        spent += time.perf_counter() - began
        return answer

    with connection.execute_wrapper(clocked):
        ask()
    return spent


def _name_them() -> None:
    """Invented names of three words and a number; the last five thousand of the list share a word of their own.

    Every type is there, a handful of convenors, and three months of days.
    """
    draws = data.drawn_words("id")
    types = "ARRAY[" + ", ".join(f"'{each}'" for each in OrganisationType.values) + "]"
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            f"""
            UPDATE signatories_organisation SET name = initcap(key), sort_key = key, search_key = ' ' || key,
                org_type = ({types})[1 + id % {len(OrganisationType)}]
            FROM (
                SELECT id AS own,
                    concat_ws(' ', CASE WHEN id % 200 = 0 THEN 'zzyouth' END, {", ".join(draws)}, 'no' || id) AS key
                FROM signatories_organisation
            ) AS named WHERE id = own
            """
        )
        cursor.execute(
            """
            UPDATE signatories_signature AS s SET sort_key = o.sort_key, search_key = o.search_key, org_type = o.org_type,
                role = CASE WHEN o.id % 200000 = 7 THEN 'convenor' ELSE 'signatory' END,
                joined_total_at = joined_total_at - (o.id % 90) * interval '1 day'
            FROM signatories_organisation AS o WHERE o.id = s.organisation_id
            """
        )
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("VACUUM ANALYZE signatories_organisation, signatories_signature")
