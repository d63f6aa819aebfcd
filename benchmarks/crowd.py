"""Many open pages in one process, each doing what `static/js/letter.js` does; its own module, since it needs no Django.

Each keeps a connection, asks for count.json with the entity tag of the last answer every five seconds, give or take, and once
the count has moved it fetches the page for the new list.
"""

import asyncio
import gc
import json
import random
import sys
import time
from dataclasses import asdict, dataclass, field
from http import HTTPStatus
from urllib.parse import urlsplit

# As letter.js has them (a test compares): seconds between two questions, the least of it, and how far pages drift apart.
EVERY, SHORTEST, SPREAD = 5.0, 0.8, 0.3
LIST_WITHIN = 2.0  # after a new count a page fetches the new list within so many seconds
PATIENCE = 10.0  # then the page counts the question as not answered


@dataclass
class Heard:
    """What the pages saw: how many answers, failures; each answer's time in seconds; when each page saw the new count."""

    answers: int = 0
    failures: int = 0
    delays: list[float] = field(default_factory=list)
    seen: list[float] = field(default_factory=list)


class Page:
    """One open page: its connection and what it knows of the count."""

    def __init__(self, url: str, count_path: str, path: str, heard: Heard) -> None:
        parts = urlsplit(url)
        self.host, self.port = parts.hostname or "", parts.port or 80
        self.count_path, self.path, self.heard = count_path, path, heard
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None
        self.tag, self.count = "", b""

    async def stay_open(self, opening: float, until: float) -> None:
        await asyncio.sleep(random.random() * opening)
        while time.monotonic() < until:
            await self._look()
            await asyncio.sleep(EVERY * (SHORTEST + SPREAD * random.random()))
        if self.writer:
            self.writer.close()

    async def _look(self) -> None:
        body = await self._ask(self.count_path, f"If-None-Match: {self.tag}\r\n" if self.tag else "")
        if not body:
            return
        count = body.partition(b'"count":')[2].partition(b",")[0]
        if self.count and count != self.count:
            self.heard.seen.append(time.monotonic())
            await asyncio.sleep(LIST_WITHIN * random.random())
            await self._ask(self.path, "Accept-Encoding: br\r\n")
        self.count = count

    async def _ask(self, path: str, header: str) -> bytes:
        """The body of the answer; empty for 304, and for a question that failed, which is counted."""
        began = time.monotonic()
        try:
            async with asyncio.timeout(PATIENCE):
                body = await self._exchange(
                    f"GET {path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\n{header}\r\n"
                )
        except (OSError, EOFError, TimeoutError, ValueError):
            self.heard.failures += 1
            self.reader = None
            return b""
        self.heard.answers += 1
        self.heard.delays.append(time.monotonic() - began)
        return body

    async def _exchange(self, question: str) -> bytes:
        if self.reader is None or self.writer is None:
            self.reader, self.writer = await asyncio.open_connection(self.host, self.port)
        self.writer.write(question.encode())
        head = await self.reader.readuntil(b"\r\n\r\n")
        status, _, fields = head.partition(b"\r\n")
        code = int(status.split()[1])
        headers = dict(line.split(b": ", 1) for line in fields.lower().split(b"\r\n") if line)
        body = await self.reader.readexactly(int(headers.get(b"content-length", b"0")))
        if code not in (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED):
            raise ValueError(f"status {code}")
        if code == HTTPStatus.OK and self.count_path in question:
            self.tag = headers[b"etag"].decode()
        return body


async def crowd(url: str, count_path: str, path: str, *, pages: int, opening: float, seconds: float) -> Heard:
    """Opens so many pages within `opening` seconds; after `seconds` all of them close."""
    heard = Heard()
    until = time.monotonic() + seconds
    await asyncio.gather(
        *(Page(url, count_path, path, heard).stay_open(opening, until) for _ in range(pages))
    )
    return heard


if __name__ == "__main__":
    url, count_path, path, *numbers = sys.argv[1:]
    pages, opening, seconds = map(int, numbers)
    gc.disable()  # a look at the garbage of all pages would stop all of them at once
    print(
        json.dumps(
            asdict(asyncio.run(crowd(url, count_path, path, pages=pages, opening=opening, seconds=seconds)))
        )
    )
