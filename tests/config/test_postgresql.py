"""A kept connection is looked at before each request; the server is asked once a second at most."""

import pytest
from django.db import connections
from django.db.backends.postgresql import base

from config.postgresql.base import ASK_AFTER_SECONDS, SIMILAR_FROM


@pytest.fixture
def kept(django_db_setup, django_db_blocker):
    """A connection of its own to the test database, as a thread of the web process keeps it."""
    with django_db_blocker.unblock():
        connection = connections.create_connection("default")
        connection.ensure_connection()
        yield connection
        connection.close()


@pytest.fixture
def asked(monkeypatch):
    """How often the server was asked."""
    times = []
    ask = base.DatabaseWrapper.is_usable
    monkeypatch.setattr(
        base.DatabaseWrapper, "is_usable", lambda connection: times.append(connection) or ask(connection)
    )
    return times


def test_a_connection_that_is_used_all_the_time_is_asked_once_and_then_only_looked_at(kept, asked):
    for _request in range(3):
        assert kept.is_usable()
        with kept.cursor() as cursor:
            cursor.execute("SELECT 1")
            assert cursor.fetchone() == (1,)

    assert asked == [kept]


def test_a_connection_that_rested_is_asked_again(kept, asked):
    assert kept.is_usable()
    kept._usable_at -= ASK_AFTER_SECONDS

    assert kept.is_usable()
    assert asked == [kept, kept]


def test_a_connection_with_something_unfinished_is_not_usable(kept):
    kept.connection.execute("BEGIN")

    assert not kept.is_usable()


def test_a_connection_that_the_server_ended_is_not_and_the_next_request_gets_a_new_one(kept):
    assert kept.is_usable()
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


def test_a_new_connection_has_our_idea_of_similar(kept):
    with kept.cursor() as cursor:
        cursor.execute("SHOW pg_trgm.similarity_threshold")
        assert cursor.fetchone() == (str(SIMILAR_FROM),)
