"""What a case brings along in its own query, so that its page asks less often: the domains of its mailboxes, its mails."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.utils.dateparse import parse_datetime

from signatories.models import Contact, OutboxMail, Signature

# Of a mail what the staff may see: neither its recipient nor what it says.
_SHOWN = ("kind", "state", "created_at", "settled_at", "last_error")
_MOMENTS = ("created_at", "settled_at")


def mailbox_domains() -> ArraySubquery:
    """For a query of signatures, under the name that `likeness.own_domains` knows."""
    of_this = Contact.objects.filter(signature=OuterRef("pk")).order_by()
    return ArraySubquery(of_this.values("mailbox_domain"))


def mails() -> ArraySubquery:
    """For a query of signatures: `mails_of` reads it."""
    of_this = OutboxMail.objects.filter(signature=OuterRef("pk")).order_by("created_at", "pk")
    return ArraySubquery(of_this.values(json=JSONObject(**{name: name for name in _SHOWN})))


def mails_of(signature: Signature) -> list[OutboxMail]:
    """The mails about a signature, oldest first, as far as the staff may see them; not to be saved."""
    return [OutboxMail(**_with_moments(row)) for row in getattr(signature, "mails_brought", [])]


def _with_moments(row: dict[str, Any]) -> dict[str, Any]:
    return row | {name: parse_datetime(row[name]) if row[name] else None for name in _MOMENTS}
