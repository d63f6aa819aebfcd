"""Turning a row of the outbox into a mail: three templates per kind, in the reader's language."""

import json

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from signatories.models import OutboxMail


def render(mail: OutboxMail) -> EmailMultiAlternatives:
    """The message for `mail`. Its Message-ID is the row's, so that a repeated mail can be known as the same.

    Raises ValueError while its encrypted columns can't be read.
    """
    recipient = mail.recipient or ""
    if (
        "@" not in recipient
    ):  # the field gives back what it can't decrypt; no server must be asked for such a mailbox
        raise ValueError("unreadable recipient")
    context = json.loads(mail.context or "{}") | {"site_url": settings.SITE_URL}
    with translation.override(mail.language):
        context["bidi"] = translation.get_language_bidi()
        context["language"] = mail.language
        folder = f"emails/{mail.kind}"
        subject = " ".join(render_to_string(f"{folder}/subject.txt", context).split())
        message = EmailMultiAlternatives(
            subject=subject,
            body=render_to_string(f"{folder}/body.txt", context),
            to=[recipient],
            headers={
                "Message-ID": f"<{mail.public_id}@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2].rstrip('>')}>",
                # RFC 3834: asks robots not to answer.
                "Auto-Submitted": "auto-generated",
                "Content-Language": mail.language,
            },
        )
        message.attach_alternative(render_to_string(f"{folder}/body.html", context), "text/html")
    return message
