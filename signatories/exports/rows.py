"""Rows out of the database in constant memory: written by PostgreSQL itself (COPY), or fetched for Python to finish."""

import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection

from signatories.exports.cells import with_crlf
from signatories.exports.columns import Column
from signatories.exports.csvfile import BLOCK, Dialect
from signatories.models.signature import SignatureQuerySet

FETCHED_AT_ONCE = 500


def copied(signatures: SignatureQuerySet, columns: Sequence[Column], dialect: Dialect) -> Iterator[bytes]:
    """The lines of `signatures`, in list order, as PostgreSQL writes them, in blocks of about 64 kB.

    For columns that guard themselves in SQL and need no Python.

    psycopg gives one row at a time, so the loop does as little as it can: a million rows take it half a second.
    """
    rows = statement(signatures, columns)
    if rows is None:
        return
    options = f"FORMAT csv, ENCODING 'UTF8', DELIMITER '{dialect.delimiter}'"
    block = bytearray()
    with connection.cursor() as cursor, cursor.copy(f"COPY ({rows}) TO STDOUT ({options})") as copy:
        for line in copy:
            block += line
            if len(block) >= BLOCK:
                yield with_crlf(block)
                block.clear()
    if block:
        yield with_crlf(block)


class HeldRows:
    """The rows of `signatures` at one moment, in list order. The server holds them; `len` is known before the first.

    A cursor WITH HOLD outlives its transaction, so neither a snapshot nor a lock waits for the reader's line.
    """

    def __init__(self, signatures: SignatureQuerySet, columns: Sequence[Column]) -> None:
        self.name = f"export_{uuid.uuid4().hex}"
        self.count = 0
        self.is_open = False
        if rows := statement(signatures, columns):
            with connection.cursor() as cursor:
                cursor.execute(f"DECLARE {self.name} SCROLL CURSOR WITH HOLD FOR {rows}")
                self.is_open = True
                cursor.execute(f"MOVE FORWARD ALL IN {self.name}")
                self.count = cursor.rowcount
                cursor.execute(f"MOVE ABSOLUTE 0 IN {self.name}")

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        while self.is_open:
            with connection.cursor() as cursor:
                cursor.execute(f"FETCH FORWARD {FETCHED_AT_ONCE} FROM {self.name}")
                rows = cursor.fetchall()
            yield from rows
            if len(rows) < FETCHED_AT_ONCE:
                self.close()

    def close(self) -> None:
        if self.is_open:
            self.is_open = False
            with connection.cursor() as cursor:
                cursor.execute(f"CLOSE {self.name}")


def statement(signatures: SignatureQuerySet, columns: Sequence[Column]) -> str | None:
    """The SELECT of these columns in list order, its parameters inside; None where there can't be a row."""
    query: Any = signatures.in_list_order().values_list(*(column.value for column in columns)).query
    try:
        sql, parameters = query.sql_with_params()
    except EmptyResultSet:
        return None
    with connection.cursor() as cursor:
        merged: str = cursor.mogrify(sql, parameters)
    return merged
