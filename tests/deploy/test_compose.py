"""The compose file is sound, and the check of it can fail."""

import os
import subprocess

import pytest
import yaml

from dev.environment import PROJECT

COMPOSE = PROJECT / "docker-compose.yml"


def check(file):
    return subprocess.run(
        [PROJECT / "deploy/check.sh", file],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_the_compose_file_is_sound():
    done = check(COMPOSE)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


BREAK = {
    "not YAML": ("services:", "services: {", "podman-compose can't read"),
    "an unknown key": (
        "healthcheck: {disable: true}",
        "healtcheck: {disable: true}",
        "unknown keys: healtcheck",
    ),
    "a missing service": ("  valkey:\n    image", "  valkie:\n    image", "valkey"),
    "a wait for nothing": ("condition: service_healthy", "condition: service_fit", "service_fit"),
    "an open database": ("    shm_size: 256m", '    ports: ["5432:5432"]', "only the web process has a port"),
    "a port for everybody": ('ports: ["127.0.0.1:${PORT', 'ports: ["${PORT', "to every network"),
    "a written file system": ("read_only: true", "read_only: false", "its file system can be written"),
    "a secret that .env.example does not name": (
        "${VALKEY_PASSWORD:?",
        "${OTHER_PASSWORD:?",
        "OTHER_PASSWORD",
    ),
    "an undeclared volume": ("volumes:\n  postgres:\n", "volumes:\n  elsewhere:\n", "postgres"),
    "no limit": ("    mem_limit: 1g\n", "", "no mem_limit"),
}


@pytest.mark.parametrize("fault", BREAK)
def test_the_check_finds(fault, tmp_path):
    whole, broken, word = BREAK[fault]
    text = COMPOSE.read_text()
    assert whole in text
    file = tmp_path / "docker-compose.yml"
    file.write_text(text.replace(whole, broken))

    done = check(file)

    assert done.returncode != 0
    assert word in done.stderr


def test_only_web_and_the_mail_catcher_can_be_reached_and_only_from_this_machine():
    services = yaml.safe_load(COMPOSE.read_text())["services"]

    assert {name: service["ports"] for name, service in services.items() if "ports" in service} == {
        "web": ["127.0.0.1:${PORT:-8000}:8000"],
        "mail-catcher": ["127.0.0.1:${MAIL_CATCHER_PORT:-8025}:8025"],
    }
    assert services["mail-catcher"]["profiles"] == ["mail-catcher"]


def test_no_secret_is_written_into_the_files():
    example = dict(
        line.split("=", 1)
        for line in (PROJECT / ".env.example").read_text().splitlines()
        if "=" in line and line[0] != "#"
    )
    secrets = (
        "SECRET_KEY",
        "FIELD_ENCRYPTION_KEYS",
        "LOOKUP_HASH_KEY",
        "POSTGRES_PASSWORD",
        "VALKEY_PASSWORD",
    )

    assert {name: example[name] for name in secrets} == dict.fromkeys(secrets, "")
