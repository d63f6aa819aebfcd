"""What protecting signers costs a `POST sign`: with encryption and limits against without, in turns and in one run.

Four web processes stand side by side and one works at a time: the product's own, and three in which `benchmarks.entries.unprotected`
puts something that does nothing in the place of encryption, of limits, or of both. Answers take equal time for known and
unknown mailboxes because they do the same work; there is no waiting to be taken out.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial

from benchmarks import data
from benchmarks.frame import Figure, House, benchmark, ratio_in_turns
from benchmarks.signing import WITHOUT_END, forms_per_second

# Short rounds, many of them: neighbours on the machine meet both sides.
ROUNDS, SECONDS = 9, 1
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
            ratio, with_all, less = ratio_in_turns(
                ROUNDS,
                ours=partial(forms_per_second, ours, campaign, SECONDS),
                theirs=partial(forms_per_second, without[part], campaign, SECONDS),
            )
            yield Figure(
                what=words,
                ratio=ratio,
                ours=f"{with_all:,.0f} forms/s",
                theirs=f"{less:,.0f} forms/s",
                goal=f"≥ {1 - DEAREST}" if part == "both" else "",
            )
