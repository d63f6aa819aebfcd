"""letter.pdf: the letter, its asks and its signatories as one document, with the version and the minute that it shows."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.choices import Accent, SectionsPolicy, TextStatus
from campaigns.counts import Tally
from campaigns.grouping import Section
from campaigns.lines import Line
from campaigns.reading import ReadLetter
from campaigns.templatetags.counting import grouped, plain_headline
from campaigns.typesetting import setting
from campaigns.typesetting.tree import tree
from campaigns.typesetting.words import breakable, tagged, tags
from campaigns.weblinks import absolute

# More names make a document of hundreds of pages that nobody prints; the list on the web and the CSV have them all.
MOST_NAMES = 5_000


def letter_pdf(
    letter: ReadLetter, tally: Tally, sections: Sequence[Section], language: str, as_of: datetime
) -> bytes:
    """A tagged PDF of `letter` with its list in these sections. The same arguments within one minute give the same bytes."""
    return setting.pdf(
        "letter",
        _data(letter, tally, sections, language, as_of.replace(second=0, microsecond=0)),
        letter.campaign.host.picture,
    )


def _data(
    letter: ReadLetter, tally: Tally, sections: Sequence[Section], language: str, as_of: datetime
) -> dict[str, Any]:
    campaign, around, text = letter.campaign, letter.around, letter.text
    printed = sum(len(section.lines) for section in sections)
    opened = campaign.opens_at.astimezone(campaign.zoneinfo)
    return {
        **tags(language),
        "accent": Accent(campaign.accent).on_paper,
        "title": tagged(breakable(letter.title), text.language if text else language),
        "host": campaign.host.name,
        "around": tags(around.language if around else language),
        "addressee": {
            "person": breakable(around.addressee_person) if around else "",
            "office": breakable(capfirst(around.addressee_office)) if around else "",
        },
        "date": date_format(opened, "DATE_FORMAT"),
        "body": tree(text.body) if text else [],
        "asks_heading": _("What we ask"),
        "asks": [tagged(breakable(ask.text.text), ask.text.language) for ask in letter.asks],
        "signatories_heading": _("Signatories"),
        "headline": plain_headline(tally),
        "notes": _notes(letter, tally, printed),
        "sections": [
            {"title": breakable(section.title), "lines": [_line(line) for line in section.lines]}
            for section in sections
        ],
        "foot": _foot(letter, as_of),
        "page": _("Page {n} of {m}"),
        "remarks": _remarks(letter),
        "address": absolute(campaign.get_absolute_url()),
    }


def _line(line: Line) -> dict[str, Any]:
    name = f"{line.name} ({line.acronym})" if line.acronym else line.name
    section = _("section of %(network)s") % {"network": line.network} if line.network else ""
    native = tagged(breakable(line.native_name), line.native_language) if line.native_name else None
    rest = " · ".join(part for part in (line.country, section) if part)
    return {"name": breakable(name), "native": native, "rest": breakable(rest)}


def _notes(letter: ReadLetter, tally: Tally, printed: int) -> list[str]:
    """What the list of the page says above its names, and what it leaves to the page."""
    notes = []
    if unnamed := tally.count - tally.named:
        notes.append(
            ngettext(
                "%(number)s organisation has signed without its name being published, for safety.",
                "%(number)s organisations have signed without their names being published, for safety.",
                unnamed,
            )
            % {"number": grouped(unnamed)}
        )
    if tally.sections and letter.campaign.sections_policy == SectionsPolicy.ONCE:
        notes.append(
            ngettext(
                "Including %(number)s section, counted with its network.",
                "Including %(number)s sections, counted with their networks.",
                tally.sections,
            )
            % {"number": grouped(tally.sections)}
        )
    if printed == MOST_NAMES:
        notes.append(
            _("The first %(number)s names are printed here; the page of the letter has all of them.")
            % {"number": grouped(printed)}
        )
    return notes


def _foot(letter: ReadLetter, as_of: datetime) -> str:
    utc = as_of.astimezone(UTC)
    moment = {"day": date_format(utc, "DATE_FORMAT"), "time": f"{utc:%H:%M}"}
    parts = [_("Signatories as of %(day)s, %(time)s UTC") % moment]
    if letter.version:
        parts.insert(0, _("Letter version %(number)s") % {"number": letter.version.number})
    return " · ".join(parts)


def _remarks(letter: ReadLetter) -> list[str]:
    remarks = [breakable(_("The host of this letter is %(host)s.") % {"host": letter.campaign.host.name})]
    if letter.text and letter.text.status == TextStatus.COURTESY:
        remarks.append(_("This is a courtesy translation. Organisations sign the authoritative text."))
    if letter.text and letter.text.status == TextStatus.OUTDATED:
        remarks.append(_("This translation is older than the text that organisations sign."))
    if letter.version:
        remarks.append(
            _("SHA-256 of version %(number)s: %(digest)s")
            % {"number": letter.version.number, "digest": letter.version.sha256}
        )
    return remarks
