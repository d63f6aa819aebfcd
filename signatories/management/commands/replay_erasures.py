"""After a restored backup: erases, hides and withdraws once more what the list says (scenario C21)."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from signatories.retention import offsite, replaying


class Command(BaseCommand):
    help = "Erases, hides and withdraws once more what the list of erasures says. To be run before a restored site opens."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", help="what `erasure_list` wrote, or the file of ERASURE_LIST; - for standard input"
        )

    def handle(self, *args: Any, file: str, **options: Any) -> None:
        try:
            text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="ascii")
            erasures = list(offsite.read(text.splitlines()))
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"The list can't be read: {type(error).__name__}.") from error
        except offsite.BadLine as error:
            raise CommandError(f"Nothing was done: {error}.") from error
        done = replaying.replay(erasures)
        self.stdout.write(
            f"{len(erasures)} lines: {done.erased} contacts erased, {done.hidden} names hidden, {done.left} signatures withdrawn."
        )
