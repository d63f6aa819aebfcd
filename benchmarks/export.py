"""The public CSV of a million rows through the web process, against `psql \\copy` of the same query into a file."""

import http.client
import os
import statistics
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from benchmarks import data
from benchmarks.frame import Figure, House, Server, Skipped, benchmark, in_turns
from campaigns.models import Campaign
from dev.postgres import PROGRAMS
from signatories.exports.columns import names_of, public_columns
from signatories.exports.csvfile import Dialect, head
from signatories.exports.rows import statement

ROWS = 1_000_000
ROUNDS = 3
PATH = "/export/signatories.csv"
GROWTH = 20  # megabytes
FIRST_BYTE = 0.2  # seconds
PIECE = 256 * 1024


@benchmark("export")
def export(house: House) -> Iterator[Figure]:
    psql = PROGRAMS / "psql"
    if not psql.exists():
        raise Skipped("no psql")
    campaign = data.letter("export", ROWS)
    theirs = house.folder / "psql.csv"
    # One worker: whose memory grew must be known.
    with house.web(GRANIAN_WORKERS="1") as web:
        _download(web)
        memory = Memory(web)
        first_bytes: list[float] = []
        speed = in_turns(
            ROUNDS,
            ours=lambda: _timed_download(web, first_bytes),
            psql=lambda: _copy(psql, campaign, theirs),
        )
        growth = memory.growth()
        _check(_download(web), theirs, campaign)
    yield Figure(
        what=f"public CSV of {ROWS:,} rows",
        ratio=speed["ours"] / speed["psql"],
        ours=f"{speed['ours']:.2f} s",
        theirs=f"psql {speed['psql']:.2f} s",
        goal="≤ 1.5",
    )
    first_byte = statistics.median(first_bytes)
    yield Figure(
        what="its first byte",
        ratio=first_byte / FIRST_BYTE,
        ours=f"{first_byte * 1000:.0f} ms",
        theirs=f"{FIRST_BYTE * 1000:.0f} ms",
        goal="≤ 1",
    )
    yield Figure(
        what="growth of the web process meanwhile",
        ratio=growth / GROWTH,
        ours=f"{growth:.1f} MB",
        theirs=f"{GROWTH} MB",
        goal="≤ 1",
    )


def _timed_download(web: Server, first_bytes: list[float]) -> float:
    began = time.monotonic()
    first, _size = _download(web)
    first_bytes.append(first - began)
    return time.monotonic() - began


def _download(web: Server) -> tuple[float, int]:
    """When the first byte of the body came, and how many there were."""
    connection = http.client.HTTPConnection(urlsplit(web.url).netloc, timeout=120)
    connection.request("GET", PATH)
    answer = connection.getresponse()
    size = len(answer.read(1))
    first = time.monotonic()
    while piece := answer.read(PIECE):
        size += len(piece)
    connection.close()
    if answer.status != 200 or f"_n{ROWS}.csv" not in answer.headers["Content-Disposition"]:
        raise RuntimeError(f"not the file that was to be measured: {answer.status} {answer.headers}")
    return first, size


def _copy(psql: Path, campaign: Campaign, target: Path) -> float:
    query = statement(campaign.signatures.public(), public_columns(campaign))
    began = time.monotonic()
    command = f"\\copy ({query}) to '{target}' (format csv)"
    subprocess.run([psql, os.environ["DATABASE_URL"], "-qc", command], check=True)
    return time.monotonic() - began


def _check(download: tuple[float, int], theirs: Path, campaign: Campaign) -> None:
    """Both files hold the same: ours has its head, and two characters at the end of a line where theirs has one."""
    extra = len(head(names_of(public_columns(campaign)), Dialect())) + ROWS
    if download[1] != theirs.stat().st_size + extra:
        raise RuntimeError("psql did not write the same file")


class Memory:
    """The resident memory of a server's processes, looked at twenty times a second."""

    def __init__(self, server: Server) -> None:
        root = psutil.Process(server.child.process.pid)
        self.processes = [root, *root.children(recursive=True)]
        self.before = self.largest = self._now()
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self._watch)
        self.thread.start()

    def growth(self) -> float:
        """Megabytes by which it was larger at its largest than at the start."""
        self.is_over.set()
        self.thread.join()
        return (self.largest - self.before) / 1e6

    def _watch(self) -> None:
        while not self.is_over.wait(0.05):
            self.largest = max(self.largest, self._now())

    def _now(self) -> int:
        return sum(process.memory_info().rss for process in self.processes)
