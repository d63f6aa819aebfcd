"""`make check`: every rule that a program can hold, one after the other; all failures at once."""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from dev.environment import PROJECT
from dev.processes import StartError, interrupt_on_signals
from dev.servers import throwaway_servers

PROGRAMS = Path(sys.executable).parent
MANAGE = [sys.executable, "manage.py"]
# What runs in production; dev/ and benchmarks/ start servers for a living and are not installed there.
PRODUCT = ["campaigns", "signatories", "config", "deploy"]
CHECKS: dict[str, list[str | Path]] = {
    "format": [PROGRAMS / "ruff", "format", "--check", "."],
    "lint": [PROGRAMS / "ruff", "check", "."],
    "types": [PROGRAMS / "mypy", "."],
    "imports": [PROGRAMS / "lint-imports"],
    "migrations": [*MANAGE, "makemigrations", "--check", "--dry-run"],
    "templates": [sys.executable, "-m", "dev.templates"],
    "markup": [PROGRAMS / "djlint", "templates", "--lint", "--quiet"],
    "deployment": [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"],
    "security": [PROGRAMS / "bandit", "--quiet", "--configfile", "pyproject.toml", "--recursive", *PRODUCT],
    "audit": [sys.executable, "-m", "dev.audit"],
    "compose": ["bash", "deploy/check.sh"],
}
PRODUCTION = {
    "SECRET_KEY": secrets.token_urlsafe(50),
    "ALLOWED_HOSTS": "letters.example.org",
    "SITE_URL": "https://letters.example.org",
    "HTTPS": "1",
    "STAFF_MFA_REQUIRED": "1",
    "STATICFILES_BACKEND": "config.staticfiles.SentStaticFiles",
}


def passes(name: str, command: list[str | Path], environment: Mapping[str, str]) -> bool:
    began = time.monotonic()
    done = subprocess.run(
        command, env=environment, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    failed = done.returncode != 0
    print(f"{'FAILED' if failed else 'ok':7}{name:12}{time.monotonic() - began:5.1f} s", flush=True)
    if failed:
        print(done.stdout, flush=True)
    for line in done.stdout.splitlines():
        if line.startswith("note: ") and not failed:
            print(f"       {line}", flush=True)
    return not failed


def main() -> int:
    interrupt_on_signals()
    try:
        with throwaway_servers() as (_folder, throwaway):
            environment = os.environ | throwaway
            results = [
                passes(name, command, environment | (PRODUCTION if name == "deployment" else {}))
                for name, command in CHECKS.items()
            ]
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
