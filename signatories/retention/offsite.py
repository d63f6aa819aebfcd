"""The list that outlives the server: a line of hashes for each erasure, in a file that is copied away (scenario C21).

A disk that is missing hinders no erasure. The rows are kept, the desk says so, and the next purge writes what is missing.
"""

import logging
import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from signatories.models import Erasure, Heartbeat

log = logging.getLogger(__name__)


class BadLine(ValueError):
    """A line that is none of this list; says which."""


def line(erasure: Erasure) -> str:
    """Kind, digest and time (UTC, ISO 8601), parted by blanks."""
    return f"{erasure.kind} {erasure.digest} {erasure.happened_at.isoformat()}"


def read(lines: Iterable[str]) -> Iterator[Erasure]:
    """What `line` wrote. Raises BadLine."""
    for number, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        try:
            kind, digest, moment = text.split()
            yield Erasure(kind=kind, digest=digest, happened_at=datetime.fromisoformat(moment))
        except ValueError as error:
            raise BadLine(f"line {number} is none of the list") from error


def append(erasures: Iterable[Erasure]) -> None:
    """Adds lines to the file of ERASURE_LIST, if there is one, and waits for the disk. Never raises."""
    if not settings.ERASURE_LIST:
        return
    try:
        with Path(settings.ERASURE_LIST).open("a", encoding="ascii") as file:
            file.writelines(f"{line(each)}\n" for each in erasures)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        log.error("The list of erasures was not written (%s).", type(error).__name__)  # noqa: TRY400  # a path may name somebody
        Heartbeat.objects.get_or_create(name=Heartbeat.ERASURE_LIST, defaults={"seen_at": timezone.now()})


def catch_up(_now: datetime) -> int:
    """Writes the lines that are missing in the file, and notes that it is whole again; how many."""
    if not settings.ERASURE_LIST:
        return 0
    path = Path(settings.ERASURE_LIST)
    try:
        held = set(path.read_text(encoding="ascii").splitlines()) if path.exists() else set()
    except (OSError, UnicodeDecodeError):
        held = set()
    missing = [each for each in Erasure.objects.all() if line(each) not in held]
    Heartbeat.objects.filter(name=Heartbeat.ERASURE_LIST).delete()
    append(missing)
    return len(missing)
