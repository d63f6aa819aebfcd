"""Writing that deceives the eye: scripts mixed inside a word, letters that look like other letters.

The ideas are those of Unicode Technical Standard 39 (Security Mechanisms, mixed-script detection and "skeletons").
The table is our own and short: what is drawn alike in the alphabets that share their shapes with Latin.
"""

import re
import unicodedata
from functools import cache

from signatories.identity.cleaning import clean_line, without_accents

# Alphabets that share letter shapes. Two of them inside one word are a trick or a slip of the keyboard, never a name.
_ALIKE_ALPHABETS = frozenset({"Latin", "Cyrillic", "Greek", "Armenian", "Cherokee", "Coptic"})
_SCRIPT_OF_FIRST_WORD = {"Cjk": "Han", "Ideographic": "Han", "Modifier": "", "Katakana-Hiragana": ""}
_WORD = re.compile(r"[^\W_]+")

# Latin letter: what looks like it in Cyrillic, Greek, Armenian, Cherokee and in Latin's own outskirts.
_CAPITALS = {
    "A": "АΑᎪ", "B": "ВΒᏴ", "C": "СᏟ", "D": "Ꭰ", "E": "ЕΕᎬ", "H": "НΗᎻ", "I": "ІΙ", "J": "ЈᎫ", "K": "КΚᏦ", "L": "ԼᏞ",
    "M": "МΜᎷ", "N": "Ν", "O": "ОΟՕ", "P": "РΡᏢ", "Q": "Ԛ", "S": "ЅՏᏚ", "T": "ТΤᎢ", "U": "ՍԱ", "V": "ѴᏙ", "W": "ԜᎳ",
    "X": "ХΧ", "Y": "УҮΥ", "Z": "ΖᏃ", "l": "Ӏ",
}  # fmt: skip
_SMALL = {
    "a": "аαɑᴀ", "b": "вьβƅʙ", "c": "сςᴄ", "d": "ԁđ", "e": "еєε", "g": "ցɡɢ", "h": "һнհħʜ", "i": "іιıɩɪ", "j": "јյ",
    "k": "кκ", "l": "ӏլłŀƚʟ", "m": "м", "n": "пηո", "o": "оοσօø", "p": "рρք", "q": "ԛգզ", "r": "г", "s": "ѕ",
    "t": "тτ", "u": "υμսʋ", "v": "ѵν", "w": "ԝω", "x": "хχ", "y": "уүγʏ", "3": "з",
}  # fmt: skip
_BARS_AND_RINGS = {"l": "i1|!ı", "o": "0", "-": "‐‑‒–—―−", "'": "‘’ʼ′`´", '"': "“”„«»"}

_FORMULA = re.compile(
    r"\s*'?(?:[=＝]|[+\-@＋－＠]\s*[\w.]*[(|!])|.*\b(?:hyperlink|webservice|importxml)\s*\(",
    re.IGNORECASE | re.DOTALL,
)
_ADDRESS = re.compile(
    r"\b[a-z][a-z0-9+.-]*://|\bwww\.\w|[^\s@]@[^\s@]+\.\w|\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}/\S", re.IGNORECASE
)


def _table(alike: dict[str, str]) -> dict[int, str]:
    return {ord(char): latin for latin, chars in alike.items() for char in chars}


_CAPITAL_TABLE, _SMALL_TABLE, _BAR_TABLE = _table(_CAPITALS), _table(_SMALL), _table(_BARS_AND_RINGS)


@cache
def _script_of(char: str) -> str:
    """The script of a letter, '' for what belongs to none. Python knows no script property, but names begin with it."""
    if unicodedata.category(char)[0] != "L":
        return ""
    first = unicodedata.name(char, "").partition(" ")[0].capitalize()
    return _SCRIPT_OF_FIRST_WORD.get(first, first)


def scripts_of(text: str) -> frozenset[str]:
    """Scripts of the letters of `text`, such as {"Latin", "Arabic"}. Digits, marks and punctuation belong to none."""
    if text.isascii():
        return frozenset({"Latin"} if any(map(str.isalpha, text)) else ())
    return frozenset(filter(None, map(_script_of, unicodedata.normalize("NFKC", text))))


def has_mixed_scripts(text: str) -> bool:
    """Whether one word mixes alphabets that share letter shapes, as Latin with a Cyrillic "а" in it.

    Scripts that cannot be taken for each other may share a word or a line: kanji and kana, hangul and Latin, an acronym.
    """
    if text.isascii():
        return False
    words = _WORD.findall(unicodedata.normalize("NFKC", text))
    return any(len(scripts_of(word) & _ALIKE_ALPHABETS) > 1 for word in words)


def skeleton(text: str) -> str:
    """What the eye keeps of `text`: two texts with one skeleton are easily taken for each other. Never shown or stored.

    Shapes of capitals are mapped before case is folded, since the capital of another alphabet can look like one letter
    and its small form like another. Idempotence is not promised; equality of skeletons is what counts.
    """
    text = without_accents(clean_line(text)).translate(_CAPITAL_TABLE).casefold()
    text = without_accents(text).translate(_SMALL_TABLE).translate(_BAR_TABLE)
    return text.replace("rn", "m").replace("vv", "w")


def looks_like_formula_or_address(text: str) -> bool:
    """Whether a name looks like a spreadsheet formula, or carries a web or mail address. A bare domain may be a name."""
    text = without_accents(clean_line(text))
    return bool(_FORMULA.match(text) or _ADDRESS.search(text))


def edit_distance(a: str, b: str, limit: int = 2) -> int:
    """Insertions, deletions, replacements and swaps of neighbours from `a` to `b`; `limit + 1` if there are more."""
    if abs(len(a) - len(b)) > limit:
        return limit + 1
    before_last: list[int] = []
    last = list(range(len(b) + 1))
    for i, char in enumerate(a, 1):
        row = [i]
        for j, other in enumerate(b, 1):
            best = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (char != other))
            if i > 1 and j > 1 and char == b[j - 2] and a[i - 2] == other:
                best = min(best, before_last[j - 2] + 1)
            row.append(best)
        if min(row) > limit:
            return limit + 1
        before_last, last = last, row
    return min(last[-1], limit + 1)
