"""Mail to those who manage a letter, about the letter as a whole; it names no signatory."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format

from campaigns.models import Campaign
from campaigns.translation import pick
from signatories.mail import outbox
from signatories.models import ExportLog
from signatories.states import MailKind


def warn_of_purge(campaign: Campaign, *, due_at: datetime, contacts: int, now: datetime) -> None:
    """Queues the mails that say on which day how many contacts of the letter will be erased."""
    page = reverse("admin:campaigns_campaign_change", args=[campaign.pk])
    with translation.override(settings.LANGUAGE_CODE):
        day = date_format(timezone.localtime(due_at, campaign.zoneinfo), "DATE_FORMAT")
    about = {"day": day, "contacts": contacts, "link": f"{settings.SITE_URL}{page}"}
    _queue(campaign, campaign.mailboxes_of_managers(), MailKind.PURGE_WARNING, about, now)


def tell_of_export(log: ExportLog, by: User) -> None:
    """Queues the mails that tell the other managers that contacts left the house (scenario C12); the reason is on the desk."""
    campaign, now = log.campaign, log.exported_at
    own = by.email.lower()
    others = [each for each in campaign.mailboxes_of_managers() if each.lower() != own]
    page = reverse("admin:signatories_exportlog_change", args=[log.pk])
    with translation.override(settings.LANGUAGE_CODE):
        when = date_format(timezone.localtime(now, campaign.zoneinfo), "DATETIME_FORMAT")
    about = {
        "who": by.get_username(),
        "rows": log.row_count,
        "with_withheld": log.with_withheld,
        "when": when,
        "link": f"{settings.SITE_URL}{page}",
    }
    _queue(campaign, others, MailKind.EXPORTED, about, now)


def _queue(
    campaign: Campaign, mailboxes: list[str], kind: MailKind, about: dict[str, Any], now: datetime
) -> None:
    language = settings.LANGUAGE_CODE
    version = campaign.letter_versions.current()
    text = pick(version.texts.all(), language) if version else None
    context = {"title": text.title if text else campaign.slug, "host": campaign.host.name} | about
    for mailbox in mailboxes:
        outbox.queue(
            outbox.new_mail(
                kind=kind, signature=None, recipient=mailbox, language=language, context=context, now=now
            )
        )
