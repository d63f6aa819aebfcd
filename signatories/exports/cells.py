"""Cells of a CSV that no spreadsheet runs: the guard against formulas, the same in Python and in SQL.

A spreadsheet takes a cell that starts with = + - @ (also full-width), TAB, CR, LF or NUL for a formula, or passes over
the character and looks at the next (OWASP, "CSV Injection"). Such a cell gets a leading apostrophe. So does one in which
apostrophes stand before such a character: only thus does `unguard` give back every text as it was.

`COPY … TO STDOUT (FORMAT csv)` ends its rows with LF; our files have CRLF (RFC 4180). Since `flat` leaves no line break
inside a cell, every LF that comes out of COPY ends a row, and `with_crlf` may turn it into CRLF block by block.
Text in PostgreSQL holds no NUL; the Python side guards it all the same, for what comes from elsewhere.
"""

import re

_STARTS = "=+-@\t\r\n\0＝＋－＠"
_TO_GUARD = re.compile(rf"'*[{re.escape(_STARTS)}]")
_IS_GUARDED = re.compile(rf"'+[{re.escape(_STARTS)}]")
_SQL_STARTS = ", ".join(f"E'\\u{ord(char):04x}'" for char in _STARTS if char != "\0")

# Templates for `str.format` and `psycopg.sql.SQL.format`. {0} is the column; it stands more than once.
GUARD_SQL = f"CASE WHEN left(ltrim({{0}}, ''''), 1) IN ({_SQL_STARTS}) THEN '''' || {{0}} ELSE {{0}} END"
FLAT_SQL = r"replace(replace(replace({0}, E'\r\n', ' '), E'\r', ' '), E'\n', ' ')"
# `cell` in SQL. The first test lets nearly every cell through and halves the time that the guard costs (measured).
CELL_SQL = (
    f"CASE WHEN left({{0}}, 1) IN ('''', {_SQL_STARTS}) OR strpos({{0}}, E'\\r') > 0 OR strpos({{0}}, E'\\n') > 0"
    f" THEN {GUARD_SQL.format(FLAT_SQL)} ELSE {{0}} END"
)


def guard(value: str) -> str:
    """`value` with an apostrophe before it if a spreadsheet might run it; GUARD_SQL says the same in SQL."""
    return "'" + value if _TO_GUARD.match(value) else value


def unguard(cell: str) -> str:
    """What `guard` was given: `unguard(guard(x)) == x` for every x."""
    return cell[1:] if _IS_GUARDED.match(cell) else cell


def flat(value: str) -> str:
    """`value` with a space for each line break (CRLF, CR or LF); FLAT_SQL says the same in SQL."""
    return value.replace("\r\n", " ").replace("\r", " ").replace("\n", " ")


def cell(value: str) -> str:
    """A text as it stands in our files: flat, then guarded; CELL_SQL says the same in SQL."""
    return guard(flat(value))


def with_crlf(block: bytes | bytearray | memoryview) -> bytes:
    """A block of COPY's output with the line ends of RFC 4180. Blocks may be cut anywhere."""
    return bytes(block).replace(b"\n", b"\r\n")
