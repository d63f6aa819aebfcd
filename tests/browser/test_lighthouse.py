"""Lighthouse gives every page a hundred on its slow phone: by HTTPS, as in production, with the demo's eighty signatories."""

from urllib.parse import urlsplit

import pytest

from signatories.states import State
from tests.browser import lighthouse, served
from tests.builders import fresh_token, make_signature

pytestmark = [pytest.mark.alone, pytest.mark.processes]

PAGES = {
    "index": "/en/",
    "letter": "/en/hrd-agenda/",
    "letter in Arabic": "/ar/hrd-agenda/",
    "list": "/en/hrd-agenda/signatories/",
    "form": "/en/hrd-agenda/sign/",
    "confirm": "/en/confirm/{token}/",
}
# Its address is a key to the signature: search engines are told to keep it out, which is the one thing held against it.
HIDDEN = {"confirm": {"is-crawlable"}}


@pytest.fixture
def site(chromium, process_environment, private_valkey, tmp_path):
    lighthouse.program()
    with served.serve(process_environment, private_valkey, tmp_path) as running:
        yield running


def test_every_page_has_a_hundred_and_the_letter_is_fifty_kilobytes_of_five_requests(site, chromium):
    token = fresh_token(make_signature(site.campaign, state=State.SUBMITTED))
    lost, shown, reports = {}, {}, {}

    for name, path in PAGES.items():
        report = reports[name] = lighthouse.best(
            site.address + path.format(token=token), chromium, site.flags
        )
        shown[name] = (report.scores, f"first paint {report.first_paint:.0f} ms")
        lost[name] = {
            category: report.failed(category)
            for category in lighthouse.CATEGORIES
            if report.scores[category] < 100
        }

    shown["letter, fetched"] = reports["letter"].requests
    print(*shown.items(), sep="\n")  # for docs/performance.md: pytest -s
    hidden = {name: {"seo": dict.fromkeys(audits, "")} for name, audits in HIDDEN.items()}
    assert lost == {name: {} for name in PAGES} | hidden, shown
    for name in ("letter", "letter in Arabic"):
        is_frugal(reports[name].requests, site.address)


def is_frugal(requests, origin):
    """The letter's page with its list, style, script and icon: 50 kB on the wire at most, and all from here."""
    addresses, packed, unpacked = zip(*requests, strict=True)
    # The mark is picture and icon: Chromium takes it from its own cache the second time, or asks whether it is still so.
    assert len(set(addresses)) <= 5, addresses
    assert {urlsplit(address).netloc for address in addresses} == {urlsplit(origin).netloc}
    assert sum(packed) <= 50_000, requests
    assert sum(unpacked) <= 90_000, requests
