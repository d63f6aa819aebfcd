"""Every CSV file is RFC 4180 with CRLF and a byte order mark, and holds no cell that a spreadsheet would run."""

import csv
import io
from datetime import UTC, datetime

import pytest

from signatories.exports.cells import cell, unguard
from signatories.exports.csvfile import BLOCK, Dialect, blocks, file_name, head


def written(rows, dialect=None):
    return b"".join(blocks(rows, dialect or Dialect()))


def test_a_file_begins_with_the_byte_order_mark_and_the_names_of_its_columns():
    assert head(["name", "website"], Dialect()) == b"\xef\xbb\xbfname,website\r\n"


def test_the_byte_order_mark_can_be_left_out():
    assert head(["name", "website"], Dialect(bom=False)) == b"name,website\r\n"


def test_lines_end_with_crlf_and_cells_are_quoted_where_they_must_be():
    rows = [["Plain", 'She said "no"', "a,b", None, 3, ""], ["مثال", "例", "", "", 0, ""]]

    assert written(rows).decode() == 'Plain,"She said ""no""","a,b",,3,\r\nمثال,例,,,0,\r\n'


def test_semicolons_may_stand_in_the_place_of_commas():
    assert written([["a,b", "c;d"]], Dialect(delimiter=";")) == b'a,b;"c;d"\r\n'


@pytest.mark.parametrize("delimiter", ["\t", "", ",,", "'", "\r", "E'"])
def test_another_delimiter_is_refused(delimiter):
    with pytest.raises(ValueError, match="separated"):
        Dialect(delimiter)


@pytest.mark.parametrize("start", list("=+-@\t\r\n\0＝＋－＠"))
def test_a_cell_that_a_spreadsheet_might_run_gets_an_apostrophe_that_comes_off_again(start):
    name = f"{start}cmd|' /C calc'!A0"

    (line,) = csv.reader(io.StringIO(written([[name]]).decode(), newline=""))

    assert unguard(line[0]) == name.replace("\r", " ").replace("\n", " ")
    assert line[0][0] not in "=+-@\t\r\n\0＝＋－＠"


def test_a_row_is_one_line_whatever_its_cells_hold():
    assert written([["one\r\ntwo\nthree\rfour", "x"]]) == b"one two three four,x\r\n"


def test_nothing_is_an_empty_cell():
    assert written([[None, "", 0, "x"]]) == b",,0,x\r\n"


def test_many_rows_come_in_blocks_of_a_bounded_size():
    rows = [[f"Example Organisation {number}", "x" * 100] for number in range(5000)]

    parts = list(blocks(rows, Dialect()))

    assert len(parts) > 5
    assert all(len(part) < BLOCK + 1000 for part in parts)
    assert list(csv.reader(io.StringIO(b"".join(parts).decode(), newline=""))) == rows


def test_no_rows_are_no_bytes():
    assert list(blocks([], Dialect())) == []


def test_a_file_is_named_after_campaign_set_moment_and_rows():
    moment = datetime(2026, 11, 24, 9, 5, 7, tzinfo=UTC)

    assert file_name("hrd-agenda", "public", 80, moment) == "hrd-agenda_public_20261124T090507Z_n80.csv"


def test_what_the_guard_leaves_alone_stays_as_it_is():
    names = ["007 Example", "1-2-3", "O'Neill Example", "'quoted'", "例 Example", " leading blank"]

    lines = list(csv.reader(io.StringIO(written([[name] for name in names]).decode(), newline="")))

    assert [line[0] for line in lines] == [cell(name) for name in names] == names
