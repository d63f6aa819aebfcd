"""The audit of the dependencies: what it fails for, and what it only says."""

import json

import pytest

from dev import audit
from dev.environment import PROJECT


def test_every_locked_package_has_hashes():
    for lock in audit.LOCKS:
        text = (PROJECT / lock).read_text()
        assert audit.without_hash(text) == []
        assert text.count("==") > 30


@pytest.mark.parametrize("lock", [*audit.LOCKS, "tests/lighthouse/package-lock.json"])
def test_no_lock_file_holds_an_address(lock):
    assert [line for line in (PROJECT / lock).read_text().splitlines() if "://" in line] == []


def test_a_package_without_a_hash_is_named():
    assert audit.without_hash("a==1 \\\n    --hash=sha256:00\nb==2\n    # via a\n") == ["b==2"]


def test_known_weaknesses_are_named_and_what_could_not_be_looked_up_is_counted():
    report = {
        "dependencies": [
            {"name": "django", "version": "1.0", "vulns": [{"id": "PYSEC-0000-1"}]},
            {"name": "fine", "version": "2.0", "vulns": []},
            {"name": "unknown", "skip_reason": "not found"},
        ]
    }
    assert audit.weaknesses(json.dumps(report)) == (["django 1.0: PYSEC-0000-1"], 2, 1)
