"""Make .venv from the lock, or bring it up to date when the lock or the Python changed.

Written for any Python 3, so that an old one gets a sentence instead of a syntax error.
"""

import fcntl
import hashlib
import importlib.util
import os
import subprocess
import sys

LOCK = "requirements-dev.txt"
INTERPRETER = os.path.join(".venv", "bin", "python")
STAMP = os.path.join(".venv", "installed")
VERSION = "%d.%d" % sys.version_info[:2]


def main():
    # type: () -> None
    if sys.version_info < (3, 11):
        sys.exit("Undersigned needs Python 3.11 or newer, this is " + VERSION + ": name one, as in make run PYTHON=python3.12")
    os.chdir(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    with open(LOCK, "rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # make run and make test may both be the first
        wanted = VERSION + " " + hashlib.sha256(lock.read()).hexdigest()
        if read(STAMP) != wanted or not os.path.exists(INTERPRETER):
            install()
            with open(STAMP, "w") as stamp:
                stamp.write(wanted)


def install():
    # type: () -> None
    for module in ("venv", "ensurepip"):
        if importlib.util.find_spec(module) is None:
            sys.exit("This Python has no module " + module + " (Debian and Ubuntu: apt-get install python3-venv).")
    print("Installing the locked dependencies into .venv …", flush=True)
    if version_of_venv() != VERSION:
        run([sys.executable, "-m", "venv", "--clear", ".venv"], "Making .venv failed")
    pip = [INTERPRETER, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    run([*pip, "--require-hashes", "--requirement", LOCK], "Installing the dependencies failed")


def version_of_venv():
    # type: () -> str
    try:
        command = [INTERPRETER, "-c", "import pip, sys; print('%d.%d' % sys.version_info[:2])"]
        return subprocess.run(command, capture_output=True, text=True).stdout.strip()
    except OSError:
        return ""


def run(command, failure):
    # type: (list[str], str) -> None
    if subprocess.run(command).returncode != 0:
        sys.exit(failure + "; what was said above tells why.")


def read(path):
    # type: (str) -> str
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""


if __name__ == "__main__":
    main()
