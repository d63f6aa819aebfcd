"""Sends one form after the other over kept connections: `python -m benchmarks.posting URL COOKIE BODY CONNECTIONS SECONDS`.

Each time NUMBER stands in the body, another number takes its place. Prints how many were answered with a redirect.
"""

import itertools
import os
import selectors
import socket
import sys
import time
from collections.abc import Iterator
from urllib.parse import urlsplit


def requests(url: str, cookie: str, body: str) -> Iterator[bytes]:
    parts = urlsplit(url)
    for number in itertools.count():
        content = body.replace("NUMBER", f"{os.getpid()}x{number}").encode()
        lines = [
            f"POST {parts.path} HTTP/1.1",
            f"Host: {parts.netloc}",
            f"Cookie: {cookie}",
            # Believed only where the benchmark declares a proxy: else all would come from nowhere.
            "X-Forwarded-For: 203.0.113.7",
            "Content-Type: application/x-www-form-urlencoded",
            f"Content-Length: {len(content)}",
            "",
            "",
        ]
        yield "\r\n".join(lines).encode() + content


class Sender:
    """One kept connection with one form under way."""

    def __init__(self, address: tuple[str, int], forms: Iterator[bytes]) -> None:
        self.socket = socket.create_connection(address)
        self.forms, self.answer, self.redirects = forms, b"", 0
        self.socket.sendall(next(self.forms))

    def read(self, *, send_next: bool) -> bool:
        """Whether an answer is complete. A redirect has no body."""
        data = self.socket.recv(65536)
        self.answer += data
        if not data or not self.answer.startswith(b"HTTP/1.1 302"[: len(self.answer)]):
            raise RuntimeError(f"no redirect: {self.answer[:2000].decode(errors='replace')}")
        if not self.answer.endswith(b"\r\n\r\n"):
            return False
        self.answer = b""
        self.redirects += 1
        if send_next:
            self.socket.sendall(next(self.forms))
        return True


def main(url: str, cookie: str, body: str, connections: str, seconds: str) -> None:
    parts = urlsplit(url)
    forms = requests(url, cookie, body)
    address = (parts.hostname or "", parts.port or 80)
    with selectors.DefaultSelector() as selector:
        for _ in range(int(connections)):
            sender = Sender(address, forms)
            selector.register(sender.socket, selectors.EVENT_READ, sender)
        end = time.monotonic() + float(seconds)
        answered = 0
        while selector.get_map():
            for key, _events in selector.select():
                in_time = time.monotonic() < end
                if key.data.read(send_next=in_time):
                    answered += in_time
                    if not in_time:
                        selector.unregister(key.fileobj)
    print(answered)


if __name__ == "__main__":
    main(*sys.argv[1:])
