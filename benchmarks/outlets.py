"""A fresh letter.pdf and a fresh card: their input is another one each time, so nothing that was set before is of use."""

import statistics
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

from django.utils import timezone

from benchmarks import data
from benchmarks.frame import Figure, House, benchmark
from campaigns import counts, grouping, listing, reading
from campaigns.typesetting.card import card_png
from campaigns.typesetting.document import MOST_NAMES, letter_pdf

RUNS = 15
# Signatories, seconds: the goals of the public face; a list as long as a document may be has none.
DOCUMENTS = ((80, 0.3), (MOST_NAMES, None))
CARD = 0.15


@benchmark("outlets")
def outlets(house: House) -> Iterator[Figure]:
    for count, goal in DOCUMENTS:
        data.letter(f"document-{count}", count)
        yield _figure(f"letter.pdf with {count:,} signatories", _pdf(f"document-{count}"), goal)
    yield _figure("card.png", _card(f"document-{DOCUMENTS[0][0]}"), CARD)


def _figure(what: str, make: Callable[[int], bytes], goal: float | None) -> Figure:
    """The median of RUNS against the goal, or against the first one, which reads the fonts, where there is none."""
    times = []
    for number in range(RUNS):
        began = time.perf_counter()
        make(number)
        times.append(time.perf_counter() - began)
    bound = goal or times[0]
    return Figure(
        what=f"fresh {what}, from the database to the bytes, median of {RUNS}",
        ratio=statistics.median(times) / bound,
        ours=f"{statistics.median(times) * 1000:.0f} ms ({min(times) * 1000:.0f} to {max(times) * 1000:.0f} ms)",
        theirs=f"{bound * 1000:.0f} ms",
        goal="≤ 1" if goal else "",
    )


def _pdf(slug: str) -> Callable[[int], bytes]:
    def make(number: int) -> bytes:
        now = timezone.now()
        campaign = reading.campaigns_to_read(now).get(slug=slug)
        letter, tally = reading.read(campaign, "en", now), counts.tally(campaign)
        page = listing.page(campaign, size=MOST_NAMES)
        sections = grouping.sections(page, campaign, listing.BY_NAME, "en", tally=tally)
        return letter_pdf(letter, tally, sections, "en", now + timedelta(minutes=number))

    return make


def _card(slug: str) -> Callable[[int], bytes]:
    def make(number: int) -> bytes:
        campaign = reading.campaigns_to_read(timezone.now()).get(slug=slug)
        text, tally = reading.letter_text(campaign, "en"), counts.tally(campaign)
        if text:
            text.title = f"{text.title} {number}"
        return card_png(campaign, text, reading.around(campaign, "en"), tally, "en")

    return make
