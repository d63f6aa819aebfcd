"""The database between tests that commit: what they filled is emptied, and what the migrations wrote stands again.

Django empties every table after each such test and makes the permissions anew. That takes long and loses the groups that a
migration made, so that a test's result would hang on which tests ran before it in the same process.
"""

from django.db import connection
from django.test import TransactionTestCase

PLAIN = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
DIGEST = "SELECT md5(coalesce(string_agg(row::text, ',' ORDER BY row::text), '')) FROM public.{table} row"


class AsMigrated:
    """The rows that the migrations left, by table."""

    def __init__(self):
        with connection.cursor() as cursor:
            self.digests = {table: digest(cursor, table) for table in with_rows(cursor, tables(cursor))}
            self.rows = {table: copied(cursor, table) for table in self.digests}

    def come_back(self, _test_case=None):
        with connection.cursor() as cursor:
            others = [table for table in tables(cursor) if table not in self.rows]
            touched = with_rows(cursor, others) + self.changed(cursor)
            if not touched:
                return
            cursor.execute(f"TRUNCATE {', '.join(touched)} CASCADE")
            for table in self.changed(cursor):
                with cursor.copy(f"COPY public.{table} FROM STDIN") as copy:
                    copy.write(self.rows[table])

    def changed(self, cursor):
        return [table for table, before in self.digests.items() if digest(cursor, table) != before]


def tables(cursor):
    cursor.execute(PLAIN)
    return [name for (name,) in cursor.fetchall()]


def with_rows(cursor, names):
    cursor.execute(
        " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (TABLE public.{name})" for name in names)
    )
    return [name for (name,) in cursor.fetchall()]


def digest(cursor, table):
    cursor.execute(DIGEST.format(table=table))
    return cursor.fetchone()[0]


def copied(cursor, table):
    with cursor.copy(f"COPY public.{table} TO STDOUT") as copy:
        return b"".join(bytes(part) for part in copy)


def install(patch):
    patch.setattr(TransactionTestCase, "_fixture_teardown", AsMigrated().come_back)
