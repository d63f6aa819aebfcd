"""Pages of the list of signatories: by key, so that the last page costs what the first one costs, searched and filtered.

The whole list begins with its convenors; the others follow by name, or in groups by country or territory or by type. Whoever
searches or filters gets one list by name in which the convenors stand like everybody.

A search has two ways. A word that many names hold is found by walking along the list, whose index carries the search keys;
a rare one by an index of its letters, which for a common word would first gather all that hold it. So a stretch of the
list is walked first, and only what is not filled there is looked up (measured; docs/performance.md).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

from campaigns import cursors
from campaigns.cursors import Place
from campaigns.models import Campaign

PAGE = 200
# So many lines are walked for a word; one that stands in one of fifty names fills a page in this stretch.
STRETCH = 10_000
# The first group of the whole list; no country and no type is called so.
CONVENORS = "convenors"


@dataclass(frozen=True)
class Wanted:
    """Which lines of the list: those that hold each of `pieces`, from a country or territory, of a type; '' and () for any."""

    pieces: tuple[str, ...] = ()
    country: str = ""
    org_type: str = ""

    @property
    def is_all(self) -> bool:
        return not (self.pieces or self.country or self.org_type)


EVERYTHING = Wanted()


@dataclass(frozen=True)
class Groups:
    """How the whole list is grouped below its convenors: by this column of a signature, its values in this order; "" for by name."""

    column: str = ""
    codes: tuple[str, ...] = ()

    def of(self, signature: Any) -> str:
        if signature.is_convenor:
            return CONVENORS
        return str(getattr(signature, self.column)) if self.column else ""


BY_NAME = Groups()


@dataclass(frozen=True)
class Page:
    """Public signatures with their organisations and networks, in order; `following` is the next page's cursor, "" at the end."""

    signatures: Sequence[Any] = ()
    following: str = ""


def page(
    campaign: Campaign,
    wanted: Wanted = EVERYTHING,
    *,
    groups: Groups = BY_NAME,
    cursor: str = "",
    size: int = PAGE,
) -> Page:
    """At most `size` signatures, those that follow `cursor`, where there is one; in `groups` where everything is wanted.

    One query; a search takes one or two more. Raises ValueError for a cursor that was not made for this list.
    """
    place = cursors.read(cursor) if cursor else None
    if wanted.is_all:
        listed = _whole(campaign, groups, place, size + 1)
    else:
        listed = _part(campaign, wanted, place, size + 1)
    last = listed[size - 1] if len(listed) > size else None
    if last is None:
        return Page(listed)
    return Page(listed[:size], cursors.after(last, groups.of(last) if wanted.is_all else ""))


def _part(campaign: Campaign, wanted: Wanted, place: Place | None, number: int) -> list[Any]:
    rest = _behind(filtered(campaign, wanted), place)
    if wanted.pieces:
        rest = rest.filter(pk__in=_found(rest, wanted.pieces, number))
    return list(_shown(rest.in_list_order())[:number])


# What a line, the API and the order need. With all columns a page takes the database and us half as long again.
_COLUMNS = [
    "public_id",
    "campaign",
    "sort_key",
    "role",
    "country_code",
    "org_type",
    "confirmed_at",
    "letter_version",
    "organisation__parent",
    "organisation__name",
    "organisation__native_name",
    "organisation__native_language",
    "organisation__acronym",
    "organisation__country_code",
    "organisation__country_label",
    "organisation__org_type",
    "organisation__website",
]


def _shown(signatures: Any) -> Any:
    return signatures.select_related("organisation").only(*_COLUMNS).with_networks()


def filtered(campaign: Campaign, wanted: Wanted) -> Any:
    """The public signatures from the country or territory and of the type that are wanted."""
    asked = {"country_code": wanted.country, "org_type": wanted.org_type}
    return campaign.signatures.public().filter(**{column: value for column, value in asked.items() if value})


def _behind(signatures: Any, place: Place | None) -> Any:
    if place is None:
        return signatures
    following = Q(sort_key__gt=place.sort_key) | Q(sort_key=place.sort_key, public_id__gt=place.public_id)
    # The redundant bound lets the index start at the right place: 0.3 ms at any depth instead of 70.
    return signatures.filter(following, sort_key__gte=place.sort_key)


_ONE = "SELECT {part} AS part, 0 AS place, one.* FROM ({rows}) AS one"
# The groups come in the order of their places, so that PostgreSQL looks into no more of them than fill the page.
_EACH = """
    SELECT {part} AS part, groups.place, one.* FROM unnest(%s::text[]) WITH ORDINALITY AS groups (code, place)
    CROSS JOIN LATERAL ({rows}) AS one ORDER BY groups.place, one.sort_key, one.public_id LIMIT {number}
"""
_TOGETHER = "SELECT id FROM ({parts}) AS found ORDER BY part, place, sort_key, public_id LIMIT {number}"


def _whole(campaign: Campaign, groups: Groups, place: Place | None, number: int) -> list[Any]:
    """The first `number` of convenors and groups behind `place`; one query, whatever the groups and however deep."""
    parts: list[str] = []
    values: list[Any] = []
    for rows, codes in _parts_behind(campaign, groups, place):
        inner, given = (
            rows.values("id", "sort_key", "public_id").in_list_order()[:number].query.sql_with_params()
        )
        shape = _ONE if codes is None else _EACH
        parts.append(f"({shape.format(part=len(parts), rows=inner, number=number)})")
        values += [*([] if codes is None else [list(codes)]), *given]
    ids = _TOGETHER.format(parts=" UNION ALL ".join(parts), number=number)
    # Made of our own querysets, all values apart.
    behind = RawSQL(ids, values)  # noqa: S611  # nosec B611
    found = campaign.signatures.public().filter(pk__in=behind)
    order = {code: position for position, code in enumerate((CONVENORS, *groups.codes))}
    listed = list(_shown(found.order_by()))
    return sorted(listed, key=lambda each: (order.get(groups.of(each), 1), each.sort_key, each.public_id))


def _parts_behind(
    campaign: Campaign, groups: Groups, place: Place | None
) -> Iterator[tuple[Any, Sequence[str] | None]]:
    """What follows `place`, as querysets in their order; one that holds for several groups comes with their codes."""
    public, codes = campaign.signatures.public(), groups.codes
    others = public.but_convenors()
    if place is None or place.group == CONVENORS:
        yield _behind(public.convenors(), place), None
        place = None
    if not groups.column:
        if place and place.group:
            raise ValueError("a cursor of another list")
        yield _behind(others, place), None
        return
    if place:
        # Raises ValueError as well.
        following = codes.index(place.group) + 1
        yield _behind(others.filter(**{groups.column: place.group}), place), None
        codes = codes[following:]
    yield others.filter(**{groups.column: RawSQL("groups.code", ())}), codes


# The question inside is answered for itself, as LIMIT and OFFSET make PostgreSQL do: it knows little of how often letters stand
# in names, and would walk the whole list for a rare word, or gather all lines that hold a common one (measured).
_WALKED = """
    SELECT id FROM ({stretch}) AS stretch WHERE search_key LIKE ALL (%s) ORDER BY sort_key, public_id LIMIT %s
"""
_LOOKED_UP = "SELECT id FROM ({holding} OFFSET 0) AS holding ORDER BY sort_key, public_id LIMIT %s"


def _found(signatures: Any, pieces: Sequence[str], number: int) -> list[int]:
    """The ids of the first `number` in the list's order that hold each of `pieces`; one query, or two."""
    columns = signatures.values("id", "sort_key", "public_id", "search_key")
    stretch, values = columns.in_list_order()[:STRETCH].query.sql_with_params()
    patterns = [f"%{piece}%" for piece in pieces]  # letters, digits and spaces: nothing to escape
    near = _ids(_WALKED.format(stretch=stretch), [*values, patterns, number])
    if len(near) == number:
        return near
    holding, values = columns.like(pieces).order_by().query.sql_with_params()
    return _ids(_LOOKED_UP.format(holding=holding), [*values, number])


def _ids(statement: str, values: list[Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [row[0] for row in cursor.fetchall()]


def types(campaign: Campaign) -> Sequence[tuple[str, Any]]:
    """The types of organisations with their names, by which the list can be filtered."""
    choices: Sequence[tuple[str, Any]] = campaign.signatures.model._meta.get_field("org_type").flatchoices
    return choices
