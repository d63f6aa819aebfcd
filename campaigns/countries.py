"""Countries and territories: codes of ISO 3166-1 alpha-2, and the names that a campaign has chosen to use. No flags.

Country names are political (product.md, rule 16), so the name is a policy of the campaign: "common", the names of CLDR;
"un", the terminology of the United Nations; "stated", what the organisation wrote, or the common name where it wrote none.
"""

import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path

import pycountry
from anyascii import anyascii
from babel import Locale, UnknownLocaleError

# Kosovo has no ISO code; XK is what CLDR, the EU and the banks use for it.
CODES = frozenset(country.alpha_2 for country in pycountry.countries) | {"XK"}

_UN_NAMES = Path(__file__).parent / "data" / "un_names.toml"
_LATIN_ACCENTS = re.compile("[\u0300-\u036f]+")
_ARABIC_ALEFS = str.maketrans("أإآ", "ااا")


def label(code: str, language: str, policy: str = "common") -> str:
    """The name of a country or territory in `language` ("zh-hans") under a naming policy; an unknown code stays a code."""
    return _labels(language.lower(), policy).get(code, code)


def choices(language: str, policy: str = "common") -> list[tuple[str, str]]:
    """All codes with their names, in the alphabetical order of `language`."""
    return list(_choices(language.lower(), policy))


@cache
def _choices(language: str, policy: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        sorted(_labels(language, policy).items(), key=lambda pair: (_place(pair[1], language), pair[0]))
    )


@cache
def _labels(language: str, policy: str) -> dict[str, str]:
    common = _locale(language).territories
    names = {code: common.get(code) or _locale("en").territories.get(code, code) for code in CODES}
    if policy == "un":
        names |= {
            code: by_language[language]
            for code, by_language in _un_names().items()
            if language in by_language
        }
    return names


@cache
def _un_names() -> dict[str, dict[str, str]]:
    return tomllib.loads(_UN_NAMES.read_text(encoding="utf-8"))


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (ValueError, UnknownLocaleError):
        return Locale("en")


def _place(name: str, language: str) -> str:
    """A key that sorts names as readers of `language` expect; Python brings no collation along."""
    if language.startswith("zh"):
        return anyascii(name).lower()  # by pinyin, as in Chinese lists
    name = name.casefold()
    if language.startswith("ar"):
        # First the article: ألمانيا has none.
        return name.removeprefix("ال").translate(_ARABIC_ALEFS)
    if language.startswith("ru"):
        return name.replace("ё", "е")  # й keeps its own place, after и
    return _LATIN_ACCENTS.sub("", unicodedata.normalize("NFKD", name)).replace("’", "'")
