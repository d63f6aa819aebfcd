"""The statements of one transaction, recorded from the product and sent again through psycopg alone, with new keys."""

import re
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any

import psycopg
from django.db import connection

Statements = list[tuple[str, list[Any]]]

# What has to be new in each transaction: keyed hashes and digests, submission keys, public ids.
_KEY = re.compile(r"\b(?:[0-9a-f]{64}|[0-9a-f]{32}|[A-Z2-7]{52})\b")


@contextmanager
def recorded() -> Iterator[Statements]:
    """What Django sends inside, without BEGIN and COMMIT."""
    statements: Statements = []

    def record(execute: Callable[..., Any], sql: str, parameters: Any, many: bool, context: Any) -> Any:
        if ";" in sql and parameters:  # several at once: only with their parameters inside
            statements.append((context["cursor"].mogrify(sql, parameters), []))
        else:
            statements.append((sql, list(parameters or ())))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(record):
        yield statements


def per_second(address: str, statements: Statements, processes: int, threads: int, seconds: float) -> float:
    """Transactions per second, in so many processes with so many connections each."""
    with get_context("spawn").Pool(processes) as pool:
        return sum(pool.starmap(_replay, [(address, statements, threads, seconds)] * processes)) / seconds


def _replay(address: str, statements: Statements, threads: int, seconds: float) -> int:
    connections = [psycopg.connect(address, autocommit=True) for _ in range(threads)]
    done = [0] * threads
    end = time.monotonic() + seconds

    def work(number: int) -> None:
        while time.monotonic() < end:
            _once(connections[number], statements)
            done[number] += 1

    workers = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    for each in connections:
        each.close()
    if not all(done):
        raise RuntimeError("the recorded statements can't be sent again")
    return sum(done)


def _once(connection: psycopg.Connection, statements: Statements) -> None:
    new: dict[str, str] = {}
    with connection.transaction():
        for sql, parameters in statements:
            connection.execute(_renewed(sql, new), [_renewed(value, new) for value in parameters] or None)


def _renewed(value: Any, new: dict[str, str]) -> Any:
    """The same text with other keys in it; one that comes twice in a transaction is replaced by the same one."""
    if not isinstance(value, str):
        return value
    return _KEY.sub(lambda found: new.get(found[0]) or new.setdefault(found[0], _like(found[0])), value)


def _like(key: str) -> str:
    return secrets.token_hex(32)[: len(key)]
