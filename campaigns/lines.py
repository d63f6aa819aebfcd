"""A signatory's line as it is printed, on every page and in the review before it is sent."""

from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from campaigns import countries
from campaigns.choices import NamingPolicy
from campaigns.models import Campaign


class Signing(Protocol):
    """What a line needs to know of an organisation."""

    name: str
    native_name: str
    native_language: str
    acronym: str
    country_code: str
    country_label: str


@dataclass(frozen=True)
class Line:
    name: str
    acronym: str
    native_name: str
    native_language: str
    country: str
    network: str = ""
    # Where convenors stand among the others and have to be told apart.
    is_convenor: bool = False
    # Of its signature, on pages that lead on from the line.
    public_id: UUID | None = None


def printed(organisation: Signing, campaign: Campaign, language: str, *, network: str | None = None) -> Line:
    """The line of `organisation` under the naming policy of `campaign`, for readers of `language`.

    `network`: of what it is a section, where that may be told (`with_networks`).
    """
    stated = organisation.country_label
    return Line(
        name=organisation.name,
        acronym=organisation.acronym if organisation.acronym != organisation.name else "",
        native_name=organisation.native_name if organisation.native_name != organisation.name else "",
        native_language=organisation.native_language,
        country=stated
        or countries.label(organisation.country_code, language, NamingPolicy(campaign.naming_policy)),
        network=network or "",
    )


def in_words(line: Line) -> str:
    """A line as one piece of plain text, for mails and for comparing what is printed: “Name (ACR) · Native name · Country”."""
    name = f"{line.name} ({line.acronym})" if line.acronym else line.name
    return " · ".join(part for part in (name, line.native_name, line.country) if part)


def line_of(signature: Any, campaign: Campaign, language: str) -> Line:
    """The line of one signature of `listing`."""
    return printed(signature.organisation, campaign, language, network=signature.network_name)
