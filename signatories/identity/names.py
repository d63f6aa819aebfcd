"""Names of organisations: how a line is cleaned, where it stands in a list, and under which key doubles are found."""

import re
import unicodedata

from anyascii import anyascii

from signatories.identity.acronyms import acronym_of, is_acronym_for
from signatories.identity.cleaning import clean_line, without_accents
from signatories.identity.lookalikes import (
    has_mixed_scripts,
    looks_like_formula_or_address,
    scripts_of,
    skeleton,
)

__all__ = [
    "acronym_of",
    "clean_line",
    "has_mixed_scripts",
    "is_acronym_for",
    "looks_like_formula_or_address",
    "match_key",
    "scripts_of",
    "skeleton",
    "sort_key",
]

KEY_LENGTH = 255

# Articles that lists pass over at the start of a name. Where the language of the name is not known, the last row holds:
# the articles of all of them, less those that are ordinary words elsewhere ("as", "I", "um").
_ARTICLES = {
    "en": "the a an",
    "fr": "le la les l' un une",
    "es": "el la los las un una",
    "de": "der die das ein eine",
    "it": "il lo la i gli le l' un una un'",
    "pt": "o a os as um uma",
    "": "the a an le la les l' el los las der die das il gli",
}
# Al-Haq, Al Mezan, and with the consonant that the article takes on before a sun letter: as-Salam, ash-Sharq.
_ARABIC_ARTICLE = r"(?:al[-\s]+|(?:ash|ath|adh)-(?=sh|th|dh)|a([rstdnz])-(?=\1)|ال(?!له\b)(?=\w{2}))"
_ARABIC_OPENING = re.compile(r"^\s*" + _ARABIC_ARTICLE)
_APOSTROPHES = re.compile(r"['’ʼʻ‘`´′]")
_NOT_LATIN = re.compile(r"[^a-z0-9]+")
_NUMBER = re.compile(r"\d+")


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _opening(articles: str) -> re.Pattern[str]:
    words = "|".join(f"{word[:-1]}['’]" if word.endswith("'") else rf"{word}\s+" for word in articles.split())
    return re.compile(rf"(?:{_ARABIC_ARTICLE}|{words})(?=.*\w)")


_OPENINGS = {language: _opening(articles) for language, articles in _ARTICLES.items()}


def sort_key(name: str, language: str | None = None) -> str:
    """Where `name` stands in an alphabetical list: compare the keys byte by byte (COLLATE "C").

    `language` is that of the name, if it is known (BCP 47). Its articles at the start are passed over; accents are
    folded; every script is transliterated, so that a name stands where its reading stands; numbers go by their value and
    before letters; names without a letter or digit come last. At most 255 characters; empty only for an empty name.
    """
    text = clean_line(name).casefold()
    opening = _OPENINGS.get((language or "").partition("-")[0].lower(), _OPENINGS[""])
    text = opening.sub("", text, count=1) if opening.match(text) else text
    key = _NUMBER.sub(_by_value, _in_latin(unicodedata.normalize("NFKC", text)))
    return (key or ("~" + text if name else ""))[:KEY_LENGTH]


def _by_value(number: re.Match[str]) -> str:
    return number[0].lstrip("0").zfill(8)


# One letter for what writers of Arabic script type in turn: alef wasla, alef maqsura, ta marbuta, Persian and Urdu forms.
# Hamza on its carriers falls with the accents.
_LETTER_VARIANTS = str.maketrans(
    {"ٱ": "ا", "ى": "ي", "ی": "ي", "ے": "ي", "ة": "ه", "ہ": "ه", "ھ": "ه", "ک": "ك", "ـ": None}
)
_ELIDED = re.compile(r"\b(l|d)['’](?=\w)")
_INITIALS = re.compile(r"(?<!\w)\w(?:\.\s?\w)+(?!\w)\.?")  # "e. V.", "A.S.B.L.", "A.C"
_AND = _set("and et y e i und och og ve и та й і و")
_DROPPED = _set("the le la les l al el los las der die das den dem il lo gli os as")
_DROPPED_FIRST = _set("a an un une una um uma ein eine o")
_SEPARATORS = re.compile(
    r"[\s!-/:-@\[-`{-~\u00a1-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb\u00bf\u0387\u055a-\u058f\u05be\u05c0\u05c3"
    r"\u05f3\u05f4\u060c\u061b\u061f\u066a-\u066d\u06d4\u0964\u0965\u104a-\u104f\u1361-\u1368\u2000-\u206f\u2e00-\u2e7f"
    r"\u3000-\u3004\u3008-\u3020\u3030\u30fb]+"
)
_ARABIC_THE = re.compile(r"^(و?)(?:ال(?!له$)(?=.{2})|لل(?=.{2}))")
# Legal forms and words of the trade that one writer adds and the next leaves out; they count only at either end.
_LAST_FORMS = _set(
    "inc incorporated ltd limited llc llp plc cic cio gmbh ggmbh gug ev eg asbl aisbl vzw ivzw apb ong ongd oscip ngo"
    " npo npc ac iap sc sa srl onlus aps odv ets ry rf mtu zs ops nko ano roo moo mroo ooo registered pty bv ab oy"
)
_FIRST_FORMS = _set("ong ongd ngo npo asbl ano nko roo moo mroo")
_LEGAL_PHRASES = re.compile(
    r"^(?:asociacion civil|organizacion no gubernamental|organisation non gouvernementale|non governmental organi[sz]ation)\s"
    r"|\s(?:asociacion civil|sin fines de lucro|sans but lucratif|(?:association )?loi (?:de )?1901|eingetragener verein"
    r"|gemeinnutzige gmbh|registered charity|non profit(?: organi[sz]ation)?|company limited by guarantee)$"
)


def match_key(name: str) -> str:
    """The key under which two spellings of one name meet: "The Ligue & Co. e.V." and "ligue et co".

    Case, accents, letter variants, punctuation, articles and legal forms are folded away and every script is
    transliterated; the order of the words stays. Two names with one key are probably one organisation, which is for a
    human to say. At most 255 characters; never empty if there is a letter or a digit in `name`.
    """
    text = without_accents(without_accents(name).casefold()).translate(_LETTER_VARIANTS)
    text = _ELIDED.sub(r"\1 ", text)
    text = _INITIALS.sub(_joined, _APOSTROPHES.sub("", text)).replace("&", " and ").replace("+", " and ")
    words = [word for raw in _SEPARATORS.split(_ARABIC_OPENING.sub("", text)) for word in _plain_word(raw)]
    latin = _in_latin(" ".join(words[1:] if len(words) > 1 and words[0] in _DROPPED_FIRST else words))
    return (_without_legal_form(latin) or _in_latin(text) or _spelled_out(name))[:KEY_LENGTH]


def _joined(initials: re.Match[str]) -> str:
    return "".join(char for char in initials[0] if char not in ". ") + " "


def _plain_word(word: str) -> list[str]:
    if word in _AND:
        return ["and"]
    if word == "d":
        return ["de"]
    if not word or word in _DROPPED:
        return []
    if not (article := _ARABIC_THE.match(word)):
        return [word]
    return ["and", word[article.end() :]] if article[1] else [word[article.end() :]]


def _in_latin(text: str) -> str:
    return _NOT_LATIN.sub(" ", _APOSTROPHES.sub("", anyascii(text).lower())).strip()


def _without_legal_form(key: str) -> str:
    words = _LEGAL_PHRASES.sub("", key).split()
    while len(words) > 1 and words[-1] in _LAST_FORMS:
        words.pop()
    while len(words) > 1 and words[0] in _FIRST_FORMS:
        words.pop(0)
    return " ".join(words)


def _spelled_out(name: str) -> str:
    """For the rare letters that no transliteration knows: the letters themselves, or else their code points."""
    letters = [char for char in name if unicodedata.category(char)[0] in "LN"]
    return "".join(filter(str.isalnum, letters)).casefold() or " ".join(f"u{ord(char):x}" for char in letters)
