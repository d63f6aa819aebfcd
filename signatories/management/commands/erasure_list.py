"""Writes the list of erasures, for a place outside this server (scenario C21)."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from signatories.models import Erasure
from signatories.retention import offsite


class Command(BaseCommand):
    help = "Writes the list of what was erased, hidden and withdrawn: hashes and times, one a line. Keep it outside this server."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--since", default="", help="only from this day or time on, such as 2026-11-24 (UTC)"
        )

    def handle(self, *args: Any, since: str, **options: Any) -> None:
        erasures = Erasure.objects.order_by("happened_at", "pk")
        if since:
            try:
                moment = datetime.fromisoformat(since)
            except ValueError as error:
                raise CommandError(
                    "--since is a day or a time such as 2026-11-24 or 2026-11-24T18:00Z"
                ) from error
            erasures = erasures.filter(
                happened_at__gte=moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            )
        for erasure in erasures.iterator():
            self.stdout.write(offsite.line(erasure))
