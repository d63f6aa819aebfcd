"""The one count of signatories that every outlet prints."""

from collections.abc import Mapping
from typing import Protocol

from campaigns.models import Campaign


class Tally(Protocol):
    """`count` signatories, of whom `named` may be named, the named ones from `countries` countries and territories.

    `sections` of the list belong to networks in it; the campaign's policy says whether they are counted, too.
    """

    @property
    def count(self) -> int: ...
    @property
    def named(self) -> int: ...
    @property
    def countries(self) -> int: ...
    @property
    def sections(self) -> int: ...
    @property
    def by_country(self) -> Mapping[str, int]: ...


def tally(campaign: Campaign) -> Tally:
    """Counted now, in one query; nothing is stored (decision 0003)."""
    counted: Tally = campaign.signatures.tally()
    return counted


def facts(campaign: Campaign, version: int | None) -> Mapping[str, int | None]:
    """What count.json says, but for the moment."""
    now = tally(campaign)
    return {"count": now.count, "named": now.named, "countries": now.countries, "letter_version": version}
