"""Notes that a back-up has just been made, so that the desk can say how old the last one is (scenario M1)."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from signatories.models import Heartbeat


class Command(BaseCommand):
    help = "Notes that a back-up has just been made. To be called by the job that makes it, once the copy is safe."

    def handle(self, *args: Any, **options: Any) -> None:
        Heartbeat.objects.update_or_create(name=Heartbeat.BACKUP, defaults={"seen_at": timezone.now()})
