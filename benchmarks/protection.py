"""What protecting signers costs a `POST sign`: with encryption and limits against without, in turns and in one run.

Four web processes stand side by side and one works at a time: the product's own, and three in which `benchmarks.entries.unprotected`
puts something that does nothing in the place of encryption, of limits, or of both. Answers take equal time for known and
unknown mailboxes because they do the same work; there is no waiting to be taken out.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from statistics import median
from typing import NamedTuple

from benchmarks import data
from benchmarks.frame import Figure, House, Server, benchmark
from benchmarks.signing import WITHOUT_END, forms_per_second
from campaigns.models import Campaign

# Short rounds, many of them: neighbours on the machine meet both sides.
ROUNDS, SECONDS = 7, 2
DEAREST = 0.25
PARTS = {"both": "encryption,limits", "encryption": "encryption", "limits": "limits"}
WORDS = {
    "both": "POST sign with encryption and limits against without",
    "encryption": "with encryption against without",
    "limits": "with limits against without",
}


@benchmark("protection")
def protection(house: House) -> Iterator[Figure]:
    campaign = data.letter("signing")
    with ExitStack() as stack:
        ours = stack.enter_context(house.web(**WITHOUT_END))
        without = {
            part: stack.enter_context(
                house.web(
                    application="benchmarks.entries.unprotected:application",
                    UNPROTECTED=taken_out,
                    **WITHOUT_END,
                )
            )
            for part, taken_out in PARTS.items()
        }
        for part, words in WORDS.items():
            rounds = [
                (_measure(ours, campaign), _measure(without[part], campaign)) for _round in range(ROUNDS + 1)
            ][1:]
            full, less = (median(side.rate for side in sides) for sides in zip(*rounds, strict=True))
            spoken = {"ours": f"{full:,.0f} forms/s", "theirs": f"{less:,.0f} forms/s"}
            ratio = median(mine.rate / other.rate for mine, other in rounds)
            work = median(mine.of_a_processor / other.of_a_processor for mine, other in rounds)
            goal = f"≥ {1 - DEAREST}" if part == "both" else ""
            yield Figure(what=words, ratio=ratio, **spoken, goal=goal)
            yield Figure(what=f"{words}, per second of the web process", ratio=work, **spoken)


class Measured(NamedTuple):
    """Forms a second, and forms a second of the web process's processor time, which neighbours disturb less."""

    rate: float
    of_a_processor: float


def _measure(web: Server, campaign: Campaign) -> Measured:
    before = web.cpu_seconds()
    rate = forms_per_second(web, campaign, SECONDS)
    return Measured(rate, rate * SECONDS / (web.cpu_seconds() - before))
