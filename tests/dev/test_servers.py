"""The embedded servers: what they promise to tests and to the launcher."""

import os
import subprocess
import sys

import psycopg
import pytest
import redis
from django.db import connection

from dev.environment import PROJECT


@pytest.mark.django_db
def test_the_suite_runs_on_a_postgresql_that_knows_letters_of_every_script():
    with connection.cursor() as cursor:
        cursor.execute("SELECT upper('église'), current_setting('server_version_num')::int >= 160000")
        assert cursor.fetchone() == ("ÉGLISE", True)


@pytest.mark.processes
def test_a_process_of_its_own_sees_the_database_of_the_test(process_environment):
    with psycopg.connect(process_environment["DATABASE_URL"]) as other:
        assert other.execute("SELECT current_database()").fetchone() == (connection.settings_dict["NAME"],)


@pytest.mark.processes
def test_a_private_valkey_stops_and_comes_back_on_its_port(private_valkey):
    address = private_valkey.url
    client = redis.Redis.from_url(address, retry=None)
    client.set("nudge", "1")

    private_valkey.stop()
    with pytest.raises(redis.ConnectionError):
        client.ping()
    private_valkey.start()

    assert private_valkey.url == address
    assert client.get("nudge") is None
    client.close()


@pytest.mark.processes
def test_nobody_gets_into_valkey_without_the_password(private_valkey):
    stranger = redis.Redis(port=private_valkey.port, retry=None)

    with pytest.raises(redis.AuthenticationError):
        stranger.ping()
    stranger.close()


@pytest.mark.processes
def test_a_command_runs_beside_throwaway_servers_and_leaves_nothing(var):
    question = "import os, psycopg; print(psycopg.connect(os.environ['DATABASE_URL']).execute('SELECT 41 + 1').fetchone()[0])"
    environment = {
        name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}
    }

    done = subprocess.run(
        [sys.executable, "-m", "dev.servers", sys.executable, "-c", question],
        env=environment | {"VAR_DIR": str(var)},
        cwd=PROJECT,
        capture_output=True,
        text=True,
    )

    assert (done.stdout, done.stderr, done.returncode) == ("42\n", "", 0)
    assert [path.name for path in (var / "test").iterdir()] == ["making"]
