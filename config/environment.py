"""What the operator gives, read from the environment: each nonsense is refused with one sentence that says what is wanted.

Refusals never repeat a value that may hold a secret. docs/settings.md lists every variable.
"""

import base64
import re
from email.utils import parseaddr
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any
from urllib.parse import urlsplit

import environ
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from django.http.request import validate_host
from limits import RateLimitItem, parse_many

env = environ.Env()

SHORTEST_SECRET = 50  # what `manage.py check --deploy` asks for
FEWEST_CHARACTERS = 5
SHORTEST_HASH_KEY = 32
YES, NO = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}
POSTGRES_SCHEMES = {"postgres", "postgresql"}
# A client whose machine went dark holds its locks until the server looks: after minutes then, not the usual two hours.
SESSION = {"tcp_keepalives_idle": 60, "tcp_keepalives_interval": 10, "tcp_keepalives_count": 3}
REDIS_SCHEMES = {"redis", "rediss"}
# The ways that really send: what drops mail or prints it would look like a site that works.
MAIL_SCHEMES = {"smtp": 25, "smtp+tls": 587, "smtp+ssl": 465}
# Where a proxy of one's own stands: on this machine, or in a private network such as Docker's.
NEAR = "127.0.0.0/8,::1/128,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7"
# A wider network would hold strangers, who could then choose their own address.
WIDEST_IPV4, WIDEST_IPV6 = 8, 7
HOST_NAME = re.compile(r"\.?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\]", re.IGNORECASE)


def text(name: str, *, default: str) -> str:
    """An empty variable is an unset one: `NAME=` in a file of variables means "nothing given"."""
    return env.str(name, default="").strip() or default


def required(name: str) -> str:
    if value := text(name, default=""):
        return value
    raise ImproperlyConfigured(f"{name} is not set. docs/settings.md says what it must hold.")


def flag(name: str, *, default: bool) -> bool:
    """A misspelt yes must not pass for a no: HTTPS would be off without a word."""
    value = text(name, default="1" if default else "0").lower()
    if value not in YES | NO:
        raise ImproperlyConfigured(f"{name} must be 1 or 0 (or true, yes, on, false, no, off).")
    return value in YES


def whole_number(name: str, *, default: int, at_least: int) -> int:
    value = text(name, default=str(default))
    if not (value.isascii() and value.isdigit() and int(value) >= at_least):
        raise ImproperlyConfigured(f"{name} must be a whole number, at least {at_least}.")
    return int(value)


def secret_key(*, production: bool) -> str:
    value = required("SECRET_KEY")
    if production and (len(value) < SHORTEST_SECRET or len(set(value)) < FEWEST_CHARACTERS):
        raise ImproperlyConfigured(
            f"SECRET_KEY must be random and at least {SHORTEST_SECRET} characters long."
        )
    return value


def encryption_keys() -> list[str]:
    """The first encrypts, all decrypt."""
    keys = [key.strip() for key in required("FIELD_ENCRYPTION_KEYS").split(",") if key.strip()]
    if not keys or not all(_is_fernet_key(key) for key in keys):
        raise ImproperlyConfigured(
            "FIELD_ENCRYPTION_KEYS must be Fernet keys (32 random bytes, URL-safe base64), separated by commas."
        )
    return keys


def _is_fernet_key(key: str) -> bool:
    try:
        Fernet(key)
    except ValueError:
        return False
    return len(set(base64.urlsafe_b64decode(key))) >= FEWEST_CHARACTERS  # zeros are a key, but not a secret


def hash_key(*, default: str) -> str:
    value = text("LOOKUP_HASH_KEY", default=default)
    if len(value) < SHORTEST_HASH_KEY:
        raise ImproperlyConfigured(f"LOOKUP_HASH_KEY must be at least {SHORTEST_HASH_KEY} characters long.")
    return value


def allowed_hosts() -> list[str]:
    hosts = [host.strip() for host in required("ALLOWED_HOSTS").split(",") if host.strip()]
    if "*" in hosts:
        raise ImproperlyConfigured(
            "ALLOWED_HOSTS must name the site's hosts: * would let anybody put theirs into our links."
        )
    if not hosts or not all(HOST_NAME.fullmatch(host) for host in hosts):
        raise ImproperlyConfigured(
            "ALLOWED_HOSTS must be host names such as letters.example.org, separated by commas, without https:// and port."
        )
    return hosts


def site_url(*, hosts: list[str], https: bool) -> str:
    """The address that stands in mailed links: scheme and host, a port where it is not the usual one."""
    value = text("SITE_URL", default=f"{'https' if https else 'http'}://{hosts[0].lstrip('.')}")
    host = _host_of(value)
    if not host:
        raise ImproperlyConfigured(
            "SITE_URL must be like https://letters.example.org: no path and no slash at its end."
        )
    if https and not value.startswith("https:"):
        raise ImproperlyConfigured(
            "SITE_URL must start with https:// (or set HTTPS=0, but never for a public site)."
        )
    if not validate_host(host, hosts):
        raise ImproperlyConfigured(
            "The host of SITE_URL must be one of ALLOWED_HOSTS: mailed links would lead nowhere."
        )
    return value


def _host_of(address: str) -> str:
    """The host of an address that has nothing but scheme, host and port; '' for any other."""
    found = re.fullmatch(r"https?://(?P<host>[^/:@?#\[\]]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?", address)
    return found["host"].lower() if found else ""


def database(*, connect_timeout: int, statement_timeout: int) -> dict[str, Any]:
    """Django's description of the PostgreSQL database. Seconds; a statement_timeout of 0 lets a statement take its time."""
    address = text("DATABASE_URL", default="postgresql://undersigned@127.0.0.1:5432/undersigned")
    refusal = "DATABASE_URL must be like postgresql://user:password@host:5432/name; other databases are not supported."
    if urlsplit(address).scheme not in POSTGRES_SCHEMES:
        raise ImproperlyConfigured(refusal)
    try:
        found: dict[str, Any] = env.db_url_config(address)
    except (ValueError, ImproperlyConfigured):
        raise ImproperlyConfigured(refusal) from None  # the cause would print the password
    if not found["NAME"]:
        raise ImproperlyConfigured(refusal)
    given = found.get("OPTIONS", {})
    session = SESSION | ({"statement_timeout": f"{statement_timeout}s"} if statement_timeout else {})
    ours = " ".join(f"-c {name}={value}" for name, value in session.items())
    options = (
        {"connect_timeout": connect_timeout}
        | given
        | {"options": f"{ours} {given.get('options', '')}".strip()}
    )
    return found | {"ENGINE": "config.postgresql", "OPTIONS": options}


def broker() -> str:
    address = text("REDIS_URL", default="redis://127.0.0.1:6379/0")
    parts = urlsplit(address)
    if parts.scheme not in REDIS_SCHEMES or not parts.hostname:
        raise ImproperlyConfigured(
            "REDIS_URL must be like redis://:password@host:6379/0 (rediss:// with TLS)."
        )
    return address


def trusted_proxies(*, behind: bool) -> tuple[IPv4Network | IPv6Network, ...]:
    """The networks of the proxies in front, from whom alone the forwarding headers are believed."""
    given = text("TRUSTED_PROXIES", default="")
    if given and not behind:
        raise ImproperlyConfigured("TRUSTED_PROXIES needs BEHIND_TLS_PROXY=1: else no proxy is believed.")
    if not behind:
        return ()
    refusal = (
        "TRUSTED_PROXIES must be addresses or networks such as 127.0.0.1,172.18.0.0/16, separated by commas; "
        "none wider than /8 (IPv6: /7)."
    )
    try:
        networks = tuple(ip_network(each.strip()) for each in (given or NEAR).split(",") if each.strip())
    except ValueError:
        raise ImproperlyConfigured(refusal) from None
    if not networks or any(
        each.prefixlen < (WIDEST_IPV4 if each.version == 4 else WIDEST_IPV6) for each in networks
    ):
        raise ImproperlyConfigured(refusal)
    return networks


def limits(name: str, *, default: str) -> tuple[RateLimitItem, ...]:
    """So many in so long, as the library `limits` writes it: a burst and what is sustained, separated by a semicolon."""
    try:
        found = tuple(parse_many(text(name, default=default)))
    except ValueError:
        found = ()
    if not found or any(each.amount < 1 or each.multiples < 1 for each in found):
        raise ImproperlyConfigured(f"{name} must be like {default}.")
    return found


def tenth_of(limits: tuple[RateLimitItem, ...]) -> str:
    """As `limits` reads it."""
    return ";".join(
        f"{max(each.amount // 10, 1)}/{each.multiples} {each.GRANULARITY.name}" for each in limits
    )


def mail() -> dict[str, Any]:
    """Django's EMAIL_* settings."""
    address = text("EMAIL_URL", default="smtp://127.0.0.1:25")
    refusal = "EMAIL_URL must be like smtp+tls://user:password@host:587 (smtp+ssl:// on port 465, smtp:// without TLS)."
    if urlsplit(address).scheme not in MAIL_SCHEMES:
        raise ImproperlyConfigured(refusal)
    try:
        found: dict[str, Any] = env.email_url_config(address)
    except (ValueError, ImproperlyConfigured):
        raise ImproperlyConfigured(refusal) from None  # the cause would print the password
    if not found["EMAIL_HOST"]:
        raise ImproperlyConfigured(refusal)
    return found | {"EMAIL_PORT": found["EMAIL_PORT"] or MAIL_SCHEMES[urlsplit(address).scheme]}


def sender(name: str, *, default: str) -> str:
    value = text(name, default=default)
    mailbox = parseaddr(value)[1]
    if not all(mailbox.rpartition("@")[::2]):
        raise ImproperlyConfigured(f"{name} must be a mailbox such as letters@example.org.")
    return value


def contact_for_reports(name: str) -> str:
    """A web page, or a mailbox as `mailto:`; empty where none is given."""
    value = text(name, default="")
    parts = urlsplit(value)
    is_mailbox = parts.scheme == "mailto" and all(parts.path.rpartition("@")[::2])
    if (value and not (is_mailbox or (parts.scheme == "https" and parts.netloc))) or len(value.split()) > 1:
        raise ImproperlyConfigured(
            f"{name} must be like mailto:security@example.org or https://example.org/report."
        )
    return value


def language(*, known: list[str]) -> str:
    value = text("LANGUAGE_CODE", default=known[0])
    if value not in known:
        raise ImproperlyConfigured(f"LANGUAGE_CODE must be one of {', '.join(known)}.")
    return value
