"""`make test` in two goes: one answer for both, and nothing left when it is interrupted."""

import os
import signal
import subprocess
import sys
import time

import pytest

from dev.environment import PROJECT
from dev.suite import SIDE_BY_SIDE, commands, verdict

OK, FAILED, INTERRUPTED, NOTHING = 0, 1, 2, 5


def test_what_may_not_run_beside_others_runs_after_them():
    assert commands(["tests/dev", "-x"]) == [
        [*SIDE_BY_SIDE, "tests/dev", "-x", "-m", "not alone"],
        ["tests/dev", "-x", "-m", "alone"],
    ]


def test_a_choice_by_mark_is_kept_in_both_goes():
    assert commands(["-m", "browser or processes", "-q"]) == [
        [*SIDE_BY_SIDE, "-q", "-m", "(browser or processes) and not alone"],
        ["-q", "-m", "(browser or processes) and alone"],
    ]


@pytest.mark.parametrize(
    ("codes", "answer"),
    [
        ([OK, OK], OK),
        ([OK, NOTHING], OK),
        ([NOTHING, OK], OK),
        ([NOTHING, NOTHING], NOTHING),
        ([FAILED, OK], FAILED),
        ([OK, FAILED], FAILED),
        ([FAILED, NOTHING], FAILED),
        ([INTERRUPTED], INTERRUPTED),
    ],
)
def test_both_goes_have_to_pass(codes, answer):
    assert verdict(codes) == answer


@pytest.mark.processes
def test_a_suite_that_is_ended_leaves_no_server_and_no_folder(var):
    """A signal to the first process alone, as a script sends it, in the middle of a test on each of two workers."""
    (var / "test_waits.py").write_text(
        "import time, pytest\n"
        "@pytest.mark.parametrize('number', range(2))\n"
        "def test_waits(number, transactional_db):\n"
        f"    open({str(var)!r} + f'/waits{{number}}', 'w').close()\n"
        "    time.sleep(600)\n"
    )
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    running = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "dev.suite",
            "-n",
            "2",
            "-c",
            PROJECT / "pyproject.toml",
            var / "test_waits.py",
        ],
        env=environment | {"VAR_DIR": str(var)},
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    while len(list(var.glob("waits*"))) < 2:
        assert running.poll() is None, running.communicate()[0]
        time.sleep(0.05)
    assert len(list((var / "test").glob("*/postgres"))) == 2

    running.send_signal(signal.SIGTERM)
    words = running.communicate(timeout=90)[0]

    assert running.returncode == INTERRUPTED, words
    assert [path.name for path in (var / "test").iterdir()] == ["making"]
