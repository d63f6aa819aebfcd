"""The two servers that Undersigned needs, embedded, unless DATABASE_URL and REDIS_URL name real ones.

`python -m dev.servers COMMAND …` runs a command beside servers that are thrown away afterwards.
"""

import fcntl
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from dev.environment import PROJECT, throwaway_environment, var_dir
from dev.postgres import postgres
from dev.processes import Child, StartError, interrupt_on_signals, only_launch
from dev.valkey import valkey


@dataclass
class Servers:
    """Where the servers answer, as environment variables, and the ones among them that are ours."""

    addresses: dict[str, str] = field(default_factory=dict)
    children: list[Child] = field(default_factory=list)


@contextmanager
def servers(folder: Path, *, durable: bool = True) -> Iterator[Servers]:
    """Run what the environment does not name. The caller holds `folder` through `only_launch`."""
    found = Servers()
    embedded: dict[str, Callable[[], AbstractContextManager[tuple[str, Child]]]] = {
        "DATABASE_URL": lambda: postgres(
            folder / "postgres", log=folder / "log/postgres.log", durable=durable
        ),
        "REDIS_URL": lambda: valkey(folder / "valkey", log=folder / "log/valkey.log"),
    }
    with ExitStack() as stack:
        for name, run in embedded.items():
            found.addresses[name] = os.environ.get(name, "").strip()
            if not found.addresses[name]:
                found.addresses[name], child = stack.enter_context(run())
                found.children.append(child)
        yield found


@contextmanager
def throwaway_servers(*, durable: bool = False) -> Iterator[tuple[Path, dict[str, str]]]:
    """A folder under VAR_DIR/test and an environment with servers, both gone at the end. Any number can run side by side."""
    with var_dir() as var, ExitStack() as stack:
        folder = stack.enter_context(_throwaway_folder(var / "test"))
        found = stack.enter_context(servers(folder, durable=durable))
        yield folder, throwaway_environment(folder) | found.addresses


@contextmanager
def _throwaway_folder(home: Path) -> Iterator[Path]:
    home.mkdir(exist_ok=True)
    with ExitStack() as stack:
        with (home / "making").open("w") as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)  # else a neighbour could sweep ours away before we hold it
            for old in home.glob("*/"):
                _sweep(old)
            folder = home / secrets.token_hex(4)
            folder.mkdir()
            (folder / "static").mkdir()  # whitenoise warns of a missing one
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            stack.enter_context(only_launch(folder))
        yield folder


def _sweep(old: Path) -> None:
    """Remove what a killed run left behind. A run that is alive holds its folder, one that ends removes it itself."""
    with suppress(StartError, FileNotFoundError), only_launch(old):
        shutil.rmtree(old, ignore_errors=True)


def main(command: list[str]) -> int:
    interrupt_on_signals()
    try:
        with throwaway_servers(durable=True) as (_folder, environment):
            return subprocess.run(command, env=os.environ | environment, cwd=PROJECT).returncode
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
