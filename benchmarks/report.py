"""Figures for a person at the terminal, and as tables in docs/performance.md with the machine named."""

import platform
import re
import shutil
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil
from django.db import connection

from benchmarks.frame import Figure
from dev.environment import PROJECT

PAGE = PROJECT / "docs" / "performance.md"
HEAD = """# Performance

Every figure is a ratio of two things that ran in turns on one machine, with the load generator on the same cores. `make bench` makes them
anew, and `make bench ARGS=--write` writes them here.
"""


def line(figure: Figure) -> str:
    verdict = "" if not figure.goal else f"  goal {figure.goal}: {'met' if figure.is_met else 'MISSED'}"
    return f"{figure.ratio:7.2f}  {figure.what}: {figure.ours} against {figure.theirs}{verdict}"


def machine() -> str:
    """Processor, cores, memory and versions: without them a figure says nothing."""
    software = [
        f"Python {platform.python_version()}",
        *(f"{name} {version(name)}" for name in ("Django", "granian")),
    ]
    number: int = connection.pg_version  # type: ignore[attr-defined]  # PostgreSQL's own wrapper has it
    software += [f"PostgreSQL {number // 10000}.{number % 10000}"]
    if program := shutil.which("nginx"):
        told = subprocess.run([program, "-v"], capture_output=True, text=True).stderr
        software.append(told.strip().rpartition(" ")[2].replace("/", " "))
    hardware = f"{_processor()}, {psutil.cpu_count()} cores, {psutil.virtual_memory().total / 2**30:.0f} GiB"
    return f"{hardware}; {platform.system()}, {', '.join(software)}; {datetime.now(tz=UTC):%Y-%m-%d}"


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*:\s*(.+)", info.read_text()) if info.exists() else None
    return found[1] if found else platform.processor() or platform.machine()


def write(name: str, figures: list[Figure]) -> None:
    """Replace the table of this benchmark between its marks, or add it at the end."""
    rows = [
        f"| {figure.what} | {figure.ratio:.2f} | {figure.goal} | {figure.ours} | {figure.theirs} |"
        for figure in figures
    ]
    table = ["| what | ratio | goal | ours | against |", "| --- | --- | --- | --- | --- |", *rows]
    begin, end = f"<!-- figures: {name} -->", f"<!-- end: {name} -->"
    block = "\n".join([begin, *table, "", f"Measured on {machine()}.", end])
    page = PAGE.read_text() if PAGE.exists() else HEAD
    if begin in page:
        before, _, rest = page.partition(begin)
        page = before + block + rest.partition(end)[2]
    else:
        page = f"{page.rstrip()}\n\n## {name.capitalize()}\n\n{block}\n"
    PAGE.write_text(page)
