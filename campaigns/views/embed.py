"""The block that other sites show (the count, the names, the way to the form in a new tab), and the page with all ways to share."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone, translation

from campaigns import counts, grouping, life, listing, reading
from campaigns.choices import ListOrder
from config.headers import policy
from config.publicpages import public

IN_THE_BLOCK = 40
# The one page that others may frame; it has no form, so there is nothing to click unawares.
FRAMED = {
    "Content-Security-Policy": policy(frame_ancestors="*", form_action="'none'"),
    "Cross-Origin-Resource-Policy": "cross-origin",
}


@public()
def embed(request: HttpRequest, slug: str) -> HttpResponse:
    now, language = timezone.now(), translation.get_language()
    campaign = get_object_or_404(reading.campaigns_to_read(now), slug=slug)
    tally = counts.tally(campaign)
    groups = grouping.groups(campaign, ListOrder(campaign.list_order), language, tally)
    page = listing.page(campaign, groups=groups, size=IN_THE_BLOCK)
    context = {
        "campaign": campaign,
        "text": reading.letter_text(campaign, language),
        "is_open_to_all": life.is_open_to_all(campaign, now),
        "tally": tally,
        "as_of": now,
        "groups": groups,
        "sections": grouping.sections(page, campaign, groups, language, tally=tally),
        "more": bool(page.following),
    }
    response = render(request, "campaigns/embed.html", context)
    for name, value in FRAMED.items():
        response[name] = value
    return response


@public()
def share(request: HttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    campaign = get_object_or_404(reading.campaigns_to_read(now), slug=slug)
    text = reading.letter_text(campaign, translation.get_language())
    context = {
        "campaign": campaign,
        "text": text,
        "title": text.title if text else slug,
        "is_open": life.phase(campaign, now) is life.Phase.OPEN,
    }
    return render(request, "campaigns/share.html", context)
