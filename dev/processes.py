"""Start, stop and recognise the processes of one launch, so that none outlives it."""

import fcntl
import os
import secrets
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import IO, Any

import psutil

# Every process of a launch inherits this variable. It is the proof that a process found later is ours:
# a process id alone may have been given to somebody else in the meantime.
MARK = "UNDERSIGNED_LAUNCH"


class StartError(Exception):
    """Something did not come up; the message is one sentence for the person at the keyboard."""


def installed(package: str) -> Path:
    """Where a package lies, without importing it."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise StartError(
            f"The package {package} is not installed: run make again, or pip install -r requirements-dev.txt."
        )
    return Path(spec.origin).parent


@dataclass
class Child:
    """A process that we started, with the name that a person knows it by."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def ended(self) -> bool:
        return self.process.poll() is not None

    def stop(self, *, sign: int = signal.SIGTERM, grace: float = 10) -> None:
        """Ask it to end, and end it together with its own children when `grace` seconds have passed."""
        try:
            family = psutil.Process(self.process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            family = []
        if not self.ended():
            self.process.send_signal(sign)
        try:
            self.process.wait(grace)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        _end(family, grace=1)

    def last_words(self, *telling: str) -> str:
        """The last line of its log that holds one of `telling` (of all lines if none does), for an error message."""
        lines = [line.strip() for line in self.log.read_text(errors="replace").splitlines() if line.strip()]
        told = [line for line in lines if any(word in line for word in telling)]
        return (told or lines or ["no reason given"])[-1].rstrip(".")


def start(
    name: str,
    command: Sequence[object],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    account: dict[str, Any] | None = None,
    stdin: int | IO[bytes] = subprocess.DEVNULL,
) -> Child:
    """Start a child that writes to `log`. In a session of its own the terminal's Ctrl-C does not reach it: we decide the order."""
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if log.exists():
        log.replace(log.with_name(f"{log.name}.old"))
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            env=env,
            cwd=cwd,
            stdin=stdin,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **(account or {}),
        )
    return Child(name, process, log)


@contextmanager
def only_launch(folder: Path) -> Iterator[None]:
    """Hold `folder` for one launch, after ending what an earlier one left behind when it was killed."""
    with (folder / "running").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StartError(f"Another launch is already running from {folder}.") from error
        file.seek(0)
        end_marked(file.read().strip())
        mark = secrets.token_hex(16)
        file.truncate(0)
        file.write(mark)
        file.flush()
        os.environ[MARK] = mark
        try:
            yield
        finally:
            end_marked(mark)
            del os.environ[MARK]
            file.truncate(0)


def end_marked(mark: str) -> None:
    """End every process that carries this launch's mark, those included that the others start while they end."""
    while mark and (left := [process for process in psutil.process_iter() if _mark_of(process) == mark]):
        _end(left, grace=10)


def interrupt_on_signals() -> None:
    """Turn the first signal to end into KeyboardInterrupt, so that every `finally` runs; the next ones don't disturb it."""
    signals = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup asked to outlive the terminal
        signals.append(signal.SIGHUP)

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        for number in signals:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in signals:
        signal.signal(number, interrupt)


def _mark_of(process: psutil.Process) -> str | None:
    try:
        mark: str | None = process.environ().get(MARK)
    except (psutil.Error, OSError):
        return None  # gone, or somebody else's
    return mark if process.pid != os.getpid() else None


def _end(processes: list[psutil.Process], *, grace: float) -> None:
    for process in processes:
        try:
            # PostgreSQL takes SIGTERM as "wait until everybody has left"; SIGINT is its orderly fast stop.
            process.send_signal(signal.SIGINT if process.name() == "postgres" else signal.SIGTERM)
        except psutil.Error:
            continue  # ended by itself meanwhile
    stubborn = psutil.wait_procs(processes, timeout=grace)[1]
    for process in stubborn:
        try:
            process.kill()
        except psutil.Error:
            continue
    psutil.wait_procs(stubborn, timeout=grace)  # until then it holds its port
