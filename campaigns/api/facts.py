"""What the API says of a campaign, an update and a signatory. Field names are fixed: programs rely on them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.urls import reverse

from campaigns import life
from campaigns.counts import Tally
from campaigns.lines import line_of
from campaigns.models import Campaign, CampaignText, LetterText
from campaigns.reading import ReadAsk, ReadLetter, ReadUpdate
from campaigns.weblinks import absolute

Facts = Mapping[str, Any]


def outline(
    campaign: Campaign, text: LetterText | None, around: CampaignText | None, now: datetime
) -> dict[str, Any]:
    """A campaign in a list; `title` in `title_language`, the reader's or the nearest there is."""
    slug = campaign.slug
    return {
        "slug": slug,
        "title": text.title if text else slug,
        "title_language": text.language if text else None,
        "summary": around.summary if around else "",
        "addressee": {
            "office": around.addressee_office if around else "",
            "person": around.addressee_person if around else "",
        },
        "host": {"name": campaign.host.name, "website": campaign.host.website},
        "phase": life.phase(campaign, now).value,
        "opens_at": moment(campaign.opens_at),
        "closes_at": moment(campaign.closes_at),
        "zone": campaign.zone,
        "page": absolute(campaign.get_absolute_url()),
        "url": absolute(reverse("api:campaign", args=[slug])),
    }


def whole(letter: ReadLetter, tally: Tally, now: datetime) -> dict[str, Any]:
    """A campaign with its letter (Markdown), asks and count; the list has a page of its own."""
    campaign, version = letter.campaign, letter.version
    return {
        **outline(campaign, letter.text, letter.around, now),
        "goal": campaign.goal,
        "topics": letter.topics,
        "languages": campaign.languages,
        "letter": {
            "version": version.number if version else None,
            "sha256": version.sha256 if version else None,
            "body": letter.text.body if letter.text else "",
        },
        "asks": [ask_facts(ask) for ask in letter.asks],
        "count": {"count": tally.count, "named": tally.named, "countries": tally.countries},
        "signatories_url": absolute(reverse("api:signatories", args=[campaign.slug])),
        "updates_url": absolute(reverse("api:updates", args=[campaign.slug])),
    }


def ask_facts(ask: ReadAsk) -> Facts:
    return {
        "number": ask.number,
        "text": ask.text.text,
        "language": ask.text.language,
        "status": ask.status.value,
    }


def update_facts(update: ReadUpdate) -> Facts:
    """An update in Markdown. The day alone: a correction is published in the minute in which a signature goes."""
    published = update.update.published_at
    return {
        "id": str(update.update.public_id),
        "kind": update.update.kind,
        "published_on": day(published) if published else None,
        "title": update.text.title,
        "body": update.text.body,
        "language": update.text.language,
        "ask": update.ask_number,
        "ask_status": update.update.ask_status or None,
    }


def signatory_facts(signature: Any, campaign: Campaign, language: str, versions: Mapping[int, int]) -> Facts:
    """One line of the public list: the columns of the public CSV, with the random id that the page knows it by.

    `versions`: the numbers of the campaign's letter versions, by their keys.
    """
    line, organisation = line_of(signature, campaign, language), signature.organisation
    return {
        "id": str(signature.public_id),
        "name": organisation.name,
        "name_native": organisation.native_name,
        "native_language": organisation.native_language,
        "acronym": organisation.acronym,
        "country_or_territory": line.country,
        "country_code": signature.country_code,
        "org_type": organisation.org_type,
        "network_parent": line.network,
        "website": organisation.website,
        "role": signature.role,
        "signed_on": day(signature.confirmed_at),
        "letter_version": versions[signature.letter_version_id],
    }


def moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def day(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d}"
