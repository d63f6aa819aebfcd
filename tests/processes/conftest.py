"""The product's own processes, started as in production, on the servers of the test run."""

import http.client
import os
import signal
import socket
import sys
import time
from pathlib import Path

import pytest

from dev.environment import PROJECT
from dev.processes import start
from tests.builders import make_campaign
from tests.processes.sink import Sink
from tests.processes.web import Web


@pytest.fixture
def campaign(transactional_db):
    return make_campaign(slug="letter")


@pytest.fixture
def sink():
    server = Sink()
    server.open()
    yield server
    server.end()


class Machinery:
    """Starts `deploy/start ROLE`; what still runs at the end of the test is ended."""

    def __init__(self, environment, folder):
        self.environment, self.folder, self.children = environment, folder, []

    def start(self, role, **extra):
        log = self.folder / f"{role}-{len(self.children)}.log"
        child = start(
            role, [PROJECT / "deploy/start", role], log=log, env=self.environment | extra, cwd=self.folder
        )
        self.children.append(child)
        return child

    def web(self, **extra):
        port = free_port()
        wait_until_healthy(self.start("web", GRANIAN_PORT=str(port), GRANIAN_WORKERS="1", **extra), port)
        return Web(port)

    def kill(self, child):
        """As the kernel does it when memory is short: no farewell, neither for it nor for its own processes."""
        self.children.remove(child)
        os.killpg(child.process.pid, signal.SIGKILL)
        child.process.wait(10)

    def ask_to_end(self, child, seconds):
        """SIGTERM; the exit code. Fails when it has not ended after so many seconds."""
        self.children.remove(child)
        child.process.send_signal(signal.SIGTERM)
        return child.process.wait(seconds)

    def wait_until(self, holds, what, seconds=60):
        wait_until(holds, what, self.children, seconds)

    def stop_all(self):
        for child in reversed(self.children):
            child.stop()


@pytest.fixture
def machinery(process_environment, campaign, sink, private_valkey, tmp_path):
    """The environment of production, less TLS, with a short lease so that a killed worker's mails are soon free."""
    environment = process_environment | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "REDIS_URL": private_valkey.url,
        "EMAIL_URL": sink.url,
        "OUTBOX_LEASE_SECONDS": "4",
        "LIMIT_NOWHERE": "1000/minute",  # all forms come from this machine
    }
    started = Machinery(environment, tmp_path)
    yield started
    started.stop_all()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_healthy(port, host="127.0.0.1"):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": host})
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def wait_until_healthy(web, port, host="127.0.0.1"):
    wait_until(lambda: is_healthy(port, host), "the web process answers", [web])


def wait_until(holds, what, children, seconds=60):
    deadline = time.monotonic() + seconds
    while not holds():
        for child in children:
            assert not child.ended(), f"{child.name} ended by itself: {child.log.read_text()[-3000:]}"
        assert time.monotonic() < deadline, f"waited {seconds} s in vain until {what}"
        time.sleep(0.05)
