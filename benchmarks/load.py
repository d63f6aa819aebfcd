"""Load on one address: wrk where it is installed, else a loader of our own."""

import re
import selectors
import shutil
import socket
import subprocess
import sys
import time
from urllib.parse import urlsplit

from benchmarks.frame import Server

CONNECTIONS = 64
SECONDS = 1


def loader() -> str:
    return "wrk" if shutil.which("wrk") else "bundled loader, per second of the server's processor time"


def throughput(
    server: Server, path: str, headers: dict[str, str] | None = None, *, connections: int = CONNECTIONS
) -> float:
    """Answers per second over kept connections. An answer that is neither 2xx nor 3xx is an error.

    Our own loader is slower than what it measures. With it, seconds of the server's processor time are counted.
    """
    if shutil.which("wrk"):
        return _wrk(server.url + path, headers or {}, connections)
    # In a process of its own: the loader must not share an interpreter with anything.
    lines = [f"{name}: {value}" for name, value in (headers or {}).items()]
    command = [sys.executable, "-m", "benchmarks.load", server.url + path, str(connections), *lines]
    before = server.cpu_seconds()
    answers = int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return answers / (server.cpu_seconds() - before)


def _wrk(url: str, headers: dict[str, str], connections: int) -> float:
    command = ["wrk", "-t1", f"-c{connections}", f"-d{SECONDS}s"]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    output = subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in output or "Socket errors" in output:
        raise RuntimeError(f"{url} did not answer as it should:\n{output}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", output)
    if found is None:
        raise RuntimeError(f"wrk said no number:\n{output}")
    return float(found[1])


class Connection:
    """One kept connection that has always one request under way."""

    def __init__(self, host: str, port: int, request: bytes) -> None:
        self.socket = socket.create_connection((host, port))
        self.request, self.buffer, self.answers = request, b"", 0
        self.socket.sendall(request)

    def read(self) -> None:
        data = self.socket.recv(262144)
        if not data:
            raise RuntimeError("the server closed a connection")
        self.buffer += data
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0 or len(self.buffer) < end + 4 + self._length(self.buffer[:end]):
            return
        self.buffer = b""
        self.answers += 1
        self.socket.sendall(self.request)

    def _length(self, head: bytes) -> int:
        status = head[9:10]
        if status not in b"23":
            raise RuntimeError(head.decode("latin-1"))
        found = re.search(rb"\r\ncontent-length: *(\d+)", head, re.IGNORECASE)
        return int(found[1]) if found else 0


def main(url: str, connections: str, *headers: str) -> None:
    parts = urlsplit(url)
    lines = [f"GET {parts.path} HTTP/1.1", f"Host: {parts.netloc}", *headers, "", ""]
    request = "\r\n".join(lines).encode()
    opened = [Connection(parts.hostname or "", parts.port or 80, request) for _ in range(int(connections))]
    with selectors.DefaultSelector() as selector:
        for connection in opened:
            selector.register(connection.socket, selectors.EVENT_READ, connection)
        began = time.monotonic()
        while time.monotonic() - began < SECONDS:
            for key, _ in selector.select(timeout=1):
                key.data.read()
    for connection in opened:
        connection.socket.close()
    print(sum(connection.answers for connection in opened))


if __name__ == "__main__":
    main(*sys.argv[1:])
