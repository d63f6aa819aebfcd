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
    files = [var / f"test_waits_{name}.py" for name in ("here", "there")]
    for file in files:
        file.write_text(
            "import pathlib, time\n"
            "def test_waits(transactional_db):\n"
            "    pathlib.Path(__file__).with_suffix('.waits').touch()\n"
            "    time.sleep(600)\n"
        )
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    running = subprocess.Popen(
        [
            *(sys.executable, "-m", "dev.suite", "-n", "2"),
            *("-c", PROJECT / "pyproject.toml", "--rootdir", var, *files),
        ],
        env=environment | {"VAR_DIR": str(var)},
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    deadline = time.monotonic() + 120
    while len(list(var.glob("*.waits"))) < 2 and running.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    at_work = [path.name for path in var.glob("*.waits")]
    servers = list((var / "test").glob("*/postgres"))

    running.send_signal(signal.SIGTERM)
    words = running.communicate(timeout=90)[0]

    assert (len(at_work), len(servers)) == (2, 2), words
    assert running.returncode == INTERRUPTED, words
    assert [path.name for path in (var / "test").iterdir()] == ["making"]
