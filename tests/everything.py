"""All that the database holds, as text: every column of every table, what is encrypted or packed in the clear."""

import re

from cryptography.fernet import InvalidToken
from django.contrib.sessions.models import Session
from django.db import connection
from psycopg import sql

from signatories import tokens

TOKEN = re.compile(r"gAAAAA[\w-]{60,}=*")
BYTES = re.compile(r"\\+x([0-9a-f]{8,})")


def tables():
    return sorted(connection.introspection.table_names())


def rows_of(table):
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("SELECT to_jsonb(held)::text FROM {} AS held ORDER BY 1").format(sql.Identifier(table))
        )
        return [row for (row,) in cursor.fetchall()]


def in_the_clear(text):
    """`text` with what is encrypted in it, and bytes, written out behind it."""
    more = []
    for token in TOKEN.findall(text):
        try:
            more.append(tokens.decrypt(token))
        except InvalidToken:
            continue
    more += [
        bytes.fromhex(each).decode("utf-8", "replace") for each in BYTES.findall(text) if not len(each) % 2
    ]
    return "\n".join([text, *more])


def everything(*, without=()):
    """One text for each table, by its name."""
    held = {table: in_the_clear("\n".join(rows_of(table))) for table in tables() if table not in without}
    held["django_session"] = held.get("django_session", "") + str(
        [each.get_decoded() for each in Session.objects.all()]
    )
    return held


def found(words, **options):
    """Where any of `words` stands, whatever the case: pairs of table and word."""
    held = {table: text.casefold() for table, text in everything(**options).items()}
    return [(table, word) for table, text in held.items() for word in words if word.casefold() in text]
