"""`make run` as a person meets it: three lines, a site that answers, and nothing left after Ctrl-C."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys

import psutil
import pytest

from dev.environment import PROJECT

pytestmark = pytest.mark.processes

LINES = r"Site: http://127\.0\.0\.1:{port}/\nAdmin: http://127\.0\.0\.1:{port}/admin/  log-in: demo / (\S+)\nMail: http://127\.0\.0\.1:{port}/dev/mail/\n"


class Launch:
    """One `python -m dev.run` with its own port and folder."""

    def __init__(self, folder, port, **changes):
        self.folder, self.port = folder, port
        # A newcomer's environment: nothing that this suite set for itself.
        environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dev.run"],
            env=environment | {"VAR_DIR": str(folder), "PORT": str(port)} | changes,
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def password(self):
        """Waits for the three lines and gives the password in them."""
        lines = ""
        while not lines.endswith("/dev/mail/\n"):
            line = self.process.stdout.readline()
            assert line, self.process.stderr.read() + self.logs()
            lines += line
        return re.search(LINES.format(port=self.port), lines)[1]

    def logs(self):
        return "".join(file.read_text() for file in (self.folder / "log").glob("*.log"))

    def get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", path)
        status = connection.getresponse().status
        connection.close()
        return status

    def processes(self):
        """Everything that runs for it, known by its folder or its port."""
        found = []
        for process in psutil.process_iter(["cmdline", "cwd"]):
            words = " ".join([*(process.info["cmdline"] or []), process.info["cwd"] or "", ""])
            if str(self.folder) in words or f" --port {self.port} " in words:
                found.append(process)
        return found

    def end(self, sign=signal.SIGINT):
        self.process.send_signal(sign)
        return self.process.wait(60)

    def last_words(self):
        """The exit code, and what it said on standard error, when it ends by itself."""
        words = self.process.communicate(timeout=90)[1]
        return self.process.returncode, words


@pytest.fixture
def launch(var):
    launches = []

    def begin(folder=var / "var", port=None, **changes):
        launches.append(Launch(folder, port or free_port(), **changes))
        return launches[-1]

    yield begin
    for one in launches:
        if one.process.poll() is None:
            one.end(signal.SIGTERM)
        one.process.stdout.close()
        one.process.stderr.close()
        for process in one.processes():
            process.kill()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_taken_port_is_said_in_one_sentence(launch, var):
    with socket.socket() as neighbour:
        neighbour.bind(("127.0.0.1", 0))
        neighbour.listen()
        port = neighbour.getsockname()[1]

        ended = launch(port=port).last_words()

    assert ended == (1, f"Port {port} is taken: set PORT to a free one, for example PORT=8001 make run.\n")
    assert not (var / "var" / "postgres").exists()


@pytest.mark.parametrize("port", ["abc", "0", "70000", "-1", "８０"])
def test_a_port_that_is_none_is_said_in_one_sentence(launch, port):
    assert launch(port=port).last_words() == (1, f"PORT must be a number from 1 to 65535, not {port!r}.\n")


def test_a_folder_that_is_a_file_is_said_in_one_sentence(launch, var):
    (var / "var").touch()

    assert launch().last_words() == (1, f"VAR_DIR ({var / 'var'}) is not a folder.\n")


@pytest.mark.parametrize(
    ("name", "address", "reason"),
    [
        ("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none", "Connection refused"),
        ("REDIS_URL", "redis://127.0.0.1:1/0", "Connection refused"),
        ("DATABASE_URL", "sqlite:///none", "DATABASE_URL must be like postgresql://"),
    ],
)
def test_a_server_of_ones_own_that_is_not_there_is_said_in_one_sentence(launch, name, address, reason):
    code, words = launch(**{name: address}).last_words()

    assert code == 1
    assert words.startswith("Preparing the site failed: ")
    assert reason in words
    assert words.count("\n") == 1


@pytest.fixture(scope="module")
def settled(tmp_path_factory):
    """A folder from which the site ran once until Ctrl-C, and the password that it printed then."""
    folder = tmp_path_factory.mktemp("settled")
    for above in (folder, *folder.parents[:2]):
        above.chmod(0o711)
    first = Launch(folder / "var", free_port())
    password = first.password()
    assert [first.end(), first.processes(), first.last_words()] == [0, [], (0, "")]
    return folder / "var", password


def test_a_second_start_keeps_the_password_answers_and_leaves_nothing_but_its_folder(launch, settled):
    folder, password = settled
    before = {path.name for path in PROJECT.iterdir()}

    site = launch(folder)

    assert site.password() == password
    assert [site.get("/healthz"), site.get("/en/"), site.get("/dev/mail/")] == [200, 200, 200]
    assert (folder / "secrets.env").stat().st_mode & 0o777 == 0o600
    assert site.end(signal.SIGTERM) == 0
    assert site.processes() == []
    assert {path.name for path in PROJECT.iterdir()} <= before | {"__pycache__"}


def test_two_copies_run_side_by_side_but_not_from_one_folder(launch, settled, var):
    folder, password = settled
    one, other = launch(folder), launch(var / "other")
    assert [one.password() == password, other.password() == password] == [True, False]
    assert [one.get("/healthz"), other.get("/healthz")] == [200, 200]

    assert launch(folder).last_words() == (1, f"Another launch is already running from {folder}.\n")
    assert [one.get("/healthz"), one.end(), other.get("/healthz"), other.end()] == [200, 0, 200, 0]


def test_a_process_that_dies_ends_the_rest_and_is_named(launch, settled):
    folder, _ = settled
    site = launch(folder)
    site.password()
    (worker,) = (
        child for child in psutil.Process(site.process.pid).children() if "worker" in child.cmdline()
    )

    worker.kill()

    log = folder / "log" / "worker.log"
    ended = (1, f"Worker ended by itself (exit code -9), so the rest was stopped; see {log}.\n")
    assert site.last_words() == ended
    assert site.processes() == []


def test_after_a_kill_of_the_launcher_the_next_start_takes_over(launch, settled):
    folder, password = settled
    killed = launch(folder)
    killed.password()
    killed.process.kill()
    killed.process.wait()
    left = killed.processes()
    assert len(left) > 3

    second = launch(folder, port=killed.port)

    assert second.password() == password
    assert [process for process in left if process.is_running()] == []
    assert second.end() == 0
    assert second.processes() == []
