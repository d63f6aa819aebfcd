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
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

# nginx forgets a copy that nobody asked for in a minute.
ROUND = 25  # seconds from one look at everything to the next
# A name that is hidden changes the count: its letter is then looked at anew at once.
TICK = 2  # seconds
# A list of letters that has no end, or a site that answers slowly, must not keep us from the first ones.
MOST_LETTERS = 50
LONGEST_ROUND = 20  # seconds
PATIENCE = 10  # seconds for one answer
# Each in which the front keeps a copy.
FORMS = ("br", "gzip", "identity")
# What a letter has beneath its own address, in each language, and beneath its name.
IN_A_LANGUAGE = (
    "",
    "signatories/",
    "letter.pdf",
    "updates/",
    "embed/",
    "card.png",
    "updates/feed/",
    "share/",
)
BESIDE = ("count.json", "signatories.csv", "badge.svg")
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
        self.said = ""

    def look_at_everything(self) -> None:
        answer = self.front.get("/sitemap.xml")
        if answer is not None and answer.status == 200:
            found = re.findall(r"<loc>([^<]+)</loc>", answer.body.decode())
            self.paths = [urlsplit(address).path for address in found]
        ends = time.monotonic() + LONGEST_ROUND
        letters = self.letters()
        pages = [path for path in self.paths if not LETTER.fullmatch(path)]
        missing = self._ask(["/", *pages], ends)
        for slug in letters:
            missing += self._ask(self._of(slug), ends)
        self._say(f"{len(letters)} letters; {missing} answers are missing")

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
            self._ask(self._of(slug), time.monotonic() + LONGEST_ROUND)

    def letters(self) -> list[str]:
        named = (LETTER.fullmatch(path) for path in self.paths)
        return list(dict.fromkeys(match[1] for match in named if match))[:MOST_LETTERS]

    def _of(self, slug: str) -> Iterator[str]:
        own = [path for path in self.paths if path.endswith(f"/{slug}/")]
        for what in IN_A_LANGUAGE:  # the letters themselves come first
            yield from (path + what for path in own)
        yield from (f"/{slug}/{what}" for what in BESIDE)

    def _ask(self, paths: Iterable[str], ends: float) -> int:
        """How many were not answered in time, or with an error of the front's own."""
        missing = 0
        for path in paths:
            for form in FORMS:
                answer = self.front.get(path, form) if time.monotonic() < ends else None
                missing += answer is None or answer.status >= 500
        return missing

    def _say(self, words: str) -> None:
        """A line when something is otherwise than before."""
        if words != self.said:
            self.said = words
            print(words, flush=True)


def main(site: str, connect_to: str = "") -> None:
    keeper = Keeper(Front(site, connect_to))
    next_round = 0.0
    while True:
        if time.monotonic() >= next_round:
            next_round = time.monotonic() + ROUND
            keeper.look_at_everything()
        else:
            keeper.look_at_what_changed()
        time.sleep(TICK)


if __name__ == "__main__":
    main(*sys.argv[1:])
