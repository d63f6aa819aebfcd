"""What a campaign still lacks before its letter can go out. Staff read it; going public asks it."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.choices import ConsentKind, Stage
from campaigns.models import Campaign

# Stages in which everybody can read the letter: what is needed must be there.
OUT = frozenset({Stage.PUBLIC, Stage.DELIVERED, Stage.ANSWERED, Stage.ARCHIVED})


@dataclass(frozen=True)
class Point:
    """One thing to have. What is `needed` keeps the letter from going public; the rest is advice."""

    words: str
    done: bool
    needed: bool = False


def points(campaign: Campaign) -> list[Point]:
    """Everything to have, in the order in which one does it; five queries."""
    return [*_letter(campaign), *_around(campaign), *_consents(campaign), *_dates(campaign)]


def missing(campaign: Campaign) -> list[str]:
    """What keeps the letter from going public, in words."""
    return [point.words for point in points(campaign) if point.needed and not point.done]


def _letter(campaign: Campaign) -> Iterator[Point]:
    version = campaign.letter_versions.current()
    yield Point(_("A letter version is frozen"), version is not None, needed=True)
    written = set(version.texts.values_list("language", flat=True)) if version else set()
    for language in _other_languages(campaign):
        yield Point(_("Letter in %(language)s") % {"language": language.name}, language.code in written)
    yield Point(_("At least one ask"), campaign.asks.filter(texts__isnull=False).exists())


def _around(campaign: Campaign) -> Iterator[Point]:
    texts = {text.language: text for text in campaign.texts.all()}
    main = texts.get(settings.LANGUAGE_CODE) or next(iter(texts.values()), None)
    yield Point(_("The addressee is named"), bool(main and main.addressee_office), needed=True)
    yield Point(_("A privacy notice"), bool(main and main.privacy_notice), needed=True)
    yield Point(_("How the host verifies signatures"), bool(main and main.how_verified))
    if campaign.caution_countries:
        yield Point(_("A safety notice in your own words"), bool(main and main.safety_notice))
    for language in _other_languages(campaign):
        yield Point(
            _("Texts around the letter in %(language)s") % {"language": language.name}, language.code in texts
        )


def _consents(campaign: Campaign) -> Iterator[Point]:
    worded = {
        text.language for text in campaign.consent_texts.all() if text.kind == ConsentKind.DATA_PROCESSING
    }
    yield Point(_("A consent text for data processing"), bool(worded), needed=True)
    for language in _other_languages(campaign):
        yield Point(_("Consent text in %(language)s") % {"language": language.name}, language.code in worded)


def _dates(campaign: Campaign) -> Iterator[Point]:
    yield Point(_("The deadline lies ahead"), campaign.closes_at > timezone.now() or campaign.stage in OUT)
    yield Point(_("The host has a mailbox for questions"), bool(campaign.host.mailbox))


@dataclass(frozen=True)
class _Language:
    code: str
    name: str


def _other_languages(campaign: Campaign) -> list[_Language]:
    names = dict(settings.LANGUAGES)
    return [
        _Language(code, str(names[code]))
        for code in campaign.languages
        if code != settings.LANGUAGE_CODE and code in names
    ]
