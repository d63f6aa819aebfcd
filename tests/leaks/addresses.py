"""Every address of the site, found in the URL configuration itself."""

import re
from collections.abc import Iterator
from importlib import import_module

from django.urls import URLPattern, URLResolver
from django.urls.resolvers import LocalePrefixPattern

LANGUAGE = "<lang>/"


def routes(urlconf: str = "config.urls") -> list[str]:
    """Each route once, as it is spelt there, with `<lang>/` where the language stands; the one that is asked first comes first."""
    return list(dict.fromkeys(_flat(import_module(urlconf).urlpatterns)))


def _flat(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    for each in patterns:
        piece = LANGUAGE if isinstance(each.pattern, LocalePrefixPattern) else str(each.pattern)
        if isinstance(each, URLPattern):
            yield before + piece
        else:
            yield from _flat(each.url_patterns, before + piece)


def names_in(route: str) -> list[str]:
    """The arguments of a route, the language left out."""
    return [name for name in re.findall(r"<(?:\w+:)?(\w+)>", route) if name != "lang"]


def filled(route: str, arguments: dict[str, object], language: str = "en") -> str:
    """The path of a route."""
    path = route.replace(LANGUAGE, f"{language}/")
    for name in names_in(route):
        path = re.sub(rf"<(?:\w+:)?{name}>", lambda _, name=name: str(arguments[name]), path)
    assert "<" not in path, f"{route} wants arguments that are not listed for it"
    return f"/{path}"
