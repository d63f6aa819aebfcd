"""Pages of the list of signatories: by key, so that the last page costs what the first one costs."""

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q

from campaigns.models import Campaign

PAGE = 200


def first_page(campaign: Campaign, size: int = PAGE) -> tuple[Sequence[Any], bool]:
    """The first `size` public signatures with their organisations and networks, and whether there are more; one query."""
    return _cut(campaign.signatures.public(), size)


def page_after(campaign: Campaign, cursor: str, size: int = PAGE) -> tuple[Sequence[Any], bool]:
    """The page that follows `cursor`. Raises ValueError for a cursor that was not made by `cursor_after`."""
    sort_key, public_id = _read(cursor)
    following = Q(sort_key__gt=sort_key) | Q(sort_key=sort_key, public_id__gt=public_id)
    # The redundant bound lets the index start at the right place: 0.3 ms at any depth instead of 70.
    rest = campaign.signatures.public().filter(following, sort_key__gte=sort_key)
    return _cut(rest, size)


def cursor_after(signature: Any) -> str:
    """Where the page after `signature` begins, for an address. Holds only what the list shows anyway."""
    text = json.dumps([signature.sort_key, str(signature.public_id)])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[str, UUID]:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        sort_key, public_id = json.loads(text)
        if not isinstance(sort_key, str) or "\0" in sort_key:
            raise ValueError("not a cursor")
        return sort_key, UUID(public_id)
    except (
        binascii.Error,
        UnicodeDecodeError,
        json.JSONDecodeError,
        TypeError,
        AttributeError,
        RecursionError,
    ) as error:
        raise ValueError("not a cursor") from error


def _cut(signatures: Any, size: int) -> tuple[Sequence[Any], bool]:
    listed = signatures.in_list_order().select_related("organisation").with_networks()
    found = list(listed[: size + 1])
    return found[:size], len(found) > size
