"""The guard of CSV cells: what it catches, that it can be taken off again, and that SQL and Python agree."""

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from signatories.exports import cells

# Weighted towards what the guard looks at; the other half is any text at all, of all planes.
nasty_text = st.text(st.sampled_from("''=+-@\t\r\n＝＋－＠ aé漢\"{},%\\\U0001f43c"), max_size=6)
any_text = st.one_of(nasty_text, st.text(max_size=30))
storable_text = st.one_of(
    nasty_text, st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠"])
def test_a_cell_that_a_spreadsheet_would_run_gets_an_apostrophe(start):
    assert cells.guard(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize(
    "harmless", ["", "Sample Circle", "a=b", " =1", "’=1", "'", "''", "'tis", "1", "\x0b=1"]
)
def test_an_ordinary_cell_stays_as_it_is(harmless):
    assert cells.guard(harmless) == harmless
    assert cells.unguard(harmless) == harmless


def test_a_cell_that_came_with_an_apostrophe_keeps_it():
    assert cells.guard("'=1") == "''=1"
    assert cells.unguard("''=1") == "'=1"


@given(any_text)
def test_the_importer_gets_back_every_text_that_was_exported(text):
    assert cells.unguard(cells.guard(text)) == text


@given(any_text)
def test_no_guarded_cell_starts_with_what_a_spreadsheet_runs(text):
    assert not cells.guard(text).startswith(
        ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
    )


def test_a_line_break_becomes_one_space():
    assert cells.flat("a\r\nb\rc\nd\n\ne") == "a b c d  e"


@given(any_text)
def test_a_finished_cell_is_one_line_and_guarded(text):
    finished = cells.cell(text)
    assert "\r" not in finished
    assert "\n" not in finished
    assert cells.unguard(finished) == cells.flat(text)


def test_rows_end_with_crlf_wherever_the_blocks_are_cut():
    blocks = [b"a,b", memoryview(b"\nc,"), b"d\n"]
    assert b"".join(map(cells.with_crlf, blocks)) == b"a,b\r\nc,d\r\n"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("template", "in_python"),
    [
        pytest.param(cells.GUARD_SQL, cells.guard, id="guard"),
        pytest.param(cells.FLAT_SQL, cells.flat, id="flat"),
        pytest.param(cells.CELL_SQL, cells.cell, id="cell"),
    ],
)
def test_the_database_says_the_same_as_python(template, in_python):
    @settings(max_examples=30, deadline=None)
    @given(st.lists(storable_text, min_size=1, max_size=40))
    def agree(texts):
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT array_agg({template.format('value')} ORDER BY place)"  # noqa: S608
                " FROM unnest(%s::text[]) WITH ORDINALITY AS given (value, place)",
                [texts],
            )
            assert cursor.fetchone()[0] == [in_python(text) for text in texts]

    agree()


@pytest.mark.django_db
def test_an_absent_value_stays_absent_in_sql():
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {cells.CELL_SQL.format('NULL::text')} IS NULL")
        assert cursor.fetchone() == (True,)
