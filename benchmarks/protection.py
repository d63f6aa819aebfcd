"""What protecting signers costs a `POST sign`: with encryption and limits against without, in turns and in one run.

Four web processes stand side by side and one works at a time: the product's own, and three in which `benchmarks.unprotected`
puts something that does nothing in the place of encryption, of limits, or of both. Answers take equal time for known and
unknown mailboxes because they do the same work; there is no waiting to be taken out.
"""

from collections.abc import Iterator
from contextlib import ExitStack

from benchmarks import data
from benchmarks.frame import Figure, House, benchmark, in_turns
from benchmarks.signing import WITHOUT_END, forms_per_second

ROUNDS = 5
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
                    application="benchmarks.unprotected:application", UNPROTECTED=taken_out, **WITHOUT_END
                )
            )
            for part, taken_out in PARTS.items()
        }
        speed = in_turns(
            ROUNDS,
            ours=lambda: forms_per_second(ours, campaign),
            both=lambda: forms_per_second(without["both"], campaign),
            encryption=lambda: forms_per_second(without["encryption"], campaign),
            limits=lambda: forms_per_second(without["limits"], campaign),
        )
    for part, words in WORDS.items():
        yield Figure(
            what=words,
            ratio=speed["ours"] / speed[part],
            ours=f"{speed['ours']:,.0f} forms/s",
            theirs=f"{speed[part]:,.0f} forms/s",
            goal=f"≥ {1 - DEAREST}" if part == "both" else "",
        )
