"""The list of signatories, page by page; searched and filtered by the server, so that it takes no script."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils import timezone, translation

from campaigns import countries, counts, listing, reading
from campaigns.lines import line_of
from campaigns.searching import search_pieces
from config.publicpages import public

LONGEST_SEARCH = 100
NOTHING: tuple[Sequence[Any], bool] = ([], False)


@public(query=("q", "country", "type", "after"))
def signatories(request: HttpRequest, slug: str) -> HttpResponse:
    now, language = timezone.now(), translation.get_language()
    campaign = get_object_or_404(reading.campaigns_to_read(now), slug=slug)
    typed = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    cursor = request.GET.get("after", "")
    wanted = listing.Wanted(
        pieces=search_pieces(typed),
        country=request.GET.get("country", "")[:2],
        org_type=request.GET.get("type", "")[:20],
    )
    is_unreadable = bool(typed) and not wanted.pieces
    try:
        page, more = NOTHING if is_unreadable else listing.page(campaign, wanted, cursor=cursor)
    except ValueError as error:
        raise Http404 from error
    tally = counts.tally(campaign)
    context = {
        "campaign": campaign,
        "text": reading.letter_text(campaign, language),
        "tally": tally,
        "as_of": now,
        "lines": [
            replace(line_of(signature, campaign, language), public_id=signature.public_id)
            for signature in page
        ],
        "typed": typed,
        "wanted": wanted,
        "is_part": bool(typed) or not wanted.is_all,
        "countries": [
            pair
            for pair in countries.choices(language, campaign.naming_policy)
            if pair[0] in tally.by_country
        ],
        "types": listing.types(campaign),
        "is_first": not cursor,
        "more": more,
        "next": _next(typed, wanted, page[-1]) if more else "",
    }
    return render(request, "campaigns/signatories.html", context)


def _next(typed: str, wanted: listing.Wanted, last: Any) -> str:
    """The query of the next page's address."""
    query = QueryDict(mutable=True)
    given = {"q": typed, "country": wanted.country, "type": wanted.org_type}
    query.update({name: value for name, value in given.items() if value})
    query["after"] = listing.cursor_after(last)
    return query.urlencode()
