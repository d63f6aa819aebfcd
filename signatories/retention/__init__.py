"""What is kept for how long, and what goes: on its day, at a signer's wish, and again after a restored backup."""

from signatories.retention.erasing import erase_contact, remember
from signatories.retention.forgetting import (
    expire,
    expire_unconfirmed,
    forget_disputes,
    forget_networks,
    forget_rejected,
)
from signatories.retention.purging import is_due, purge

__all__ = [
    "erase_contact",
    "expire",
    "expire_unconfirmed",
    "forget_disputes",
    "forget_networks",
    "forget_rejected",
    "is_due",
    "purge",
    "remember",
]
