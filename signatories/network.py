"""From which network somebody came, as a hash under a key that is gone after two days (product.md, rule 12).

Equal hashes of one day are one network: all of an IPv4 address, the first half of an IPv6 one, because a connection gets 64
bits and its machines change the other 64 by themselves. The address is read here and forgotten here; nothing else looks at it.
"""

import base64
import hmac
import secrets
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from ipaddress import IPv4Address
from typing import NamedTuple

from django.db import transaction
from django.db.models import F, Func, Value
from django.http import HttpRequest

from config.proxies import Address, address_of, is_proxy
from signatories.models import NetworkKey, Signature
from signatories.models.signature import CROWD_WITHIN
from signatories.states import Flag

KEY_BYTES = 32
HASH_BYTES = 16  # 128 bits, 22 characters


class Networks(NamedTuple):
    """Hashes of where a request comes from: of one connection, and of the /24 (IPv6: /48) around it. '' where that tells nothing."""

    near: str
    wide: str


NOWHERE = Networks("", "")


def hash_of(request: HttpRequest, now: datetime) -> str:
    """22 characters that are equal for one network on one day (UTC); '' where the address tells nothing.

    The first call of a process on a day reads the day's key from the database; not to be called inside a transaction.
    """
    return hashes_of(request, now).near


def hashes_of(request: HttpRequest, now: datetime) -> Networks:
    """As `hash_of`, with the wider network."""
    # Who really asks, stands there since `config.proxies`.
    address = address_of(str(request.META.get("REMOTE_ADDR", "")))
    if address is None or not _tells_a_network(address):
        return NOWHERE
    near, wide = (4, 3) if isinstance(address, IPv4Address) else (8, 6)
    return Networks(*(hash_of_day("", address.packed[:length], now) for length in (near, wide)))


def hash_of_day(kind: str, value: bytes, now: datetime) -> str:
    """22 characters that are equal for equal values of one kind on one day (UTC), and tell nothing once its key is gone."""
    mac = hmac.digest(key_of(now.astimezone(UTC).date()), kind.encode() + value, "sha256")
    return base64.urlsafe_b64encode(mac[:HASH_BYTES]).decode().rstrip("=")


def _tells_a_network(address: Address) -> bool:
    """This machine's own address, and a proxy's, stand for everybody who comes through an onion service or that proxy: a hash
    of it would make a crowd of strangers."""
    return not (address.is_loopback or address.is_unspecified or is_proxy(address))


@lru_cache(maxsize=1)  # today's alone: yesterday's must not outlive its row
def key_of(day: date) -> bytes:
    """The key of `day`, the same for all processes: whoever comes first makes it."""
    with transaction.atomic(durable=True):  # a key that was rolled back would be this process's own
        fresh = NetworkKey(day=day, key=secrets.token_bytes(KEY_BYTES))
        NetworkKey.objects.bulk_create([fresh], ignore_conflicts=True)
        return bytes(NetworkKey.objects.get(day=day).key)


def flag_neighbours(signature: Signature) -> None:
    """Flags those that wait beside `signature`, came within the hour and have three others near them only now.

    After the transaction that confirmed it, and in the order of their keys: else two who confirm at once would wait for
    each other.
    """
    if not signature.network_hash:
        return
    near = (signature.submitted_at - CROWD_WITHIN, signature.submitted_at + CROWD_WITHIN)
    waiting = (
        Signature.objects.waiting()
        .in_a_crowd()
        .filter(network_hash=signature.network_hash, submitted_at__range=near)
        .exclude(flags__contains=[Flag.SAME_NETWORK])
    )
    with transaction.atomic():
        found = list(waiting.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
        if found:
            flagged = Func(F("flags"), Value(Flag.SAME_NETWORK.value), function="array_append")
            Signature.objects.filter(pk__in=found).update(flags=flagged)


def forget_keys(now: datetime) -> None:
    """Deletes the keys of all days but today and yesterday (UTC): from then on no address can be tried against a hash."""
    NetworkKey.objects.filter(day__lt=now.astimezone(UTC).date() - timedelta(days=1)).delete()
