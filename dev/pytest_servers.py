"""pytest plugin: servers and an environment of their own for each test run, before Django reads its settings.

Loaded with `-p dev.pytest_servers`. Its fixtures serve tests that start processes of their own.
"""

import os
import signal
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from dev.processes import StartError
from dev.servers import throwaway_servers
from dev.valkey import Valkey

FOLDER = pytest.StashKey[Path]()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, None, None]:
    """Around all others: pytest-django's own hook loads the settings."""
    # A suite that is asked to end must still stop its servers, also one that a script started in the background.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    with ExitStack() as stack:
        try:
            folder, environment = stack.enter_context(throwaway_servers())
        except StartError as error:
            raise pytest.UsageError(str(error)) from error
        early_config.stash[FOLDER] = folder
        os.environ |= environment
        early_config.add_cleanup(stack.pop_all().close)
    return (yield)


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
