"""How much may be asked for: layers of limits around the forms that write rows or send mail, in one trip to Redis.

A network and the wider network around it are told when they must wait. A mailbox and its domain are not: the answer would tell
something about them, and to whoever typed them. Their form is stored and has no mail until somebody asks for it. Only keyed
hashes of the day stand in Redis (product.md, rule 12).

Nobody can shut a letter to others. Once it has got more forms than it should, they are still taken and a moderator sends their
mail; only at ten times that number it is shut. Those who cost an attacker nothing, from no known network or without a proof of
work that was asked for, are counted apart, and are the only ones who must wait when there are too many of them.

While Redis is away nothing is refused here: signing goes on. What protects mailboxes stays in the database (`mail.outbox`,
`mail.budget`), so that even then no flood of forms becomes a flood of mail.
"""

import hashlib
import logging
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple, cast

from django.conf import settings
from limits import RateLimitItem
from limits.storage import RedisStorage
from redis.exceptions import NoScriptError, RedisError

from config.cache import PATIENCE, REST
from signatories import network
from signatories.identity import mailboxes
from signatories.network import NOWHERE, Networks

log = logging.getLogger(__name__)

# What a letter takes at all, as a multiple of what it takes as usual: the database must not be filled without end.
CEILING = 10

# Fixed windows as the library counts them, but all at once. What a loud limit refuses, counts for none: whoever is stopped as
# a network must not use the letter's own limit up.
_TAKE = """
    local loud, quiet = tonumber(ARGV[1]), 0
    for i, key in ipairs(KEYS) do
        if tonumber(redis.call('GET', key) or '0') >= tonumber(ARGV[2 * i]) then
            if i <= loud then return {i, redis.call('TTL', key)} end
            if quiet == 0 then quiet = i end
        end
    end
    for i, key in ipairs(KEYS) do
        if redis.call('INCR', key) == 1 then redis.call('EXPIRE', key, ARGV[2 * i + 1]) end
    end
    return {quiet, 0}
"""

_TAKE_SHA1 = hashlib.sha1(_TAKE.encode(), usedforsecurity=False).hexdigest()  # Redis calls scripts so


class Act(StrEnum):
    """What somebody asks for. Each is counted by itself."""

    SIGN = "sign"
    AGAIN = "again"
    DISPUTE = "dispute"
    MANAGE = "manage"


class Layer(StrEnum):
    NETWORK = "network"
    WIDE_NETWORK = "wide_network"
    NOWHERE = "nowhere"
    WITHOUT_PROOF = "without_proof"
    CEILING = "ceiling"
    CAMPAIGN = "campaign"
    MAILBOX = "mailbox"
    DOMAIN = "domain"


LOUD = (Layer.NETWORK, Layer.WIDE_NETWORK, Layer.NOWHERE, Layer.WITHOUT_PROOF, Layer.CEILING)


class Verdict(NamedTuple):
    """What is used up, if anything. `wait`: seconds after which it is worth trying again, where that can be said."""

    used_up: Layer | None = None
    wait: int = 0

    @property
    def is_loud(self) -> bool:
        """Whether the answer is "please wait" (429). Else everybody gets the same answer."""
        return self.used_up in LOUD

    @property
    def is_held(self) -> bool:
        """Whether the letter has had so many forms that a moderator sends the mail of this one; everybody is told."""
        return self.used_up == Layer.CAMPAIGN

    @property
    def is_quiet(self) -> bool:
        """Whether no mail goes out, and nobody is told."""
        return self.used_up in (Layer.MAILBOX, Layer.DOMAIN)


FREE = Verdict()


@dataclass(frozen=True)
class Limit:
    layer: Layer
    item: RateLimitItem
    key: str


@dataclass(frozen=True, kw_only=True)
class Way:
    """How a form comes to the letter with the primary key `campaign`. Each way has a count of its own.

    `link`: the primary key of the circulation link, if it came by one: a flood of strangers locks out nobody who was invited,
    and a link that has leaked doesn't open the letter without end. `unproven`: it lacks the proof of work that was asked for.
    """

    campaign: int
    link: int | None = None
    unproven: bool = False

    @property
    def key(self) -> str:
        return f"{self.campaign}/{self.link or ''}/{'unproven' if self.unproven else ''}"


def take(
    act: Act, now: datetime, *, networks: Networks = NOWHERE, way: Way | None = None, mailbox: str = ""
) -> Verdict:
    """Counts one `act` and says what is used up. Not to be called inside a transaction.

    `networks`: `network.hashes_of` the request; `way`: to which letter, where it counts for one; `mailbox`: as parsed.
    """
    loud = [*_limits(act, Layer.NETWORK, networks.near), *_limits(act, Layer.WIDE_NETWORK, networks.wide)]
    quiet: list[Limit] = []
    if way is not None:
        loud += _limits_of_letter(act, way, is_nowhere=not networks.near)
        if act == Act.SIGN:
            quiet += _limits(act, Layer.CAMPAIGN, way.key)
    quiet += _limits_of_mailbox(act, mailbox, now)
    # The mail of a form without its proof is held in any case: strangers must not use up a mailbox's own count so cheaply.
    limits = loud if way and way.unproven else [*loud, *quiet]
    found = _ask(limits, len(loud)) if limits else None
    if found is None:
        return FREE
    place, wait = found
    return Verdict(limits[place - 1].layer, max(wait, 1)) if place else FREE


def _limits_of_letter(act: Act, way: Way, *, is_nowhere: bool) -> Iterator[Limit]:
    if is_nowhere:
        yield from _limits(act, Layer.NOWHERE, way.key)
    if way.unproven:
        # Two ways that cost nothing; neither uses the other's count up.
        yield from () if is_nowhere else _limits(act, Layer.WITHOUT_PROOF, way.key)
    elif act != Act.AGAIN:  # which stores nothing, and whose mail is limited by the mailbox and by the hour
        for item in settings.LIMIT_CAMPAIGN:
            most = type(item)(item.amount * CEILING, item.multiples)
            yield Limit(Layer.CEILING, most, most.key_for(act.value, Layer.CEILING.value, way.key))


def _limits_of_mailbox(act: Act, mailbox: str, now: datetime) -> Iterator[Limit]:
    if not mailbox:
        return
    yield from _limits(
        act, Layer.MAILBOX, network.hash_of_day("mailbox", mailboxes.canonical(mailbox).encode(), now)
    )
    domain = mailboxes.domain_of(mailbox)
    # Strangers share a provider. Whoever asks for a mail again is known by the mailbox.
    if act == Act.SIGN and not mailboxes.is_free_mail(domain):
        yield from _limits(act, Layer.DOMAIN, network.hash_of_day("domain", domain.encode(), now))


def _limits(act: Act, layer: Layer, whose: str) -> Iterator[Limit]:
    if whose:
        items: Iterable[RateLimitItem] = getattr(settings, f"LIMIT_{layer.name}")
        for item in items:
            yield Limit(layer, item, item.key_for(act.value, layer.value, whose))


def _ask(limits: list[Limit], loud: int) -> tuple[int, int] | None:
    """Which of `limits` is used up (the first is 1, none is 0) and for how many seconds; None while Redis is away."""
    if not _breaker.may_try():
        return None
    try:
        found = storage(settings.REDIS_URL).take(limits, loud)
    except RedisError:
        log.warning("Redis does not answer; forms are not limited meanwhile, mail is.")
        _breaker.failed()
        return None
    _breaker.worked()
    return found


def is_first_use(name: str, whose: str, life: timedelta) -> bool:
    """Whether `name` was used by nobody but `whose` within `life`; while Redis is away everything is used for the first time."""
    if not _breaker.may_try():
        return True
    store = storage(settings.REDIS_URL)
    client, key = cast("Any", store.get_connection()), store.prefixed_key(name)
    try:
        before = client.set(key, whose, nx=True, get=True, ex=life)
    except RedisError:
        _breaker.failed()
        return True
    _breaker.worked()
    return before is None or before.decode() == whose


class OneTripStorage(RedisStorage):
    """The library's storage of fixed windows, and a way to ask for many limits at once: it makes a trip for each."""

    def take(self, limits: list[Limit], loud: int) -> tuple[int, int]:
        arguments: list[Any] = [self.prefixed_key(limit.key) for limit in limits]
        arguments.append(loud)
        for limit in limits:
            arguments += [limit.item.amount, limit.item.get_expiry()]
        client = cast("Any", self.get_connection())
        try:
            place, wait = client.evalsha(_TAKE_SHA1, len(limits), *arguments)
        except NoScriptError:  # a server that was started anew
            place, wait = client.eval(_TAKE, len(limits), *arguments)
        return place, wait


@lru_cache(maxsize=2)
def storage(address: str) -> OneTripStorage:
    """Connects when it is first asked."""
    return OneTripStorage(address, **cast("dict[str, Any]", PATIENCE))


class Breaker:
    """Leaves a dead Redis alone: of all requests within `REST` seconds one waits for it, and the others do without."""

    def __init__(self) -> None:
        self.lock, self.is_broken, self.next_try = threading.Lock(), False, 0.0

    def may_try(self) -> bool:
        if not self.is_broken:
            return True
        with self.lock:
            if time.monotonic() < self.next_try:
                return False
            self.next_try = time.monotonic() + REST
            return True

    def failed(self) -> None:
        with self.lock:
            self.is_broken, self.next_try = True, time.monotonic() + REST

    def worked(self) -> None:
        self.is_broken = False


_breaker = Breaker()
