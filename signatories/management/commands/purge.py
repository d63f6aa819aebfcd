"""Erases whatever has had its day, now: what the worker does each night."""

from typing import Any

from django.core.management.base import BaseCommand

from signatories import retention


class Command(BaseCommand):
    help = "Erases whatever has had its day, and warns the managers of what soon will (docs/privacy.md). Safe to run at any time."

    def handle(self, *args: Any, **options: Any) -> None:
        for step, changed in retention.purge().items():
            self.stdout.write(f"{step}: {changed}")
