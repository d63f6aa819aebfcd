"""`make run` as a person meets it: three lines, a site that answers, and nothing left after Ctrl-C."""

import signal
import socket

import psutil
import pytest

from dev.environment import PROJECT

pytestmark = pytest.mark.processes


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
