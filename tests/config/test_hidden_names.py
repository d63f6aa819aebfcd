"""A name that is hidden is gone from every live outlet within ten seconds, with the page cache as it really is (scenario S18)."""

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from campaigns.choices import PublicationMode
from config.pagecache import PageCache
from signatories import hiding, moderation
from signatories.transitions import SIGNER
from tests.builders import make_campaign, make_signature, make_superuser
from tests.config.small_site import Clock, Reader, any_host

pytestmark = pytest.mark.django_db

OUTLETS = ["/en/letter-a/", "/ar/letter-a/signatories/", "/letter-a/signatories.csv", "/letter-a/count.json"]


@pytest.fixture(autouse=True)
def connection_stays_open():
    """A request that ends would close the connection that holds this test's world; Django's own test client does the same."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def hide(signature):
    hiding.hide(signature=signature, to=PublicationMode.WITHHELD, actor=SIGNER)


def hold(signature):
    moderation.hold(signature=signature, by=make_superuser())


@pytest.mark.parametrize("address", OUTLETS)
@pytest.mark.parametrize("go", [hide, hold])
def test_s18_whoever_hides_is_gone_within_ten_seconds_also_for_readers_who_come_all_the_time(address, go):
    signature = make_signature(make_campaign(), name="Canarybird")
    make_signature(signature.campaign, name="Another")
    clock = Clock()
    reader = Reader(PageCache(WSGIHandler(), host_is_valid=any_host, clock=clock))
    before = reader.get(address, host="testserver")
    assert before.status == 200

    go(signature)
    seen = []
    for _second in range(10):
        clock.now += 1
        seen.append(reader.get(address, host="testserver").body)

    assert b"Canarybird" not in seen[-1]
    assert seen[-1] != before.body
    clock.now += 3600
    assert b"Canarybird" not in reader.get(address, host="testserver").body
