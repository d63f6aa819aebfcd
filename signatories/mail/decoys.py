"""Work that is done for nothing, so that an answer takes as long for a mailbox that nobody knows (product.md, rule 6)."""

from django.db import connection

from signatories.models import OutboxMail

# What a stored mail or link weighs in the database's journal, in bytes, nearly.
ONE_ROW = 900


def as_if_stored(mail: OutboxMail, *, rows: int) -> None:
    """As much work as storing `mail` with `rows` more rows in one trip: the same encryption, the same wait for the disk."""
    for field in mail._meta.concrete_fields:
        field.get_db_prep_save(field.pre_save(mail, add=True), connection)
    write(rows + 1)


def write(rows: int) -> None:
    """As much for the database's disk as so many new rows, which are not there."""
    # Goes into the journal and nowhere else, so that the commit waits for the disk as after an INSERT.
    statement = f"SELECT pg_logical_emit_message(true, 'decoy', repeat(' ', {ONE_ROW}))"
    with connection.cursor() as cursor:
        cursor.execute("; ".join([statement] * rows))
