"""Secrets that travel: mailed links, the form's own seals, the key by which one form is one signature."""

import base64
import hashlib
import hmac
import json
import secrets
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class BadSeal(ValueError):
    """The sealed text was not made here, was changed, or is too old."""


def new_token() -> str:
    """A fresh secret of 256 random bits for a link, URL-safe, 43 characters."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What the database holds of a token: its SHA-256 in hex. 256 random bits need no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def _box() -> MultiFernet:
    return _box_of(*settings.FIELD_ENCRYPTION_KEYS)


@lru_cache(maxsize=4)
def _box_of(*keys: str) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def encrypt(text: str) -> str:
    """`text` under the key of all encrypted fields, for columns of other people's tables."""
    return _box().encrypt(text.encode()).decode()


def decrypt(text: str) -> str:
    """What `encrypt` was given. Raises cryptography's InvalidToken."""
    return _box().decrypt(text.encode()).decode()


def seal(content: dict[str, Any]) -> str:
    """Encrypts `content` (JSON values) for a trip through the browser; `unseal` reads it."""
    return _box().encrypt(json.dumps(content).encode()).decode()


def unseal(text: str, *names: str, max_age: int) -> dict[str, Any]:
    """Reads what `seal` made at most `max_age` seconds ago of a content with exactly these names. Raises BadSeal.

    All seals share one key; the names keep one from being taken for another.
    """
    try:
        content = json.loads(_box().decrypt(text.encode(errors="replace"), ttl=max_age))
    except (InvalidToken, ValueError) as error:
        raise BadSeal from error
    if not isinstance(content, dict) or content.keys() != set(names):
        raise BadSeal
    return content


def submission_key(*, campaign_id: int, mailbox: str, match_key: str) -> str:
    """52 characters (A-Z, 2-7) that are equal for the same canonical mailbox and name on the same campaign.

    A keyed hash, so that the column tells nothing without the key. Its last four are the reference.
    """
    text = f"submission\0{campaign_id}\0{mailbox}\0{match_key}"
    mac = hmac.digest(settings.LOOKUP_HASH_KEY.encode(), text.encode(), "sha256")
    return base64.b32encode(mac).decode().rstrip("=")
