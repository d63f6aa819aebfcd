"""Addresses of a letter as others are given them: whole, on this site, and in plain links to share it."""

from dataclasses import dataclass
from urllib.parse import quote

from django.conf import settings
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class ShareLink:
    """A plain link: nothing happens, and nobody is told, before a reader follows it."""

    name: str
    address: str


def absolute(path: str) -> str:
    """`path` of this site with its scheme and host."""
    return f"{settings.SITE_URL}{path}"


def share_links(title: str, address: str) -> list[ShareLink]:
    """Where to tell others of the letter `title` at the whole `address`."""
    said, link = quote(f"{title} {address}", safe=""), quote(address, safe="")
    subject, body = quote(title, safe=""), quote(f"{title}\n\n{address}", safe="")
    return [
        ShareLink(_("By mail"), f"mailto:?subject={subject}&body={body}"),
        # Its own page asks for the reader's server; what follows # is never sent.
        ShareLink("Mastodon", f"https://share.joinmastodon.org/#text={said}"),
        ShareLink("Bluesky", f"https://bsky.app/intent/compose?text={said}"),
        ShareLink("WhatsApp", f"https://wa.me/?text={said}"),
        ShareLink("LinkedIn", f"https://www.linkedin.com/sharing/share-offsite/?url={link}"),
    ]
