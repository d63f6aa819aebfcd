"""The demo's post: every mail becomes a file, and /dev/mail/ shows the files."""

import email
import email.policy
import os
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage as Parsed
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config.headers import policy

STAMP = "%Y%m%dT%H%M%S%fZ"
NAME = r"[0-9]{8}T[0-9]{12}Z-[0-9a-f]{8}\.eml"
SHOWN = 200
# The HTML part is shown as a mail program would: its own looks, no script, nothing loaded, links in a new window.
PART_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
    "style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
)


class EmlBackend(BaseEmailBackend):
    """Writes each message to MAIL_DIR/<UTC time>-<random>.eml."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        addressed = [message for message in email_messages if message.recipients()]
        for message in addressed:
            _write(Path(settings.MAIL_DIR), message.message().as_bytes())
        return len(addressed)


def _write(folder: Path, content: bytes) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / f"{datetime.now(UTC).strftime(STAMP)}-{secrets.token_hex(4)}.eml"
    unfinished = file.with_suffix(".part")
    unfinished.write_bytes(content)
    unfinished.replace(file)  # whoever watches the folder never reads half a mail


@dataclass
class Mail:
    """A file of MAIL_DIR as its page shows it."""

    name: str
    message: Parsed

    @property
    def written_at(self) -> datetime:
        return datetime.strptime(self.name.split("-")[0], STAMP).replace(tzinfo=UTC)

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [(name, str(value)) for name, value in self.message.items()]

    @property
    def subject(self) -> str:
        return str(self.message.get("Subject", ""))

    @property
    def recipient(self) -> str:
        return str(self.message.get("To", ""))

    def part(self, kind: str) -> str:
        """The text of one part ("plain" or "html"), empty where there is none."""
        body = self.message.get_body((kind,))
        if body is None:
            return ""
        try:
            return str(body.get_content(errors="replace"))
        except LookupError:  # a character set that nobody knows
            return bytes(body.get_payload(decode=True)).decode(errors="replace")

    @property
    def text(self) -> str:
        return self.part("plain")

    @property
    def html(self) -> str:
        return self.part("html")


@require_safe
def mail_list(request: HttpRequest) -> HttpResponse:
    folder = Path(settings.MAIL_DIR)
    found = [entry.name for entry in os.scandir(folder)] if folder.is_dir() else []
    names = sorted((name for name in found if re.fullmatch(NAME, name)), reverse=True)
    mails = [mail for name in names[:SHOWN] if (mail := _read(name))]
    return render(request, "dev/mail_list.html", {"mails": mails, "total": len(names), "folder": folder})


@require_safe
def mail_detail(request: HttpRequest, name: str) -> HttpResponse:
    response = render(request, "dev/mail_detail.html", {"mail": _read_or_404(name)})
    response["Content-Security-Policy"] = policy(frame_src="'self'")
    return response


@require_safe
def mail_html(request: HttpRequest, name: str) -> HttpResponse:
    html = _read_or_404(name).html
    new_window = '<base target="_blank">'
    with_head, heads = re.subn(
        r"<head[^>]*>", lambda head: head[0] + new_window, html, count=1, flags=re.IGNORECASE
    )
    response = HttpResponse(with_head if heads else new_window + html)
    response["Content-Security-Policy"] = PART_POLICY
    return response


def _read(name: str) -> Mail | None:
    """The mail of that name. The address allows no name outside the folder; this holds it for every caller."""
    if not re.fullmatch(NAME, name):
        return None
    try:
        content = (Path(settings.MAIL_DIR) / name).read_bytes()
    except FileNotFoundError:
        return None
    return Mail(name, email.message_from_bytes(content, _class=Parsed, policy=email.policy.default))


def _read_or_404(name: str) -> Mail:
    mail = _read(name)
    if mail is None:
        raise Http404
    return mail
