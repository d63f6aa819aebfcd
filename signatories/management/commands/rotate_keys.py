"""Puts everything that is encrypted under the first of FIELD_ENCRYPTION_KEYS."""

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from signatories.retention import rotating


class Command(BaseCommand):
    help = (
        "Puts everything that is encrypted under the first of FIELD_ENCRYPTION_KEYS, so that the others can be thrown"
        " away. Can be run at any time, and again when it was ended half-way (docs/operations.md)."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        whole = Counter[str]()
        for column in rotating.columns():
            found = rotating.rotate(column)
            whole += found
            self.stdout.write(
                f"{column.label}: {found['rotated']} rotated, {found['fresh']} were under the first key"
            )
        self.stdout.write(f"{whole['rotated']} rotated, {whole['fresh']} were under the first key already.")
        if whole["unreadable"]:
            raise CommandError(
                f"{whole['unreadable']} can't be read with any of the keys: is one missing? They were left as they are."
            )
