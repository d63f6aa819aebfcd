"""Links by which a letter is passed on: the key is shown once, the database knows its digest, and each can be ended."""

import hashlib
import secrets
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import QuerySet

from campaigns.models import Campaign, CirculationLink


def make(*, campaign: Campaign, via: str, by: User, now: datetime) -> tuple[CirculationLink, str]:
    """A new link and its key, 43 characters, URL-safe; nobody can read the key again."""
    key = secrets.token_urlsafe(32)
    link = CirculationLink.objects.create(
        campaign=campaign, via=via, digest=_digest(key), created_by=by, created_at=now
    )
    return link, key


def standing(campaign: Campaign) -> "QuerySet[CirculationLink]":
    return CirculationLink.objects.filter(campaign=campaign, ended_at=None)


def of_key(campaign: Campaign, key: str) -> CirculationLink | None:
    """The link of that key, if it belongs to `campaign` and was not ended."""
    return standing(campaign).filter(digest=_digest(key)).first()


def _digest(key: str) -> str:
    """256 random bits need no salt."""
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()
