"""The cached public page and count.json through the product's web process, against nginx serving the same bytes."""

from collections.abc import Iterator
from pathlib import Path

from benchmarks import data
from benchmarks.frame import Figure, House, Reply, Server, benchmark, get, ratio_in_turns
from benchmarks.load import loader, throughput
from benchmarks.nginx import PATH, nginx

SIGNATORIES = (0, 80, 100_000)
ROUNDS = 11
GOAL = "≥ 0.6"


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
