"""The public letters, one letter, and its count."""

import json
from hashlib import blake2b

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone, translation

from campaigns import changes, counts, grouping, listing, reading
from campaigns.choices import ListOrder
from config.publicpages import public

# The letter's own page shows so many; the list page has all of them. With 200 it weighs 40 kB, takes twice as long to
# render every second, and leaves the cache at 0.55 of nginx for readers who take it uncompressed.
ON_THE_LETTER = 100


def home(request: HttpRequest) -> HttpResponse:
    """Sends to the letters in the site's own language, whatever the browser prefers: the address is fixed."""
    with translation.override(settings.LANGUAGE_CODE):
        return HttpResponseRedirect(reverse("campaigns:index"))


@public()
def index(request: HttpRequest) -> HttpResponse:
    now, language = timezone.now(), translation.get_language()
    letters = [
        {"letter": reading.read(campaign, language, now), "tally": counts.tally(campaign)}
        for campaign in reading.campaigns_to_read(now)[:50]
    ]
    return render(request, "campaigns/index.html", {"letters": letters})


@public()
def letter(request: HttpRequest, slug: str) -> HttpResponse:
    now, language = timezone.now(), translation.get_language()
    campaign = get_object_or_404(reading.campaigns_to_read(now), slug=slug)
    tally = counts.tally(campaign)
    groups = grouping.groups(campaign, ListOrder(campaign.list_order), language, tally)
    page = listing.page(campaign, groups=groups, size=ON_THE_LETTER)
    context = {
        "campaign": campaign,
        "letter": reading.read(campaign, language, now),
        "tally": tally,
        "withdrawals": changes.withdrawals(campaign, now),
        "as_of": now,
        "groups": groups,
        "sections": grouping.sections(page, campaign, groups, language, tally=tally),
        "more": bool(page.following),
    }
    return render(request, "campaigns/letter.html", context)


@public()
def count(request: HttpRequest, slug: str) -> HttpResponse:
    """count.json. Its ETag is made of the facts, so that the moment alone doesn't make a new answer."""
    now = timezone.now().replace(microsecond=0)
    campaign = get_object_or_404(reading.campaigns_to_read(now), slug=slug)
    version = campaign.letter_versions.current()
    facts = counts.facts(campaign, version.number if version else None)
    body = {**facts, "as_of": now.isoformat().replace("+00:00", "Z")}
    order = ("count", "named", "countries", "as_of", "letter_version")
    response = HttpResponse(
        json.dumps({key: body[key] for key in order}, separators=(",", ":")), content_type="application/json"
    )
    response["ETag"] = f'"{blake2b(json.dumps(facts).encode(), digest_size=12).hexdigest()}"'
    return response
