"""Putting everything that is encrypted under the first of the keys, so that an old one can be thrown away."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from psycopg import sql
from psycopg.types.json import Jsonb

from signatories.fields import EncryptedText

BATCH = 500
# How every Fernet token begins: its version and the first bytes of a time before the year 2242.
MARK = "gAAAAA"


@dataclass(frozen=True)
class Column:
    """An encrypted column: of text, or of JSON that holds encrypted texts."""

    model: type[models.Model]
    name: str

    @property
    def label(self) -> str:
        return f"{self.model._meta.label}.{self.name}"


class Keys:
    """The keys of the settings: the first encrypts, all decrypt."""

    def __init__(self) -> None:
        boxes = [Fernet(key) for key in settings.FIELD_ENCRYPTION_KEYS]
        self.first, self.all = boxes[0], MultiFernet(boxes)

    def renewed(self, token: str, found: Counter[str]) -> str:
        """`token` under the first key; counted as `rotated`, `fresh` or `unreadable`. One that no key opens stays as it is."""
        try:
            self.first.decrypt(token)
        except InvalidToken:
            try:
                renewed = self.all.rotate(token).decode()
            except InvalidToken:
                found["unreadable"] += 1
                return token
            found["rotated"] += 1
            return renewed
        found["fresh"] += 1
        return token

    def renewed_in(self, held: Any, found: Counter[str]) -> Any:
        """The same with every token in it renewed; `held` is a text, or what JSON can hold."""
        if isinstance(held, dict):
            return {name: self.renewed_in(each, found) for name, each in held.items()}
        if isinstance(held, list):
            return [self.renewed_in(each, found) for each in held]
        if isinstance(held, str) and held.startswith(MARK):
            return self.renewed(held, found)
        return held


def columns() -> Iterator[Column]:
    """Every encrypted column of every model, and the secrets of second factors, which stand in JSON."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if isinstance(field, EncryptedText):
                yield Column(model, field.name)
    yield Column(Authenticator, "data")


def rotate(column: Column) -> Counter[str]:
    """Puts `column` under the first key, in batches of a transaction each; how many were `rotated`, `fresh`, `unreadable`.

    A run that was killed is begun anew: what is under the first key already is only looked at.
    """
    keys, found, last = Keys(), Counter[str](), None
    while (last := _rotate_batch(column, keys, found, last)) is not None:
        pass
    return found


@transaction.atomic
def _rotate_batch(column: Column, keys: Keys, found: Counter[str], after: Any) -> Any:
    """The last key of the batch, None where there was none. Rows are locked, so that nothing written meanwhile is lost."""
    model, name = column.model, column.name
    key = model._meta.pk.attname
    rows = model._default_manager.order_by(key)  # noqa: SLF001  # whatever its models call it
    rows = rows.exclude(**{name: None})
    if after is not None:
        rows = rows.filter(pk__gt=after)
    pks = list(rows.select_for_update().values_list("pk", flat=True)[:BATCH])
    if not pks:
        return None
    for pk, held in _as_stored(column, pks):
        renewed = keys.renewed_in(held, found)
        if renewed != held:
            _store(column, pk, renewed)
    return pks[-1]


def _names(column: Column) -> dict[str, sql.Identifier]:
    meta = column.model._meta
    return {
        "table": sql.Identifier(meta.db_table),
        "key": sql.Identifier(meta.pk.attname),
        "column": sql.Identifier(column.name),
    }


def _as_stored(column: Column, pks: list[Any]) -> list[tuple[Any, Any]]:
    """Past the model, which would decrypt it."""
    is_json = isinstance(column.model._meta.get_field(column.name), models.JSONField)
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("SELECT {key}, {column} FROM {table} WHERE {key} = ANY(%s) ORDER BY {key}").format(
                **_names(column)
            ),
            [pks],
        )
        rows: list[tuple[Any, Any]] = cursor.fetchall()
    return [(pk, json.loads(held) if is_json else held) for pk, held in rows]


def _store(column: Column, pk: Any, value: Any) -> None:
    stored: Any = value if isinstance(value, str) else Jsonb(value)
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("UPDATE {table} SET {column} = %s WHERE {key} = %s").format(**_names(column)),
            [stored, pk],
        )
