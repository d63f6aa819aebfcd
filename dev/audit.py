"""The locked dependencies: each with hashes, at peace with each other, and none with a known weakness.

Known weaknesses come from the index that pip is set to, by pip-audit. Where that has none to give (offline, or a mirror without
them) this says so in a line and fails nothing: then the check has to be made elsewhere.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

from dev.environment import PROJECT

LOCKS = ("requirements.txt", "requirements-dev.txt")
AUDIT = [
    "--no-deps",
    "--disable-pip",
    "--require-hashes",
    "--format",
    "json",
    "--progress-spinner",
    "off",
    "--timeout",
    "5",
]
LONGEST_AUDIT = 120  # seconds


def without_hash(lock: str) -> list[str]:
    """The packages of a lock file that would be taken whatever their content."""
    entries = re.split(r"\n(?=[a-zA-Z0-9])", lock)
    return [
        entry.split()[0]
        for entry in entries
        if "==" in entry.split("\n")[0] and "--hash=sha256:" not in entry
    ]


def weaknesses(report: str) -> tuple[list[str], int, int]:
    """Of pip-audit's JSON: what is known, how many packages were looked up, and how many could not be."""
    packages = json.loads(report)["dependencies"]
    looked_up = [each for each in packages if "vulns" in each]
    found = [
        f"{each['name']} {each['version']}: {weakness['id']}"
        for each in looked_up
        for weakness in each["vulns"]
    ]
    return found, len(looked_up), len(packages) - len(looked_up)


def audit() -> list[str]:
    """What is known of the packages that production runs; says in a note what could not be looked up."""
    program = Path(sys.executable).parent / "pip-audit"
    command: list[str | Path] = [program, *AUDIT, "-r", "requirements.txt"]
    try:
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=LONGEST_AUDIT)
        found, looked_up, unknown = weaknesses(done.stdout)
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        found, looked_up, unknown = [], 0, 0
    if not looked_up:
        print("note: dependencies not audited: no source of advisories could be reached")
    elif unknown:
        print(
            f"note: {unknown} of {looked_up + unknown} dependencies not audited: the index knows nothing of them"
        )
    return found


def main() -> int:
    wrong = [f"{name} has no hash" for lock in LOCKS for name in without_hash((PROJECT / lock).read_text())]
    peace = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True)
    wrong += peace.stdout.splitlines() if peace.returncode else []
    wrong += audit()
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
