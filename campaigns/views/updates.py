"""A letter's updates on a page and as a feed, and its deadline as a calendar file."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone, translation

from campaigns import feeds, reading
from campaigns.weblinks import absolute
from config.publicpages import public


@public()
def updates(request: HttpRequest, slug: str) -> HttpResponse:
    now, language = timezone.now(), translation.get_language()
    campaign = get_object_or_404(reading.campaigns_to_read(now), slug=slug)
    context = {"campaign": campaign, "letter": reading.read(campaign, language, now)}
    return render(request, "campaigns/updates.html", context)


@public()
def feed(request: HttpRequest, slug: str) -> HttpResponse:
    now, language = timezone.now(), translation.get_language()
    campaign = get_object_or_404(reading.campaigns_to_read(now), slug=slug)
    letter = reading.read(campaign, language, now)
    atom = feeds.atom(
        campaign,
        letter.updates,
        title=letter.title,
        language=language,
        page=absolute(reverse("campaigns:updates", args=[slug])),
        address=absolute(request.path),
    )
    return HttpResponse(atom, content_type="application/atom+xml; charset=utf-8")


@public()
def deadline(request: HttpRequest, slug: str) -> HttpResponse:
    now, language = timezone.now(), translation.get_language()
    campaign = get_object_or_404(reading.campaigns_to_read(now), slug=slug)
    text = reading.letter_text(campaign, language)
    calendar = feeds.deadline(
        campaign,
        title=text.title if text else slug,
        address=absolute(campaign.get_absolute_url()),
    )
    response = HttpResponse(calendar, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slug}.ics"'
    return response
