"""The headline: how many organisations, how many of them named, from how many countries. It prints the truth."""

import json
from collections.abc import Callable

from django import template
from django.utils.formats import get_format, number_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.counts import Tally

register = template.Library()

# One number for each plural category of CLDR: together they call up every plural form of the six languages.
SAMPLES = {"zero": 0, "one": 1, "two": 2, "few": 3, "many": 11, "other": 100}


def organisations(number: int) -> str:
    return ngettext("{n} organisation", "{n} organisations", number)


def named(number: int) -> str:
    return ngettext("{n} is named", "{n} are named", number)


def countries(number: int) -> str:
    return ngettext("{n} country or territory", "{n} countries and territories", number)


def sentences() -> dict[str, str]:
    """The headline's sentence for each case; `sentence_for` says which."""
    return {
        "none": _("No organisation is listed yet"),
        "unnamed": _("{organisations}, whose names are not published"),
        "some": _("{organisations}, of which {named}, from {countries}"),
        "all": _("{organisations} from {countries}"),
    }


def sentence_for(tally: Tally) -> str:
    if tally.count == 0:
        return "none"
    if tally.named == 0:
        return "unnamed"
    return "all" if tally.named == tally.count else "some"


@register.simple_tag
def headline(tally: Tally) -> SafeString:
    """“81 organisations, of which 80 are named, from 41 countries and territories”, the first number marked."""
    marked = format_html("<strong>{}</strong>", grouped(tally.count))
    return format_html(
        sentences()[sentence_for(tally)],
        organisations=format_html(organisations(tally.count), n=marked),
        named=named(tally.named).format(n=grouped(tally.named)),
        countries=countries(tally.countries).format(n=grouped(tally.countries)),
    )


@register.simple_tag(name="headline_text")
def plain_headline(tally: Tally, number: str = "") -> str:
    """The headline as plain text; `number` stands for the first one, where that is set apart (“{n}”)."""
    return sentences()[sentence_for(tally)].format(
        organisations=organisations(tally.count).format(n=number or grouped(tally.count)),
        named=named(tally.named).format(n=grouped(tally.named)),
        countries=countries(tally.countries).format(n=grouped(tally.countries)),
    )


@register.simple_tag
def headline_words() -> str:
    """The same sentences with all their plural forms, as JSON for letter.js, which takes "other" for a missing form."""
    words = {
        "organisations": _forms(organisations),
        "named": _forms(named),
        "countries": _forms(countries),
        "sentences": sentences(),
        "separator": get_format("THOUSAND_SEPARATOR"),
    }
    return conditional_escape(json.dumps(words, ensure_ascii=False, separators=(",", ":")))


@register.filter
def unnamed(tally: Tally) -> int:
    return tally.count - tally.named


def _forms(phrase: Callable[[int], str]) -> dict[str, str]:
    forms = {category: phrase(number) for category, number in SAMPLES.items()}
    return {
        category: form for category, form in forms.items() if category == "other" or form != forms["other"]
    }


@register.filter
def grouped(number: int) -> str:
    """“1,204”, in the way of the reader's language."""
    return number_format(number, force_grouping=True)
