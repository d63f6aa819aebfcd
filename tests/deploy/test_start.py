"""What `deploy/start` refuses to start, in words for who started it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dev.environment import PROJECT

PATH = f"{Path(sys.executable).parent}:{os.environ['PATH']}"


def start(*arguments, **environment):
    return subprocess.run(
        [PROJECT / "deploy/start", *arguments],
        env={"PATH": PATH, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("arguments", [(), ("serve",), ("WEB",)])
def test_an_unknown_process_is_answered_with_the_ones_there_are(arguments):
    done = start(*arguments)

    assert done.returncode == 64
    assert done.stderr == "Usage: deploy/start web | worker | beat | migrate | manage COMMAND …\n"


@pytest.mark.parametrize("environment", [{}, {"HTTPS": "1"}, {"HTTPS": "True", "BEHIND_TLS_PROXY": "0"}])
def test_https_without_anybody_who_speaks_it_is_refused(environment):
    done = start("web", **environment)

    assert done.returncode == 78
    assert done.stderr.startswith("HTTPS is on, but nothing here speaks it")


def test_the_web_process_refuses_to_start_without_its_secrets():
    done = start("web", BEHIND_TLS_PROXY="1", GRANIAN_PORT="1", GRANIAN_WORKERS="1")

    assert done.returncode != 0
    assert "SECRET_KEY is not set. docs/settings.md says what it must hold." in done.stdout + done.stderr


@pytest.mark.parametrize("role", ["worker", "beat", "migrate"])
def test_the_other_processes_do_so_too(role):
    done = start(role)

    assert done.returncode != 0
    assert "SECRET_KEY is not set. docs/settings.md says what it must hold." in done.stdout + done.stderr


def test_a_command_of_manage_py_gets_its_arguments():
    done = start("manage", "version", "--no-color")

    assert done.returncode == 0
    assert done.stdout.startswith("5.2")
