"""Words as a typst template wants them: with their language and direction, and with places to break what is too long."""

import re

# A word that is longer than a column of names has a place to break after so many characters.
LONGEST = 24
_LONG = re.compile(rf"[^\s\u200b-]{{{LONGEST}}}(?=[^\s\u200b-])")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?=-|$)")
_RIGHT_TO_LEFT = {"ar", "fa", "ur", "ps", "ckb", "dv", "he", "yi", "sd", "ug"}


def tags(language: str) -> dict[str, str]:
    """`lang` as typst and PDF name a language, `dir` its direction; "en" for what is no language."""
    found = _LANGUAGE.match(language.lower())
    lang = found[0] if found else "en"
    return {"lang": lang, "dir": "rtl" if lang in _RIGHT_TO_LEFT else "ltr"}


def tagged(text: str, language: str) -> dict[str, str]:
    return {"text": text, **tags(language)}


def breakable(text: str) -> str:
    """`text` with invisible places to break in its longest words; short words, and so nearly all texts, stay as they are."""
    return _LONG.sub("\\g<0>\u200b", text)
