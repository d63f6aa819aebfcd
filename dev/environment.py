"""The environment in which the demo and the tests run: folders, secrets, addresses."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.fernet import Fernet

from dev.processes import StartError

PROJECT = Path(__file__).resolve().parent.parent
READABLE = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else


@contextmanager
def var_dir() -> Iterator[Path]:
    """The folder for everything that is made at run time; trouble with it becomes one sentence."""
    folder = Path(os.environ.get("VAR_DIR") or PROJECT / "var").absolute()
    try:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError) as error:
            raise StartError(f"VAR_DIR ({folder}) is not a folder.") from error
        yield folder
    except OSError as error:
        raise StartError(f"Cannot use VAR_DIR ({folder}): {error.strerror or error}.") from error


def site_port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise StartError(f"PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def read_variables(file: Path) -> dict[str, str]:
    """The KEY=VALUE lines of a file."""
    lines = [line.strip() for line in file.read_text().splitlines()]
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def demo_environment(folder: Path, port: int) -> dict[str, str]:
    """What the demo's processes need beside the addresses of the servers."""
    return {
        "DEFAULT_FROM_EMAIL": "letters@undersigned.example",
        **_secrets_of(folder / "secrets.env"),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "ALLOWED_HOSTS": "127.0.0.1,localhost,[::1]",
        "SITE_URL": f"http://127.0.0.1:{port}",
        "HTTPS": "0",
        "DEMO": "1",
        # Whoever tries the demo has its password and nothing else; its pages say so.
        "STAFF_MFA_REQUIRED": "0",
        "MAIL_DIR": str(folder / "mail"),
        "STATIC_ROOT": str(folder / "static"),
        # Names by content as in production; squeezing files for one reader on this machine would cost each start 4 s.
        "STATICFILES_BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage",
    }


def throwaway_environment(folder: Path) -> dict[str, str]:
    """What tests and benchmarks need beside the addresses of the servers: new secrets each time, nothing of the caller's."""
    return {
        **_new_secrets(),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "ALLOWED_HOSTS": "testserver,127.0.0.1,localhost",
        "SITE_URL": "http://testserver",
        "HTTPS": "0",
        "DEMO": "0",
        # Tests that are about it turn it on.
        "STAFF_MFA_REQUIRED": "0",
        "MAIL_DIR": str(folder / "mail"),
        "STATIC_ROOT": str(folder / "static"),
        "STATICFILES_BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage",
    }


def _secrets_of(file: Path) -> dict[str, str]:
    """The secrets of this VAR_DIR, made once: sessions, encrypted contacts and the log-in outlive a restart."""
    known = read_variables(file) if file.exists() else {}
    if missing := {name: value for name, value in _new_secrets().items() if name not in known}:
        known |= missing
        unfinished = file.with_suffix(".new")
        unfinished.unlink(missing_ok=True)
        unfinished.touch(mode=0o600, exist_ok=False)
        unfinished.write_text("".join(f"{name}={value}\n" for name, value in known.items()))
        unfinished.replace(file)
    return known


def _new_secrets() -> dict[str, str]:
    return {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "FIELD_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        "LOOKUP_HASH_KEY": secrets.token_urlsafe(32),
        "DEMO_PASSWORD": "-".join("".join(secrets.choice(READABLE) for _ in range(4)) for _ in range(4)),
    }
