"""The mark of a letter's host, as a picture of an address of its own."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from campaigns.models import Campaign
from campaigns.views.copies import FROM_ANYWHERE
from config.publicpages import public


@public(s_maxage=2, stale=4)
def mark(request: HttpRequest, slug: str, digest: str) -> HttpResponse:
    """The address changes with the picture; who has an old one is sent nothing new."""
    marks = Campaign.objects.readable(timezone.now()).filter(slug=slug, host__mark_digest=digest)
    host = get_object_or_404(marks.select_related("host")).host
    return HttpResponse(host.picture, content_type="image/png", headers=FROM_ANYWHERE)
