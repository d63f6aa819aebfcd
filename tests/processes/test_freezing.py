"""Somebody writes at the very moment of a freeze: the writer or the freeze waits for the other (migration 0003)."""

import threading
from contextlib import contextmanager

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from campaigns.models import Ask, AskText, LetterText
from campaigns.versions import freeze
from tests.builders import make_campaign

pytestmark = pytest.mark.processes


@pytest.fixture
def campaign(transactional_db):
    return make_campaign(slug="letter", frozen=False)


@contextmanager
def meanwhile(write):
    """Another connection has done `write` and not yet committed it."""
    written, end = threading.Event(), threading.Event()

    def run():
        with transaction.atomic():
            write()
            written.set()
            end.wait(60)
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        assert written.wait(60)
        yield
    finally:
        end.set()
        thread.join(60)


def impatiently(do):
    """Does it, but would rather fail than wait for anybody."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '300ms'")
        do()


@pytest.mark.parametrize(
    "write",
    [
        lambda: LetterText.objects.update(body="Other words."),
        lambda: AskText.objects.update(text="Another demand."),
        lambda: AskText.objects.create(ask=Ask.objects.first(), language="fr", text="Parlez."),
        lambda: Ask.objects.filter(position=1).update(position=9),
    ],
    ids=["text", "ask", "translation", "position"],
)
def test_a_freeze_waits_for_whoever_is_writing(campaign, write):
    version = campaign.letter_versions.get()

    with meanwhile(write), pytest.raises(OperationalError):
        impatiently(lambda: freeze(version))


@pytest.mark.parametrize(
    "write",
    [
        lambda: LetterText.objects.update(body="Other words."),
        lambda: AskText.objects.update(text="Another demand."),
    ],
    ids=["text", "ask"],
)
def test_whoever_writes_waits_for_a_freeze_and_is_refused_after_it(campaign, write):
    version = campaign.letter_versions.get()

    with meanwhile(lambda: freeze(version)), pytest.raises(OperationalError):
        impatiently(write)
    with pytest.raises(IntegrityError), transaction.atomic():
        write()
