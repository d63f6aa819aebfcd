"""The demo's letters: their dates, texts, asks and news, from the facts of a file."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.text import slugify

from campaigns.choices import PRIVACY, Accent, NamingPolicy, Stage
from campaigns.models import (
    Ask,
    AskText,
    Campaign,
    CampaignText,
    ConsentText,
    Host,
    LetterText,
    LetterVersion,
    Milestone,
    Quote,
    Topic,
    TopicName,
    Update,
    UpdateText,
)
from campaigns.versions import freeze

Facts = dict[str, Any]


def make(facts: Facts, body: str, host: Host, *, follows: Campaign | None = None) -> Campaign:
    """A campaign with its letter frozen, as `facts` say; who signed it is not among them."""
    campaign = _campaign(facts, host, follows)
    _texts(campaign, facts)
    _letter(campaign, facts, body)
    _story(campaign, facts)
    return campaign


def note_milestones(campaign: Campaign) -> None:
    """As the worker would have: each with the day on which so many counted."""
    joined = (
        campaign.signatures.counted().order_by("joined_total_at").values_list("joined_total_at", flat=True)
    )
    days = [moment.astimezone(campaign.zoneinfo).date() for moment in joined if moment]
    Milestone.objects.bulk_create(
        Milestone(campaign=campaign, number=number, reached_on=days[number - 1])
        for number in campaign.milestones
        if number <= len(days)
    )


def _at(days: int, clock: str, zone: str) -> datetime:
    """The moment at which a clock in `zone` shows `clock`, so many days from today."""
    place = ZoneInfo(zone)
    day = timezone.now().astimezone(place).date() + timedelta(days=days)
    return datetime.combine(day, time.fromisoformat(clock), tzinfo=place)


def _campaign(facts: Facts, host: Host, follows: Campaign | None) -> Campaign:
    dates = facts["dates"]
    delivered = dates.get("delivered_days_ago")
    campaign = Campaign.objects.create(
        slug=facts["slug"],
        host=host,
        follows=follows,
        stage=Stage(facts.get("stage", Stage.PUBLIC)),
        accent=Accent(facts["accent"]),
        zone=dates["zone"],
        opens_at=_at(-dates["opens_days_ago"], dates["opens_at"], dates["zone"]),
        closes_at=_at(dates["closes_in_days"], dates["closes_at"], dates["zone"]),
        delivered_at=None if delivered is None else _at(-delivered, dates["closes_at"], dates["zone"]),
        goal=facts.get("goal"),
        milestones=facts.get("milestones", []),
        naming_policy=NamingPolicy.UN,
        modes_allowed=[mode.value for mode in PRIVACY],
    )
    for name in facts["topics"]:
        topic, _new = Topic.objects.get_or_create(slug=slugify(name))
        TopicName.objects.get_or_create(topic=topic, language=facts["language"], defaults={"name": name})
        campaign.topics.add(topic)
    return campaign


def _texts(campaign: Campaign, facts: Facts) -> None:
    CampaignText.objects.create(
        campaign=campaign,
        language=facts["language"],
        addressee_office=facts["addressee_office"],
        summary=facts["summary"],
        how_verified=facts["host"]["verification_statement"].strip(),
        privacy_notice=facts["privacy"]["notice"].strip(),
    )
    for kind, text in facts["consents"].items():
        ConsentText.objects.create(
            campaign=campaign,
            kind=kind,
            version=text["version"],
            language=facts["language"],
            wording=text["wording"].strip(),
        )


def _letter(campaign: Campaign, facts: Facts, body: str) -> None:
    for ask in facts["asks"]:
        row = Ask.objects.create(campaign=campaign, position=ask["number"], status=ask["status"])
        AskText.objects.create(ask=row, language=facts["language"], text=ask["text"])
    version = LetterVersion.objects.create(campaign=campaign, number=1)
    LetterText.objects.create(
        version=version,
        language=facts["language"],
        title=facts["title"],
        body=body,
    )
    freeze(version, moment=campaign.opens_at)


def _story(campaign: Campaign, facts: Facts) -> None:
    if "quote" in facts:
        Quote.objects.create(campaign=campaign, language=facts["language"], **facts["quote"])
    asks = {ask.position: ask for ask in campaign.asks.all()}
    for item in facts["updates"]:
        update = Update.objects.create(
            campaign=campaign,
            kind=item["kind"],
            ask=asks.get(item.get("ask", 0)),
            ask_status=item.get("ask_status", ""),
            published_at=timezone.now() - timedelta(days=item["days_ago"]),
        )
        UpdateText.objects.create(
            update=update, language=facts["language"], title=item["title"], body=item["body"].strip()
        )
