"""The cache, which must never be what a log-in fails by: while Redis is away, each process remembers for itself."""

import logging
import time
from collections.abc import Callable
from typing import Any, ClassVar

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

# Seconds for which a dead Redis is left alone, so that one request waits for it once and not ten times.
REST = 10.0
# The client's own default is to try four times with seconds in between.
PATIENCE = {"socket_connect_timeout": 0.5, "socket_timeout": 0.5, "retry": Retry(NoBackoff(), 0)}

logger = logging.getLogger(__name__)


class RedisOrMemoryCache(RedisCache):
    """Redis, shared by all processes; while it does not answer, this process's own memory, so that limits still hold."""

    # Django makes one cache per thread; they all talk to the same server.
    resting_until: ClassVar[dict[str, float]] = {}

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, {**params, "OPTIONS": {**PATIENCE, **params.get("OPTIONS", {})}})
        self._server = server
        self._memory = LocMemCache(f"instead of {server}", {})

    def _ask(self, name: str, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= self.resting_until.get(self._server, 0.0):
            try:
                return getattr(super(), name)(*args, **kwargs)
            except RedisError:
                logger.warning("Redis does not answer; each process limits log-ins by itself meanwhile.")
                self.resting_until[self._server] = time.monotonic() + REST
        return getattr(self._memory, name)(*args, **kwargs)


def _either(name: str) -> Callable[..., Any]:
    def ask(self: RedisOrMemoryCache, *args: Any, **kwargs: Any) -> Any:
        return self._ask(name, *args, **kwargs)  # becomes a method of the class

    return ask


for _name in (
    "add",
    "get",
    "set",
    "touch",
    "delete",
    "incr",
    "has_key",
    "get_many",
    "set_many",
    "delete_many",
    "clear",
):
    setattr(RedisOrMemoryCache, _name, _either(_name))
