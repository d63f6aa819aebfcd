"""Asks for pages in all the ways in which they can be asked for, and reads what comes back."""

import io
import logging
import re
from collections import Counter, defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote_plus, urlencode

from django.conf import settings
from django.core import mail
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.test import Client

from campaigns import countries
from config.logs import DiscreetFormatter
from signatories import tokens
from signatories.mail import delivery
from tests.leaks.canaries import HIDDEN, HIDDEN_ABROAD, World
from tests.leaks.reading import plain, unpacked, without_choices, words_of, words_of_mail


@dataclass
class Finding:
    """A word where it must not be."""

    where: str
    case: str
    part: str

    def __str__(self) -> str:
        return f"{self.where}: {self.part} of {self.case}"


@dataclass
class Walk:
    """What was asked, and what was found. `needles`: word → (case, part)."""

    world: World
    asked: Counter = field(default_factory=Counter)
    statuses: Counter = field(default_factory=Counter)
    formats: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    findings: list[Finding] = field(default_factory=list)
    seen_public: set[str] = field(default_factory=set)
    size: int = 0

    def __post_init__(self) -> None:
        self.needles, self.labels, self.ids = {}, {}, {}
        for canary in self.world.canaries.values():
            for part, word in canary.words.items():
                if part not in canary.shown:
                    self.needles[word] = (canary.case, part)
            if "country" not in canary.shown:
                self.labels |= dict.fromkeys(canary.labels, (canary.case, "country"))
            if canary.case != "public":
                public_id = canary.signature.public_id
                self.ids |= {
                    str(public_id): (canary.case, "public id"),
                    public_id.hex: (canary.case, "public id"),
                }
            for contact in canary.signature.contacts.all():
                self.ids[contact.mailbox_hash] = (canary.case, "hash of the mailbox")
            if canary.signature.submission_key:
                self.ids[canary.signature.submission_key.casefold()] = (canary.case, "submission key")
        self.needles |= {word: ("the site", what) for what, word in self.world.others.items()}
        self.shown = [
            word for part, word in self.world["public"].words.items() if part in self.world["public"].shown
        ]

    def read(self, where, route, answer, *, sent="", may_show=frozenset()) -> str:
        """Reads one answer (status, headers, body) and notes what is in it that must not be. Gives its words."""
        status, headers, body = answer
        self.asked[route] += 1
        self.statuses[status] += 1
        self.size += len(body)
        kind = next((value for name, value in headers if name.lower() == "content-type"), "")
        encoding = next((value for name, value in headers if name.lower() == "content-encoding"), "")
        if status == 200 and body:
            self.formats[route].add(kind.partition(";")[0])
        head = plain(" ".join(f"{name}: {value}" for name, value in headers))
        body = unpacked(body, encoding)
        said = f"{head} {words_of(kind, body)}"
        echoed = plain(sent)
        self.note(where, said, echoed=echoed, may_show=may_show)
        if any(label in said for label in self.labels):
            listed = f"{head} {words_of(kind, without_choices(body))}"
            # As words of their own: a random token may hold the letters of a short one.
            words = {
                label: who
                for label, who in self.labels.items()
                if re.search(rf"\b{re.escape(label)}\b", listed)
            }
            self._look(where, listed, words, echoed, may_show)
        self.seen_public |= {word for word in self.shown if word in said}
        return said

    def note(self, where: str, said: str, *, echoed: str = "", may_show=frozenset()) -> None:
        """Looks for words and ids. What the question said itself may come back (`echoed`, plain)."""
        if HIDDEN in said or HIDDEN_ABROAD in said:
            self._look(where, said, self.needles, echoed, may_show)
        self._look(where, said, self.ids, echoed, may_show)

    def _look(self, where, said, needles, echoed, may_show) -> None:
        for word, (case, part) in needles.items():
            if word in said and word not in echoed and (case, part) not in may_show:
                self.findings.append(Finding(where, case, part))


class Asking:
    """One who asks: anonymous unless `client` is logged in. Every request comes from an address of its own."""

    def __init__(self, walk: Walk, client: Client | None = None, who: str = "") -> None:
        self.walk, self.client, self.who, self.number = (
            walk,
            client or Client(raise_request_exception=False),
            who,
            0,
        )

    def ask(self, route, path, *, method="GET", query="", data=None, may_show=frozenset(), **headers):
        """Sends one request and reads its answer; gives status, headers, body."""
        self.number += 1
        address = f"2001:db8:{self.number >> 16:x}:{self.number & 0xFFFF:x}::1"
        body = urlencode(data or {}) if method in ("POST", "PUT", "PATCH") else ""
        response = self.client.generic(
            method,
            path,
            body,
            content_type="application/x-www-form-urlencoded" if body or method == "POST" else "",
            QUERY_STRING=query,
            REMOTE_ADDR=address,
            headers={"Cookie": "", **headers} if headers else None,
        )
        answer = taken(response)
        sent = " ".join([path, query, body, *headers.values(), *meant(query, data or {})])
        where = " ".join(
            filter(
                None, [self.who, method, f"{path}?{query}" if query else path, body[:80], str(headers or "")]
            )
        )
        said = self.walk.read(where, route, answer, sent=sent, may_show=may_show)
        return (*answer, said)

    def post(self, route, path, data, **more):
        """A POST that is undone again, with the mail that it would have sent."""
        with undone():
            before = len(mail.outbox)
            answer = self.ask(route, path, method="POST", data=data, **more)
            delivery.drain()
            read_mails(self.walk, mail.outbox[before:], sent=urlencode(data), where=f"POST {path}")
            del mail.outbox[before:]
        return answer


def meant(query: str, data: dict[str, str]) -> list[str]:
    """What a question says in another spelling: the mailbox inside a seal, the country behind a code."""
    said = [unquote_plus(query), *map(str, data.values())]
    for name, value in [*parse_qsl(query), *data.items()]:
        if name == "to" and value.startswith("gAAAA"):
            said.append(tokens.decrypt(value))
        if name == "country_code":
            said += [countries.label(value, language) for language, _name in settings.LANGUAGES]
    return said


def taken(response):
    """Status, headers, cookies too, and body of a Django response."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    cookies = [("Set-Cookie", each.OutputString()) for each in response.cookies.values()]
    return response.status_code, [*response.items(), *cookies], body


@contextmanager
def undone():
    """By a savepoint: what must be outermost (`atomic(durable=True)`) still is, as far as the test's own transaction goes."""
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)


def read_mails(walk: Walk, messages, *, sent: str = "", where: str = "") -> None:
    """Every mail: to a signer of its own line at most, to nobody else of anything hidden."""
    for message in messages:
        (recipient,) = message.to
        said = words_of_mail(message.message().as_bytes())
        walk.note(
            f"{where} mail “{message.subject}”",
            said,
            echoed=plain(f"{recipient} {unquote_plus(sent)}"),
            may_show=may_be_mailed(walk.world, recipient, said),
        )


def may_be_mailed(world: World, recipient: str, said: str) -> set[tuple[str, str]]:
    """What of whom may stand in a mail to this mailbox, and why."""
    case = world.case_of_mailbox(recipient)
    # One's own line, and the words that the staff wrote to this signer in a question. Not even that where the name isn't
    # public: others may read that mailbox.
    discreet = case in ("withheld", "withheld_waiting", "addressee_only")
    parts = (
        ()
        if discreet or not case
        else ("name", "native_name", "acronym", "country", "note", "person", "role")
    )
    own = {(case, part) for part in parts}
    if "xmailbox@new.example" in recipient:
        own |= {("the site", what) for what in world.others if what.endswith("of the new contact")}
    # A signatory that is asked to vouch is told who wants to sign: the signer agreed.
    asked = {("confirmed", part) for part in ("name", "native_name", "acronym", "country")}
    # The title and the address of the letter that was signed, before everybody may read it.
    letter = {("the site", what) for what in world.others if what.endswith(f"of the {case} letter")}
    return own | letter | (asked if "/vouch/" in said and case == "public" else set())


class LogOf(logging.Handler):
    """Every line as production would write it."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(DiscreetFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@contextmanager
def logged():
    handler = LogOf()
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield handler.lines
    finally:
        root.removeHandler(handler)


@contextmanager
def connection_stays_open():
    """Django's own test client does the same: the test's transaction must outlive the request."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in signals:
            signal.connect(close_old_connections)


def through(application, path, *, query="", method="GET", **headers):
    """One request to a WSGI application as a server makes it; gives status, headers, body."""
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path.encode().decode("latin-1"),
        "SCRIPT_NAME": "",
        "QUERY_STRING": query,
        "HTTP_HOST": "testserver",
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "2001:db8::1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
    } | {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    began = []
    with connection_stays_open():
        chunks = application(environ, lambda *start: began.append(start))
        try:
            body = b"".join(chunks)
        finally:
            getattr(chunks, "close", lambda: None)()
    status, sent = began[0][:2]
    return int(re.match(r"\d+", status).group()), sent, body
