"""What the form of a letter needs to know, in one trip to the database, and for a moment without.

For the one step that hundreds take in a second when a letter is in the news. The same through the models takes four times as
long, most of it for building the questions anew (decision 0009, measured).
"""

import time
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model

from campaigns import life
from campaigns.models import Campaign, ConsentText, Host, LetterText
from campaigns.translation import pick

Row = TypeVar("Row", bound=Model)

# For so long a letter that was read serves the next forms too: a fifth of the time of a form, under load (measured). Whether
# the letter is open is a matter of the clock and judged anew each time; a change by its host is heeded a second later.
KEPT_SECONDS = 1.0
_kept: dict[str, tuple[float, "OpenLetter"]] = {}

_QUESTIONS = """
    SELECT {campaign}, {host}
    FROM campaigns_campaign JOIN campaigns_host ON campaigns_host.id = campaigns_campaign.host_id
    WHERE slug = %s;

    SELECT {consent_text}
    FROM campaigns_consenttext JOIN campaigns_campaign ON campaigns_campaign.id = campaign_id
    WHERE slug = %s
    ORDER BY kind, version DESC, language;

    SELECT version_id, language, title
    FROM campaigns_lettertext
    WHERE version_id = (
        SELECT version.id
        FROM campaigns_letterversion AS version JOIN campaigns_campaign ON campaigns_campaign.id = campaign_id
        WHERE slug = %s AND frozen_at IS NOT NULL
        ORDER BY number DESC LIMIT 1
    )
"""


@dataclass(frozen=True)
class OpenLetter:
    """A campaign with its host, all wordings of its consents, and the headings of its newest frozen version."""

    campaign: Campaign
    consent_texts: list[ConsentText]
    headings: list[LetterText]

    def heading(self, language: str) -> LetterText | None:
        """Title, and id of the version, as a reader of `language` gets them; None if there is nothing to sign."""
        return pick(self.headings, language)


def open_letter(slug: str, now: datetime) -> OpenLetter | None:
    """The letter of that address, if anybody may read it at the moment `now`; to be read, not changed: others share it."""
    read_at, letter = _kept.get(slug, (0.0, None))
    if letter is None or time.monotonic() - read_at >= KEPT_SECONDS:
        letter = _read(slug)
        if letter is None:
            _kept.pop(slug, None)
            return None
        _kept[slug] = (time.monotonic(), letter)
    return letter if life.is_readable(letter.campaign, now) else None


def _read(slug: str) -> OpenLetter | None:
    with connection.cursor() as cursor:
        cursor.execute(_questions(), [slug] * 3)
        found = cursor.fetchall()
        cursor.nextset()
        consent_texts = [_instance(ConsentText, row) for row in cursor.fetchall()]
        cursor.nextset()
        headings = [
            LetterText(version_id=version, language=language, title=title)
            for version, language, title in cursor.fetchall()
        ]
    if not found:
        return None
    host_from = len(Campaign._meta.concrete_fields)
    campaign = _instance(Campaign, found[0][:host_from])
    campaign.host = _instance(Host, found[0][host_from:])
    return OpenLetter(campaign, consent_texts, headings)


@cache
def _questions() -> str:
    """Three questions at once; the columns are those of the models, in their order."""
    return _QUESTIONS.format(
        campaign=_columns(Campaign), host=_columns(Host), consent_text=_columns(ConsentText)
    )


def _columns(model: type[Model]) -> str:
    return ", ".join(f"{model._meta.db_table}.{field.column}" for field in model._meta.concrete_fields)


def _instance(model: type[Row], values: tuple[Any, ...]) -> Row:
    return model.from_db(DEFAULT_DB_ALIAS, [field.attname for field in model._meta.concrete_fields], values)
