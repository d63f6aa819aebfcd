"""A small cache around the WSGI application for the pages that everybody reads, driven by their own headers.

A response takes part by saying so: `Cache-Control: public, s-maxage=N, stale-while-revalidate=M`. Django's side of
that is the decorator in `config.publicpages`. Decisions that are not obvious:

- Query. `No-Vary-Search` names the parameters that a page depends on. Others are taken off before the view sees them
  and before we look: a stranger's `?x=1`, `?x=2` all meet the same page, and no page is ever served for another query.
  Without that header only the address without a query is kept.
- Cookies. A reader with a session gets the kept page too: it was rendered without a look at any cookie, a response
  that sets one or varies by one is never kept, and staff must see what the public sees.
- Age. Nothing older than N + M seconds is served, not even to the first reader after an idle night.
- One render. Of the readers who find a page out of date, one renders it; the others get the stale page while M lasts
  and else wait for the new one. A failed render leaves the stale page in place and is never kept itself.
- Room. The oldest entries go first, except those that were read since we last looked (the CLOCK rule): a hit needs no
  lock, and a flood of searches that nobody repeats can't push out a page that is read all the time.
"""

import logging
import time
from collections.abc import Callable, Iterable
from io import BytesIO
from threading import Event, Lock
from typing import TYPE_CHECKING

from config.negotiation import canonical_query, known_parameters
from config.pageentry import Answer, Entry, Environ

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

Address = tuple[str, str, str]  # host, scheme, path
Key = tuple[str, str, str, str]  # the same and the query

MEGABYTE = 1024 * 1024
LONGEST_ADDRESS = 1024
# Seconds after which a reader stops waiting for somebody else's render and asks for one of their own.
PATIENCE = 10
# What asks for less than the whole page or for another coding of it, and what could get this one reader refused or
# keep everybody waiting (a body that never comes): no business of a render that all will share.
ONE_READERS_HEADERS = {
    "CONTENT_LENGTH",
    "CONTENT_TYPE",
    "HTTP_COOKIE",
    "HTTP_EXPECT",
    "HTTP_TRANSFER_ENCODING",
    "HTTP_IF_NONE_MATCH",
    "HTTP_IF_MODIFIED_SINCE",
    "HTTP_IF_MATCH",
    "HTTP_IF_UNMODIFIED_SINCE",
    "HTTP_RANGE",
    "HTTP_IF_RANGE",
    "HTTP_ACCEPT_ENCODING",
}
logger = logging.getLogger(__name__)


class Render:
    """A render that is under way, for those who wait for it."""

    def __init__(self) -> None:
        self.done = Event()
        self.entry: Entry | None = None


class PageCache:
    """Wraps a WSGI application. One per process; safe under any number of threads."""

    def __init__(
        self,
        application: "WSGIApplication",
        *,
        host_is_valid: Callable[[str], bool],
        https_header: tuple[str, str] | None = None,
        is_believed: Callable[[Environ], bool] = lambda _environ: True,
        clock: Callable[[], float] = time.monotonic,
        max_bytes: int = 64 * MEGABYTE,
        max_entries: int = 2000,
        largest_page: int = 4 * MEGABYTE,
    ) -> None:
        self.application, self.host_is_valid, self.https_header = application, host_is_valid, https_header
        self.is_believed = is_believed
        self.clock, self.max_bytes, self.max_entries = clock, max_bytes, max_entries
        self.largest_page = largest_page
        self.lock = Lock()
        self.entries: dict[Key, Entry] = {}
        self.size = 0
        # The addresses that have answered "public", with the parameters they depend on (None: on any).
        self.parameters: dict[Address, tuple[str, ...] | None] = {}
        self.renders: dict[Key, Render] = {}

    def __call__(self, environ: Environ, start_response: "StartResponse") -> Iterable[bytes]:
        # Every line up to `answer` is paid by each reader of a cached page.
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or "HTTP_AUTHORIZATION" in environ:
            return self.application(environ, start_response)
        scheme = environ["wsgi.url_scheme"] if self.https_header is None else self._scheme(environ)
        address = (environ.get("HTTP_HOST", ""), scheme, environ["PATH_INFO"])
        query: str | None = environ.get("QUERY_STRING", "")
        if query:
            names = self.parameters.get(address)
            query = None if names is None else canonical_query(query, names)
            if query is None:
                return self._ask(address, environ, start_response)
        key = (*address, query or "")
        entry = self.entries.get(key)
        now = self.clock()
        if entry is not None and now < entry.fresh_until:
            return entry.answer(environ, start_response, now)
        if address in self.parameters:
            return self._share(key, environ, start_response)
        return self._ask(address, environ, start_response)

    def _scheme(self, environ: Environ) -> str:
        # As Django reads it once a stranger's header is taken out, so that a page with http links never meets an https reader.
        name, secure = self.https_header or ("", "")
        value = environ.get(name)
        if value is None or not self.is_believed(environ):
            return str(environ["wsgi.url_scheme"])
        return "https" if value.split(",", 1)[0].strip() == secure else "http"

    def _ask(self, address: Address, environ: Environ, start_response: "StartResponse") -> Iterable[bytes]:
        """An address that has not said "public" yet: everybody asks for themselves, until it does."""
        method, raw_query = environ["REQUEST_METHOD"], environ.get("QUERY_STRING", "")
        answer = Answer()
        chunks = self.application(environ, answer)
        if not answer.is_public() or not self._may_fill(address):
            return answer.pass_on(chunks, start_response)
        names = known_parameters(answer.header("no-vary-search"))
        self._remember(address, names)
        query = canonical_query(raw_query, names) if names is not None else (None if raw_query else "")
        if method == "HEAD" or query is None or not answer.can_be_kept(self.largest_page):
            return answer.pass_on(chunks, start_response)
        entry = self._keep((*address, query), answer.entry(chunks, self.clock))
        return entry.answer(environ, start_response, entry.stored_at)

    def _may_fill(self, address: Address) -> bool:
        # A forged Host or an endless path is answered, but leaves nothing behind.
        return len(address[0]) + len(address[2]) <= LONGEST_ADDRESS and self.host_is_valid(address[0])

    def _share(self, key: Key, environ: Environ, start_response: "StartResponse") -> Iterable[bytes]:
        """A public address without a fresh page: one reader renders, the others take the stale page or wait."""
        mine = None
        with self.lock:
            now = self.clock()
            entry = self.entries.get(key)
            render = self.renders.get(key)
            if render is None and (entry is None or now >= entry.fresh_until):
                mine = self.renders[key] = Render()
        if mine is not None:
            return self._render(key, mine, entry, environ, start_response)
        if render is not None and (entry is None or now >= entry.stale_until):
            render.done.wait(PATIENCE)
            entry, now = render.entry, self.clock()
        if entry is not None and now < entry.stale_until:
            return entry.answer(environ, start_response, now)
        # That render failed, or the page is no longer for everybody.
        return self.application(environ, start_response)

    def _render(
        self, key: Key, render: Render, stale: Entry | None, environ: Environ, start_response: "StartResponse"
    ) -> Iterable[bytes]:
        shared = {name: value for name, value in environ.items() if name not in ONE_READERS_HEADERS}
        shared |= {"REQUEST_METHOD": "GET", "QUERY_STRING": key[3], "wsgi.input": BytesIO()}
        answer = Answer()
        try:
            chunks = self.application(shared, answer)
            if answer.can_be_kept(self.largest_page):
                render.entry = self._keep(key, answer.entry(chunks, self.clock))
        except Exception:
            if stale is None or self.clock() >= stale.stale_until:
                raise
            logger.exception("The page %s could not be rendered; the stale one is served", key[2])
            return stale.answer(environ, start_response, self.clock())
        finally:
            with self.lock:
                del self.renders[key]
            render.done.set()
        now = self.clock()
        if render.entry is not None:
            return render.entry.answer(environ, start_response, now)
        if answer.has_failed() and stale is not None and now < stale.stale_until:
            answer.drop(chunks)
            return stale.answer(environ, start_response, now)
        if not answer.has_failed():
            self._forget(key)
        if answer.has_failed() or answer.is_public():
            return answer.pass_on(chunks, start_response)
        # No longer for everybody: this reader asks again, as themselves.
        answer.drop(chunks)
        return self.application(environ, start_response)

    def _remember(self, address: Address, names: tuple[str, ...] | None) -> None:
        with self.lock:
            self.parameters[address] = names
            while len(self.parameters) > self.max_entries:
                del self.parameters[next(iter(self.parameters))]

    def _forget(self, key: Key) -> None:
        with self.lock:
            self.parameters.pop(key[:3], None)
            gone = self.entries.pop(key, None)
            self.size -= gone.size if gone else 0

    def _keep(self, key: Key, entry: Entry) -> Entry:
        with self.lock:
            before = self.entries.pop(key, None)
            self.entries[key] = entry
            self.size += entry.size - (before.size if before else 0)
            while self.size > self.max_bytes or len(self.entries) > self.max_entries:
                oldest = next(iter(self.entries))
                candidate = self.entries.pop(oldest)
                if candidate.read:
                    candidate.read = False
                    self.entries[oldest] = candidate
                else:
                    self.size -= candidate.size
        return entry
