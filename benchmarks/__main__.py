"""`python -m benchmarks [--write] [NAME …]`: run all benchmarks or the named ones. `make bench` brings the servers."""

import argparse
import os
import pkgutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from urllib.parse import urlsplit

import django
import psycopg
from django.core.management import call_command
from psycopg import sql

import benchmarks
from benchmarks import report
from benchmarks.frame import BENCHMARKS, Figure, House, Skipped


@contextmanager
def own_database(server: str) -> Iterator[str]:
    """A database of this run's own beside the one that the address names; gone at the end."""
    name = f"undersigned_bench_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield urlsplit(server)._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def house() -> Iterator[House]:
    """Migrated database, collected static files, Django set up for them in this process."""
    with own_database(os.environ["DATABASE_URL"]) as database, tempfile.TemporaryDirectory() as folder:
        environment = {"DATABASE_URL": database, "STATIC_ROOT": f"{folder}/static"}
        os.environ |= environment
        django.setup()
        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        try:
            yield House(Path(folder), environment)
        finally:
            django.db.connections.close_all()


def run(name: str, current: House) -> list[Figure]:
    print(f"{name}:", flush=True)
    figures = []
    try:
        for figure in BENCHMARKS[name](current):
            figures.append(figure)
            print(report.line(figure), flush=True)
    except Skipped as reason:
        print(f"         skipped: {reason}", flush=True)
    return figures


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--write", action="store_true", help="write the figures into docs/performance.md")
    asked = parser.parse_args()
    if "DATABASE_URL" not in os.environ:
        sys.exit("There is no DATABASE_URL. `make bench` brings servers along.")
    with house() as current:
        for module in pkgutil.iter_modules(benchmarks.__path__, "benchmarks."):
            if not module.name.endswith("__main__"):
                import_module(module.name)  # only now: models need Django set up
        if unknown := set(asked.names) - BENCHMARKS.keys():
            sys.exit(
                f"No such benchmark: {', '.join(sorted(unknown))}. There are: {', '.join(sorted(BENCHMARKS))}."
            )
        missed = []
        for name in asked.names or sorted(BENCHMARKS):
            figures = run(name, current)
            missed += [figure.what for figure in figures if not figure.is_met]
            if asked.write and figures:
                report.write(name, figures)
    for what in missed:
        print(f"Missed: {what}", file=sys.stderr)
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main())
