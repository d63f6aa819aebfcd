"""Organisations, their signatures, who signed for them, on what evidence, and the mail about it."""

from signatories.models.contact import Consent, Contact, MailLink
from signatories.models.evidence import Evidence
from signatories.models.famous import FamousName
from signatories.models.organisation import Organisation
from signatories.models.outbox import Heartbeat, OutboxMail
from signatories.models.signature import Signature
from signatories.models.trail import EventNote, ExportLog, SignatureEvent

__all__ = [
    "Consent",
    "Contact",
    "EventNote",
    "Evidence",
    "ExportLog",
    "FamousName",
    "Heartbeat",
    "MailLink",
    "Organisation",
    "OutboxMail",
    "Signature",
    "SignatureEvent",
]
