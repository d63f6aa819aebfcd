"""Do two names or domains belong to one organisation, or does one pose as the other? Questions for staff, not verdicts.

Pure functions on two texts. They mean what PostgreSQL's pg_trgm means by similarity, so that a search over the whole
register can ask the database first and these for the last word.
"""

import re
from urllib.parse import urlsplit

import idna
from tldextract import TLDExtract

from signatories.identity.lookalikes import edit_distance, skeleton
from signatories.identity.mailboxes import ascii_domain, is_disposable, is_free_mail
from signatories.identity.names import clean_line, is_acronym_for, match_key

SIMILAR = 0.5  # share of common trigrams from which names are worth a look

# Hosts where anybody gets a name of their own, and that the Public Suffix List does not know as such.
_HOSTING = (
    "wordpress.com", "weebly.com", "substack.com", "tumblr.com", "neocities.org", "over-blog.com", "canalblog.com",
    "livejournal.com", "squarespace.com", "jimdosite.com", "jimdofree.com", "jimdo.com", "webnode.page", "webnode.com",
    "site123.me", "noblogs.org", "blackblogs.org", "ning.com", "medium.com", "ucoz.ru", "ucoz.com", "narod.ru", "yolasite.com",
    "altervista.org", "free.fr", "pagesperso-orange.fr", "e-monsite.com", "wixsite.com", "strikingly.com", "carrd.co",
    "blogspot.com", "blogspot.co.uk", "blogspot.com.br", "blogspot.de", "blogspot.fr", "blogspot.com.es", "blogspot.ru",
)  # fmt: skip
# Hosts where organisations have a page each, told apart by the path alone: their domain speaks for none of them.
_SHARED_SITES = frozenset({
    "facebook.com", "instagram.com", "twitter.com", "x.com", "linkedin.com", "youtube.com", "tiktok.com", "t.me",
    "telegram.me", "vk.com", "ok.ru", "linktr.ee", "google.com", "goo.gl", "bit.ly", "github.com", "wa.me", "weibo.com",
    "mastodon.social", "bsky.app", "threads.net", "change.org", "gofundme.com", "patreon.com", "wikipedia.org",
    "notion.site",
})  # fmt: skip
# The list that the package brings along: no request leaves, and no cache is written.
_extract = TLDExtract(
    suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True, extra_suffixes=_HOSTING
)
_HOST = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})+")


def registrable_domain(host_or_url: str) -> str:
    """The part of a host's name that somebody registered (bbc.co.uk), as ASCII in small letters; '' where there is none.

    Takes a host, an address or a mailbox. Hosts of other people's sites count as suffixes, so two blogs at github.io
    have two domains; under an ending that nobody knows, the last two labels count (Public Suffix List, rule "*").
    """
    host = _host(host_or_url)
    if not _HOST.fullmatch(host) or len(host) > 253 or host.rpartition(".")[2].isdigit():
        return ""
    found = _extract(host)
    return found.top_domain_under_public_suffix if found.suffix else ".".join(host.split(".")[-2:])


def _host(text: str) -> str:
    text = clean_line(text[:2000])
    try:
        host = urlsplit(text if "//" in text else f"//{text}").hostname or ""
    except ValueError:  # brackets that close no IPv6 address and the like
        return ""
    return ascii_domain(host)


def is_shared_site(domain: str) -> bool:
    """Whether many organisations have pages under this registrable domain, as on a social network."""
    return domain in _SHARED_SITES


def domains_match(mailbox_domain: str, website_domain: str) -> bool:
    """Whether a mailbox's domain belongs to a website's: one registrable domain, and neither free, disposable nor shared.

    A suggestion only: it becomes evidence when a human says that the site is established.
    """
    domain = registrable_domain(mailbox_domain)
    if not domain or domain != registrable_domain(website_domain) or is_shared_site(domain):
        return False
    return not any(
        is_free_mail(each) or is_disposable(each) for each in (mailbox_domain, website_domain, domain)
    )


def trigrams(text: str) -> frozenset[str]:
    """The trigrams of pg_trgm: of each word, with two blanks before it and one after."""
    return frozenset(
        padded[at : at + 3]
        for word in text.split()
        for padded in [f"  {word} "]
        for at in range(len(word) + 1)
    )


def similarity(key_a: str, key_b: str) -> float:
    """Share of common trigrams, from 0 to 1, as pg_trgm's `similarity()` has it."""
    a, b = trigrams(key_a), trigrams(key_b)
    return len(a & b) / len(a | b) if a or b else 0.0


def similar(name_a: str, name_b: str) -> bool:
    """Whether two names are probably those of one organisation: one key, nearly one key, or one is the other's acronym."""
    key_a, key_b = match_key(name_a), match_key(name_b)
    if not key_a or not key_b:
        return False
    if key_a == key_b or sorted(key_a.split()) == sorted(key_b.split()):
        return True
    if similarity(key_a, key_b) >= SIMILAR:
        return True
    short, long = sorted((name_a, name_b), key=len)
    return " " not in clean_line(short) and is_acronym_for(short, long)


def looks_alike(name_or_domain: str, other: str) -> bool:
    """Whether one text can be taken for the other by eye: not the same, yet one skeleton, or domains a letter apart."""
    a, b = clean_line(name_or_domain).casefold(), clean_line(other).casefold()
    if not a or not b or a == b:
        return False
    domain_a, domain_b = (
        registrable_domain(text) if "." in text and " " not in text else "" for text in (a, b)
    )
    if domain_a and domain_b:
        return _domains_look_alike(domain_a, domain_b)
    return skeleton(name_or_domain) == skeleton(other)


def _domains_look_alike(a: str, b: str) -> bool:
    if a == b:
        return False
    (label_a, _dot_a, suffix_a), (label_b, _dot_b, suffix_b) = (
        _as_seen(domain).partition(".") for domain in (a, b)
    )
    if label_a != label_b and skeleton(label_a) == skeleton(label_b):
        return True
    # Sections of one family differ in the ending and a letter (amnesti, amnesty): a letter counts under one ending alone.
    allowed = 0 if len(min(label_a, label_b, key=len)) < 5 else 1 + (len(label_a) >= 10)
    return suffix_a == suffix_b and edit_distance(skeleton(label_a), skeleton(label_b), limit=2) <= allowed


def _as_seen(domain: str) -> str:
    """`domain` with its international labels as a browser may show them."""
    try:
        return idna.decode(domain)
    except (idna.IDNAError, UnicodeError):
        return domain
