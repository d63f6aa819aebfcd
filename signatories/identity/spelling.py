"""Which words two names do not share, once typos, abbreviations and ways to write a script in Latin are allowed for.

Pure functions on match keys (see `names.match_key`). The limits were set on the pairs of docs/matching.md.
"""

import re
from collections.abc import Callable

from signatories.identity.acronyms import is_acronym_for, is_small_word
from signatories.identity.lookalikes import edit_distance

# A letter more or less makes another word of a short one (hero, heron; civil, civic), seldom of a long one.
_ONE_LETTER, _TWO_LETTERS = 6, 10
_SPELLED_OUT = re.compile(r"([aou])e|a(?=a)")  # Brücken, Bruecken; Fyrtårn, Fyrtaarn
# Transliterations differ in vowels, in h, w and y, and in what they make of a nasal sign; the other consonants stay.
_VOICES = str.maketrans({"v": "w", "m": "n", "f": "p"})
_UNSTEADY = re.compile(r"[aeiouyhw\s]+")
_DOUBLED = re.compile(r"(.)\1+")
_SHORTEST_SOUND = 6  # consonants; below that two names sound alike by chance


def words_apart(key_a: str, key_b: str, *, typos: bool = True) -> tuple[list[str], list[str]]:
    """The words of each key that have no partner in the other, less small words ("of", "des"); order does not count.

    Without `typos`, partners are equal words alone.
    """
    if key_b < key_a:  # partners are taken in turn: the same turn whichever name is asked first
        return words_apart(key_b, key_a, typos=typos)[::-1]
    a, b = ([_SPELLED_OUT.sub(r"\1", word) for word in key.split()] for key in (key_a, key_b))
    a, b, shared = _without_partners(a, b, str.__eq__)
    if typos:
        a, b, near = _without_partners(a, b, is_one_word)
        shared += near
    rest_a, rest_b = ([word for word in rest if not is_small_word(word)] for rest in (a, b))
    # "Society Ліхтар" and "S. Ліхтар": initials beside words in common. Initials alone are a weaker reason.
    if shared and (_is_shortened(rest_a, rest_b) or _is_shortened(rest_b, rest_a)):
        return [], []
    return rest_a, rest_b


def _without_partners(
    a: list[str], b: list[str], same: Callable[[str, str], bool]
) -> tuple[list[str], list[str], int]:
    left, right = [], list(b)
    for word in a:
        partner = next((other for other in right if same(word, other)), None)
        if partner is None:
            left.append(word)
        else:
            right.remove(partner)
    return left, right, len(b) - len(right)


def is_one_word(a: str, b: str) -> bool:
    """Whether two words are one but for a typo or a contraction. The first letter stands: typos seldom fall on it."""
    if a == b:
        return True
    short, long = sorted((a, b), key=len)
    if a[:1] != b[:1] or a.isdigit() or b.isdigit():
        return False
    if _is_contraction(short, long):
        return True
    allowed = (len(long) >= _ONE_LETTER) + (len(short) >= _TWO_LETTERS)
    return edit_distance(a, b, limit=2) <= allowed


def _is_contraction(short: str, long: str) -> bool:
    """Assoc. for Association, St. for Street, Int'l for International: the opening, or letters in order up to the last."""
    if len(short) < 2 or len(long) < max(6, 2 * len(short)):
        return False
    rest = iter(long)
    in_order = len(short) >= 4 and short[-1] == long[-1] and all(letter in rest for letter in short)
    return in_order or (len(short) <= 5 and long.startswith(short))


def _is_shortened(short: list[str], long: list[str]) -> bool:
    return len(short) == 1 and len(long) > 1 and is_acronym_for(short[0], " ".join(long))


def sound_alike(key_a: str, key_b: str) -> bool:
    """Whether two keys that come from two scripts read alike: one row of steady consonants, a slip in eight allowed."""
    a, b = (_sound(key) for key in (key_a, key_b))
    shorter = min(len(a), len(b))
    return shorter >= _SHORTEST_SOUND and edit_distance(a, b, limit=2) <= min(2, shorter // 8)


def _sound(key: str) -> str:
    return _DOUBLED.sub(r"\1", _UNSTEADY.sub("", key.translate(_VOICES)))
