"""Acronyms: the one that a name suggests, and whether a given one can stand for a name."""

import re
import unicodedata

from anyascii import anyascii

from signatories.identity.cleaning import clean_line, without_accents

# Words that acronyms usually pass over: articles, prepositions and conjunctions of the languages most signers write in.
_SMALL_WORDS = frozenset(
    word
    for words in (
        "the a an of for and in on to at by with from against",
        "le la les l un une de du des d et en pour sur par aux au a contre dans",
        "el los las del y e para por con contra sobre al",
        "der die das den dem des und fur von vom zu zur zum im mit gegen ev",
        "il lo gli i o os as da do dos di della delle dei per",
        "и в во на по за для от с со из о об при у та і й",
    )
    for word in words.split()
)
_WORDS = re.compile(r"[^\W_]+")
_ELISION = re.compile(r"\b(l|d)['’](?=\w)", re.IGNORECASE)
_APOSTROPHE = re.compile(r"['’ʼ]")
_PLAIN_H = str.maketrans("Хх", "Hh")  # Хельсинки is Helsinki to those who make acronyms, not Khelsinki
_LONGEST_SHARE = 4  # letters that one word may lend: HURIDOCS takes three of "Documentation"


def _words(name: str) -> list[str]:
    text = _ELISION.sub(r"\1 ", unicodedata.normalize("NFKC", clean_line(name)))
    return _WORDS.findall(_APOSTROPHE.sub("", text))


def is_small_word(word: str) -> bool:
    """Whether acronyms pass over `word`: an article, a preposition, a conjunction."""
    return without_accents(word.casefold()) in _SMALL_WORDS


def acronym_of(name: str) -> str:
    """The initials of the words that count, in capitals and in the name's own script; '' where there are not two.

    Scripts without capitals have no acronyms of this kind and give ''.
    """
    initials = [
        word[0].title()
        for word in _words(name)
        if not is_small_word(word) and word[0].title() != word[0].lower()
    ]
    return "".join(initials) if len(initials) > 1 else ""


def is_acronym_for(acronym: str, name: str) -> bool:
    """Whether `acronym` can be read off `name`, word by word in order.

    Each word that counts lends its first letter and at most three more, small words may lend some, and a word in
    capitals may stand whole (an acronym of acronyms). Scripts are compared by transliteration. It says what is possible.
    """
    letters = _in_latin(acronym)
    if not 2 <= len(letters) <= 20:
        return False
    words = _words(name)[:40]
    if sum(not is_small_word(word) for word in words) < 2:
        return False
    reached = {0}  # how many letters of the acronym the words so far can account for
    for word in words:
        latin, longest = _in_latin(word), len(word) if word.isupper() else _LONGEST_SHARE
        shares = range(0 if is_small_word(word) or not latin else 1, min(longest, len(latin)) + 1)
        reached = {at + n for at in reached for n in shares if letters.startswith(latin[:n], at)}
    return len(letters) in reached


def _in_latin(text: str) -> str:
    return "".join(filter(str.isalnum, anyascii(without_accents(text).translate(_PLAIN_H)).lower()))
