"""How a letter version will look in one language, before anybody but the staff can read it."""

from dataclasses import replace

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation

from campaigns import reading
from campaigns.letters import to_html
from campaigns.models import Campaign, LetterVersion
from campaigns.translation import pick


def preview(request: HttpRequest, version: LetterVersion, language: str, *, may_freeze: bool) -> HttpResponse:
    """A page for the staff alone: never cached, and it says what it is."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    now = timezone.now()
    text = pick(version.texts.all(), language)
    campaign = reading.to_read(Campaign.objects.filter(pk=version.campaign_id), now).get()
    with translation.override(language):
        letter = replace(
            reading.read(campaign, language, now),
            version=version,
            text=text,
            html=to_html(text.body if text else ""),
        )
        context = {
            "letter": letter,
            "campaign": campaign,
            "version": version,
            "language": language,
            "may_freeze": may_freeze,
        }
        response = render(request, "admin/campaigns/letterversion/preview.html", context)
    response["Cache-Control"] = "private, no-store"
    return response
