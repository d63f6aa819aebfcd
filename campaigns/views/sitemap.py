"""sitemap.xml: the letters that anybody may read, in each language, so that search engines find the right one."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from campaigns.models import Campaign
from campaigns.weblinks import absolute
from config.publicpages import public

# sitemaps.org: 50,000 addresses in one file, and each letter has one for each language.
MOST_LETTERS = 5_000


@public(s_maxage=60, stale=5)
def sitemap(request: HttpRequest) -> HttpResponse:
    """No letter before its time: what is a draft, circulating or embargoed is not in `readable`."""
    slugs = Campaign.objects.readable(timezone.now()).order_by("slug").values_list("slug", flat=True)
    pages: list[tuple[str, dict[str, str]]] = [("campaigns:index", {})]
    pages += [("campaigns:letter", {"slug": slug}) for slug in slugs[:MOST_LETTERS]]
    context = {"pages": [_in_each_language(name, arguments) for name, arguments in pages]}
    return HttpResponse(
        render_to_string("campaigns/sitemap.xml", context), content_type="application/xml; charset=utf-8"
    )


def _in_each_language(name: str, arguments: dict[str, str]) -> list[tuple[str, str]]:
    """Pairs of language and address."""
    found = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found.append((language, absolute(reverse(name, kwargs=arguments))))
    return found
