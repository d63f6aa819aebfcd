"""pytest plugin: servers and an environment of their own for each test run, before Django reads its settings.

Loaded with `-p dev.pytest_servers`. Its fixtures serve tests that start processes of their own.

With `-n` each worker of pytest-xdist is such a run, with servers of its own; the process that hands out the tests has none.
"""

import os
import signal
import time
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from dev.environment import throwaway_environment
from dev.processes import StartError, interrupt_on_signals
from dev.servers import throwaway_servers
from dev.valkey import Valkey

LONGEST_END = 60  # seconds, for the fixtures of a test that was interrupted and the servers of its worker
WORKER = "PYTEST_XDIST_WORKER"  # gw0, gw1, …
# Settings want addresses. Whoever only hands out tests never asks them.
NOBODY = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing", "REDIS_URL": "redis://127.0.0.1:1/0"}


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, None, None]:
    """Around all others: pytest-django's own hook loads the settings."""
    # A suite that is asked to end must still stop its servers, also one that a script started in the background.
    interrupt_on_signals()
    if _hands_out(early_config):
        with pytest.MonkeyPatch.context() as patch:  # not for the workers, who inherit the environment
            for name, value in (throwaway_environment(Path(os.devnull)) | NOBODY).items():
                patch.setenv(name, value)
            return (yield)
    with ExitStack() as stack:
        try:
            _folder, environment = stack.enter_context(throwaway_servers())
        except StartError as error:
            raise pytest.UsageError(str(error)) from error
        os.environ |= environment | {"REDIS_URL": _own_database(environment["REDIS_URL"])}
        early_config.add_cleanup(stack.pop_all().close)
    return (yield)


def _hands_out(config: pytest.Config) -> bool:
    return WORKER not in os.environ and bool(getattr(config.known_args_namespace, "numprocesses", None))


def _own_database(redis: str) -> str:
    """Workers may share a Redis that was given, and each test empties the limits: each worker takes another database."""
    address, number = urlsplit(redis), os.environ.get(WORKER, "gw0").removeprefix("gw")
    return address._replace(path=f"/{int(address.path.strip('/') or 0) + int(number)}").geturl()


class Workers:
    """In the process that hands out the tests: whoever ends it ends them, in good order."""

    def pytest_keyboard_interrupt(self) -> None:
        # They are the only children here. pytest-xdist would kill them soon, and their servers would be left.
        workers = psutil.Process().children()
        for worker in workers:
            worker.send_signal(signal.SIGINT)
        deadline = time.monotonic() + LONGEST_END
        while any(_has_children(worker) for worker in workers) and time.monotonic() < deadline:
            time.sleep(0.1)


def _has_children(process: psutil.Process) -> bool:
    try:
        return bool(process.children())
    except psutil.NoSuchProcess:
        return False


def pytest_configure(config: pytest.Config) -> None:
    if _hands_out(config):
        config.pluginmanager.register(Workers())


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """On a shared server two test runs must not meet in one database; an embedded one belongs to this run alone."""
    from django.conf import settings

    test = settings.DATABASES["default"].setdefault("TEST", {})
    test["NAME"] = f"test_undersigned_{os.getpid()}"


@pytest.fixture
def process_environment(transactional_db: None) -> dict[str, str]:
    """The environment for processes that a test starts: they see the test's database and commit to it."""
    from django.db import connection

    address = urlsplit(os.environ["DATABASE_URL"])
    return dict(os.environ) | {
        "DATABASE_URL": address._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    }


@pytest.fixture
def private_valkey(pytestconfig: pytest.Config, tmp_path: Path) -> Iterator[Valkey]:
    """A running Valkey of the test's own: `url`, `stop()`, and `start()` again on the same port."""
    server = Valkey(tmp_path / "valkey", log=tmp_path / "valkey.log")
    try:
        server.start()
        yield server
    finally:
        server.stop()
