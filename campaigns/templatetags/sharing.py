"""Whole addresses and what others can paste, for the templates of the letter."""

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from campaigns import weblinks
from campaigns.models import Quote

register = template.Library()
# By its plain name: a snippet that somebody pasted years ago must still find it.
EMBED_SCRIPT = f"{settings.STATIC_URL}js/embed.js"


@register.simple_tag
def whole(path: str) -> str:
    """`path` with scheme and host of this site."""
    return weblinks.absolute(path)


@register.simple_tag
def share_links(title: str, path: str) -> list[weblinks.ShareLink]:
    return weblinks.share_links(title, weblinks.absolute(path))


@register.simple_tag
def embed_snippet(title: str, path: str) -> str:
    """The one line that shows the letter `title` on another site, and a link there where no script runs."""
    page = weblinks.absolute(path)
    return format_html(
        '<script src="{}" data-letter="{}" async></script><noscript><a href="{}">{}</a></noscript>',
        weblinks.absolute(EMBED_SCRIPT),
        page,
        page,
        title,
    )


@register.simple_tag
def quoted(quote: Quote, host: str) -> str:
    """“…” – N. N., spokesperson, Host: a quote as it is pasted into an article."""
    who = ", ".join(part for part in (quote.speaker, quote.speaker_role, host) if part)
    return _("“%(text)s” – %(who)s") % {"text": quote.text, "who": who}


@register.simple_tag
def locale_of(language: str = "") -> str:
    """“en”, “zh_Hans”: as OpenGraph writes a language."""
    return to_locale(language or get_language() or settings.LANGUAGE_CODE)
