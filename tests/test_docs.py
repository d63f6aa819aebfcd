"""The docs say what is true: every environment variable, every kind of mail, every link between pages."""

import ast
import re

import pytest
from django.template.loader import get_template

from dev.environment import PROJECT
from signatories.mail import discreet
from signatories.states import MailKind

NAME = r"[A-Z][A-Z0-9_]{2,}"
READERS = {"text", "required", "flag", "whole_number", "limits", "sender", "contact_for_reports"}
# Set by make and by the shell, not by a person.
NOT_FOR_PEOPLE = {"MAKELEVEL", "PATH"}


def sources(*folders):
    return [path for folder in folders for path in sorted((PROJECT / folder).rglob("*.py"))]


def names_read_by(file):
    """Environment variables that a Python file reads by name: through config.environment or os.environ."""
    for node in ast.walk(ast.parse(file.read_text())):
        constants = []
        if isinstance(node, ast.Call) and node.args:
            called = ast.unparse(node.func)
            of_ours = called.rpartition(".")[2] in READERS and called.rpartition(".")[0] in (
                "",
                "environment",
            )
            if of_ours or called in ("os.environ.get", "os.getenv"):
                constants = [node.args[0]]
        elif isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ":
            constants = [node.slice]
        elif isinstance(node, ast.Compare) and any(
            ast.unparse(each) == "os.environ" for each in node.comparators
        ):
            constants = [node.left]
        yield from (
            each.value
            for each in constants
            if isinstance(each, ast.Constant)
            and isinstance(each.value, str)
            and re.fullmatch(NAME, each.value)
        )


def read_by_programs():
    found = set()
    for file in sources("config", "deploy", "dev", "benchmarks", "signatories", "campaigns", "tests"):
        found |= set(names_read_by(file))
    for script in ("deploy/start", "deploy/build.sh", "docker-compose.yml"):
        found |= set(re.findall(rf"\$\{{({NAME})[:?}}-]", (PROJECT / script).read_text()))
    found |= set(re.findall(rf"^({NAME})=", (PROJECT / "config/granian.env").read_text(), re.MULTILINE))
    return found - NOT_FOR_PEOPLE


def documented():
    return re.findall(rf"^\| `({NAME})` \|", (PROJECT / "docs/settings.md").read_text(), re.MULTILINE)


def named_in_the_example():
    return re.findall(rf"^({NAME})=", (PROJECT / ".env.example").read_text(), re.MULTILINE)


def test_every_variable_that_is_read_is_documented_and_the_other_way_round():
    assert {
        "SECRET_KEY",
        "DATABASE_URL",
        "PORT",
        "WORKER_CONCURRENCY",
        "GRANIAN_WORKERS",
    } <= read_by_programs()
    assert set(documented()) == read_by_programs()


def test_every_variable_is_documented_once_with_all_its_columns():
    rows = re.findall(rf"^\| `{NAME}` \|.*$", (PROJECT / "docs/settings.md").read_text(), re.MULTILINE)

    assert len(documented()) == len(set(documented()))
    assert [row for row in rows if row.count(" | ") != 3 or not row.endswith("|")] == []


def test_the_example_of_an_environment_names_what_compose_asks_for_and_nothing_unknown():
    compose = (PROJECT / "docker-compose.yml").read_text()

    assert set(re.findall(rf"\$\{{({NAME}):\?", compose)) <= set(named_in_the_example())
    assert {"SECRET_KEY", "FIELD_ENCRYPTION_KEYS", "ALLOWED_HOSTS", "EMAIL_URL"} <= set(
        named_in_the_example()
    )
    assert set(named_in_the_example()) <= set(documented())


@pytest.mark.parametrize("kind", [kind.value for kind in MailKind if kind not in discreet.ALWAYS])
@pytest.mark.parametrize("part", ["subject.txt", "body.txt", "body.html"])
def test_every_kind_of_mail_has_its_three_templates(kind, part):
    assert get_template(f"emails/{kind}/{part}").template.source.strip()


def pages():
    return [*sorted(PROJECT.glob("*.md")), *sorted(PROJECT.glob("docs/**/*.md"))]


def anchors_of(page):
    """The anchors that headings get where Markdown is shown on a forge."""
    prose = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ +(.+?)\s*$", prose, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(PROJECT)))
def test_relative_links_lead_somewhere(page):
    prose = re.sub(r"^```.*?^```|`[^`\n]*`", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    links = re.findall(r"\]\(<?([^)\s>]+)>?[^)]*\)", prose)
    links += re.findall(r'(?:src|href)="([^"]+)"', prose)
    broken = []
    for link in links:
        if re.match(r"[a-z][a-z0-9+.-]*:", link):
            continue
        path, _hash, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors_of(target)):
            broken.append(link)

    assert broken == []
