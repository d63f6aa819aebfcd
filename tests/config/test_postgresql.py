"""A kept connection is looked at before each request, without a question to the server."""

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext


@pytest.fixture
def kept(django_db_setup, django_db_blocker):
    """A connection of its own to the test database, as a thread of the web process keeps it."""
    with django_db_blocker.unblock():
        connection = connections.create_connection("default")
        connection.ensure_connection()
        yield connection
        connection.close()


def test_a_connection_that_rests_is_usable_and_the_server_is_not_asked(kept):
    with CaptureQueriesContext(kept) as queries:
        assert kept.is_usable()

    assert len(queries) == 0
    with kept.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
    assert kept.is_usable()


def test_a_connection_that_the_server_ended_is_not_and_the_next_request_gets_a_new_one(kept):
    first = kept.connection.info.backend_pid
    other = connections.create_connection("default")
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [first])  # waits until it is gone
        assert cursor.fetchone() == (True,)
    other.close()

    assert not kept.is_usable()

    kept.health_check_enabled, kept.health_check_done = True, False  # as at the beginning of a request
    with kept.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert kept.connection.info.backend_pid != first


def test_a_connection_that_was_never_made_or_broke_is_not(kept):
    kept.connection.close()
    assert not kept.is_usable()

    kept.connection = None
    assert not kept.is_usable()
