"""A letter's updates for feed readers, and its deadline for calendars."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, time
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vText

from campaigns.models import Campaign
from campaigns.reading import ReadUpdate

# What XML 1.0 cannot hold.
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class DatedFeed(Atom1Feed):
    """A feed that was last changed on a day that it is told, so that the same news are the same bytes."""

    def latest_post_date(self) -> datetime:
        changed: datetime = self.feed["changed"]
        return changed


def atom(
    campaign: Campaign, updates: Iterable[ReadUpdate], *, title: str, language: str, page: str, address: str
) -> str:
    """Atom (RFC 4287). `page` and `address` are whole: of the updates' page, and of the feed.

    Days, never times: a correction is published in the minute in which a signature goes.
    """
    listed = list(updates)
    days = [_day(each.update.published_at) for each in listed if each.update.published_at]
    feed = DatedFeed(
        title=_written(_("Updates: %(title)s") % {"title": title}),
        link=page,
        description="",
        language=language,
        author_name=_written(campaign.host.name),
        feed_url=address,
        changed=max(days, default=_day(campaign.opens_at)),
    )
    for each in listed:
        day = _day(each.update.published_at or campaign.opens_at)
        feed.add_item(
            title=_written(each.text.title),
            link=f"{page}#update-{each.update.public_id}",
            description=_written(each.html),
            unique_id=f"urn:uuid:{each.update.public_id}",
            pubdate=day,
            updateddate=day,
            categories=[each.update.kind],
        )
    return str(feed.writeString("utf-8"))


def deadline(campaign: Campaign, *, title: str, address: str) -> bytes:
    """The moment at which signing ends, in UTC, as a calendar file (RFC 5545); `address` is the letter's, whole."""
    event = Event()
    event.add("uid", f"{campaign.slug}.deadline@{urlsplit(settings.SITE_URL).hostname}")
    # The same bytes at every moment: when the file was made is nobody's concern.
    event.add("dtstamp", campaign.created_at.replace(microsecond=0).astimezone(UTC))
    event.add("dtstart", campaign.closes_at.replace(microsecond=0).astimezone(UTC))
    event.add("summary", _written(_("Last moment to sign: %(title)s") % {"title": title}))
    event.add("description", _("Organisations can sign until then: %(address)s") % {"address": address})
    event.add("url", address)
    event["transp"] = vText("TRANSPARENT")
    calendar = Calendar()
    calendar.add("prodid", "-//Undersigned//Deadline//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _day(moment: datetime) -> datetime:
    return datetime.combine(moment.astimezone(UTC).date(), time(), tzinfo=UTC)


def _written(text: str) -> str:
    return _UNWRITABLE.sub("", text)
