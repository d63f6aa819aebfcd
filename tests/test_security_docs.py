"""The threat model and the list of OWASP name tests and lines of configuration: each of them is there."""

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
DOCS = ("docs/threat-model.md", "docs/asvs.md")


def named(document):
    """What stands in code marks and looks like a file of the project, perhaps with `::test` or `:NAME` behind it."""
    text = (PROJECT / document).read_text()
    return sorted(
        set(
            re.findall(
                r"`((?:tests|config|signatories|campaigns|dev|deploy|docs)/[\w./-]*(?:::?\w+)?)`", text
            )
        )
    )


@pytest.mark.parametrize("document", DOCS)
def test_every_test_and_line_that_is_named_is_there(document):
    missing = []
    for each in named(document):
        path, _, name = each.partition(":")
        place = PROJECT / path
        found = place.exists()
        if found and name.startswith(":"):
            found = f"def {name[1:]}(" in place.read_text()
        elif found and name:
            found = name in place.read_text()
        if not found:
            missing.append(each)
    assert missing == []
    assert len(named(document)) > 20


def test_readme_and_security_lead_to_them():
    for document in DOCS:
        assert document in (PROJECT / "README.md").read_text()
        assert document in (PROJECT / "SECURITY.md").read_text()


def test_each_requirement_of_levels_one_and_two_has_a_row_and_an_answer():
    rows = re.findall(
        r"^\| v5\.0\.0-(\d+\.\d+\.\d+) \| ([12]) \| (.+?) \| (.+?) \|$",
        (PROJECT / "docs/asvs.md").read_text(),
        re.MULTILINE,
    )
    ids = [each[0] for each in rows]
    assert len(ids) == len(set(ids)) == 253
    assert {each.split(".")[0] for each in ids} == {str(chapter) for chapter in range(1, 18)}
    answers = ("met", "in part", "not met", "does not apply", "operator")
    assert [row for row in rows if not row[3].startswith(answers)] == []
