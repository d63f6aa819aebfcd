"""card.png: title, count and host, for wherever somebody shares the letter."""

from django.utils.translation import gettext as _

from campaigns.choices import Accent
from campaigns.counts import Tally
from campaigns.models import Campaign, CampaignText, LetterText
from campaigns.templatetags.counting import grouped, plain_headline
from campaigns.typesetting import setting
from campaigns.typesetting.words import breakable, tagged, tags

WIDTH, HEIGHT = 1200, 630


def card_png(
    campaign: Campaign, text: LetterText | None, around: CampaignText | None, tally: Tally, language: str
) -> bytes:
    """A picture of WIDTH × HEIGHT pixels; long titles get smaller letters. The same arguments give the same bytes."""
    title = tagged(breakable(text.title), text.language) if text else tagged(campaign.slug, language)
    return setting.png(
        "card",
        {
            **tags(language),
            "accent": Accent(campaign.accent).on_paper,
            "to": breakable(f"{_('To')} {_addressee(around)}") if around else "",
            "around": tags(around.language if around else language),
            "title": title,
            "number": grouped(tally.count) if tally.count else "",
            "words": plain_headline(tally, "{n}"),
            "host": breakable(campaign.host.name),
        },
        campaign.host.picture,
    )


def _addressee(around: CampaignText) -> str:
    if not around.addressee_person:
        return around.addressee_office
    return _("%(person)s, %(office)s") % {
        "person": around.addressee_person,
        "office": around.addressee_office,
    }
