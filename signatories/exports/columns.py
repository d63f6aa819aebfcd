"""The one table of columns: for each the header, what the database gives for it, and the Python that finishes it, if any.

Order and names of product.md, "CSV"; importers rely on both.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    Case,
    Exists,
    F,
    FilteredRelation,
    Func,
    JSONField,
    OuterRef,
    Q,
    Subquery,
    TextField,
    Value,
    When,
    Window,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, NullIf, RowNumber
from django.db.models.sql.compiler import SQLCompiler

from campaigns import countries
from campaigns.choices import ConsentKind
from campaigns.models import Campaign
from signatories import verification
from signatories.exports.cells import CELL_SQL
from signatories.models import Consent, Contact, EventNote, Evidence
from signatories.models.signature import SignatureQuerySet, public_network

UNREADABLE = "(unreadable: its key is missing)"


@dataclass(frozen=True)
class Column:
    """`finish` makes the cell of what the database gave for `value`, where SQL alone can't."""

    name: str
    value: Combinable
    finish: Callable[[Any], object] | None = None


class Guarded(Func):
    """A typed text as its cell, by the rule of `cells`. Empty text becomes NULL: COPY would write it as two quotes."""

    output_field = TextField()

    def as_sql(  # type: ignore[override]  # the stubs know the base's keywords one by one
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_context: Any
    ) -> tuple[str, tuple[str | int, ...]]:
        sql, parameters = compiler.compile(self.get_source_expressions()[0])
        return f"NULLIF({CELL_SQL.format(sql)}, '')", tuple(parameters) * CELL_SQL.count("{0}")


def public_columns(campaign: Campaign) -> list[Column]:
    """Everything in SQL, so that PostgreSQL writes the lines. Days, never times (product.md, rule 4)."""
    return [
        Column("position", Window(RowNumber(), order_by=["sort_key", "public_id"])),
        Column("name", Guarded("organisation__name")),
        Column("name_native", Guarded("organisation__native_name")),
        Column("native_language", Guarded("organisation__native_language")),
        Column("acronym", Guarded("organisation__acronym")),
        Column("country_or_territory", _country_name(campaign, Guarded("organisation__country_label"))),
        Column("country_code", F("country_code")),
        Column("org_type", F("organisation__org_type")),
        Column("network_parent", _network_that_may_be_named()),
        Column("website", Guarded("organisation__website")),
        Column("role", F("role")),
        Column("signed_on", _moment("confirmed_at", "YYYY-MM-DD")),
        Column("letter_version", F("letter_version__number")),
    ]


def manage_columns(campaign: Campaign) -> list[Column]:
    """Everything that a manager may know; for signatures of `with_first_contact`. `csvfile` guards every cell."""
    return [
        Column("public_id", Cast("public_id", TextField())),
        Column("state", F("state")),
        Column(
            "verification_level", _evidence_kinds(), finish=lambda kinds: verification.level_of(kinds).label
        ),
        Column("evidence_kinds", _evidence_kinds(), finish=" ".join),
        Column("flags", F("flags"), finish=" ".join),
        Column("name", F("organisation__name")),
        Column("name_native", F("organisation__native_name")),
        Column("name_en", F("organisation__name_en")),
        Column("acronym", F("organisation__acronym")),
        Column("sort_name", F("organisation__sort_name")),
        Column("org_identifier", F("organisation__identifier")),
        Column("country_code", F("country_code")),
        Column("country_label", _country_name(campaign, NullIf("organisation__country_label", Value("")))),
        Column("org_type", F("organisation__org_type")),
        Column("network_parent", F("organisation__parent__name")),
        Column("website", F("organisation__website")),
        Column("contact_name", F("first_contact__name"), finish=_decrypted),
        Column("contact_role", F("first_contact__role"), finish=_decrypted),
        Column("contact_email", F("first_contact__mailbox"), finish=_decrypted),
        Column("email_status", F("first_contact__email_status")),
        Column("language", F("language")),
        Column("publication_mode", F("publication_mode")),
        Column(
            "consent_updates",
            Exists(_consents(ConsentKind.UPDATES)),
            finish=lambda given: "yes" if given else "no",
        ),
        Column(
            "consent_text_version",
            Subquery(_consents(ConsentKind.DATA_PROCESSING).values("text_version")[:1]),
        ),
        Column("letter_version", F("letter_version__number")),
        Column("via", F("via")),
        Column("source", F("source")),
        Column("import_batch", F("import_batch")),
        Column("submitted_at", _moment("submitted_at")),
        Column("confirmed_at", _moment("confirmed_at")),
        Column("decided_at", _moment("decided_at")),
        Column("decided_by", F("decided_by__username")),
        Column("decision_reason", F("decision_reason")),
        Column("withdrawn_at", _moment("withdrawn_at")),
        Column("notes", _notes(), finish=lambda notes: " | ".join(map(_decrypted, notes))),
    ]


def with_first_contact(signatures: SignatureQuerySet) -> SignatureQuerySet:
    return signatures.annotate(
        first_contact=FilteredRelation("contacts", condition=Q(contacts__is_primary=True))
    )


def names_of(columns: Iterable[Column]) -> list[str]:
    return [column.name for column in columns]


def finished(row: Sequence[Any], columns: Sequence[Column]) -> list[object]:
    """What the database gave for one row, as its cells."""
    return [
        value if column.finish is None or value is None else column.finish(value)
        for value, column in zip(row, columns, strict=True)
    ]


def _moment(field: str, pattern: str = 'YYYY-MM-DD"T"HH24:MI:SS"Z"') -> Func:
    """A time in UTC as text, whatever DateStyle and TimeZone the server has."""
    return Func(
        F(field),
        template=f"to_char(%(expressions)s AT TIME ZONE 'UTC', '{pattern}')",
        output_field=TextField(),
    )


def _country_name(campaign: Campaign, own_label: Func) -> Coalesce:
    """The English name as the campaign prints it: the organisation's own label (NULL if none), else its policy's."""
    labels = dict(countries.choices("en", campaign.naming_policy))
    by_code = Func(
        Value(labels, JSONField()), F("country_code"), template="(%(expressions)s)", arg_joiner=" ->> ",
        output_field=TextField(),
    )  # fmt: skip
    return Coalesce(own_label, by_code, "country_code", output_field=TextField())


def _network_that_may_be_named() -> Case:
    """The name of the network, by the rule of the page: only where the network itself is public on this very letter."""
    name = Subquery(public_network().values_list(Guarded("organisation__name")))
    # CASE keeps the look-up away from the many organisations without a network.
    return Case(When(organisation__parent_id__isnull=False, then=name), default=None)


def _evidence_kinds() -> ArraySubquery:
    counting = Evidence.objects.counting().filter(signature=OuterRef("pk"))
    return ArraySubquery(counting.order_by("recorded_at", "pk").values("kind"))


def _notes() -> ArraySubquery:
    notes = EventNote.objects.filter(event__signature=OuterRef("pk"))
    return ArraySubquery(notes.order_by("event__happened_at", "event_id").values("text"))


def _consents(kind: ConsentKind) -> Any:
    """Standing consents of this kind that the first contact gave."""
    return Consent.objects.filter(
        contact__signature=OuterRef("pk"), contact__is_primary=True, kind=kind, taken_back_at=None
    )


def _decrypted(token: str) -> str:
    # The library hands the token itself back when none of the keys fits.
    text: str = Contact._meta.get_field("mailbox").to_python(token)
    return UNREADABLE if text == token else text
