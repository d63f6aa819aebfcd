"""Which language a reader gets: the one asked for, else the site's own, else whatever there is."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from django.conf import settings


class InLanguage(Protocol):
    language: str


Text = TypeVar("Text", bound=InLanguage)


def pick(texts: Iterable[Text], language: str, fallback: str | None = None) -> Text | None:
    """The text in `language`, else in `fallback` (the site's default), else the first; None if there is none."""
    by_language = {text.language: text for text in texts}
    for wanted in (language, fallback or settings.LANGUAGE_CODE):
        if wanted in by_language:
            return by_language[wanted]
    return next(iter(by_language.values()), None)
