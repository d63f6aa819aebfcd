"""Do two names or domains belong to one organisation, or does one pose as the other? Questions for staff, not verdicts.

Pure functions on two texts. They mean what PostgreSQL's pg_trgm means by similarity, so that a search over the whole
register can ask the database first and these for the last word.
"""

import re
import unicodedata
from enum import StrEnum
from urllib.parse import urlsplit

import idna
from tldextract import TLDExtract

from signatories.identity.cleaning import without_accents
from signatories.identity.lookalikes import edit_distance, skeleton
from signatories.identity.mailboxes import ascii_domain, is_disposable, is_free_mail
from signatories.identity.names import clean_line, is_acronym_for, match_key, scripts_of
from signatories.identity.spelling import sound_alike, words_apart

SIMILAR = 0.5  # share of common trigrams from which names are worth a look

# Hosts where anybody gets a name of their own, and that the Public Suffix List does not know as such.
_HOSTING = (
    "wordpress.com", "weebly.com", "substack.com", "tumblr.com", "neocities.org", "over-blog.com", "canalblog.com",
    "livejournal.com", "squarespace.com", "jimdosite.com", "jimdofree.com", "jimdo.com", "webnode.page", "webnode.com",
    "site123.me", "noblogs.org", "blackblogs.org", "ning.com", "medium.com", "ucoz.ru", "ucoz.com", "narod.ru", "yolasite.com",
    "altervista.org", "free.fr", "pagesperso-orange.fr", "e-monsite.com", "wixsite.com", "strikingly.com", "carrd.co",
    "blogspot.com", "blogspot.co.uk", "blogspot.com.br", "blogspot.de", "blogspot.fr", "blogspot.com.es", "blogspot.ru",
    "blogfa.com", "mihanblog.com", "persianblog.ir", "blog.ir", "tripod.com", "simdif.com", "mystrikingly.com",
    "godaddysites.com", "business.site", "overblog.com", "skyrock.com", "hubspotpagebuilder.com", "tilda.ws",
)  # fmt: skip
# Hosts where organisations have a page each, told apart by the path alone: their domain speaks for none of them.
SHARED_SITES = frozenset({
    "facebook.com", "instagram.com", "twitter.com", "x.com", "linkedin.com", "youtube.com", "tiktok.com", "t.me",
    "telegram.me", "vk.com", "ok.ru", "linktr.ee", "google.com", "goo.gl", "bit.ly", "github.com", "wa.me", "weibo.com",
    "mastodon.social", "bsky.app", "threads.net", "change.org", "gofundme.com", "patreon.com", "wikipedia.org",
    "notion.site", "ameblo.jp",
})  # fmt: skip
# The list that the package brings along: no request leaves, and no cache is written.
_extract = TLDExtract(
    suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True, extra_suffixes=_HOSTING
)
_WORD = re.compile(r"[^\W_]+")
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
    return domain in SHARED_SITES


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


def same_name(name_a: str, name_b: str) -> bool:
    """Whether two names are one but for accents, legal forms, word order or spaces: their keys have the same letters."""
    key_a, key_b = match_key(name_a), match_key(name_b)
    if not key_a or not key_b:
        return False
    return key_a.replace(" ", "") == key_b.replace(" ", "") or sorted(key_a.split()) == sorted(key_b.split())


def _nearly_same(name_a: str, name_b: str) -> bool:
    """One name but for typos, abbreviations and small words, or one name in two scripts."""
    key_a, key_b = match_key(name_a), match_key(name_b)
    if not key_a or not key_b:
        return False
    if scripts_of(name_a).isdisjoint(scripts_of(name_b)) and sound_alike(key_a, key_b):
        return True
    return _words_apart(name_a, name_b) == ([], [])


def _words_apart(name_a: str, name_b: str) -> tuple[list[str], list[str]]:
    # The reading of a Chinese name is one long word, in which a letter stands for another character: 灯 deng, 森 sen.
    typos = "Han" not in scripts_of(name_a) & scripts_of(name_b)
    return words_apart(match_key(name_a), match_key(name_b), typos=typos)


def _shares_words(name_a: str, name_b: str) -> bool:
    """One name is the other and a word more.

    Common trigrams alone called three quarters of the unrelated pairs similar ("Union of Teachers", "Union of Nurses"),
    and nearly all sections; a word of its own on both sides tells them apart (figures: docs/matching.md).
    """
    key_a, key_b = match_key(name_a), match_key(name_b)
    return similarity(key_a, key_b) >= SIMILAR and not all(_words_apart(name_a, name_b))


def _is_acronym(name_a: str, name_b: str) -> bool:
    short, long = sorted((clean_line(name_a), clean_line(name_b)), key=lambda name: (len(name), name))
    if not short or " " in short:
        return False
    without = " ".join(word for word in _WORD.findall(long) if word.casefold() != short.casefold())
    return is_acronym_for(short, long) or is_acronym_for(short, without)


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
    return skeleton(name_or_domain) == skeleton(other) and _bare_letters(a) != _bare_letters(b)


# National letters that a keyboard elsewhere lacks: who types "Isik" for "Işık" deceives nobody.
_NATIONAL = str.maketrans("ıłøđħŧ", "ilodht")


def _bare_letters(text: str) -> str:
    folded = without_accents(text).casefold().translate(_NATIONAL)
    return "".join(char for char in folded if unicodedata.category(char)[0] in "LN")


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


class Verdict(StrEnum):
    """Why two signatories deserve a look together, strongest reason first. A reason to look, never a decision."""

    SAME_DOMAIN = "same_domain"  # one site or mail domain that is theirs alone
    LOOK_ALIKE = "look_alike"  # letters or a domain that pass for the other's
    SAME_NAME_ELSEWHERE = (
        "same_name_elsewhere"  # one name, two sites: one organisation's, or one poses as the other
    )
    SAME_NAME = "same_name"
    SIMILAR_NAME = "similar_name"

    @property
    def may_be_same(self) -> bool:
        """Whether it speaks for one organisation that signs twice."""
        return self != Verdict.LOOK_ALIKE

    @property
    def may_pose(self) -> bool:
        """Whether it speaks for one that poses as the other: call back."""
        return self in {Verdict.LOOK_ALIKE, Verdict.SAME_NAME_ELSEWHERE}


def compare(name_a: str, domain_a: str, name_b: str, domain_b: str) -> Verdict | None:
    """The strongest reason to look at two signatories together, or None. The order of the two does not count.

    Domains are those of a website or a mailbox, "" where there is none; domains of mail providers and of shared sites
    say nothing. The verdict is a question for a human: sections of one network get one as easily as doubles.
    """
    if domains_match(domain_a, domain_b):
        return Verdict.SAME_DOMAIN
    if looks_alike(name_a, name_b) or (domain_a and domain_b and looks_alike(domain_a, domain_b)):
        return Verdict.LOOK_ALIKE
    two_sites = speaks_for_one(domain_a) and speaks_for_one(domain_b)
    if same_name(name_a, name_b):
        return Verdict.SAME_NAME_ELSEWHERE if two_sites else Verdict.SAME_NAME
    if _nearly_same(name_a, name_b):
        return Verdict.SAME_NAME_ELSEWHERE if two_sites else Verdict.SIMILAR_NAME
    # Initials fit many names: where each has a site of its own, they are no reason any more.
    if _shares_words(name_a, name_b) or (not two_sites and _is_acronym(name_a, name_b)):
        return Verdict.SIMILAR_NAME
    return None


def speaks_for_one(domain: str) -> bool:
    """Whether a host is under a domain of somebody's own: no mail provider's, no throw-away one, no site that thousands share."""
    return domains_match(domain, domain)
