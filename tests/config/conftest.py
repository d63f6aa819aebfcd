"""The page cache around a tiny site, and somebody who reads it."""

import pytest

from config.pagecache import PageCache
from tests.config.small_site import Clock, Reader, Site


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def site():
    return Site()


@pytest.fixture
def cache(site, clock):
    return PageCache(site, host_is_valid=lambda host: host.endswith("letters.example"), clock=clock)


@pytest.fixture
def reader(cache):
    return Reader(cache)
