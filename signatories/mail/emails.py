"""Turning a row of the outbox into a mail: three templates per kind, in the reader's language."""

import json
import secrets
from email.message import Message
from email.policy import Compat32
from email.utils import formatdate
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, SafeMIMEMultipart
from django.template.loader import render_to_string
from django.utils import translation

from signatories.mail import discreet
from signatories.models import OutboxMail

# RFC 5322, 2.1.1: what a line of a header should not pass, in characters, and what none may pass, in octets.
LONGEST_LINE = 78
LONGEST_OCTETS = 998


class ShortHeaders(Compat32):
    """Writes a header that fits its line as it is. The usual way takes it apart and puts it together again."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        line = f"{name}: {value}"
        if isinstance(value, str) and line.isascii() and line.isprintable() and len(line) <= LONGEST_LINE:
            return f"{line}{self.linesep}".encode()
        return super().fold_binary(name, value)


class BuiltMail(EmailMultiAlternatives):
    """A mail that is built once, when it is rendered, and with less ado: Python's own way takes a third longer for a whole drain
    (measured). The headers are Django's, with what it does against smuggled lines."""

    built: Message | None = None

    def message(self, **options: Any) -> Any:
        if self.built is None:
            ((html, _type),) = self.alternatives
            texts = [("plain", _plain_newlines(self.body)), ("html", _plain_newlines(html))]
            # A name may be so long that a line must be encoded to be taken. That is left to those who know how.
            is_plain = all(len(line) <= LONGEST_OCTETS for _, text in texts for line in text.split(b"\n"))
            self.built = self._of_two_parts(texts) if is_plain else super().message(**options)
            self.built.policy = ShortHeaders()
        return self.built

    def _of_two_parts(self, texts: list[tuple[str, bytes]]) -> "TwoParts":
        boundary = f"=_{secrets.token_hex(12)}"  # can't be foreseen, so nothing in the text can end a part
        built = TwoParts("alternative", boundary)
        for name, value in {
            "Subject": self.subject,
            "From": self.from_email,
            "To": ", ".join(self.to),
            "Date": formatdate(),
            **self.extra_headers,
        }.items():
            built[name] = value
        parts = b"".join(_PART % (boundary.encode(), kind.encode(), text) for kind, text in texts)
        built.set_payload("")
        built.parts = parts + _END % boundary.encode()
        return built


class TwoParts(SafeMIMEMultipart):
    """A multipart/alternative whose parts are written already, with plain line ends. `as_bytes` and `as_string` give it whole,
    and by these Django's ways of sending ask for it."""

    parts = b""

    def as_bytes(  # type: ignore[override]  # these are the arguments of Django's own
        self, unixfrom: bool = False, linesep: str = "\n"
    ) -> bytes:
        written: bytes = super().as_bytes(unixfrom) + self.parts
        return written.replace(b"\n", linesep.encode())

    def as_string(  # type: ignore[override]  # these are the arguments of Django's own
        self, unixfrom: bool = False, linesep: str = "\n"
    ) -> str:
        return self.as_bytes(unixfrom, linesep).decode()


_PART = b"""--%b
Content-Type: text/%b; charset=utf-8
Content-Transfer-Encoding: 8bit

%b
"""
_END = b"--%b--\n"


def _plain_newlines(text: Any) -> bytes:
    return str(text).replace("\r\n", "\n").replace("\r", "\n").encode()


def render(mail: OutboxMail) -> BuiltMail:
    """The message for `mail`. Its Message-ID is the row's, so that a repeated mail can be known as the same.

    Raises ValueError while its encrypted columns can't be read.
    """
    recipient = mail.recipient or ""
    # The field gives back what it can't decrypt; no server must be asked for such a mailbox.
    if "@" not in recipient:
        raise ValueError("unreadable recipient")
    context = json.loads(mail.context or "{}") | {"site_url": settings.SITE_URL}
    folder, sender = f"emails/{mail.kind}", settings.DEFAULT_FROM_EMAIL
    # Once more, not only when it was queued: somebody may have hidden the name since.
    if "discreet" in context or discreet.is_due(mail.kind, _mode_of(mail)):
        context = discreet.cut(context) | {"sentence": discreet.sentence(mail.kind, context)}
        folder, sender = "emails/discreet", settings.DISCREET_FROM_EMAIL
    with translation.override(mail.language):
        context["bidi"] = translation.get_language_bidi()
        context["language"] = mail.language
        subject = " ".join(render_to_string(f"{folder}/subject.txt", context).split())
        message = BuiltMail(
            subject=subject,
            body=render_to_string(f"{folder}/body.txt", context),
            from_email=sender,
            to=[recipient],
            headers={
                "Message-ID": f"<{mail.public_id}@{sender.rpartition('@')[2].rstrip('>')}>",
                # RFC 3834: asks robots not to answer.
                "Auto-Submitted": "auto-generated",
                "Content-Language": mail.language,
            },
        )
        message.attach_alternative(render_to_string(f"{folder}/body.html", context), "text/html")
    message.message()
    return message


def _mode_of(mail: OutboxMail) -> str | None:
    """The publication mode of its signature as it is now; None for a mail about none."""
    if hasattr(mail, "publication_mode"):  # brought by the query that claimed it
        brought: str | None = mail.publication_mode
        return brought
    return mail.signature.publication_mode if mail.signature else None
