"""Runs Lighthouse as it comes: its mobile preset, every audit, the page loaded anew in a browser without history."""

import json
import os
import shutil
import subprocess

import pytest

from dev.environment import PROJECT

PROGRAM = PROJECT / "var/lighthouse/node_modules/.bin/lighthouse"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
LONGEST = 120  # seconds, for one page
# Chromium's trace came without the beginning of the page, which happens on a busy machine: no result, good or bad.
NO_TRACE = "NO_NAVSTART"


def program():
    """Its path; tests are skipped where it is not installed, unless REQUIRE_BROWSER=1."""
    missing = None
    if shutil.which("node") is None:
        missing = "No node here."
    elif not PROGRAM.exists():
        missing = "No Lighthouse here: `make lighthouse` installs it."
    if missing and os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail(missing)
    if missing:
        pytest.skip(missing)
    return PROGRAM


class Report:
    """What one run found."""

    def __init__(self, text):
        self.read = json.loads(text)
        self.audits = self.read["audits"]
        assert "runtimeError" not in self.read, self.read["runtimeError"]

    @property
    def scores(self):
        """Out of 100, as Lighthouse shows them."""
        return {name: round(self.read["categories"][name]["score"] * 100) for name in CATEGORIES}

    @property
    def first_paint(self):
        """First contentful paint on the slow phone, in milliseconds."""
        return self.audits["first-contentful-paint"]["numericValue"]

    @property
    def requests(self):
        """What the page fetched: address, bytes on the wire (headers too), bytes unpacked."""
        items = self.audits["network-requests"]["details"]["items"]
        return [(each["url"], each["transferSize"], each["resourceSize"]) for each in items]

    def failed(self, category):
        """The audits that took something off the score, with what they found."""
        return {
            each["id"]: self.audits[each["id"]].get("displayValue", "")
            for each in self.read["categories"][category]["auditRefs"]
            if each["weight"] and (self.audits[each["id"]]["score"] or 0) < 1
            if self.audits[each["id"]]["scoreDisplayMode"] not in ("notApplicable", "manual", "informative")
        }


def in_quotes(flag):
    """As Lighthouse takes a flag with a space in its value: --name="value"."""
    name, value = flag.split("=", 1)
    return f'{name}="{value}"'


def look_at(address, chromium, flags):
    """One run; None if it recorded nothing."""
    given = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", *map(in_quotes, flags)]
    done = subprocess.run(
        [
            program(),
            address,
            "--output=json",
            "--quiet",
            "--no-enable-error-reporting",
            f"--chrome-flags={' '.join(given)}",
        ],
        env=os.environ | {"CHROME_PATH": chromium},
        capture_output=True,
        text=True,
        timeout=LONGEST,
    )
    if NO_TRACE in done.stderr:
        return None
    assert done.returncode == 0, done.stderr[-3000:]
    return Report(done.stdout)


def best(address, chromium, flags, *, tries=4):
    """The best of up to so many runs: what else this machine does can take from a score, and add nothing to one."""
    reports = []
    for _ in range(tries):
        if report := look_at(address, chromium, flags):
            reports.append(report)
            if report.scores["performance"] == 100:
                break
    assert reports, f"Lighthouse saw nothing of {address}."
    return max(reports, key=lambda report: report.scores["performance"])
