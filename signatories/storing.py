"""New rows of several tables in one trip to the database.

For the one path that hundreds take in a second when a letter is in the news: seven `save()` cost it four times as much, in
building the same statements anew and in waiting for one id after the other (measured). No signals are sent; nothing in this
house listens to any.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import (
    BooleanField,
    CharField,
    DateTimeField,
    Field,
    ForeignKey,
    Func,
    IntegerField,
    Model,
    TextField,
    UUIDField,
)
from django.db.models.sql import InsertQuery

from signatories.fields import EncryptedText

PLAIN = (BooleanField, CharField, ForeignKey, IntegerField, TextField, UUIDField)


def insert(rows: Sequence[Model]) -> None:
    """Stores new rows in this order; their ids are not read back.

    A row may refer to one without an id that stands before it; of the rows of one table that must be the last before it.
    Raises ValueError where it isn't.
    """
    newest: dict[type[Model], Model] = {}
    with connection.cursor() as cursor:
        statements = []
        for row in rows:
            statements.append(cursor.mogrify(*_statement(row, newest)))
            newest[type(row)] = row
        cursor.execute("; ".join(statements))
    for row in rows:
        row._state.adding = False  # noqa: SLF001  # documented (Model._state): it is stored


def _statement(row: Model, newest: Mapping[type[Model], Model]) -> tuple[str, list[Any]]:
    to_come = [field for field in _foreign_keys(type(row)) if _has_no_id_yet(field, row)]
    for field in to_come:
        # Else its id would be that of whatever this connection stored last, perhaps for somebody else.
        if field.get_cached_value(row) is not newest.get(field.related_model):
            raise ValueError(f"{field} refers to a row that does not stand before it")
    fields, sql = _insert(type(row), tuple(field.name for field in to_come))
    return sql, [
        getattr(row, name) if field is None else field.get_db_prep_save(field.pre_save(row, True), connection)
        for name, field in fields
    ]


@cache
def _foreign_keys(model: type[Model]) -> list["ForeignKey[Any, Any]"]:
    return [field for field in model._meta.local_concrete_fields if isinstance(field, ForeignKey)]


def _has_no_id_yet(field: "ForeignKey[Any, Any]", row: Model) -> bool:
    """Whether a row refers to one that is stored along with it."""
    return getattr(row, field.attname) is None and field.get_cached_value(row, None) is not None


@cache
def _insert(
    model: type[Model], to_come: tuple[str, ...]
) -> tuple[list[tuple[str, "Field[Any, Any] | None"]], str]:
    """The statement by which Django inserts one row of `model`, and its columns: each with its field, if that does something.

    Most fields hand a value on to psycopg as it is, after asking many times whether they should. The foreign keys `to_come`
    are none of the columns: in the statement they are the id that their table has just given.
    """
    fields = [field for field in model._meta.local_concrete_fields if not field.primary_key]
    sample = model()
    for field in fields:
        if field.name in to_come:
            setattr(sample, field.attname, _newest_id(field.related_model))
    query = InsertQuery(model)
    query.insert_values(fields, [sample])
    ((statement, _values),) = query.get_compiler(connection=connection).as_sql()
    columns = [field for field in fields if field.name not in to_come]
    return [(field.attname, None if _is_plain(field) else field) for field in columns], statement


def _newest_id(model: Any) -> Func:
    """The id that this connection last gave to a row of `model`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", (model._meta.db_table, model._meta.pk.column))
        (sequence,) = cursor.fetchone()
    return Func(template=f"currval('{sequence}')", output_field=model._meta.pk)


def _is_plain(field: "Field[Any, Any]") -> bool:
    """Whether a value of a model goes into the statement as it is. Other fields encrypt, convert or fill in a time."""
    if isinstance(field, DateTimeField):
        return not (field.auto_now or field.auto_now_add)
    return isinstance(field, PLAIN) and not isinstance(field, EncryptedText)
