"""A public letter with any number of invented signatories, made by the database itself."""

import uuid
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone

from campaigns.choices import ConsentKind, Stage
from campaigns.models import (
    Ask,
    AskText,
    Campaign,
    CampaignText,
    ConsentText,
    Host,
    LetterText,
    LetterVersion,
    Quote,
    Update,
    UpdateText,
)
from campaigns.versions import freeze
from signatories.models import Organisation, Signature
from signatories.states import State

PARAGRAPH = (
    "People who defend the rights of others are attacked for it, online and in the street, and those who speak to the "
    "United Nations are punished for speaking. We ask the next Secretary-General to say in public what is done to them, "
    "to make every office of the organisation answer for their safety, and to give civil society a door that stays open. "
)
# Codes from every part of the world, and so many that a list isn't a list of one country.
COUNTRIES = [
    "AF", "AL", "AR", "AU", "BD", "BE", "BO", "BR", "BT", "CA", "CD", "CH", "CL", "CM", "CN", "CO", "CZ", "DE",
    "DZ", "EC", "EG", "ES", "ET", "FI", "FJ", "FR", "GB", "GE", "GH", "GR", "GT", "HN", "HT", "ID", "IE", "IN",
    "IQ", "IT", "JO", "JP", "KE", "KG", "KH", "KR", "KZ", "LB", "LK", "MA", "MG", "ML", "MM", "MN", "MX", "MY",
    "NG", "NI", "NO", "NP", "NZ", "PE", "PG", "PH", "PK", "PL", "PS", "PT", "RO", "RS", "RU", "RW", "SD", "SE",
    "SN", "SO", "SV", "SY", "TD", "TG", "TH", "TJ", "TN", "TR", "TZ", "UA", "UG", "US", "UY", "UZ", "VE", "VN",
    "YE", "ZA", "ZM", "ZW",
]  # fmt: skip

# Of such words the names of real organisations are made: most share one with a thousand others.
WORDS = [
    "action",
    "alliance",
    "centre",
    "children",
    "coalition",
    "community",
    "council",
    "defenders",
    "equality",
    "federation",
    "forest",
    "forum",
    "foundation",
    "freedom",
    "harbour",
    "help",
    "hope",
    "initiative",
    "institute",
    "justice",
    "land",
    "lantern",
    "law",
    "league",
    "legal",
    "mothers",
    "movement",
    "network",
    "north",
    "observatory",
    "peace",
    "people",
    "platform",
    "press",
    "project",
    "rights",
    "river",
    "rural",
    "society",
    "solidarity",
    "south",
    "support",
    "trust",
    "union",
    "valley",
    "voices",
    "watch",
    "water",
    "women",
    "workers",
    "youth",
]


def drawn_words(number: str) -> list[str]:
    """Three expressions of SQL, each a word for the row with this `number` (an expression); the same in each run."""
    words = "ARRAY[" + ", ".join(f"'{word}'" for word in WORDS) + "]"
    return [
        f"({words})[1 + (hashint8(({number}) * 3 + {place}) & 2147483647) % {len(WORDS)}]"
        for place in range(3)
    ]


def letter(slug: str, signatories: int = 0) -> Campaign:
    """An open letter of usual length under this address, frozen and public, with so many accepted public signatures."""
    with transaction.atomic():
        campaign = _campaign(slug)
        if signatories:
            _leave_out_checks()
            _sign(campaign, signatories)
    with connection.cursor() as cursor:
        # What autovacuum will have done on a living site.
        cursor.execute("VACUUM ANALYZE signatories_organisation, signatories_signature")
    return campaign


def _leave_out_checks() -> None:
    """Two thirds of the time go into triggers and foreign keys that these rows can't break. Superusers may skip them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone() == (True,):
            cursor.execute("SET LOCAL session_replication_role = replica")


def _campaign(slug: str) -> Campaign:
    now = timezone.now()
    host, _ = Host.objects.get_or_create(
        name="Measuring Network (invented)", website="https://network.example.org"
    )
    campaign = Campaign.objects.create(
        slug=slug,
        host=host,
        stage=Stage.PUBLIC,
        opens_at=now - timedelta(days=30),
        closes_at=now + timedelta(days=30),
        goal=100,
    )
    CampaignText.objects.create(
        campaign=campaign,
        language="en",
        addressee_office="The next Secretary-General of the United Nations",
        summary=PARAGRAPH[:120],
        how_verified=PARAGRAPH,
        privacy_notice=PARAGRAPH,
    )
    for kind in ConsentKind.values:
        ConsentText.objects.create(campaign=campaign, kind=kind, language="en", wording=PARAGRAPH)
    for position in range(1, 5):
        ask = Ask.objects.create(campaign=campaign, position=position)
        AskText.objects.create(ask=ask, language="en", text=PARAGRAPH[:200])
    Quote.objects.create(
        campaign=campaign, language="en", text=PARAGRAPH, speaker="N. N.", speaker_role="spokesperson"
    )
    for days in (10, 3):
        update = Update.objects.create(campaign=campaign, published_at=now - timedelta(days=days))
        UpdateText.objects.create(
            update=update, language="en", title=f"News of {days} days ago", body=PARAGRAPH * 2
        )
    version = LetterVersion.objects.create(campaign=campaign, number=1)
    body = "\n\n".join(f"## Part {number}\n\n{PARAGRAPH * 2}" for number in range(1, 7))
    LetterText.objects.create(
        version=version, language="en", title="Stand by those who defend rights", body=body
    )
    freeze(version)
    return campaign


def _sign(campaign: Campaign, count: int) -> None:
    """One signature through the models, which know every column; the others are copies of it with their own names."""
    now = timezone.now()
    moderator, _ = get_user_model().objects.get_or_create(username="measuring")
    organisation = Organisation.objects.create(
        name="Demonstration Organisation 1",
        country_code="CH",
        org_type="ngo",
        website="https://organisation-1.example.org",
        registrable_domain="example.org",
        sort_key="demonstration organisation 0000001",
        match_key=f"{campaign.slug} 1",
        registered_at=now,
    )
    signature = Signature.objects.create(
        campaign=campaign,
        organisation=organisation,
        letter_version=campaign.letter_versions.get(),
        state=State.ACCEPTED,
        submission_key=uuid.uuid4().hex,
        submitted_at=now,
        confirmed_at=now,
        decided_at=now,
        decided_by=moderator,
        joined_total_at=now,
    )
    countries = "ARRAY[" + ", ".join(f"'{code}'" for code in COUNTRIES) + "]"
    _copy(
        organisation,
        f"generate_series(2, {count}) AS n",
        name="'Demonstration Organisation ' || n",
        website="'https://organisation-' || n || '.example.org'",
        country_code=f"({countries})[1 + mod(n, {len(COUNTRIES)})]",
        sort_key="'demonstration organisation ' || lpad(n::text, 7, '0')",
        match_key=f"'{campaign.slug} ' || n",
    )
    _copy(
        signature,
        f"signatories_organisation AS o WHERE o.match_key LIKE '{campaign.slug} %%' AND o.id <> {organisation.pk}",
        organisation_id="o.id",
        public_id="gen_random_uuid()",
        submission_key="md5(o.match_key)",
        sort_key="o.sort_key",
        country_code="o.country_code",
        org_type="o.org_type",
        search_key="o.search_key",
    )


def _copy(pattern: Model, source: str, **own: str) -> None:
    """Insert a copy of `pattern` for each row of `source`, with these columns as SQL of their own."""
    columns: list[str] = [
        str(field.column) for field in pattern._meta.concrete_fields if not field.primary_key
    ]
    values = [own.get(column, f"pattern.{column}") for column in columns]
    tail = source if " WHERE " in source else f"{source} WHERE TRUE"
    statement = (
        f"INSERT INTO {pattern._meta.db_table} ({', '.join(columns)}) SELECT {', '.join(values)} "
        f"FROM {pattern._meta.db_table} AS pattern, {tail} AND pattern.id = %s"
    )
    parameters: list[Any] = [pattern.pk]
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
