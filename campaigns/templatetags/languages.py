"""The same page in another language, and texts that stand in another language than the page around them."""

from dataclasses import dataclass

from django import template
from django.conf import settings
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language, get_language_from_path, get_language_info

from campaigns.models import Campaign, CampaignText
from campaigns.translation import pick

register = template.Library()


@dataclass(frozen=True)
class LanguageLink:
    """`name` is what the language calls itself."""

    code: str
    name: str
    direction: str
    address: str
    is_current: bool


@register.simple_tag(takes_context=True)
def language_links(context: Context, address: str = "") -> list[LanguageLink]:
    """This page, or `address`, in each language; nothing for pages whose address has no language."""
    request = context.get("request")
    address = address or (request.get_full_path() if request else "")
    if not address or not get_language_from_path(address):
        return []
    current = get_language()
    rest = address[1:].partition("/")[2]  # Only the first part of an address is another one in each language.
    return [
        LanguageLink(
            code=code,
            name=capfirst(get_language_info(code)["name_local"]),
            direction=direction(code),
            address=f"/{code}/{rest}",
            is_current=code == current,
        )
        for code, _name in settings.LANGUAGES
    ]


@register.simple_tag
def in_language(language: str) -> SafeString:
    """Attributes, with a space before them, for a text in `language` when that isn't the language of the page."""
    if not language or language == get_language():
        return SafeString("")
    return format_html(' lang="{}" dir="{}"', language, direction(language))


@register.simple_tag
def around(campaign: Campaign) -> CampaignText | None:
    """The texts around the letter in the reader's language or the nearest there is; one query."""
    return pick(campaign.texts.all(), get_language() or settings.LANGUAGE_CODE)


@register.simple_tag
def page_direction() -> str:
    return direction(get_language() or settings.LANGUAGE_CODE)


def direction(language: str) -> str:
    return "rtl" if get_language_info(language)["bidi"] else "ltr"
