"""The list in parts as a page prints it: the convenors, then all others together, or by country or territory, or by type."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from campaigns import countries, cursors, listing
from campaigns.choices import ListOrder
from campaigns.counts import Tally
from campaigns.lines import Line, line_of
from campaigns.listing import CONVENORS, Groups
from campaigns.models import Campaign

COLUMNS = {ListOrder.NAME: "", ListOrder.COUNTRY: "country_code", ListOrder.TYPE: "org_type"}


@dataclass(frozen=True)
class Section:
    """Lines under one heading; "" for none. `count` is how many stand under it on all pages together, None for untold."""

    group: str
    title: str
    lines: Sequence[Line]
    count: int | None = None
    is_continued: bool = False


def order_of(asked: str, otherwise: str) -> ListOrder:
    """The grouping with this name, or the other one where there is none."""
    return ListOrder(asked if asked in ListOrder.values else otherwise)


def groups(campaign: Campaign, order: ListOrder, language: str, tally: Tally) -> Groups:
    """The groups in the order in which readers of `language` look for them: countries by their names, types as the form has them."""
    if order == ListOrder.COUNTRY:
        known = [code for code, _name in countries.choices(language, campaign.naming_policy)]
        return Groups(COLUMNS[order], (*known, *sorted(tally.by_country.keys() - set(known))))
    if order == ListOrder.TYPE:
        return Groups(COLUMNS[order], tuple(code for code, _name in listing.types(campaign)))
    return listing.BY_NAME


def sections(
    page: listing.Page, campaign: Campaign, grouped: Groups, language: str, *, tally: Tally, cursor: str = ""
) -> list[Section]:
    """A page of the whole list under its headings; one query where there are groups, to count them."""
    sizes = _sizes(campaign, grouped, tally) if grouped.column and page.signatures else {}
    before = cursors.group_behind(cursor) if cursor else None
    found = [
        Section(
            group=code,
            title=_title(code, campaign, grouped, language),
            lines=[_line(signature, campaign, language) for signature in signatures],
            count=sizes.get(code),
            is_continued=code == before,
        )
        for code, signatures in _runs(page.signatures, grouped)
    ]
    return _without_what_the_heading_says(found, grouped)


def flat(page: listing.Page, campaign: Campaign, language: str) -> list[Section]:
    """What was searched or filtered for, under no heading; convenors are marked."""
    lines = [
        replace(_line(signature, campaign, language), is_convenor=signature.is_convenor)
        for signature in page.signatures
    ]
    return [Section("", "", lines)] if lines else []


def _line(signature: Any, campaign: Campaign, language: str) -> Line:
    return replace(line_of(signature, campaign, language), public_id=signature.public_id)


def _runs(signatures: Sequence[Any], grouped: Groups) -> list[tuple[str, list[Any]]]:
    return [(code, list(run)) for code, run in groupby(signatures, key=grouped.of)]


def _title(code: str, campaign: Campaign, grouped: Groups, language: str) -> str:
    if code == CONVENORS:
        return _("Convenors")
    if grouped.column == COLUMNS[ListOrder.COUNTRY]:
        return countries.label(code, language, campaign.naming_policy)
    if grouped.column == COLUMNS[ListOrder.TYPE]:
        return str(dict(listing.types(campaign))[code])
    return pgettext("below the convenors", "Other signatories")


def _sizes(campaign: Campaign, grouped: Groups, tally: Tally) -> Mapping[str, int]:
    """How many stand under each heading: all that are named, less the convenors, who stand above."""
    by_country = tally.by_country if grouped.column == COLUMNS[ListOrder.COUNTRY] else None
    sizes: Mapping[str, int] = campaign.signatures.public().sizes_below_convenors(grouped.column, by_country)
    return sizes


def _without_what_the_heading_says(found: list[Section], grouped: Groups) -> list[Section]:
    """By name, "Other signatories" is said below convenors alone; under a country's heading its lines need not name it again."""
    if not grouped.column:
        is_alone = len(found) == 1 and found[0].group != CONVENORS
        return [replace(found[0], title="")] if is_alone else found
    if grouped.column != COLUMNS[ListOrder.COUNTRY]:
        return found
    return [
        replace(
            section,
            lines=[
                replace(line, country="") if line.country == section.title else line for line in section.lines
            ],
        )
        for section in found
    ]
