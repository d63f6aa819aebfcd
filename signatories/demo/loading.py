"""Loading the demo: an invented letter, 80 invented signatories and 12 that wait. Never a real organisation."""

import tomllib
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from campaigns import life
from campaigns.choices import PRIVACY, NamingPolicy, PublicationMode, Role, Stage
from campaigns.models import (
    Ask,
    AskText,
    Campaign,
    CampaignRole,
    CampaignText,
    ConsentText,
    Host,
    LetterText,
    LetterVersion,
    Quote,
    Topic,
    TopicName,
    Update,
    UpdateText,
)
from campaigns.versions import freeze
from signatories import signing, tokens, verification
from signatories.identity import mailboxes
from signatories.models import Contact, Evidence, Organisation, Signature
from signatories.states import EventKind, EvidenceKind, Flag, State
from signatories.transitions import SIGNER, record, staff

FOLDER = Path(__file__).parent
ACCOUNT = "demo"


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


def is_loaded() -> bool:
    return Campaign.objects.filter(slug=_read("campaign.toml")["slug"]).exists()


@transaction.atomic
def load(password: str) -> Campaign:
    """Makes the demo account with `password`, the campaign, its signatories and its queue."""
    user = User.objects.create_superuser(ACCOUNT, password=password)
    facts = _read("campaign.toml")
    campaign = _campaign(facts)
    _texts(campaign, facts)
    version = _letter(campaign, facts)
    _story(campaign, facts)
    CampaignRole.objects.bulk_create(CampaignRole(user=user, campaign=campaign, role=role) for role in Role)
    register: dict[str, Organisation] = {}
    for facts in _read("signatories.toml")["signatories"]:
        _accepted(campaign, version, facts, register, user)
    for facts in _read("queue.toml")["queue"]:
        _waiting(campaign, version, facts, user)
    return campaign


def _at(days: int, clock: str, zone: str) -> datetime:
    """The moment at which a clock in `zone` shows `clock`, so many days from today."""
    place = ZoneInfo(zone)
    day = timezone.now().astimezone(place).date() + timedelta(days=days)
    return datetime.combine(day, time.fromisoformat(clock), tzinfo=place)


def _campaign(facts: dict[str, Any]) -> Campaign:
    dates, host = facts["dates"], facts["host"]
    campaign = Campaign.objects.create(
        slug=facts["slug"],
        host=Host.objects.create(name=host["name"], website=host["website"], mailbox=host["mailbox"]),
        stage=Stage.PUBLIC,
        zone=dates["zone"],
        opens_at=_at(-dates["opens_days_ago"], dates["opens_at"], dates["zone"]),
        closes_at=_at(dates["closes_in_days"], dates["closes_at"], dates["zone"]),
        goal=facts["goal"],
        naming_policy=NamingPolicy.UN,
        modes_allowed=[mode.value for mode in PRIVACY],
    )
    for name in facts["topics"]:
        topic = Topic.objects.create(slug=slugify(name))
        TopicName.objects.create(topic=topic, language=facts["language"], name=name)
        campaign.topics.add(topic)
    return campaign


def _texts(campaign: Campaign, facts: dict[str, Any]) -> None:
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


def _letter(campaign: Campaign, facts: dict[str, Any]) -> LetterVersion:
    for ask in facts["asks"]:
        row = Ask.objects.create(campaign=campaign, position=ask["number"], status=ask["status"])
        AskText.objects.create(ask=row, language=facts["language"], text=ask["text"])
    version = LetterVersion.objects.create(campaign=campaign, number=1)
    LetterText.objects.create(
        version=version,
        language=facts["language"],
        title=facts["title"],
        body=(FOLDER / "letter.md").read_text(encoding="utf-8"),
    )
    return freeze(version)


def _story(campaign: Campaign, facts: dict[str, Any]) -> None:
    quote = facts["quote"]
    Quote.objects.create(campaign=campaign, language=facts["language"], **quote)
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


def _entry(facts: dict[str, Any]) -> signing.Entry:
    website = facts.get("website", "")
    contact = facts.get("contact") or {
        "name": "Sample Contact",
        "role": "Director",
        "mailbox": f"director@{website.removeprefix('https://') or slugify(facts['name']) + '.example'}",
    }
    return signing.Entry(
        name=facts["name"],
        native_name=facts.get("native_name", ""),
        acronym=facts.get("acronym", ""),
        website=website,
        country_code=facts["country"],
        org_type=facts["org_type"],
        contact_name=contact["name"],
        contact_role=contact["role"],
        mailbox=contact["mailbox"],
    )


def _signature(
    campaign: Campaign, version: LetterVersion, facts: dict[str, Any], confirmed_at: datetime, **columns: Any
) -> Signature:
    """One signature in the state given, as if it had come by the form an hour before it was confirmed."""
    entry = _entry(facts)
    organisation = signing.organisation_from(entry)
    organisation.native_language = facts.get("native_language", "")
    organisation.save()
    submitted_at = confirmed_at - timedelta(hours=1)
    domain = mailboxes.domain_of(entry.mailbox)
    signature = Signature.objects.create(
        campaign=campaign,
        organisation=organisation,
        letter_version=version,
        flags=verification.flags_of_form(organisation, domain, entry.contact_name),
        submission_key=tokens.submission_key(
            campaign_id=campaign.pk,
            mailbox=mailboxes.canonical(entry.mailbox),
            match_key=organisation.match_key,
        ),
        publication_mode=_mode(facts),
        submitted_at=submitted_at,
        confirmed_at=confirmed_at,
        **columns,
    )
    Contact.objects.create(
        signature=signature,
        name=entry.contact_name,
        role=entry.contact_role,
        mailbox=entry.mailbox,
        mailbox_hash=mailboxes.lookup_hash(entry.mailbox),
        mailbox_domain=domain,
        email_status="delivered",
    )
    record(signature, kind=EventKind.SIGNED, actor=SIGNER, to_state=State.SUBMITTED, happened_at=submitted_at)
    _moved(signature, State.SUBMITTED, State.CONFIRMED, confirmed_at)
    Evidence.objects.create(signature=signature, kind=EvidenceKind.MAILBOX, recorded_at=confirmed_at)
    return signature


def _mode(facts: dict[str, Any]) -> PublicationMode:
    return PublicationMode(facts.get("mode", PublicationMode.PUBLIC))


def _joined(campaign: Campaign, facts: dict[str, Any], decided_at: datetime) -> datetime:
    """A name that is public counts at once, another one since the next daily batch."""
    if _mode(facts) == PublicationMode.PUBLIC:
        return decided_at
    return life.last_daily(campaign, decided_at + timedelta(days=1))


def _moved(
    signature: Signature,
    before: State,
    after: State,
    moment: datetime,
    user: User | None = None,
    note: str = "",
) -> None:
    record(
        signature,
        kind=EventKind.CHANGED,
        actor=staff(user) if user else SIGNER,
        from_state=before,
        to_state=after,
        note=note,
        happened_at=moment,
    )


def _accepted(
    campaign: Campaign,
    version: LetterVersion,
    facts: dict[str, Any],
    register: dict[str, Organisation],
    user: User,
) -> None:
    confirmed_at = max(timezone.now() - timedelta(days=facts["signed_days_ago"]), campaign.opens_at)
    decided_at = min(confirmed_at + timedelta(hours=5), timezone.now())
    signature = _signature(
        campaign,
        version,
        facts,
        confirmed_at,
        state=State.ACCEPTED,
        role="convenor" if facts.get("convenor") else "signatory",
        decided_at=decided_at,
        decided_by=user,
        joined_total_at=_joined(campaign, facts, decided_at),
    )
    organisation = signature.organisation
    register[organisation.name] = organisation
    organisation.parent = register.get(facts.get("parent", ""))
    organisation.registered_at = decided_at
    organisation.save(update_fields=["parent", "registered_at"])
    kind = EvidenceKind.DOMAIN_MATCH if organisation.website else EvidenceKind.PUBLISHED_ADDRESS
    Evidence.objects.create(signature=signature, kind=kind, recorded_by=user, recorded_at=decided_at)
    record(signature, kind=EventKind.EVIDENCE, actor=staff(user), detail=kind, happened_at=decided_at)
    if _mode(facts) == PublicationMode.WITHHELD:  # a second channel is needed
        Evidence.objects.create(
            signature=signature, kind=EvidenceKind.CALLBACK, recorded_by=user, recorded_at=decided_at
        )
    _moved(signature, State.CONFIRMED, State.ACCEPTED, decided_at, user)


def _waiting(campaign: Campaign, version: LetterVersion, facts: dict[str, Any], user: User) -> None:
    confirmed_at = timezone.now() - timedelta(minutes=facts["waiting_minutes"])
    signature = _signature(campaign, version, facts, confirmed_at, state=facts["state"])
    raised = {*signature.flags, *verification.flags_of_register(signature)}
    signature.flags = [flag for flag in Flag if flag in raised]
    signature.save(update_fields=["flags"])
    record(
        signature, kind=EventKind.NOTE, actor=staff(user), note=facts["condition"], happened_at=confirmed_at
    )
    if signature.state == State.ON_HOLD:
        held_at = confirmed_at + timedelta(hours=2)
        Signature.objects.filter(pk=signature.pk).update(decided_at=held_at, decided_by=user)
        _moved(signature, State.CONFIRMED, State.ON_HOLD, held_at, user, note=facts["question"])
