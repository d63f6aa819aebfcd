"""What HTTP headers say about caching, queries, encodings and entity tags: pure functions, no Django."""

import re
from collections.abc import Sequence
from urllib.parse import parse_qsl, urlencode

# A longer query is no search that a person typed; it isn't worth a place in the cache.
LONGEST_QUERY = 512

_ENTITY_TAG = re.compile(r'(?:W/)?("[^"]*")')
_QUOTED = re.compile(r'"([^"]*)"')


def lifetime(cache_control: str) -> tuple[int, int] | None:
    """Seconds that a shared cache may serve a response fresh, and then stale; None if it may not keep it.

    Without `public` and `s-maxage` nothing is kept: a header that was written for browsers says nothing about us.
    """
    directives = dict(_directive(part) for part in cache_control.lower().split(","))
    if "public" not in directives or directives.keys() & {"private", "no-store", "no-cache"}:
        return None
    fresh = _seconds(directives.get("s-maxage", ""))
    return (fresh, _seconds(directives.get("stale-while-revalidate", ""))) if fresh else None


def _directive(part: str) -> tuple[str, str]:
    name, _, value = part.strip().partition("=")
    return name.strip(), value.strip().strip('"')


def _seconds(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() else 0


def no_vary_search(names: Sequence[str]) -> str:
    """The No-Vary-Search header of a page that depends on these query parameters and on no other."""
    listed = " ".join(f'"{name}"' for name in names)
    return f"key-order, params, except=({listed})" if names else "key-order, params"


def known_parameters(header: str) -> tuple[str, ...] | None:
    """The parameters that such a header says a page depends on; None if it may depend on any."""
    members = [member.strip() for member in header.split(",")]
    if "params" not in members:
        return None
    return tuple(_QUOTED.findall(header))


def canonical_query(raw: str, names: Sequence[str]) -> str | None:
    """The query with only the named parameters, in one order and one spelling; None if it is too long to keep."""
    if not raw or not names:
        return ""
    if len(raw) > LONGEST_QUERY:
        return None
    pairs = [(name, value) for name, value in parse_qsl(raw, keep_blank_values=True) if name in names]
    return urlencode(sorted(pairs, key=lambda pair: pair[0]))


def preferred_encoding(accept: str, offered: Sequence[str] = ("br", "gzip")) -> str:
    """The first offered coding that has the best q-value in an Accept-Encoding header, else `identity`."""
    weights = dict(_weight(part) for part in accept.lower().split(",") if part.strip())
    anything_else = weights.get("*", 0.0)
    best, best_weight = "identity", 0.0
    for coding in offered:
        weight = weights.get(coding, anything_else)
        if weight > best_weight:
            best, best_weight = coding, weight
    # A client may rank the plain form above every compressed one.
    return "identity" if weights.get("identity", 0.0) > best_weight else best


def _weight(part: str) -> tuple[str, float]:
    coding, *parameters = [piece.strip() for piece in part.split(";")]
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return coding, float(value)
            except ValueError:
                return coding, 0.0
    return coding, 1.0


def etag_matches(if_none_match: str, etag: str) -> bool:
    """Whether an If-None-Match header names this entity tag (weak comparison, as a GET wants it)."""
    if if_none_match == etag or if_none_match.strip() == "*":
        return True
    return etag.removeprefix("W/") in _ENTITY_TAG.findall(if_none_match)
