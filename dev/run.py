"""`make run`: the whole of Undersigned with its demo letter on this machine, until Ctrl-C."""

import errno
import http.client
import os
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from dev.environment import PROJECT, demo_environment, read_variables, site_port, var_dir
from dev.processes import Child, StartError, interrupt_on_signals, only_launch, start
from dev.servers import servers

PYTHON = (sys.executable, "-m")
LAUNCHED_BY = os.getppid()


def main() -> int:
    interrupt_on_signals()
    try:
        port = site_port()
        with var_dir() as folder:
            run(folder, port)
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass  # the ordinary end
    return 0


def run(folder: Path, port: int) -> None:
    with only_launch(folder):
        require_free(port)
        with servers(folder) as found:
            environment = os.environ | demo_environment(folder, port) | found.addresses
            prepare(folder, environment)
            with site(folder, port, environment) as children:
                watched = [*found.children, *children]
                wait_until_healthy(port, watched)
                announce(port, environment["DEMO_PASSWORD"])
                watch(watched)


def require_free(port: int) -> None:
    with socket.socket() as probe:
        # As web servers do: a port whose last connections are only fading away counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise StartError(
                    f"Port {port} is taken: set PORT to a free one, for example PORT=8001 make run."
                ) from error
            raise StartError(f"Cannot use port {port}: {error.strerror}; set PORT to another one.") from error


def prepare(folder: Path, environment: Mapping[str, str]) -> None:
    child = start(
        "preparation", [*PYTHON, "dev.prepare"], log=folder / "log/prepare.log", env=environment, cwd=PROJECT
    )
    try:
        if child.process.wait() != 0:
            raise StartError(
                f"Preparing the site failed: {child.last_words('Error: ', 'ImproperlyConfigured: ')} (see {child.log})."
            )
    finally:
        child.stop()


@contextmanager
def site(folder: Path, port: int, environment: dict[str, str]) -> Iterator[list[Child]]:
    """Web, worker and beat; they end in the opposite order, so that what a last request hands over is still taken."""
    celery = ["celery", "--app", "config"]
    quiet = ["--loglevel", "WARNING", "--concurrency", "2", "--without-gossip", "--without-mingle"]
    schedule = ["--schedule", folder / "celerybeat-schedule", "--pidfile", ""]
    commands: dict[str, list[object]] = {
        "Worker": [*celery, "worker", *quiet],
        "Beat": [*celery, "beat", *schedule],
        "Web": ["granian", "--host", "127.0.0.1", "--port", str(port), "config.wsgi:application"],
    }
    environment = read_variables(PROJECT / "config/granian.env") | environment
    with ExitStack() as stack:
        children = []
        for name, command in commands.items():
            log = folder / f"log/{name.lower()}.log"
            child = start(name, [*PYTHON, *command], log=log, env=environment, cwd=PROJECT)
            stack.callback(child.stop)
            children.append(child)
        yield children


def wait_until_healthy(port: int, children: list[Child]) -> None:
    deadline = time.monotonic() + 120  # a busy small machine
    status = 0
    while status != http.HTTPStatus.OK:
        require_alive(children)
        if time.monotonic() > deadline:
            raise StartError(
                f"The site does not answer /healthz (last status: {status}; see {children[-1].log})."
            )
        time.sleep(0.1)
        status = health(port)


def health(port: int) -> int:
    """The status that /healthz answers, 0 if nothing does."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def announce(port: int, password: str) -> None:
    """Three lines that scripts read."""
    site = f"http://127.0.0.1:{port}"
    print(
        f"Site: {site}/",
        f"Admin: {site}/admin/  log-in: demo / {password}",
        f"Mail: {site}/dev/mail/",
        sep="\n",
        flush=True,
    )


def watch(children: list[Child]) -> None:
    # make, when it is killed, cannot pass that on; without it nobody would be left to end the site.
    under_make = "MAKELEVEL" in os.environ
    while not (under_make and os.getppid() != LAUNCHED_BY):
        require_alive(children)
        time.sleep(0.2)


def require_alive(children: list[Child]) -> None:
    for child in children:
        if child.ended():
            code = child.process.returncode
            raise StartError(
                f"{child.name} ended by itself (exit code {code}), so the rest was stopped; see {child.log}."
            )


if __name__ == "__main__":
    sys.exit(main())
