"""Moments as readers are told them: in the campaign's own time zone, and in UTC for everybody else."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()


@register.simple_tag
def in_both_zones(moment: datetime, zone: str) -> SafeString:
    """“30 September 2026, 12:00 (Europe/Zurich) = 10:00 UTC”; the day in UTC is named where it is another one."""
    there, utc = moment.astimezone(ZoneInfo(zone)), moment.astimezone(UTC)
    ahead = there.replace(tzinfo=None) - utc.replace(tzinfo=None)
    facts = {
        "day": _day(there),
        "time": _clock(there),
        "zone": zone,
        "utc_day": _day(utc),
        "utc_time": _clock(utc),
    }
    if zone == "UTC":
        words = _("%(day)s, %(time)s UTC")
    elif there.date() == utc.date():
        words = _("%(day)s, %(time)s (%(zone)s) = %(utc_time)s UTC")
    else:
        words = _("%(day)s, %(time)s (%(zone)s) = %(utc_day)s, %(utc_time)s UTC")
    # letter.js adds the reader's own time, in these words, where it is another one.
    return format_html(
        '<time datetime="{}" data-ahead="{}" data-own="{}">{}</time>',
        f"{utc:%Y-%m-%dT%H:%M:%SZ}",
        ahead // timedelta(minutes=1),
        _("{time} in your time zone"),
        words % facts,
    )


@register.simple_tag
def minute_in_utc(moment: datetime) -> SafeString:
    """“14:05 UTC”; the day comes along for print and for whoever keeps the page. letter.js changes both."""
    utc = moment.astimezone(UTC)
    return format_html(
        '<time datetime="{}" data-as-of><span class="print-only"><span data-day>{}</span>, </span>'
        "<span data-clock>{}</span> UTC</time>",
        f"{utc:%Y-%m-%dT%H:%MZ}",
        _day(utc),
        _clock(utc),
    )


@register.simple_tag
def in_utc(moment: datetime) -> SafeString:
    """“24 November 2026, 10:05 UTC”."""
    utc = moment.astimezone(UTC)
    words = _("%(day)s, %(time)s UTC") % {"day": _day(utc), "time": _clock(utc)}
    return format_html('<time datetime="{}">{}</time>', f"{utc:%Y-%m-%dT%H:%M:%SZ}", words)


@register.simple_tag
def day(moment: datetime, zone: str) -> SafeString:
    """“30 September 2026”, as it was in `zone`."""
    there = moment.astimezone(ZoneInfo(zone))
    return format_html('<time datetime="{}">{}</time>', f"{there:%Y-%m-%d}", _day(there))


def _day(moment: datetime) -> str:
    return date_format(moment, "DATE_FORMAT")


def _clock(moment: datetime) -> str:
    # Twenty-four hours in every language: a deadline must not be half a day away from what it seems.
    return f"{moment:%H:%M}"
