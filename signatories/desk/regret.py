"""A ready letter to the organisation in whose name a stranger had signed: to be read through and sent by a person."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from campaigns.choices import PublicationMode
from campaigns.translation import pick
from signatories.models import Signature, SignatureEvent
from signatories.states import Reason, State

TAKEN_BACK = (State.REVOKED, State.REJECTED)


@dataclass(frozen=True)
class Written:
    """The letter in one language. `name` is what the language calls itself."""

    language: str
    name: str
    text: str


def letters(signature: Signature, events: Iterable[SignatureEvent]) -> list[Written]:
    """In each language of the campaign, where `signature` was accepted and then taken back as an impersonation; else none.

    `events` are those of its trail. One query at most.
    """
    if signature.state not in TAKEN_BACK or signature.decision_reason != Reason.IMPERSONATION:
        return []
    if not any(event.to_state == State.ACCEPTED for event in events):
        return []
    texts = list(signature.letter_version.texts.all())
    written = []
    for language in signature.campaign.languages:
        with translation.override(language):
            text = pick(texts, language)
            words = _words(signature, text.title if text else signature.campaign.slug)
        written.append(Written(language, get_language_info(language)["name_local"], words))
    return written


def _words(signature: Signature, title: str) -> str:
    campaign = signature.campaign
    facts = {
        "organisation": signature.organisation.name,
        "title": title,
        "page": f"{settings.SITE_URL}{campaign.get_absolute_url()}",
        "host": campaign.host.name,
        "mailbox": campaign.host.mailbox,
        "day": date_format(signature.decided_at.astimezone(campaign.zoneinfo), "DATE_FORMAT")
        if signature.decided_at
        else "",
    }
    was_public = signature.publication_mode == PublicationMode.PUBLIC
    paragraphs = [
        _("To: %(organisation)s"),
        _("Good day,"),
        _("We run the open letter “%(title)s”: %(page)s"),
        _(
            "Somebody signed it in the name of your organisation. We have found that it was not you, and took the signature back on %(day)s."
        ),
        _(
            "Until then your name stood in the public list of signatories. It is gone from the list and the count, and a correction that names nobody stands on the letter's page. Copies that others made may still show it."
        )
        if was_public
        else _("Your name was not shown in public. The signature does not count any more."),
        _(
            "We are sorry. If you wish to know more, or to sign yourselves, please write to us. We give nobody's mailbox away, but we answer what we may."
        ),
        "%(host)s\n%(mailbox)s",
    ]
    return "\n\n".join(paragraph % facts for paragraph in paragraphs).strip()
