"""Signatories by day, by country or territory and by type: charts that the server draws, and the tables behind them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone, translation

from campaigns import counts, growth, reading
from config.publicpages import public


# At a million signatories the days alone take a tenth of a second to count.
@public(s_maxage=2, stale=4)
def by_day(request: HttpRequest, slug: str) -> HttpResponse:
    now, language = timezone.now(), translation.get_language()
    campaign = get_object_or_404(reading.campaigns_to_read(now), slug=slug)
    tally = counts.tally(campaign)
    context = {
        "campaign": campaign,
        "text": reading.letter_text(campaign, language),
        "tally": tally,
        "as_of": now,
        "growth": growth.of(campaign, tally, language),
    }
    return render(request, "campaigns/by_day.html", context)
