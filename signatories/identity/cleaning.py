"""One line of human text: what strangers type, made harmless to print, without taking a letter from any script."""

import re
import sys
import unicodedata
from collections.abc import Iterator


def _ranges(code_points: Iterator[int]) -> str:
    """The inside of a regular expression's character class for `code_points`, which come in rising order."""
    parts: list[list[int]] = []
    for code in code_points:
        if parts and parts[-1][1] == code - 1:
            parts[-1][1] = code
        else:
            parts.append([code, code])
    return "".join(rf"\U{first:08x}-\U{last:08x}" for first, last in parts)


# Combining characters live in the first two planes; the variation selectors of plane 14 are dealt with by themselves.
_COMBINING = {
    code: unicodedata.category(chr(code)) for code in range(0x300, 0x20000) if not chr(code).isalnum()
}
_STACKING = _ranges(code for code, category in _COMBINING.items() if category in ("Mn", "Me"))
_MARK = _ranges(code for code, category in _COMBINING.items() if category in ("Mn", "Me", "Mc"))
_DIACRITIC = r"\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_PLANE_ENDS = "".join(chr(plane << 16 | low) for plane in range(1, 15) for low in (0xFFFE, 0xFFFF))

# Controls other than white space, soft hyphen, fillers that draw nothing, every bidi control, zero width characters,
# annotations, surrogates, private use, non-characters, tags. Joiners and variation selectors follow below.
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u200b\u200e\u200f\u202a-\u202e"
    r"\u2060-\u206f\u3164\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufeff\uffa0\ufff0-\ufffc\ufffe\uffff"
    rf"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff{_PLANE_ENDS}"
    rf"\U000f0000-\U{sys.maxunicode:08x}]+"
)

# ZWNJ and ZWJ mean something between letters of cursive and Indic scripts, or after a virama (RFC 5892, A.1 and A.2).
_JOINING = r"\u0620-\u08ff\u0900-\u0dff\u0f40-\u0fbc\u1000-\u109f\u1780-\u17d3\u1820-\u18aa\ua840-\uabff"
_VIRAMA = _ranges(code for code in _COMBINING if unicodedata.combining(chr(code)) == 9)
_JOINER_RUN = re.compile(r"([\u200c\u200d])[\u200c\u200d]+")
_IDLE_JOINER = re.compile(
    rf"(?<![{_VIRAMA}])(?:(?<![{_JOINING}])[\u200c\u200d]|[\u200c\u200d](?![{_JOINING}]))"
)

# One variation selector may follow what has variants: Han characters (in Japanese names), symbols, Mongolian letters.
_HAN = r"\u3005-\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
_SYMBOL = r"\xa9\xae\u2000-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
_IDLE_VARIATION = re.compile(
    rf"(?<![{_HAN}{_SYMBOL}])[\ufe00-\ufe0f]|(?<![{_HAN}])[\U000e0100-\U000e01ef]|(?<![\u1820-\u18aa])[\u180b-\u180f]"
)

_CONDITIONAL = re.compile("[\u180b-\u180f\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef]")

_TALL_ACCENTS = re.compile(rf"([{_DIACRITIC}]{{2}})[{_DIACRITIC}]+")
_TALL_STACK = re.compile(rf"([{_STACKING}]{{4}})[{_STACKING}]+")
# A mark at the start would hang on whatever is printed before.
_LEADING = re.compile(rf"[\s{_MARK}\u200c\u200d\U000e0100-\U000e01ef]+")
_ACCENT = re.compile(
    rf"[{_DIACRITIC}\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    r"\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u08d3-\u08e1\u08e3-\u08ff\ufe00-\ufe0f"
    r"\U000e0100-\U000e01ef]+"
)


def clean_line(text: str) -> str:
    """`text` as one line: composed (NFC), nothing invisible in it, single spaces, no towers of combining marks.

    White space of every kind, line breaks and the blank Braille cell become one space. At most two diacritics stand on
    one letter, at most four marks of scripts that need more. Idempotent, and never raises.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    text = _INVISIBLE.sub("", text).replace("\u2800", " ")
    text = text[leading.end() :] if (leading := _LEADING.match(text)) else text
    text = _composed(text)
    if not _CONDITIONAL.search(text):
        return text
    # Taking out one idle joiner may bring marks together whose new order makes the next one idle.
    for _ in range(3):
        steady = _composed(_without_idle(text))
        if steady == text:
            return text
        text = steady
    return _composed(_CONDITIONAL.sub("", text))


def _without_idle(text: str) -> str:
    return _IDLE_VARIATION.sub("", _IDLE_JOINER.sub("", _JOINER_RUN.sub(r"\1", text)))


def _composed(text: str) -> str:
    text = unicodedata.normalize("NFC", " ".join(text.split()))
    return unicodedata.normalize("NFC", _TALL_STACK.sub(r"\1", _TALL_ACCENTS.sub(r"\1", text)))


def without_accents(text: str) -> str:
    """`text` in compatibility form (NFKC), without diacritics, Hebrew points and Arabic vowel signs.

    Vowel signs of Indic scripts and the voicing marks of kana are parts of letters and stay.
    """
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _ACCENT.sub("", unicodedata.normalize("NFKD", text)))
