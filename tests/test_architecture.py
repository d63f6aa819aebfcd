"""The rules of the house that a reader of the code relies on, held by walking its syntax trees."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("campaigns", "signatories", "config")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def imports_of(path):
    """Dotted names that a module imports, each with the depth at which it stands."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        for child in ast.iter_child_nodes(node):
            child.parent = node
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "", node)


def inside_a_function(node):
    while node is not None:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return True
        node = getattr(node, "parent", None)
    return False


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_one_way(path):
    package = path.relative_to(ROOT).parts[0]
    for name, node in imports_of(path):
        if package == "campaigns":
            assert not name.startswith("signatories"), f"{path}:{node.lineno}"
        assert not name.startswith(("dev", "tests", "benchmarks")), (
            f"{path}:{node.lineno} leans on what only development has"
        )
        assert not inside_a_function(node), f"{path}:{node.lineno} imports inside a function"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_that_does_something_says_what(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    does_something = any(isinstance(node, (ast.FunctionDef, ast.ClassDef)) for node in tree.body)
    if does_something and "migrations" not in path.parts:
        assert ast.get_docstring(tree), path


def test_the_state_of_a_signature_is_changed_in_one_place():
    """Only `transitions` writes the column; everything else would leave no event."""
    writers = set()
    for path in MODULES:
        if "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "update":
                states = [each for each in node.keywords if each.arg == "state"]
                others = ("MailState", "SweepState")
                if states and not ast.unparse(states[0].value).startswith(others):
                    writers.add(path.relative_to(ROOT).as_posix())
    assert writers == {"signatories/transitions.py"}


def test_no_module_is_a_drawer():
    """Names say what happens, not that something is left over."""
    drawers = {"utils", "helpers", "services", "common", "misc", "tools"}
    assert [path for path in MODULES if path.stem in drawers] == []
