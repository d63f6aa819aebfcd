"""The list page with 1,000,000 signatories: what its questions cost in the database, from the first page to the deepest.

Each question is put as the page puts it, on one connection, one after the other. Only the database's part is counted.
"""

import time
from collections.abc import Callable, Iterator

from django.db import connection

from benchmarks import data
from benchmarks.frame import Figure, House, against, benchmark
from campaigns import listing
from campaigns.models import Campaign
from campaigns.searching import search_pieces
from signatories.models import Signature

SIGNATORIES = 1_000_000
ASKED = 100  # times each
PAGE_GOAL = 0.03  # seconds, p95
SEARCH_GOAL = 0.05  # seconds


@benchmark("listing")
def pages_of_a_long_list(house: House) -> Iterator[Figure]:
    campaign = data.letter("listing", SIGNATORIES)
    _name_them()
    deep = listing.cursor_after(
        Signature.objects.public().order_by("-sort_key", "-public_id")[listing.PAGE : listing.PAGE + 1].get()
    )
    middle = listing.cursor_after(
        Signature.objects.public().order_by("sort_key", "public_id")[SIGNATORIES // 2 :][:1].get()
    )
    pages = {"first": "", "middle": middle, "deepest": deep}
    for what, cursor in pages.items():
        yield _asked(campaign, f"{what} page of {SIGNATORIES:,}, p95", listing.EVERYTHING, PAGE_GOAL, cursor)
    for what, wanted in {
        "a rare word (one name)": listing.Wanted(pieces=search_pieces(f"no{SIGNATORIES // 2}")),
        "a common word (one name in 13)": listing.Wanted(pieces=search_pieces(data.WORDS[0])),
        "two common words (one name in 270)": listing.Wanted(pieces=search_pieces("water women")),
        "a word that no name holds": listing.Wanted(pieces=search_pieces("xylophone")),
        "a word among the last of the list": listing.Wanted(pieces=search_pieces("zzyouth")),
        "a word within a country": listing.Wanted(pieces=search_pieces("women"), country="KE"),
    }.items():
        yield _asked(campaign, f"search of {SIGNATORIES:,} for {what}, p95", wanted, SEARCH_GOAL)


def _asked(campaign: Campaign, what: str, wanted: listing.Wanted, goal: float, cursor: str = "") -> Figure:
    return against(what, [_in_the_database(campaign, wanted, cursor) for _ in range(ASKED)], goal)


def _in_the_database(campaign: Campaign, wanted: listing.Wanted, cursor: str) -> float:
    """Seconds for which the statements of one page took the database, rows on the way to us included."""
    spent = 0.0

    def clocked(execute: Callable[..., object], *question: object) -> object:
        nonlocal spent
        began = time.perf_counter()
        answer = execute(*question)
        spent += time.perf_counter() - began
        return answer

    with connection.execute_wrapper(clocked):
        listing.page(campaign, wanted, cursor=cursor)
    return spent


def _name_them() -> None:
    """Invented names of three words and a number; the last five thousand of the list share a word of their own."""
    draws = data.drawn_words("id")
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            f"""
            UPDATE signatories_organisation SET name = initcap(key), sort_key = key, search_key = ' ' || key
            FROM (
                SELECT id AS own,
                    concat_ws(' ', CASE WHEN id % 200 = 0 THEN 'zzyouth' END, {", ".join(draws)}, 'no' || id) AS key
                FROM signatories_organisation
            ) AS named WHERE id = own
            """
        )
        cursor.execute(
            """
            UPDATE signatories_signature AS s SET sort_key = o.sort_key, search_key = o.search_key
            FROM signatories_organisation AS o WHERE o.id = s.organisation_id
            """
        )
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("VACUUM ANALYZE signatories_organisation, signatories_signature")
