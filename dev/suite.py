"""`make test`: the tests that may run side by side, on a worker for each processor; then those that must be alone.

Arguments are pytest's. `python -m pytest …` runs everything in one process, one test after the other.
"""

import argparse
import signal
import subprocess
import sys

import pytest

from dev.environment import PROJECT
from dev.processes import interrupt_on_signals

# A file stays on one worker, which makes what its tests share but once. In the order in which pytest found them: the files with
# most tests first, as pytest-xdist would have it, leave a few long ones for the end, and one worker would wait for the other.
SIDE_BY_SIDE = ["-n", "logical", "--maxprocesses", "4", "--dist", "loadfile", "--no-loadscope-reorder"]
GOES = {"not alone": SIDE_BY_SIDE, "alone": []}
GO_ON = {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED}


def commands(arguments: list[str]) -> list[list[str]]:
    """One command of pytest for each go. What comes later counts, so the caller may say `-n 0`."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("-m", dest="marks", default="")
    given, others = parser.parse_known_args(arguments)
    return [
        [*options, *others, "-m", f"({given.marks}) and {go}" if given.marks else go]
        for go, options in GOES.items()
    ]


def run(arguments: list[str]) -> int:
    command = [sys.executable, "-m", "pytest", *arguments]
    with subprocess.Popen(command, cwd=PROJECT) as tests:
        try:
            return tests.wait()
        except KeyboardInterrupt:
            tests.send_signal(signal.SIGINT)  # the terminal told it too; a script told us alone
            tests.wait()
            return pytest.ExitCode.INTERRUPTED


def verdict(codes: list[int]) -> int:
    """A go that found no test has nothing against it, unless no go found any."""
    found = [code for code in codes if code != pytest.ExitCode.NO_TESTS_COLLECTED]
    return next((code for code in found if code), 0 if found else pytest.ExitCode.NO_TESTS_COLLECTED)


def main(arguments: list[str]) -> int:
    interrupt_on_signals()
    codes: list[int] = []
    for command in commands(arguments):
        codes.append(run(command))
        if codes[-1] not in GO_ON:
            break
    return verdict(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
