"""How every CSV file of the house is written: RFC 4180, CRLF, UTF-8 with a byte order mark, cells that nothing runs.

Cells made here are guarded here; cells that PostgreSQL makes are guarded by the same rule in SQL (`cells`).
"""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from signatories.exports import cells

DELIMITERS = (",", ";")
BLOCK = 64 * 1024


@dataclass(frozen=True)
class Dialect:
    """What a reader may choose. The byte order mark tells spreadsheets that the file is UTF-8; some programs mind it."""

    delimiter: str = ","
    bom: bool = True

    def __post_init__(self) -> None:
        if self.delimiter not in DELIMITERS:
            raise ValueError(f"cells are separated by one of {' '.join(DELIMITERS)}")


def head(names: Sequence[str], dialect: Dialect) -> bytes:
    """The first line of a file, after its byte order mark."""
    line = dialect.delimiter.join(names) + "\r\n"
    return (codecs.BOM_UTF8 if dialect.bom else b"") + line.encode()


def blocks(rows: Iterable[Sequence[object]], dialect: Dialect) -> Iterator[bytes]:
    """Lines of `rows`, in blocks of about 64 kB, so that a stream isn't sent line by line."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=dialect.delimiter, lineterminator="\r\n")
    for row in rows:
        writer.writerow(["" if value is None else cells.cell(str(value)) for value in row])
        if text.tell() >= BLOCK:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    if text.tell():
        yield text.getvalue().encode()


def file_name(slug: str, export_set: str, rows: int, now: datetime) -> str:
    """`<slug>_<set>_<UTC time>_n<rows>.csv`; `now` is in UTC."""
    return f"{slug}_{export_set}_{now:%Y%m%dT%H%M%SZ}_n{rows}.csv"
