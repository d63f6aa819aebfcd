"""Ten thousand open pages that poll the count (`benchmarks.crowd`), while a moderator accepts one signature.

All pages are in one process beside the server, on the same cores: what the server is slow to answer and what the load is slow
to read look the same from there.
"""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator

from django.contrib.auth.models import User
from django.urls import reverse

from benchmarks import data
from benchmarks.crowd import PATIENCE, Heard
from benchmarks.frame import Figure, House, Skipped, benchmark
from campaigns.models import Campaign
from dev.environment import PROJECT
from signatories import moderation
from signatories.models import Evidence, Organisation, Signature
from signatories.states import EvidenceKind, State

PAGES = 10_000
SIGNATORIES = 80
OPENING, SECONDS = 10, 40  # within the first all pages open; after the second all close
ACCEPTED_AFTER = 22
SEEN_WITHIN = 7.0
SLOWEST = 0.5


@benchmark("polling")
def polling(house: House) -> Iterator[Figure]:
    _raise_limit_on_files()
    campaign = data.letter("polled", SIGNATORIES)
    waiting = _waiting(campaign)
    with house.web() as server:
        addresses = [reverse("count", args=[campaign.slug]), campaign.get_absolute_url()]
        with subprocess.Popen(
            [
                sys.executable,
                "-m",
                "benchmarks.crowd",
                server.url,
                *addresses,
                *map(str, (PAGES, OPENING, SECONDS)),
            ],
            stdout=subprocess.PIPE,
            text=True,
            cwd=PROJECT,
        ) as crowd:
            time.sleep(ACCEPTED_AFTER)
            moderator = User.objects.get(username="measuring")
            moderation.accept_on(signature=waiting, kind=EvidenceKind.REGISTER, by=moderator, identifier="1")
            accepted_at = time.monotonic()
            output, _ = crowd.communicate(timeout=SECONDS + PATIENCE)
    yield from _figures(Heard(**json.loads(output)), accepted_at)


def _figures(heard: Heard, accepted_at: float) -> Iterator[Figure]:
    seen = [moment - accepted_at for moment in heard.seen]
    answered = heard.answers / (heard.answers + heard.failures)
    if not heard.delays:
        raise RuntimeError("no page got an answer")
    p99 = sorted(heard.delays)[int(len(heard.delays) * 0.99)]
    late = f"{PAGES - len(seen):,} of {PAGES:,} pages never saw it" if len(seen) < PAGES else "the last page"
    yield Figure(
        f"{PAGES:,} open pages: until the last sees an accepted signature",
        max(seen) / SEEN_WITHIN if len(seen) == PAGES else float("inf"),
        f"{max(seen, default=0):.1f} s, {late}",
        f"{SEEN_WITHIN:.0f} s",
        "≤ 1",
    )
    yield Figure(
        "questions answered",
        answered,
        f"{heard.answers:,} answers, {heard.failures:,} failures",
        f"{heard.answers + heard.failures:,} questions",
        "≥ 0.999",
    )
    yield Figure(
        "time of an answer, p99",
        p99 / SLOWEST,
        f"{p99 * 1000:.0f} ms (median {sorted(heard.delays)[len(heard.delays) // 2] * 1000:.0f} ms)",
        f"{SLOWEST * 1000:.0f} ms",
        "≤ 1",
    )


def _raise_limit_on_files() -> None:
    """For this process and those that it starts: each page is a file of the load's and one of the server's."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = PAGES + 1000
    if soft < needed and hard != resource.RLIM_INFINITY and hard < needed:
        raise Skipped(f"only {hard:,} open files are allowed; {needed:,} are needed")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, needed), hard))


def _waiting(campaign: Campaign) -> Signature:
    """A confirmed signature, ready to be accepted: a copy of one that was, with a register entry of its own."""
    model = campaign.signatures.select_related("organisation").first()
    if model is None:
        raise RuntimeError("there is nobody to copy")
    organisation = model.organisation
    organisation.pk, organisation.registered_at = None, None
    organisation.name = organisation.match_key = organisation.sort_key = "Example Lantern Society"
    organisation.website = organisation.registrable_domain = ""
    organisation.save(force_insert=True)
    return _confirmed(Signature(campaign=campaign, letter_version=model.letter_version), organisation)


def _confirmed(signature: Signature, organisation: Organisation) -> Signature:
    now = signature.campaign.opens_at
    signature.organisation, signature.state, signature.submission_key = (
        organisation,
        State.CONFIRMED,
        "polled",
    )
    signature.submitted_at = signature.confirmed_at = now
    signature.save()
    Evidence.objects.create(signature=signature, kind=EvidenceKind.MAILBOX, recorded_at=now)
    return signature
