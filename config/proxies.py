"""Whom a request comes from: behind proxies that the operator names, the hop that they wrote; else whoever is connected.

The first middleware. What stands in the forwarding headers of anybody else is taken out, so that nothing behind it, neither
the limits nor the log-in nor the redirect to https, can be told an address or a scheme by a stranger.
"""

from collections.abc import Callable, Mapping, MutableMapping
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

Address = IPv4Address | IPv6Address


class ProxiesMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        settle(request.META)
        return self.get_response(request)


def settle(meta: MutableMapping[str, Any]) -> None:
    """Leaves in `REMOTE_ADDR` who really asks, and no forwarding header that a stranger may have written."""
    forwarded = str(meta.pop("HTTP_X_FORWARDED_FOR", ""))
    peer = _proxy_of(meta)
    if peer is None:
        meta.pop("HTTP_X_FORWARDED_PROTO", None)
    elif forwarded:
        meta["REMOTE_ADDR"] = str(_behind(peer, forwarded))


def comes_by_proxy(meta: Mapping[str, Any]) -> bool:
    """Whether its forwarding headers were written by a proxy that the operator named. Before `settle`."""
    return _proxy_of(meta) is not None


def _proxy_of(meta: Mapping[str, Any]) -> Address | None:
    peer = address_of(str(meta.get("REMOTE_ADDR", "")))
    return peer if peer is not None and is_proxy(peer) else None


def _behind(peer: Address, forwarded: str) -> Address:
    """The first hop from the right that is no proxy of ours. Each hop was written by the one to its right, so what stands
    further left, anybody may have made up. Where a hop is no address, the proxy that wrote it stands for it."""
    for hop in reversed(forwarded.split(",")):
        known = address_of(hop)
        if known is None:
            return peer
        peer = known
        if not is_proxy(known):
            return known
    return peer


def address_of(text: str) -> Address | None:
    """The address in `text`, which some proxies write with a port; an IPv4 address stays one, however it is wrapped."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        known = ip_address(text)
    except ValueError:
        return None
    return (known.ipv4_mapped or known) if isinstance(known, IPv6Address) else known


def is_proxy(address: Address) -> bool:
    """Whether the operator named it. It then stands for many people, or for nobody."""
    return any(address in network for network in settings.TRUSTED_PROXIES)
