"""One kept page in every form in which it is sent, and the answer of the application that it is made from."""

import gzip
from collections.abc import Callable, Iterable
from threading import Lock
from typing import TYPE_CHECKING, Any

import brotli

from config.negotiation import etag_matches, lifetime, preferred_encoding

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
Form = tuple[Headers, list[bytes]]

NOT_FOUND_SECONDS = 1  # a letter that has just opened must not stay "not found"
SMALLEST_COMPRESSED = 500  # bytes; what fits one network packet gains nothing
ENTRY_OVERHEAD = 2048  # bytes, about what an entry's headers and objects weigh
COMPRESSED_TYPES = ("text/", "application/json", "application/xml", "application/atom+xml", "image/svg+xml")
# A letter with eighty names is 8.9 kB by quality 10, in 13 ms, and 10.4 kB by quality 5, in one: with its style sheet it
# then comes in one trip over a slow line. What is longer takes as many trips anyway, and lives for a second or two.
SQUEEZED = 65_536  # bytes
CODERS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: brotli.compress(body, quality=10 if len(body) <= SQUEEZED else 5),
    "gzip": lambda body: gzip.compress(body, compresslevel=5, mtime=0),
}
NOT_MODIFIED_LACKS = {"content-length", "content-type", "content-language", "content-encoding"}

# Browsers send a handful of different Accept-Encoding headers; reading one costs more than all the rest of a hit.
_encodings: dict[str, str] = {}


def _encoding(accept: str) -> str:
    if len(_encodings) > 100:
        _encodings.clear()
    encoding = _encodings[accept] = preferred_encoding(accept, tuple(CODERS))
    return encoding


class TruncatedPage(Exception):
    """The application sent another number of bytes than it announced."""


class Entry:
    """A rendered page. Its compressed forms are made when somebody first asks for them, and once."""

    __slots__ = (
        "body",
        "compressing",
        "etag",
        "forms",
        "fresh_until",
        "headers",
        "not_modified",
        "read",
        "size",
        "stale_until",
        "status",
        "stored_at",
    )

    def __init__(
        self, status: str, headers: Headers, body: bytes, now: float, seconds: tuple[int, int]
    ) -> None:
        self.status, self.body, self.stored_at = status, body, now
        self.fresh_until, self.stale_until = now + seconds[0], now + sum(seconds)
        self.headers = [(name, value) for name, value in headers if name.lower() != "content-length"]
        self.etag = ""
        if self._is_worth_compressing():
            self._admit_several_forms()
        if status.startswith("200"):
            self.etag = _header(self.headers, "etag")
        self.not_modified = [pair for pair in self.headers if pair[0].lower() not in NOT_MODIFIED_LACKS]
        self.forms: dict[str, Form] = {"identity": self._form("identity")}
        self.compressing = Lock()
        self.read = False
        # The compressed forms together are smaller than the page itself.
        self.size = 2 * len(body) + ENTRY_OVERHEAD

    def answer(self, environ: Environ, start_response: "StartResponse", now: float) -> list[bytes]:
        self.read = True
        age = ("Age", str(int(now - self.stored_at)))
        asked = environ.get("HTTP_IF_NONE_MATCH")
        if asked and self.etag and etag_matches(asked, self.etag):
            start_response("304 Not Modified", [*self.not_modified, age])
            return []
        accept = environ.get("HTTP_ACCEPT_ENCODING", "")
        encoding = _encodings.get(accept) or _encoding(accept)
        headers, chunks = self.forms.get(encoding) or self._compress(encoding)
        start_response(self.status, [*headers, age])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else chunks

    def _is_worth_compressing(self) -> bool:
        return len(self.body) >= SMALLEST_COMPRESSED and _header(self.headers, "content-type").startswith(
            COMPRESSED_TYPES
        )

    def _admit_several_forms(self) -> None:
        """One tag for all forms has to be a weak one, and shared caches must keep the forms apart."""
        tag = _header(self.headers, "etag")
        kept = [pair for pair in self.headers if pair[0].lower() not in ("etag", "vary")]
        kept.append(("Vary", "Accept-Encoding"))
        if tag:
            kept.append(("ETag", tag if tag.startswith("W/") else f"W/{tag}"))
        self.headers = kept

    def _compress(self, encoding: str) -> Form:
        with self.compressing:
            if encoding not in self.forms:  # nobody was faster
                is_worth_it = self._is_worth_compressing()
                self.forms[encoding] = self._form(encoding) if is_worth_it else self.forms["identity"]
            return self.forms[encoding]

    def _form(self, encoding: str) -> Form:
        body = self.body if encoding == "identity" else CODERS[encoding](self.body)
        headers = [*self.headers, ("Content-Length", str(len(body)))]
        if encoding != "identity":
            headers.append(("Content-Encoding", encoding))
        return headers, [body]


class Answer:
    """What the application said, held back until it is known what becomes of it: a WSGI start_response."""

    def __init__(self) -> None:
        self.status = ""
        self.headers: Headers = []

    def __call__(self, status: str, headers: Headers, exc_info: object = None) -> Callable[[bytes], object]:
        self.status, self.headers = status, headers
        return self._write

    def _write(self, data: bytes) -> object:
        raise NotImplementedError("Django returns its body; nothing here uses WSGI's old write()")

    def header(self, name: str) -> str:
        return _header(self.headers, name)

    def has_failed(self) -> bool:
        return self.status.startswith("5")

    def is_public(self) -> bool:
        """Whether it is the same for everybody and may be kept by a shared cache at all (a 304 may say so too)."""
        varies_by = {name.strip().lower() for name in self.header("vary").split(",") if name.strip()}
        return (
            lifetime(self.header("cache-control")) is not None
            and varies_by <= {"accept-encoding"}
            and not self.header("set-cookie")
        )

    def can_be_kept(self, largest_page: int) -> bool:
        """Whether it is a whole public page. A stream has no Content-Length, and is passed on as it comes."""
        length = self.header("content-length")
        return (
            self.status[:3] in ("200", "301", "404")
            and self.is_public()
            and not self.header("content-encoding")
            and length.isdecimal()
            and int(length) <= largest_page
        )

    def entry(self, chunks: Iterable[bytes], clock: Callable[[], float]) -> Entry:
        body = self._whole(chunks)
        seconds = lifetime(self.header("cache-control")) or (0, 0)
        if self.status.startswith("404"):
            seconds = (min(seconds[0], NOT_FOUND_SECONDS), 0)
        return Entry(self.status, self.headers, body, clock(), seconds)

    def _whole(self, chunks: Iterable[bytes]) -> bytes:
        try:
            body = b"".join(chunks)
        finally:
            self.drop(chunks)
        if len(body) != int(self.header("content-length")):
            raise TruncatedPage(f"{len(body)} bytes came, {self.header('content-length')} were announced")
        return body

    def drop(self, chunks: Iterable[bytes]) -> None:
        close = getattr(chunks, "close", None)
        if close is not None:
            close()

    def pass_on(self, chunks: Iterable[bytes], start_response: "StartResponse") -> Iterable[bytes]:
        start_response(self.status, self.headers)
        return chunks


def _header(headers: Headers, name: str) -> str:
    """The value of a header, several of one name joined as HTTP allows."""
    return ", ".join(value for key, value in headers if key.lower() == name)
