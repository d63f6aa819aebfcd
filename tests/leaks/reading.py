"""Reads an answer as somebody would who looks for a name in it: each format taken apart, each encoding undone."""

import base64
import binascii
import contextlib
import email
import email.policy
import gzip
import html
import io
import json
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import unquote_plus

import brotli
from pypdf import PdfReader

INVISIBLE = dict.fromkeys(
    [0x00AD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF]
)
BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
TAG = re.compile(r"<[^>]*>")
ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})|%u([0-9a-fA-F]{4})")


class NoReader(AssertionError):
    """An answer in a format that nobody here can read: write its reader before the outlet."""


def plain(text: str) -> str:
    """Entities, percent and \\u escapes undone, base64 unpacked and put behind, invisible characters out, small letters."""
    undone = html.unescape(unquote_plus(text))
    undone = ESCAPED.sub(lambda found: chr(int(next(filter(None, found.groups())), 16)), undone)
    inside = " ".join(_unpacked(each.group()) for each in BASE64.finditer(text))
    whole = unicodedata.normalize("NFKC", f"{text} {undone} {inside}".translate(INVISIBLE))
    return whole.casefold()


def _unpacked(run: str) -> str:
    """What base64 holds, also compressed (Django's signed cookies are); nothing where it is none."""
    try:
        held = base64.b64decode(run.replace("-", "+").replace("_", "/") + "=" * (-len(run) % 4))
    except binascii.Error:
        return ""
    return _any_text(held)


def _any_text(held: bytes) -> str:
    """Bytes as text in the ways in which text hides in bytes."""
    with contextlib.suppress(zlib.error):
        held += b" " + zlib.decompress(held)
    return " ".join(held.decode(name, errors="ignore") for name in ("utf-8", "utf-16-le", "utf-16-be"))


@lru_cache(maxsize=500)
def words_of(content_type: str, body: bytes) -> str:
    """All text of a body, `plain`. Raises NoReader."""
    if not body:
        return ""
    kind = content_type.partition(";")[0].strip().lower()
    for kinds, reader in READERS:
        if re.fullmatch(kinds, kind):
            return plain(" ".join(reader(body)))
    raise NoReader(f"{kind or 'no content type'}: {body[:60]!r}")


def unpacked(body: bytes, encoding: str) -> bytes:
    return {"gzip": gzip.decompress, "br": brotli.decompress}.get(encoding, bytes)(body)


def without_choices(page: bytes) -> bytes:
    """A page without its lists to choose from, which name every country that there is."""
    return re.sub(rb"<(select|datalist)\b.*?</\1>", b"", page, flags=re.DOTALL | re.IGNORECASE)


def _text(body: bytes) -> Iterator[str]:
    yield _any_text(body)


def _json(body: bytes) -> Iterator[str]:
    yield from _text(body)
    yield json.dumps(json.loads(body), ensure_ascii=False)


def _calendar(body: bytes) -> Iterator[str]:
    """RFC 5545 folds long lines, also in the middle of a word."""
    yield from _text(body)
    yield re.sub(r"\r?\n[ \t]", "", body.decode())


def _markup(body: bytes) -> Iterator[str]:
    """As written, and the text without the tags, for a name that is laid out letter by letter."""
    yield from _text(body)
    text = body.decode(errors="replace")
    yield TAG.sub("", text)
    yield TAG.sub(" ", text)


def _pdf(body: bytes) -> Iterator[str]:
    """The text of each page, with and without its spaces; every object, streams unpacked; metadata and attachments."""
    reader = PdfReader(io.BytesIO(body))
    for page in reader.pages:
        text = page.extract_text()
        yield text
        yield re.sub(r"\s", "", text)
    yield str(reader.metadata or "")
    if reader.xmp_metadata:
        yield str(reader.xmp_metadata.stream.get_data(), errors="replace")
    for number in range(1, int(reader.trailer["/Size"])):
        held = reader.get_object(number)
        yield str(held)
        if hasattr(held, "get_data"):
            yield _any_text(held.get_data())
    yield from (str(name) for name in reader.attachments)


def _png(body: bytes) -> Iterator[str]:
    """Every chunk but the pixels as text, the compressed ones unpacked. That pixels show no name is shown by their sameness."""
    assert body.startswith(b"\x89PNG\r\n\x1a\n")
    place = 8
    while place < len(body):
        (length,) = struct.unpack(">I", body[place : place + 4])
        kind, held = body[place + 4 : place + 8], body[place + 8 : place + 8 + length]
        if kind != b"IDAT":
            yield kind.decode()
            yield _any_text(held)
            for start in range(len(held)):  # zTXt and iTXt: a keyword, some zeros, then what was compressed
                if held[start : start + 1] == b"\x78":
                    yield _any_text(held[start:])
        place += 12 + length
    yield _any_text(body[place:])


def _zip(body: bytes) -> Iterator[str]:
    """Workbooks are archives of XML; a string there may be cut into runs."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        yield archive.comment.decode(errors="replace")
        for name in archive.namelist():
            yield name
            yield from _markup(archive.read(name))


READERS = [
    (r"text/html|application/xhtml\+xml", _markup),
    (r"text/calendar", _calendar),
    (r"text/.+|application/(x-)?javascript", _text),
    (r"application/(.+\+)?json", _json),
    (r"application/(.+\+)?xml|image/svg\+xml", _markup),
    (r"application/pdf", _pdf),
    (r"image/png", _png),
    (r"application/zip|application/vnd\.openxmlformats-officedocument\..+", _zip),
]


def words_of_mail(message: bytes) -> str:
    """A mail as it goes over the wire: headers decoded, every part in its own format."""
    parsed = email.message_from_bytes(message, policy=email.policy.default)
    pieces = [f"{name}: {value}" for name, value in parsed.items()]
    for part in parsed.walk():
        pieces += [f"{name}: {value}" for name, value in part.items()]
        if not part.is_multipart():
            pieces.append(words_of(part.get_content_type(), part.get_payload(decode=True)))
    return plain(" ".join(pieces))
