"""A to Z: with which letters names of the list begin, and where the list of each begins.

The list is in the order of its Latin sort keys, also for readers of Arabic, Russian and Chinese: a name in another script stands
where its reading stands. So the letters are Latin ones in each language.
"""

from collections.abc import Sequence
from string import ascii_lowercase

from anyascii import anyascii
from django.db import connection

from campaigns import listing
from campaigns.models import Campaign

DIGITS = "0"  # stands for all ten: numbers are ordered by their value, and before letters
UNREADABLE = "~"  # names without a letter or a digit come last
ALL = (DIGITS, *ascii_lowercase, UNREADABLE)
_LAST_DIGIT = "9"

# One look into the list's index for each initial: 1 ms among a million names, where a DISTINCT would read them all.
_TAKEN = """
    SELECT initial FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS initials (initial, beyond, place)
    CROSS JOIN LATERAL (
        SELECT FROM ({names}) AS names WHERE sort_key COLLATE "C" >= initial AND sort_key COLLATE "C" < beyond
        ORDER BY sort_key LIMIT 1
    ) AS one ORDER BY place
"""


def taken(campaign: Campaign, wanted: listing.Wanted = listing.EVERYTHING) -> Sequence[str]:
    """The initials of `ALL` with which names begin, among those `wanted` by country and type. One query."""
    names = listing.filtered(campaign, wanted)
    if wanted.is_all:
        names = names.but_convenors()
    inner, values = names.order_by().values("sort_key").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_TAKEN.format(names=inner), [list(ALL), [_beyond(each) for each in ALL], *values])
        return [row[0] for row in cursor.fetchall()]


def initial_of(text: str) -> str:
    """The initial that somebody means who types `text`, in any script; "" for none."""
    read = anyascii(text)[:1].lower()
    if read.isdecimal():
        return DIGITS
    return read if read in ALL else ""


def label(initial: str) -> str:
    """“0–9”, “K”, “…”."""
    return {DIGITS: "0–9", UNREADABLE: "…"}.get(initial, initial.upper())


def _beyond(initial: str) -> str:
    return chr(ord(_LAST_DIGIT if initial == DIGITS else initial) + 1)
