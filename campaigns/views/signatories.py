"""The list of signatories, page by page."""

from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone, translation

from campaigns import counts, listing, reading
from campaigns.lines import line_of
from config.publicpages import public


@public(query=("after",))
def signatories(request: HttpRequest, slug: str) -> HttpResponse:
    now, language = timezone.now(), translation.get_language()
    campaign = get_object_or_404(reading.campaigns_to_read(now), slug=slug)
    cursor = request.GET.get("after", "")
    try:
        page, more = listing.page_after(campaign, cursor) if cursor else listing.first_page(campaign)
    except ValueError as error:
        raise Http404 from error
    context = {
        "campaign": campaign,
        "text": reading.letter_text(campaign, language),
        "tally": counts.tally(campaign),
        "as_of": now,
        "lines": [
            replace(line_of(signature, campaign, language), public_id=signature.public_id)
            for signature in page
        ],
        "is_first": not cursor,
        "next": listing.cursor_after(page[-1]) if more else "",
    }
    return render(request, "campaigns/signatories.html", context)
