"""What all benchmarks share: figures and goals, the house they run in, runs in turns, a web server to measure."""

import json
import os
import socket
import statistics
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError, URLError

import psutil

from dev.environment import PROJECT, read_variables
from dev.processes import Child, start

GRANIAN = PROJECT / "config" / "granian.env"
START_SECONDS = 30


@dataclass(frozen=True)
class Figure:
    """One ratio, what it is a ratio of, and what it should be. `goal` is "≥ 0.6", "≤ 1.5" or "" for no goal."""

    what: str
    ratio: float
    ours: str
    theirs: str
    goal: str = ""

    @property
    def is_met(self) -> bool:
        sign, _, bound = self.goal.partition(" ")
        return not sign or (self.ratio >= float(bound) if sign == "≥" else self.ratio <= float(bound))


def against(what: str, seconds: list[float], goal: float) -> Figure:
    """How the 95th percentile of `seconds` stands to a goal in seconds."""
    p95 = statistics.quantiles(seconds, n=20)[-1]
    middle = statistics.median(seconds)
    return Figure(
        what=what,
        ratio=p95 / goal,
        ours=f"{p95 * 1000:.0f} ms (median {middle * 1000:.0f} ms)",
        theirs=f"{goal * 1000:.0f} ms",
        goal="≤ 1",
    )


class Skipped(Exception):
    """Something that a benchmark needs is not on this machine; the message says what."""


@dataclass(frozen=True)
class Server:
    """A server that answers at `url` (no closing slash)."""

    url: str
    child: Child

    def cpu_seconds(self) -> float:
        """Processor time that it and its workers have used so far."""
        root = psutil.Process(self.child.process.pid)
        times = [process.cpu_times() for process in (root, *root.children(recursive=True))]
        return float(sum(time.user + time.system for time in times))


@dataclass(frozen=True)
class House:
    """A folder for files and logs, and the environment for processes: servers, and a database of the run's own."""

    folder: Path
    environment: Mapping[str, str]

    @contextmanager
    def web(self, *, application: str = "config.wsgi:application", **changes: str) -> Iterator[Server]:
        """The product's web process with its production parameters; `changes` override them (GRANIAN_WORKERS="2")."""
        port = free_port()
        parameters = granian_parameters() | {"GRANIAN_HOST": "127.0.0.1", "GRANIAN_PORT": str(port)} | changes
        command = [PROJECT / ".venv/bin/granian", application]
        environment = os.environ | self.environment | parameters
        child = start("web", command, log=self.folder / "web.log", env=environment, cwd=PROJECT)
        try:
            wait_for_http(f"http://127.0.0.1:{port}/healthz", child)
            yield Server(f"http://127.0.0.1:{port}", child)
        finally:
            child.stop()


Benchmark = Callable[[House], Iterator[Figure]]
BENCHMARKS: dict[str, Benchmark] = {}


def benchmark(name: str) -> Callable[[Benchmark], Benchmark]:
    """Make a function known to `python -m benchmarks NAME`."""

    def register(function: Benchmark) -> Benchmark:
        BENCHMARKS[name] = function
        return function

    return register


def granian_parameters() -> dict[str, str]:
    return read_variables(GRANIAN)


def in_turns(runs: int, **measures: Callable[[], float]) -> dict[str, float]:
    """The median of each measure over `runs` rounds A B A B …, so that a slow minute of the machine meets both.

    One round more is run first and forgotten: it fills caches and connections.
    """
    rounds = _rounds(runs, measures)
    return {name: statistics.median(values[name] for values in rounds) for name in measures}


def ratio_in_turns(
    runs: int, ours: Callable[[], float], theirs: Callable[[], float]
) -> tuple[float, float, float]:
    """The median ratio of the two in the same round, and the median of each: for short rounds on a machine with neighbours."""
    rounds = _rounds(runs, {"ours": ours, "theirs": theirs})
    ratio = statistics.median(values["ours"] / values["theirs"] for values in rounds)
    ours_median, theirs_median = (
        statistics.median(values[name] for values in rounds) for name in ("ours", "theirs")
    )
    return ratio, ours_median, theirs_median


def _rounds(runs: int, measures: Mapping[str, Callable[[], float]]) -> list[dict[str, float]]:
    return [{name: measure() for name, measure in measures.items()} for _ in range(runs + 1)][1:]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for_http(url: str, child: Child) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if child.ended():
            break
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"{child.name} did not answer at {url}: {child.last_words()}")


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> object:
        return json.loads(self.body)


def get(url: str, **headers: str) -> Reply:
    """One request; header names with underscores for hyphens."""
    request = urllib.request.Request(
        url, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return Reply(
                answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read()
            )
    except HTTPError as error:
        return Reply(error.code, {name.lower(): value for name, value in error.headers.items()}, error.read())
