"""What a search of the list of signatories goes through, and what it looks for: names as they are read, in Latin letters."""

import re
import unicodedata
from collections.abc import Iterable

from anyascii import anyascii

KEY_LENGTH = 600
MOST_PIECES = 8
PIECE_LENGTH = 60
LAST_LATIN = 0x24F  # the end of the block "Latin Extended-B"
_INITIALS = re.compile(r"(?<!\w)\w(?:\.\s?\w)+(?!\w)\.?")  # "A.C.L.U.", "e. V."
_APOSTROPHES = re.compile(r"['’ʼʻ‘`´′]")
_NOT_READ = re.compile(r"[^a-z0-9]+")


def search_key(names: Iterable[str]) -> str:
    """Every name of an organisation in Latin letters, a space before each word; at most 600 characters.

    Case, accents and punctuation are folded away, other scripts are transliterated.
    """
    readings = dict.fromkeys(_read(name) for name in names)
    return "".join(f" {reading}" for reading in readings if reading)[:KEY_LENGTH]


def search_pieces(text: str) -> tuple[str, ...]:
    """What a `search_key` must hold, each piece somewhere, so that `text` finds it; () for a text without letter or digit.

    A word in Latin letters is looked for at the beginning of words, hence its leading space; one in another script anywhere:
    Chinese and Thai write no spaces. At most eight pieces of at most 60 characters.
    """
    pieces = []
    for word in text.split()[:MOST_PIECES]:
        is_latin = all(ord(char) <= LAST_LATIN for char in word if char.isalpha())
        pieces += [(f" {read}" if is_latin else read)[:PIECE_LENGTH] for read in _read(word).split()]
    return tuple(dict.fromkeys(pieces))[:MOST_PIECES]


def _read(name: str) -> str:
    """`name` as it is read: Latin letters and digits, words apart by one space."""
    visible = "".join(char for char in name if unicodedata.category(char) != "Cf")  # no direction marks
    text = _INITIALS.sub(_joined, _APOSTROPHES.sub("", visible))
    latin = anyascii(unicodedata.normalize("NFKC", text)).lower()
    return _NOT_READ.sub(" ", latin).strip()


def _joined(initials: re.Match[str]) -> str:
    return "".join(char for char in initials[0] if char not in ". ") + " "
