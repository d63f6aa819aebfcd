"""The cached public page and count.json through the product's web process, against nginx serving the same bytes.

And the page as it is rendered when the cache has none: through Django without the cache around it.
"""

import time
from collections.abc import Iterator
from pathlib import Path

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks import data
from benchmarks.frame import Figure, House, Reply, Server, against, benchmark, get, ratio_in_turns
from benchmarks.load import loader, throughput
from benchmarks.nginx import PATH, nginx

SIGNATORIES = (0, 80, 100_000)
ROUNDS = 11
GOAL = "≥ 0.6"
RENDERED = 200  # times, one after the other
RENDER_GOAL = 0.06  # seconds, p95
MOST_QUERIES = 8


@benchmark("pages")
def pages(house: House) -> Iterator[Figure]:
    for count in SIGNATORIES:
        data.letter(f"letter-{count}", count)
    with house.web() as ours:
        for count in SIGNATORIES:
            page, number = f"/en/letter-{count}/", f"/letter-{count}/count.json"
            yield from _against_nginx(
                house.folder, ours, page, f"public page, {count:,} signatories", "identity"
            )
            yield from _against_nginx(house.folder, ours, page, f"public page, {count:,} signatories", "br")
            yield from _against_nginx(
                house.folder, ours, number, f"count.json, {count:,} signatories", "identity"
            )
        yield from _not_modified(
            house.folder, ours, "/letter-80/count.json", "count.json, not modified (304)"
        )


@benchmark("rendering")
def rendering(_house: House) -> Iterator[Figure]:
    """The letter's page without the cache, one reader after the other."""
    most = max(SIGNATORIES)
    address = data.letter("rendered", most).get_absolute_url()
    client = Client(headers={"host": "localhost"})
    with CaptureQueriesContext(connection) as queries:
        _render(client, address)
    yield Figure(
        f"public page, {most:,} signatories, uncached: queries",
        len(queries) / MOST_QUERIES,
        str(len(queries)),
        str(MOST_QUERIES),
        "≤ 1",
    )
    seconds = [_render(client, address) for _ in range(RENDERED)]
    yield against(f"public page, {most:,} signatories, uncached, p95", seconds, RENDER_GOAL)


def _render(client: Client, address: str) -> float:
    began = time.perf_counter()
    answer = client.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address}: {answer.status_code}")
    return time.perf_counter() - began


def _against_nginx(folder: Path, ours: Server, path: str, what: str, encoding: str) -> Iterator[Figure]:
    headers = {"Accept-Encoding": encoding}
    reply = _checked(get(ours.url + path, **headers), encoding)
    with nginx(folder / "nginx", reply) as theirs:
        if get(theirs.url + PATH).body != reply.body:
            raise RuntimeError("nginx does not serve the same bytes")
        yield _figure(
            f"{what}, {encoding}, {len(reply.body):,} bytes", path, ours, headers, theirs, headers, GOAL
        )


def _not_modified(folder: Path, ours: Server, path: str, what: str) -> Iterator[Figure]:
    reply = _checked(get(ours.url + path), "identity")
    with nginx(folder / "nginx", reply) as theirs:
        mine = {"If-None-Match": reply.headers["etag"]}
        its = {"If-None-Match": get(theirs.url + PATH).headers["etag"]}
        if [get(ours.url + path, **mine).status, get(theirs.url + PATH, **its).status] != [304, 304]:
            raise RuntimeError("one of the two does not know its own entity tag again")
        yield _figure(what, path, ours, mine, theirs, its)


def _checked(reply: Reply, encoding: str) -> Reply:
    sent = reply.headers.get("content-encoding", "identity")
    if reply.status != 200 or sent != encoding or "age" not in reply.headers:
        raise RuntimeError(f"not the cached page that was to be measured: {reply.status} {reply.headers}")
    return reply


def _figure(
    what: str,
    path: str,
    ours: Server,
    our_headers: dict[str, str],
    theirs: Server,
    their_headers: dict[str, str],
    goal: str = "",
) -> Figure:
    ratio, mine, its = ratio_in_turns(
        ROUNDS,
        ours=lambda: throughput(ours, path, our_headers),
        theirs=lambda: throughput(theirs, PATH, their_headers),
    )
    return Figure(
        what=what, ratio=ratio, ours=f"{mine:,.0f}/s", theirs=f"nginx {its:,.0f}/s ({loader()})", goal=goal
    )
