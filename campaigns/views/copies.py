"""Copies of a letter to take away: the document, the card, the code to scan, the badge."""

import io
from base64 import b64encode
from hashlib import sha256

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils import timezone, translation

from campaigns import counts, grouping, listing, reading
from campaigns.choices import Accent, ListOrder
from campaigns.templatetags.counting import grouped, organisations
from campaigns.typesetting.card import card_png
from campaigns.typesetting.document import MOST_NAMES, letter_pdf
from campaigns.weblinks import absolute
from config.headers import policy
from config.publicpages import public

# Shown on other sites, as pictures.
FROM_ANYWHERE = {"Cross-Origin-Resource-Policy": "cross-origin"}
# Seconds. Setting a document costs more than a page; a name that was hidden is gone from it in six.
set_anew = public(s_maxage=2, stale=4)
# The badge's own style sheet: which colours it has is for the reader's device to say.
BADGE_STYLE = (
    ".ground{fill:#fffdf8;stroke:#cfc8bb}.ink{fill:#22201c}"
    "@media (prefers-color-scheme:dark){.ground{fill:#211f1b;stroke:#57514a}.ink{fill:#f3efe7}}"
)
BADGE_POLICY = policy(style_src=f"'sha256-{b64encode(sha256(BADGE_STYLE.encode()).digest()).decode()}'")
# Units of the badge's drawing for each character; the browser fits the words into what they are given.
BADGE_LETTER = 8


@set_anew
def pdf(request: HttpRequest, slug: str) -> HttpResponse:
    now, language = timezone.now(), translation.get_language()
    campaign = get_object_or_404(reading.campaigns_to_read(now), slug=slug)
    tally = counts.tally(campaign)
    groups = grouping.groups(campaign, ListOrder(campaign.list_order), language, tally)
    page = listing.page(campaign, groups=groups, size=MOST_NAMES)
    document = letter_pdf(
        reading.read(campaign, language, now),
        tally,
        grouping.sections(page, campaign, groups, language, tally=tally),
        language,
        now,
    )
    response = HttpResponse(document, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{slug}-{language}.pdf"'
    return response


@set_anew
def card(request: HttpRequest, slug: str) -> HttpResponse:
    now, language = timezone.now(), translation.get_language()
    campaign = get_object_or_404(reading.campaigns_to_read(now), slug=slug)
    picture = card_png(
        campaign,
        reading.letter_text(campaign, language),
        reading.around(campaign, language),
        counts.tally(campaign),
        language,
    )
    return HttpResponse(picture, content_type="image/png", headers=FROM_ANYWHERE)


@public()
def qr(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """The letter's address as a code to scan, in black on white whatever stands around it. `kind`: svg or png."""
    campaign = get_object_or_404(reading.campaigns_to_read(timezone.now()), slug=slug)
    code, file = segno.make(absolute(campaign.get_absolute_url()), error="m", micro=False), io.BytesIO()
    options = {"title": absolute(campaign.get_absolute_url()), "svgclass": None, "lineclass": None}
    code.save(file, kind=kind, scale=8, dark="#000", light="#fff", **(options if kind == "svg" else {}))
    content_type = "image/svg+xml" if kind == "svg" else "image/png"
    return HttpResponse(file.getvalue(), content_type=content_type, headers=FROM_ANYWHERE)


@public(query=("language",))
def badge(request: HttpRequest, slug: str) -> HttpResponse:
    """How many have signed, for other sites: a drawing without script. `?language=` is one of the site's."""
    campaign = get_object_or_404(reading.campaigns_to_read(timezone.now()), slug=slug)
    asked = request.GET.get("language", "")
    with translation.override(asked if asked in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE):
        tally = counts.tally(campaign)
        words = organisations(tally.count).format(n=grouped(tally.count))
        accent = Accent(campaign.accent).on_paper
        context = {"words": words, "accent": accent, "style": BADGE_STYLE}
        drawing = render_to_string(
            "campaigns/badge.svg", context | {"width": len(words) * BADGE_LETTER, "host": campaign.host.name}
        )
    headers = {**FROM_ANYWHERE, "Content-Security-Policy": BADGE_POLICY}
    return HttpResponse(drawing, content_type="image/svg+xml", headers=headers)
