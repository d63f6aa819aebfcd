"""What the form of a letter needs to know, in one trip to the database.

For the one step that hundreds take in a second when a letter is in the news. The same through the models takes four times as
long, most of it for building the questions anew (decision 0009, measured).
"""

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
    """The letter of that address, if anybody may read it at the moment `now`."""
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
    return OpenLetter(campaign, consent_texts, headings) if life.is_readable(campaign, now) else None


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
