"""A letter as a reader gets it: everything its page shows, in a fixed number of queries."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef
from django.db.models.functions import JSONObject
from django.utils.safestring import SafeString

from campaigns import life
from campaigns.choices import AskStatus
from campaigns.letters import to_html
from campaigns.models import (
    Ask,
    AskText,
    Campaign,
    CampaignText,
    LetterText,
    LetterVersion,
    Quote,
    TopicName,
    Update,
    UpdateText,
)
from campaigns.models.campaign import CampaignQuerySet
from campaigns.translation import Text, pick


@dataclass(frozen=True)
class ReadAsk:
    """One demand; `number` is what readers call it by."""

    ask: Ask
    number: int
    text: AskText
    update: "ReadUpdate | None" = None

    @property
    def status(self) -> AskStatus:
        return AskStatus(self.ask.status)


@dataclass(frozen=True)
class ReadUpdate:
    update: Update
    text: UpdateText
    html: SafeString
    ask_number: int | None


@dataclass(frozen=True)
class ReadLetter:
    """The letter and what stands around it, each text in the reader's language or the nearest there is."""

    campaign: Campaign
    phase: life.Phase
    version: LetterVersion | None
    text: LetterText | None
    html: SafeString
    around: CampaignText | None
    asks: list[ReadAsk]
    updates: list[ReadUpdate]
    quotes: list[Quote]
    topics: list[str]

    @property
    def title(self) -> str:
        return self.text.title if self.text else self.campaign.slug


def campaigns_to_read(now: datetime) -> CampaignQuerySet:
    """Readable campaigns as `read` takes them."""
    return to_read(Campaign.objects.readable(now))


def to_read(campaigns: CampaignQuerySet) -> CampaignQuerySet:
    """Campaigns with their hosts, the names of their topics and what their spokespersons say, in one query."""
    names = (
        TopicName.objects.filter(topic__campaigns=OuterRef("pk"))
        .order_by("topic__slug")
        .values(json=JSONObject(topic=F("topic_id"), language=F("language"), name=F("name")))
    )
    columns = {column: F(column) for column in ("language", "position", "text", "speaker", "speaker_role")}
    quotes = (
        Quote.objects.filter(campaign=OuterRef("pk")).order_by("position").values(json=JSONObject(**columns))
    )
    return campaigns.select_related("host").annotate(
        topic_names=ArraySubquery(names), quote_rows=ArraySubquery(quotes)
    )


def letter_text(campaign: Campaign, language: str) -> LetterText | None:
    """The text of the newest frozen version in `language`, its version loaded; one query."""
    texts = list(
        LetterText.objects.filter(version__campaign=campaign, version__frozen_at__isnull=False)
        .select_related("version")
        .order_by("-version__number")
    )
    return pick([text for text in texts if text.version_id == texts[0].version_id], language)


def read(campaign: Campaign, language: str, now: datetime) -> ReadLetter:
    """Everything of a letter but its signatories; four queries for a campaign of `to_read`."""
    text = letter_text(campaign, language)
    asks = _asks(campaign, language)
    updates = _updates(campaign, language, now, {ask.ask.pk: ask.number for ask in asks})
    return ReadLetter(
        campaign=campaign,
        phase=life.phase(campaign, now),
        version=text.version if text else None,
        text=text,
        html=to_html(text.body if text else ""),
        around=pick(CampaignText.objects.filter(campaign=campaign), language),
        asks=[_with_update(ask, updates) for ask in asks],
        updates=updates,
        quotes=_quotes(campaign, language),
        topics=_topics(campaign, language),
    )


def _asks(campaign: Campaign, language: str) -> list[ReadAsk]:
    texts = AskText.objects.filter(ask__campaign=campaign).select_related("ask").order_by("ask__position")
    chosen = _one_each(list(texts), "ask_id", language)
    return [ReadAsk(ask=text.ask, number=number, text=text) for number, text in enumerate(chosen, start=1)]


def _with_update(ask: ReadAsk, updates: list[ReadUpdate]) -> ReadAsk:
    """Adds the newest update that gave the ask its present status."""
    giving = (
        each for each in updates if each.update.ask_id == ask.ask.pk and each.update.ask_status == ask.status
    )
    return ReadAsk(ask=ask.ask, number=ask.number, text=ask.text, update=next(giving, None))


def _updates(campaign: Campaign, language: str, now: datetime, numbers: dict[int, int]) -> list[ReadUpdate]:
    texts = (
        UpdateText.objects.filter(update__campaign=campaign, update__published_at__lte=now)
        .select_related("update")
        .order_by("-update__published_at", "-update_id")
    )
    return [
        ReadUpdate(
            update=text.update,
            text=text,
            html=to_html(text.body),
            ask_number=numbers.get(text.update.ask_id or 0),
        )
        for text in _one_each(list(texts), "update_id", language)
    ]


def _topics(campaign: Campaign, language: str) -> list[str]:
    names: dict[int, dict[str, str]] = {}
    for row in vars(campaign)["topic_names"]:
        names.setdefault(row["topic"], {})[row["language"]] = row["name"]
    return [by.get(language) or by.get("en") or next(iter(by.values())) for by in names.values()]


def _one_each(texts: list[Text], owner: str, language: str) -> list[Text]:
    """One text for each owner, in the owners' order."""
    owners: dict[int, list[Text]] = {}
    for text in texts:
        owners.setdefault(getattr(text, owner), []).append(text)
    return [chosen for group in owners.values() if (chosen := pick(group, language))]


def _quotes(campaign: Campaign, language: str) -> list[Quote]:
    quotes = [Quote(campaign=campaign, **row) for row in vars(campaign)["quote_rows"]]
    chosen = pick(quotes, language)
    return [quote for quote in quotes if chosen and quote.language == chosen.language]
