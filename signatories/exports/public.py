"""The public list of signatories as a file, for anybody; what a stranger can make it cost is bounded here.

- A list of up to IN_ONE_PIECE rows is a small answer like any page: the page cache shares it for a second or two, and
  a reader's slow line holds nothing but the bytes.
- A longer one is streamed. The web server sends a stream from one of its few threads (GRANIAN_BLOCKING_THREADS), at
  the reader's pace, and a reader who stops reading keeps that thread. So a process streams at most STREAMS_AT_ONCE long
  lists and asks further readers to come back; the other threads stay for everybody else.
- No transaction lasts at a reader's pace: the rows go into an unnamed temporary file as fast as PostgreSQL writes them, and
  from there to the reader.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from tempfile import TemporaryFile
from threading import BoundedSemaphore

from django.db import connection, transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import Campaign
from signatories.exports.columns import Column, names_of, public_columns
from signatories.exports.csvfile import BLOCK, Dialect, file_name, head
from signatories.exports.rows import copied
from signatories.models.signature import SignatureQuerySet
from signatories.states import ExportSet

CONTENT_TYPE = "text/csv; charset=utf-8"
IN_ONE_PIECE = 10_000  # rows, about a megabyte and a half
STREAMS_AT_ONCE = 2  # in one process
RETRY_SECONDS = 30

_streams = BoundedSemaphore(STREAMS_AT_ONCE)


class TooManyReaders(Exception):
    """This process streams as many long lists as it may."""


def public_response(
    campaign: Campaign, dialect: Dialect, *, in_one_piece: int = IN_ONE_PIECE
) -> HttpResponseBase:
    """The public signatures of `campaign` as a file, in list order. Two queries unless the list is long."""
    signatures: SignatureQuerySet = campaign.signatures.public()
    columns = public_columns(campaign)
    if signatures[in_one_piece : in_one_piece + 1].exists():
        return _streamed(campaign, signatures, columns, dialect)
    lines = b"".join(copied(signatures, columns, dialect))
    response = HttpResponse(head(names_of(columns), dialect) + lines, content_type=CONTENT_TYPE)
    name_attachment(response, campaign, ExportSet.PUBLIC, rows=rows_in(lines))
    return response


def rows_in(lines: bytes) -> int:
    """No cell holds a line break, so there are as many rows as line ends."""
    return lines.count(b"\n")


def name_attachment(response: HttpResponseBase, campaign: Campaign, export_set: ExportSet, rows: int) -> None:
    """Gives a response the file name by which people will find it again."""
    name = file_name(campaign.slug, export_set, rows, timezone.now())
    response["Content-Disposition"] = f'attachment; filename="{name}"'


def _streamed(
    campaign: Campaign, signatures: SignatureQuerySet, columns: Sequence[Column], dialect: Dialect
) -> HttpResponseBase:
    try:
        file = LongFile(signatures, columns, dialect)
    except TooManyReaders:
        return _come_back()
    response = StreamingHttpResponse(file, content_type=CONTENT_TYPE)
    name_attachment(response, campaign, ExportSet.PUBLIC, file.rows)
    return response


def _come_back() -> HttpResponse:
    text = _("Others are downloading this long list just now. Please try again in half a minute.")
    response = HttpResponse(f"{text}\n", status=503, content_type="text/plain; charset=utf-8")
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


class LongFile:
    """A long public list of one moment: the number of rows is known and the first line sent before PostgreSQL sorts it."""

    def __init__(self, signatures: SignatureQuerySet, columns: Sequence[Column], dialect: Dialect) -> None:
        self.signatures, self.columns, self.dialect = signatures, columns, dialect
        if not _streams.acquire(blocking=False):
            raise TooManyReaders
        with ExitStack() as opened:
            opened.callback(_streams.release)
            self.moment = opened.enter_context(ExitStack())
            self.moment.enter_context(one_moment())
            self.rows = signatures.count()
            self.opened = opened.pop_all()

    def __iter__(self) -> Iterator[bytes]:
        yield head(names_of(self.columns), self.dialect)
        with TemporaryFile() as file:
            file.writelines(copied(self.signatures, self.columns, self.dialect))
            self.moment.close()
            file.seek(0)
            while block := file.read(BLOCK):
                yield block

    def close(self) -> None:
        """To be called by whoever sends the file, also if it was not read to its end, or not at all."""
        self.opened.close()


@contextmanager
def one_moment() -> Iterator[None]:
    """Statements inside all see the database as the first one does, and none can write. Never inside a transaction."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
