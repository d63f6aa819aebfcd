"""Where a page of the list begins, as addresses carry it: behind a name, in base64, with nothing that the list does not show."""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class Place:
    """Behind whom a page begins; `group` where the whole list is shown."""

    sort_key: str
    public_id: UUID
    group: str = ""


def after(signature: Any, group: str = "") -> str:
    """Where the page after `signature` begins, for an address. Holds only what the list shows anyway."""
    text = json.dumps([signature.sort_key, str(signature.public_id), *([group] if group else [])])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def before(sort_key: str) -> str:
    """Where a page begins whose names have this key or a later one, not searched and not in groups."""
    return after(Place(sort_key, UUID(int=0)))


def group_behind(cursor: str) -> str:
    """In which group the last page ended; "" where there are none."""
    return read(cursor).group


def read(cursor: str) -> Place:
    """Raises ValueError for what is no cursor."""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        sort_key, public_id, *group = json.loads(text)
        place = Place(sort_key, UUID(public_id), *group)
    except (
        binascii.Error,
        UnicodeDecodeError,
        json.JSONDecodeError,
        TypeError,
        AttributeError,
        RecursionError,
    ) as error:
        raise ValueError("not a cursor") from error
    if not isinstance(sort_key, str) or not isinstance(place.group, str) or "\0" in sort_key:
        raise ValueError("not a cursor")
    return place
