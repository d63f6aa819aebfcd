"""THE LIST: every public address of the site, how its arguments are filled, what it answers in, who may open it.

A new address makes `test_no_leak.py` fail until it stands here. One line is enough for most:

    "<lang>/<slug:slug>/letter.pdf": Listed("application/pdf", fill=letters),

- first the content types of its answers with 200, all of them (its formats): the walk fails where one never came or another
  did. Give `queries` that ask for each format. A format that `reading.READERS` can't take apart needs a reader first.
- `fill`: the arguments to walk it with, beside the language. `letters`: the open letter and those that nobody may see;
  `links(page)`: every link that was mailed in the world of the canaries, those of this page first, and one that nobody got; `lines`: public ids of all
  signatures. The walk adds to these the queries that every address gets (searches for canaries, pages, sorting, junk).
- `queries`: what this address understands, each as the text behind the `?`. "{name}", "{country}", "{cursor}" and "{place}" stand for a
  canary's: such a query is asked for every canary, and beside it for words that nobody has; the answers must not differ.
- `posts`: bodies that it takes. Each is sent and undone again.
- `may_show`: what of whom it may show beyond what everybody may read: the exception, with the reason beside it.

Addresses of the staff (`admin/`, `staff/`) are filled by `STAFF_ARGUMENTS`, by name, and are opened by nobody and by staff of
another letter. `tests/signatories/test_admin_scope.py` holds what they may do.
"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

from django.conf import settings

from campaigns import cursors
from campaigns.models import Host
from signatories import tokens
from tests.builders import form_answers
from tests.leaks.canaries import ELSEWHERE, LINE, World

HTML, TEXT, JSON, CSV = "text/html", "text/plain", "application/json", "text/csv"
SVG = "image/svg+xml"
UNKNOWN_TOKEN = "A" * 43

Fill = Callable[[World], list[dict[str, str]]]
Shown = Callable[[World, dict[str, str]], set[tuple[str, str]]]


def nothing(_world: World) -> list[dict[str, str]]:
    return [{}]


def letters(world: World) -> list[dict[str, str]]:
    """The open letter first, then those that nobody may see, then one that never was."""
    hidden = [world.others[f"address of the {case} letter"] for case in ELSEWHERE]
    return [{"slug": slug} for slug in ("hrd-agenda", *hidden, "no-such-letter")]


def marks(world: World) -> list[dict[str, str]]:
    """The host's mark at every letter of `letters`, then one that it never had."""
    digest = Host.objects.get().mark_digest
    return [{**each, "digest": digest} for each in letters(world)] + [
        {"slug": "hrd-agenda", "digest": "0" * len(digest)}
    ]


def links(page: str) -> Fill:
    """Every mailed link: one that still opens this page first, then one that did, then those of other pages, then an invented one."""

    def fill(world: World) -> list[dict[str, str]]:
        ordered = sorted(world.mailed, key=lambda each: (each.page != page, each.expired))
        own = [each for each in ordered if each.page == page]
        first = [*own[:1], *[each for each in own if each.expired][:1]]
        tokens = dict.fromkeys(each.token for each in [*first, *ordered])
        return [{"token": token} for token in [*tokens, UNKNOWN_TOKEN]]

    return fill


def lines(world: World) -> list[dict[str, str]]:
    ids = [str(canary.signature.public_id) for canary in world.canaries.values()]
    return [{"slug": "hrd-agenda", "public_id": each} for each in [*ids, str(uuid4())]]


def nobody(_world: World, _arguments: dict[str, str]) -> set[tuple[str, str]]:
    return set()


@dataclass(frozen=True)
class Listed:
    formats: str = ""  # content types, separated by spaces
    fill: Fill = nothing
    queries: tuple[str, ...] = ()
    posts: Callable[[World], list[dict[str, str]]] | None = None
    may_show: Shown = nobody


# --- what may be shown, and why --------------------------------------------------------------------------------------


def own_letter(world: World, arguments: dict[str, str]) -> set[tuple[str, str]]:
    """Whoever holds a mailed link has signed that letter, also one that isn't out yet."""
    return {
        ("the site", what)
        for each in _opened(world, arguments)
        for what in world.others
        if each.about and what.endswith(f"of the {each.about} letter")
    }


def own_line(world: World, arguments: dict[str, str]) -> set[tuple[str, str]]:
    """Whoever holds the link of a mailbox sees the line that its owner sent: it was mailed to nobody else."""
    line = {(each.about, part) for each in _opened(world, arguments) for part in LINE if each.about}
    return line | own_letter(world, arguments)


def who_asks(world: World, arguments: dict[str, str]) -> set[tuple[str, str]]:
    """A signatory that is asked to vouch is told who wants to sign: the signer agreed to that (moderation.ask_to_vouch)."""
    if any(each.kind == "referral" for each in _opened(world, arguments)):
        return {("confirmed", part) for part in LINE}
    return set()


def own_data(world: World, arguments: dict[str, str]) -> set[tuple[str, str]]:
    """Whoever opens a link that was mailed to the contact reads what the contact itself gave; never what the staff wrote."""
    opened = [each for each in _opened(world, arguments) if each.about]
    given = {
        (each.about, part)
        for each in opened
        for part in (*LINE, "website", "person", "role", "mailbox", "answer", "public id")
    }
    new = {("the site", what) for what in world.others if opened and what.endswith("of the new contact")}
    return given | new | own_letter(world, arguments)


def own_words(world: World, arguments: dict[str, str]) -> set[tuple[str, str]]:
    """Whoever disputes reads the own words again before confirming them."""
    if any(each.page == "dispute" for each in _opened(world, arguments)):
        return {("the site", "words of a dispute")}
    return set()


def _opened(world: World, arguments: dict[str, str]) -> list:
    return [each for each in world.mailed if each.token == arguments.get("token")]


# --- what is sent -----------------------------------------------------------------------------------------------------


def forms(world: World) -> list[dict[str, str]]:
    """The sign form: one of a stranger, those of each canary once more, a wrong one, an empty one."""
    again = [
        form_answers(**{**canary.answers(), "publication_mode": mode})
        for canary, mode in zip(
            world.canaries.values(), ["public", "withheld", "addressee_only"] * 9, strict=False
        )
    ]
    return [form_answers(), *again, form_answers(mailbox="nobody"), {}]


def mailboxes(world: World) -> list[dict[str, str]]:
    known = [{"mailbox": canary.mailbox} for canary in world.canaries.values()]
    sealed = tokens.seal({"mailbox": world["withheld"].mailbox, "reference": "ABCD"})
    return [*known, {"mailbox": "stranger@nobody.example"}, {"to": sealed}, {"mailbox": "@"}, {}]


def objections(world: World) -> list[dict[str, str]]:
    return [{**each, "words": "They never signed."} for each in mailboxes(world)] + [{"words": ""}]


def words(_world: World) -> list[dict[str, str]]:
    return [{"words": "We did."}, {}]


def mandate(_world: World) -> list[dict[str, str]]:
    return [{"mandate": "on"}, {}]


def vouches(_world: World) -> list[dict[str, str]]:
    return [{"says": "yes"}, {"says": "no"}, {}]


def press(_world: World) -> list[dict[str, str]]:
    return [{}]


def wishes(world: World) -> list[dict[str, str]]:
    """What the forms of the own page take, from somebody who has no page open."""
    return [{"to": "public"}, {"purpose": "download"}, {"news": "no"}, {}]


def new_contacts(world: World) -> list[dict[str, str]]:
    return [{"name": "Example Person", "role": "Director", **each} for each in mailboxes(world)]


SEARCHES = ("q={name}", "country={country}", "after={cursor}")

LISTED = {
    "": Listed(),
    "healthz": Listed(TEXT),
    "robots.txt": Listed(TEXT),
    "sitemap.xml": Listed("application/xml", queries=SEARCHES),
    ".well-known/security.txt": Listed(TEXT),
    "<slug:slug>/count.json": Listed(JSON, fill=letters),
    "<slug:slug>/signatories.csv": Listed(CSV, fill=letters, queries=("sep=;", "bom=0", "sep=x", *SEARCHES)),
    "<slug:slug>/badge.svg": Listed(SVG, fill=letters, queries=("language=ar", *SEARCHES)),
    "api/v1/openapi.json": Listed(JSON),
    "api/v1/campaigns/": Listed(JSON, queries=("limit=1", "limit=x", "language=ar", *SEARCHES)),
    "api/v1/campaigns/<str:slug>/": Listed(JSON, fill=letters, queries=("language=ar", *SEARCHES)),
    "api/v1/campaigns/<str:slug>/signatories/": Listed(
        JSON, fill=letters, queries=("limit=1", "after=W10", "language=ar", *SEARCHES)
    ),
    "api/v1/campaigns/<str:slug>/updates/": Listed(JSON, fill=letters, queries=("limit=1", *SEARCHES)),
    "<lang>/<slug:slug>/updates/": Listed(HTML, fill=letters, queries=SEARCHES),
    "<lang>/<slug:slug>/updates/feed/": Listed("application/atom+xml", fill=letters, queries=SEARCHES),
    "<lang>/<slug:slug>/deadline.ics": Listed("text/calendar", fill=letters),
    "<lang>/<slug:slug>/letter.pdf": Listed("application/pdf", fill=letters, queries=("q={name}",)),
    "<lang>/<slug:slug>/card.png": Listed("image/png", fill=letters),
    "<lang>/<slug:slug>/mark-<slug:digest>.png": Listed("image/png", fill=marks),
    "<lang>/<slug:slug>/qr.svg": Listed(SVG, fill=letters),
    "<lang>/<slug:slug>/qr.png": Listed("image/png", fill=letters),
    "<lang>/<slug:slug>/share/": Listed(HTML, fill=letters),
    "<lang>/<slug:slug>/embed/": Listed(HTML, fill=letters, queries=SEARCHES),
    "<lang>/": Listed(HTML, queries=SEARCHES),
    "<lang>/<slug:slug>/": Listed(HTML, fill=letters, queries=SEARCHES),
    "<lang>/<slug:slug>/signatories/": Listed(
        HTML,
        fill=letters,
        queries=(
            "after=W10",
            "type=ngo",
            "group=name",
            "group=country",
            "group=type",
            "group=nonsense",
            "from=0",
            "group=country&after={place}",
            *SEARCHES,
        ),
    ),
    "<lang>/<slug:slug>/by-day/": Listed(HTML, fill=letters, queries=SEARCHES),
    "<lang>/<slug:slug>/sign/": Listed(HTML, fill=letters, posts=forms),
    "<lang>/<slug:slug>/sign/change/": Listed(HTML, fill=letters, posts=forms),
    "<lang>/<slug:slug>/sign/send/": Listed("", fill=letters, posts=forms),
    "<lang>/<slug:slug>/sign/sent/": Listed(HTML, fill=letters, queries=("again", "to=x", "to={sealed}")),
    "<lang>/<slug:slug>/sign/again/": Listed(HTML, fill=letters, posts=mailboxes),
    "<lang>/<slug:slug>/dispute/sent/": Listed(HTML, fill=letters),
    "<lang>/<slug:slug>/dispute/<uuid:public_id>/": Listed(HTML, fill=lines, posts=objections),
    "<lang>/confirm/<str:token>/": Listed(HTML, fill=links("confirm"), posts=mandate, may_show=own_line),
    "<lang>/confirm/<str:token>/not-me/": Listed("", fill=links("confirm"), posts=press),
    "<lang>/confirm/<str:token>/new-link/": Listed(
        "", fill=links("confirm"), posts=press, may_show=own_letter
    ),
    "<lang>/confirm/<str:token>/mail-again/": Listed(
        "", fill=links("confirm"), posts=press, may_show=own_letter
    ),
    "<lang>/manage/": Listed(HTML),
    "<lang>/manage/link/": Listed(HTML, posts=mailboxes),
    "<lang>/manage/link/sent/": Listed(HTML),
    "<lang>/manage/leave/": Listed(posts=press),
    "<lang>/manage/hide/": Listed(posts=wishes),
    "<lang>/manage/publish/": Listed(posts=wishes),
    "<lang>/manage/publish/stop/": Listed(posts=press),
    "<lang>/manage/news/": Listed(posts=wishes),
    "<lang>/manage/ask/": Listed(posts=wishes),
    "<lang>/manage/name/": Listed(HTML, posts=forms),
    "<lang>/manage/contact/": Listed(HTML, posts=new_contacts),
    "<lang>/manage/<str:token>/": Listed(fill=links("manage")),
    "<lang>/publish/": Listed(HTML, posts=press),
    "<lang>/publish/<str:token>/": Listed(fill=links("publish"), posts=press),
    "<lang>/download/": Listed(HTML, posts=press),
    "<lang>/download/<str:token>/": Listed(fill=links("download"), posts=press),
    "<lang>/change-contact/": Listed(HTML, posts=press),
    "<lang>/change-contact/<str:token>/": Listed(fill=links("change-contact"), posts=press),
    "<lang>/new-contact/": Listed(HTML, posts=press),
    "<lang>/new-contact/<str:token>/": Listed(fill=links("new-contact"), posts=press),
    "<lang>/withdraw/": Listed(HTML, posts=press),
    "<lang>/withdraw/<str:token>/": Listed(fill=links("withdraw"), posts=press),
    "<lang>/erase/": Listed(HTML, posts=press),
    "<lang>/erase/<str:token>/": Listed(fill=links("erase"), posts=press),
    "<lang>/answer/<str:token>/": Listed(HTML, fill=links("answer"), posts=words, may_show=own_letter),
    "<lang>/appeal/<str:token>/": Listed(HTML, fill=links("appeal"), posts=words, may_show=own_letter),
    "<lang>/dispute/<str:token>/": Listed(HTML, fill=links("dispute"), posts=words, may_show=own_words),
    "<lang>/vouch/<str:token>/": Listed(HTML, fill=links("vouch"), posts=vouches, may_show=who_asks),
    "<lang>/vouch/<str:token>/take-back/": Listed("", fill=links("vouch"), posts=press),
}

# Arguments of the staff's addresses, by name. `pk` and the like are tried with the rows of the canaries' letter.
STAFF_ARGUMENTS = {
    "object_id": "row",
    "pk": "row",
    "id": "row",
    "other": "row",
    "merge": "row",
    "network": "row",
    "evidence": "row",
    "referral": "row",
    "language": "en",
    "key": "abc",
    "uidb36": "a",
    "url": "nothing/",
    "app_label": "signatories",
}
# Regular expressions that allauth and Django's admin write, as an address that they match.
STAFF_EXPRESSIONS = {
    r"staff/^(?:signup|email|confirm-email|password|login/code)/": "staff/signup/",
    r"staff/^confirm-email/(?P<key>[-:\w]+)/$": "staff/confirm-email/abc/",
    r"staff/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": "staff/password/reset/key/a-b/",
    r"admin/^(?P<app_label>campaigns|signatories|auth)/$": "admin/signatories/",
    r"admin/(?P<url>.*)$": "admin/nothing/",
}


def asked_in_pairs(world: World, query: str) -> list[tuple[str, str]]:
    """A query of `Listed.queries` for each canary, and beside it the same for words that nobody has."""
    pairs = []
    for canary in world.canaries.values():
        if canary.case == "public":
            continue
        if "{name}" in query:
            for word in (canary.words["name"], canary.mailbox):
                pairs += [(query.format(name=word), query.format(name=nobodys(word)))]
        elif "{country}" in query:
            pairs.append((query.format(country=canary.country_code), query.format(country="AQ")))
        elif "{cursor}" in query:
            there, beside = (
                cursors.after(Place(f"{canary.words['name']} {end}")) for end in ("circle", "circl")
            )
            pairs.append((query.format(cursor=there), query.format(cursor=beside)))
        elif "{place}" in query:
            there, beside = (
                cursors.after(Place(f"{canary.words['name']} {end}"), canary.country_code)
                for end in ("circle", "circl")
            )
            pairs.append((query.format(place=there), query.format(place=beside)))
        elif "{sealed}" in query:
            there, beside = (
                tokens.seal({"mailbox": mailbox, "reference": "ABCD"})
                for mailbox in (canary.mailbox, f"x@{canary.words['website']}.example")
            )
            pairs.append((query.format(sealed=there), query.format(sealed=beside)))
    return pairs


def nobodys(word: str) -> str:
    """A word of the same length, and first letters, that nobody has."""
    return word[:4] + "".join(
        chr(ord("a") + (ord(letter) - ord("a") + 7) % 26) if letter.isalpha() else letter
        for letter in word[4:]
    )


class Place:
    """Where in the list a name would stand."""

    def __init__(self, sort_key: str) -> None:
        self.sort_key, self.public_id = sort_key, uuid4()


LANGUAGES = [code for code, _name in settings.LANGUAGES]
