"""A letter as a reader gets it: everything its page shows, in a fixed number of queries."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.utils.safestring import SafeString

from campaigns import life
from campaigns.choices import AskStatus, UpdateKind
from campaigns.letters import to_html
from campaigns.models import (
    Ask,
    AskText,
    Campaign,
    CampaignText,
    LetterText,
    LetterVersion,
    Milestone,
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
class Relative:
    """An earlier letter that this one follows up, or a later one that follows this."""

    slug: str
    language: str
    title: str
    is_earlier: bool


@dataclass(frozen=True)
class ReadMilestone:
    """A number on the way, or the goal; `reached_on` is the day in the campaign's zone on which it was reached, for good."""

    number: int
    reached_on: date | None


@dataclass(frozen=True)
class ReadLetter:
    """The letter and what stands around it, each text in the reader's language or the nearest there is."""

    campaign: Campaign
    phase: life.Phase
    closes_soon: bool
    is_open_to_all: bool
    version: LetterVersion | None
    text: LetterText | None
    html: SafeString
    around: CampaignText | None
    asks: list[ReadAsk]
    updates: list[ReadUpdate]
    quotes: list[Quote]
    topics: list[str]
    earlier: Relative | None
    later: list[Relative]

    @property
    def title(self) -> str:
        return self.text.title if self.text else self.campaign.slug

    @property
    def response(self) -> ReadUpdate | None:
        """The newest that the addressee has answered."""
        return next((each for each in self.updates if each.update.kind == UpdateKind.RESPONSE), None)


@dataclass
class _Title:
    slug: str
    version: int
    language: str
    title: str
    follows: int | None


def campaigns_to_read(now: datetime) -> CampaignQuerySet:
    """Readable campaigns as `read` takes them."""
    return to_read(Campaign.objects.readable(now), now)


def to_read(campaigns: CampaignQuerySet, now: datetime) -> CampaignQuerySet:
    """Campaigns with all that is small about them, in one query.

    Their hosts (without the mark's bytes), the texts around the letter, the names of topics, what spokespersons say, the
    milestones that were reached, and the titles of letters that anybody may read at the moment `now` before and after them.
    """
    of_this = OuterRef("pk")
    names = TopicName.objects.filter(topic__campaigns=of_this).order_by("topic__slug")
    quotes = Quote.objects.filter(campaign=of_this).order_by("position")
    texts = CampaignText.objects.filter(campaign=of_this).order_by("language")
    reached = Milestone.objects.filter(campaign=of_this).order_by("number")
    return (
        campaigns.select_related("host")
        .defer("host__mark")
        .annotate(
            topic_names=_rows(names, "language", "name", topic=F("topic_id")),
            quote_rows=_rows(quotes, "language", "position", "text", "speaker", "speaker_role"),
            text_rows=_rows(texts, *AROUND),
            milestone_rows=_rows(reached, "number", "reached_on"),
            relative_rows=_rows(
                _titles_beside(now),
                "language",
                "title",
                slug=F("version__campaign__slug"),
                version=F("version__number"),
                follows=F("version__campaign__follows"),
            ),
        )
    )


AROUND = [field.name for field in CampaignText._meta.concrete_fields if field.name not in ("id", "campaign")]


def _rows(rows: QuerySet[Any], *columns: str, **others: F) -> ArraySubquery:
    """Each row as an object of its columns, in one array."""
    return ArraySubquery(rows.values(json=JSONObject(**{column: F(column) for column in columns}, **others)))


def _titles_beside(now: datetime) -> QuerySet[LetterText]:
    """Titles, of every frozen version, of the readable campaigns that the outer one follows or that follow it."""
    beside = Q(version__campaign__followed_by=OuterRef("pk")) | Q(version__campaign__follows=OuterRef("pk"))
    return LetterText.objects.filter(
        beside, version__campaign__in=Campaign.objects.readable(now), version__frozen_at__isnull=False
    ).order_by("version__campaign__opens_at", "version__campaign__slug", "-version__number")


def letter_text(campaign: Campaign, language: str) -> LetterText | None:
    """The text of the newest frozen version in `language`, its version loaded; one query."""
    texts = list(
        LetterText.objects.filter(version__campaign=campaign, version__frozen_at__isnull=False)
        .select_related("version")
        .order_by("-version__number")
    )
    return pick([text for text in texts if text.version_id == texts[0].version_id], language)


def read(campaign: Campaign, language: str, now: datetime) -> ReadLetter:
    """Everything of a letter but its signatories; three queries for a campaign of `to_read`."""
    text = letter_text(campaign, language)
    asks = _asks(campaign, language)
    updates = _updates(campaign, language, now, {ask.ask.pk: ask.number for ask in asks})
    relatives = _relatives(campaign, language)
    return ReadLetter(
        campaign=campaign,
        phase=life.phase(campaign, now),
        closes_soon=life.closes_soon(campaign, now),
        is_open_to_all=life.is_open_to_all(campaign, now),
        version=text.version if text else None,
        text=text,
        html=to_html(text.body if text else ""),
        around=around(campaign, language),
        asks=[_with_update(ask, updates) for ask in asks],
        updates=updates,
        quotes=_quotes(campaign, language),
        topics=_topics(campaign, language),
        earlier=next((each for each in relatives if each.is_earlier), None),
        later=[each for each in relatives if not each.is_earlier],
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


def around(campaign: Campaign, language: str) -> CampaignText | None:
    """The texts around the letter of a campaign of `to_read`; no query."""
    return pick((CampaignText(campaign=campaign, **row) for row in vars(campaign)["text_rows"]), language)


def milestones_of(campaign: Campaign) -> list[ReadMilestone]:
    """Of a campaign of `to_read`: the numbers on the way and the goal, and what was reached before somebody changed them."""
    rows = vars(campaign)["milestone_rows"]
    reached = {row["number"]: date.fromisoformat(row["reached_on"]) for row in rows}
    numbers = sorted(campaign.numbers_to_reach | reached.keys())
    return [ReadMilestone(number, reached.get(number)) for number in numbers]


def _relatives(campaign: Campaign, language: str) -> list[Relative]:
    """Earlier and later letters, each by the title of its newest frozen version."""
    newest: dict[str, list[_Title]] = {}
    for row in vars(campaign)["relative_rows"]:
        titles = newest.setdefault(row["slug"], [])
        if not titles or titles[0].version == row["version"]:
            titles.append(_Title(**row))
    chosen = (pick(titles, language) for titles in newest.values())
    return [
        Relative(each.slug, each.language, each.title, is_earlier=each.follows != campaign.pk)
        for each in chosen
        if each
    ]


def _quotes(campaign: Campaign, language: str) -> list[Quote]:
    quotes = [Quote(campaign=campaign, **row) for row in vars(campaign)["quote_rows"]]
    chosen = pick(quotes, language)
    return [quote for quote in quotes if chosen and quote.language == chosen.language]
