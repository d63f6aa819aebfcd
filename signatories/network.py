"""From which network somebody came, as a hash under a key that is gone after two days (product.md, rule 12).

Equal hashes of one day are one network. The address itself is read here and forgotten here; nothing else may look at it.
"""

import base64
import hmac
import secrets
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address

from django.conf import settings
from django.db import transaction
from django.db.models import F, Func, Value
from django.http import HttpRequest

from signatories.models import NetworkKey, Signature
from signatories.models.signature import CROWD_WITHIN
from signatories.states import Flag

KEY_BYTES = 32
HASH_BYTES = 16  # 128 bits, 22 characters


def hash_of(request: HttpRequest, now: datetime) -> str:
    """22 characters that are equal for one network on one day (UTC); '' where the address tells nothing.

    The first call of a process on a day reads the day's key from the database; not to be called inside a transaction.
    """
    network = _network_of(_client_address(request))
    if not network:
        return ""
    mac = hmac.digest(key_of(now.astimezone(UTC).date()), network, "sha256")
    return base64.urlsafe_b64encode(mac[:HASH_BYTES]).decode().rstrip("=")


def _client_address(request: HttpRequest) -> str:
    """Whom the proxy in front has spoken with, if there is one. What stands before that, anybody may have written."""
    if not settings.BEHIND_TLS_PROXY:
        return str(request.META.get("REMOTE_ADDR", ""))
    return str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip()


def _network_of(address: str) -> bytes:
    """The network of `address`: all of an IPv4 address, the first half of an IPv6 one; b'' where there is none to tell.

    A connection gets 64 bits of IPv6 and its machines change the other 64 by themselves. This machine's own address stands
    for everybody who comes through an onion service or a proxy that isn't declared: it would make a crowd of strangers.
    """
    try:
        known = ip_address(address)
    except ValueError:
        return b""
    if isinstance(known, IPv6Address):
        known = known.ipv4_mapped or known
    if known.is_loopback or known.is_unspecified:
        return b""
    return known.packed if isinstance(known, IPv4Address) else known.packed[:8]


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
