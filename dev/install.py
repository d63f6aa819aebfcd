"""Make .venv from the lock, or bring it up to date when the lock or the Python changed.

Written for any Python 3 that is still around, so that an old one gets a sentence instead of a syntax error.
"""

import fcntl
import hashlib
import importlib.util
import subprocess
import sys
from pathlib import Path

OLDEST = (3, 11)
VERSION = ".".join(str(part) for part in sys.version_info[:2])
PROJECT = Path(__file__).resolve().parent.parent
LOCK = PROJECT / "requirements-dev.txt"
FOLDER = PROJECT / ".venv"
INTERPRETER = FOLDER / "bin" / "python"
STAMP = FOLDER / "installed"


def main() -> None:
    if sys.version_info < OLDEST:
        sys.exit(
            f"Undersigned needs Python 3.11 or newer, this is {VERSION}: name one, as in make run PYTHON=python3.12"
        )
    with LOCK.open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # make run and make test may both be the first
        wanted = f"{VERSION} {hashlib.sha256(lock.read()).hexdigest()}"
        if not INTERPRETER.exists() or not STAMP.exists() or STAMP.read_text() != wanted:
            install()
            STAMP.write_text(wanted)


def install() -> None:
    for module in ("venv", "ensurepip"):
        if importlib.util.find_spec(module) is None:
            sys.exit(f"This Python has no module {module} (Debian and Ubuntu: apt-get install python3-venv).")
    print("Installing the locked dependencies into .venv …", flush=True)
    if version_of_venv() != VERSION:
        run([sys.executable, "-m", "venv", "--clear", str(FOLDER)], "Making .venv failed")
    pip = [str(INTERPRETER), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    run([*pip, "--require-hashes", "--requirement", str(LOCK)], "Installing the dependencies failed")


def version_of_venv() -> str:
    """The Python of .venv, nothing where it or its pip is missing or broken."""
    question = "import pip, sys; print('.'.join(map(str, sys.version_info[:2])))"
    try:
        return subprocess.run(
            [str(INTERPRETER), "-c", question], capture_output=True, text=True
        ).stdout.strip()
    except OSError:
        return ""


def run(command: "list[str]", failure: str) -> None:
    if subprocess.run(command).returncode != 0:
        sys.exit(f"{failure}; the lines above say why.")


if __name__ == "__main__":
    main()
