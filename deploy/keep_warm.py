"""Asks the front for every public letter, so that it has a copy of each when the site behind it goes down.

    keep_warm.py https://letters.example.org [127.0.0.1:443]

Runs until it is ended, beside the front, and needs nothing but Python: neither the database nor a secret, so it goes on while
all else is down. What letters there are, it reads in the sitemap. The second argument is where to connect, if that isn't where
the name leads from here. docs/operations.md, "Launch day", says why.
"""

import http.client
import re
import socket
import ssl
import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

# nginx forgets a copy that nobody asked for in a minute.
ROUND = 25  # seconds from one look at everything to the next
# A name that is hidden changes the count: its letter is then looked at anew at once.
TICK = 2  # seconds
# A list of letters that has no end must not keep us from the first ones.
MOST_LETTERS = 50
PATIENCE = 10  # seconds for one answer
# Each in which the front keeps a copy.
FORMS = ("br", "gzip", "identity")
# What a letter has beneath its own address, in each language, and beneath its name alone; those first that tell of names.
BESIDE = ("signatories.csv", "count.json", "badge.svg")
SAYS_NAMES = ("", "signatories/", "signatories.csv", "by-day/", "embed/", "letter.pdf")
ALL = (*SAYS_NAMES, "count.json", "badge.svg", "updates/", "card.png", "updates/feed/", "share/")
LETTER = re.compile(r"/[a-z-]+/([^/]+)/")


class Answer(NamedTuple):
    status: int
    tag: str
    body: bytes


class Front:
    """One connection to it, made anew when it breaks."""

    def __init__(self, site: str, connect_to: str = "") -> None:
        address = urlsplit(site)
        self.secure, self.name = address.scheme == "https", address.hostname or ""
        self.host = address.netloc
        host, _, port = connect_to.rpartition(":")
        self.peer = (host or self.name, int(port or address.port or (443 if self.secure else 80)))
        self.connection: http.client.HTTPConnection | None = None

    def get(self, path: str, form: str = "identity") -> Answer | None:
        """None if nobody answers."""
        for _attempt in range(2):  # the connection may have been closed since the last time
            try:
                connection = self.connection = self.connection or self._connect()
                connection.request("GET", path, headers={"Host": self.host, "Accept-Encoding": form})
                reply = connection.getresponse()
                return Answer(reply.status, reply.getheader("ETag") or "", reply.read())
            except (OSError, http.client.HTTPException):
                self.close()
        return None

    def close(self) -> None:
        if self.connection:
            self.connection.close()
            self.connection = None

    def _connect(self) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection(*self.peer, timeout=PATIENCE)
        connection.sock = socket.create_connection(self.peer, PATIENCE)
        if self.secure:
            connection.sock = ssl.create_default_context().wrap_socket(
                connection.sock, server_hostname=self.name
            )
        return connection


class Keeper:
    def __init__(self, front: Front) -> None:
        self.front = front
        self.paths: list[str] = []  # of all pages in the sitemap
        self.tags: dict[str, str] = {}  # of count.json, by the letter's name
        self.once_more: set[str] = set()
        self.waiting: deque[str] = deque()  # what this round has still to ask for
        self.missing = 0  # answers, in this round
        self.next_round = 0.0
        self.said = ""

    def run(self) -> None:
        while True:
            began = time.monotonic()
            if began >= self.next_round:
                self.begin_round(began)
            self.look_at_what_changed()
            self.go_on(began + TICK)
            time.sleep(max(0.0, began + TICK - time.monotonic()))

    def begin_round(self, now: float) -> None:
        """Everything is asked for, what the last round left first."""
        self.next_round = now + ROUND
        if self.waiting:
            self._say(f"The site is slow: in {ROUND} seconds {len(self.waiting)} addresses were not reached")
        self.missing = 0
        answer = self.front.get("/sitemap.xml")
        if answer is not None and answer.status == 200:
            found = re.findall(r"<loc>([^<]+)</loc>", answer.body.decode())
            self.paths = [urlsplit(address).path for address in found]
        elif not self.paths:
            self._say("There is no sitemap to read the letters in")
        pages = ["/", *(path for path in self.paths if not LETTER.fullmatch(path))]
        letters = [path for slug in self.letters() for path in self._of(slug)]
        self.waiting = deque(dict.fromkeys([*self.waiting, *pages, *letters]))

    def go_on(self, until: float) -> None:
        while self.waiting and time.monotonic() < until:
            self._ask(self.waiting.popleft())
            if not self.waiting:
                self._say(f"{len(self.letters())} letters; {self.missing} answers are missing")

    def look_at_what_changed(self) -> None:
        """A change is looked at twice: the first time a page of a moment ago may still have been under way."""
        again, self.once_more = self.once_more, set()
        for slug in self.letters():
            answer = self.front.get(f"/{slug}/count.json")
            if answer is None or answer.status >= 500:
                continue
            if self.tags.setdefault(slug, answer.tag) != answer.tag:
                self.tags[slug] = answer.tag
                self.once_more.add(slug)
        for slug in sorted(again | self.once_more):
            for path in self._of(slug, SAYS_NAMES):
                self._ask(path)

    def letters(self) -> list[str]:
        named = (LETTER.fullmatch(path) for path in self.paths)
        return list(dict.fromkeys(match[1] for match in named if match))[:MOST_LETTERS]

    def _of(self, slug: str, what: Sequence[str] = ALL) -> Iterator[str]:
        own = [path for path in self.paths if path.endswith(f"/{slug}/")]
        for name in what:
            yield from [f"/{slug}/{name}"] if name in BESIDE else [path + name for path in own]

    def _ask(self, path: str) -> None:
        for form in FORMS:
            answer = self.front.get(path, form)
            self.missing += answer is None or answer.status >= 500

    def _say(self, words: str) -> None:
        """A line when something is otherwise than before."""
        if words != self.said:
            self.said = words
            print(words, flush=True)


if __name__ == "__main__":
    Keeper(Front(*sys.argv[1:])).run()
