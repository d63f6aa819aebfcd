"""Corrections: updates of a letter that the program writes itself, in each of the letter's languages."""

from datetime import datetime

from django.utils import translation
from django.utils.functional import Promise

from campaigns.choices import UpdateKind
from campaigns.models import Campaign, Update, UpdateText


def publish(campaign: Campaign, now: datetime, *, title: Promise, body: Promise) -> Update:
    """Publishes a correction of `campaign` at once. `title` and `body` are lazy translations; both without names of signers."""
    update = Update.objects.create(campaign=campaign, kind=UpdateKind.CORRECTION, published_at=now)
    for language in campaign.languages:
        with translation.override(language):
            UpdateText.objects.create(update=update, language=language, title=str(title), body=str(body))
    return update
