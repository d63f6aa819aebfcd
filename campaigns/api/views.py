"""api/v1/: one view for each question."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone, translation

from campaigns import counts, listing, reading
from campaigns.api import facts
from campaigns.api.asking import NoSuchPage, answered, cursor, limit, next_page
from campaigns.api.description import DESCRIPTION
from campaigns.models import Campaign, CampaignText, LetterText
from campaigns.translation import pick


@answered()
def openapi(request: HttpRequest) -> Mapping[str, Any]:
    return DESCRIPTION


@answered(query=("after", "limit"))
def campaigns(request: HttpRequest) -> Mapping[str, Any]:
    """Letters that anybody may read, by address; `after` is the last address of the page before."""
    now, language, size = timezone.now(), translation.get_language(), limit(request)
    found = list(reading.campaigns_to_read(now).filter(slug__gt=cursor(request)).order_by("slug")[: size + 1])
    page = found[:size]
    texts, around = _texts(page, language), _around(page, language)
    return {
        "results": [facts.outline(each, texts.get(each.pk), around.get(each.pk), now) for each in page],
        "next": next_page(request, page[-1].slug if len(found) > size else ""),
    }


@answered()
def campaign(request: HttpRequest, slug: str) -> Mapping[str, Any]:
    now, language = timezone.now(), translation.get_language()
    found = _readable(slug)
    return facts.whole(reading.read(found, language, now), counts.tally(found), now)


@answered(query=("after", "limit"))
def signatories(request: HttpRequest, slug: str) -> Mapping[str, Any]:
    """The public list by name, its convenors first."""
    size, language = limit(request), translation.get_language()
    found = _readable(slug)
    after = cursor(request)
    try:
        page = listing.page(found, cursor=after, size=size)
    except ValueError as error:
        raise NoSuchPage from error
    versions = dict(found.letter_versions.values_list("pk", "number"))
    return {
        "results": [
            facts.signatory_facts(signature, found, language, versions) for signature in page.signatures
        ],
        "next": next_page(request, page.following),
    }


@answered(query=("after", "limit"))
def updates(request: HttpRequest, slug: str) -> Mapping[str, Any]:
    """Published updates, newest first; `after` is the id of the last one of the page before."""
    now, language, size = timezone.now(), translation.get_language(), limit(request)
    rest = _rest(reading.read(_readable(slug), language, now).updates, cursor(request))
    page = list(islice(rest, size))
    return {
        "results": [facts.update_facts(update) for update in page],
        "next": next_page(request, str(page[-1].update.public_id) if len(rest) > size else ""),
    }


def _readable(slug: str) -> Campaign:
    if "\0" in slug:
        raise Http404
    return get_object_or_404(reading.campaigns_to_read(timezone.now()), slug=slug)


def _texts(page: Sequence[Campaign], language: str) -> Mapping[int, LetterText]:
    """The newest frozen text of each letter of the page; one query."""
    newest: dict[int, list[LetterText]] = {}
    frozen = LetterText.objects.filter(version__campaign__in=page, version__frozen_at__isnull=False)
    for text in frozen.select_related("version").order_by("-version__number"):
        group = newest.setdefault(text.version.campaign_id, [text])
        if group[0] is not text and group[0].version_id == text.version_id:
            group.append(text)
    return {owner: chosen for owner, group in newest.items() if (chosen := pick(group, language))}


def _around(page: Sequence[Campaign], language: str) -> Mapping[int, CampaignText]:
    texts: dict[int, list[CampaignText]] = {}
    for text in CampaignText.objects.filter(campaign__in=page):
        texts.setdefault(text.campaign_id, []).append(text)
    return {owner: chosen for owner, group in texts.items() if (chosen := pick(group, language))}


def _rest(updates: Sequence[reading.ReadUpdate], after: str) -> Sequence[reading.ReadUpdate]:
    """What follows the update with the id `after`; a letter has dozens of updates, not thousands."""
    if not after:
        return updates
    try:
        ids = [update.update.public_id for update in updates]
        return updates[ids.index(UUID(after)) + 1 :]
    except ValueError as error:
        raise NoSuchPage from error
