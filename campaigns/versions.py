"""Freezing a letter version: from then on it has a SHA-256, and its words stay."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.choices import TextStatus
from campaigns.letters import text_digest
from campaigns.models import Campaign, LetterVersion


class NotReady(Exception):
    """The version can't be frozen yet; the words say what is missing."""


@transaction.atomic
def freeze(version: LetterVersion, *, moment: datetime | None = None) -> LetterVersion:
    """Gives `version` its SHA-256 over the authoritative and official texts and all asks, now or as of `moment`. Raises NotReady."""
    # Both locks, in the order of those who write (migration 0003): no word changes between reading and freezing.
    version = LetterVersion.objects.select_for_update().get(pk=version.pk)
    version.campaign = Campaign.objects.select_for_update(no_key=True).get(pk=version.campaign_id)
    if version.frozen_at is not None:
        raise NotReady(_("This version is frozen already."))
    texts = [
        text for text in version.texts.all() if text.status in (TextStatus.AUTHORITATIVE, TextStatus.OFFICIAL)
    ]
    if not any(text.status == TextStatus.AUTHORITATIVE for text in texts):
        raise NotReady(_("The version has no authoritative text."))
    languages = {text.language for text in texts}
    asks = [
        (ask.position, text.language, text.text)
        for ask in version.campaign.asks.prefetch_related("texts")
        for text in ask.texts.all()
        if text.language in languages
    ]
    for number, ask in enumerate(version.campaign.asks.prefetch_related("texts"), start=1):
        if lacking := languages - {text.language for text in ask.texts.all()}:
            raise NotReady(
                _("Ask %(number)s has no words in: %(languages)s.")
                % {"number": number, "languages": ", ".join(sorted(lacking))}
            )
    digest = text_digest([(text.language, text.title, text.body) for text in texts], asks)
    if version.campaign.letter_versions.filter(sha256=digest).exists():
        raise NotReady(_("An earlier version has exactly this text."))
    version.sha256, version.frozen_at = digest, moment or timezone.now()
    version.save(update_fields=["sha256", "frozen_at"])
    return version
