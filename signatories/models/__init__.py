"""Organisations, their signatures, who signed for them, on what evidence, and the mail about it."""

from signatories.models.asking import Question, Referral
from signatories.models.contact import Consent, Contact, MailLink
from signatories.models.dispute import Dispute
from signatories.models.evidence import Evidence
from signatories.models.famous import FamousName
from signatories.models.merge import Merge
from signatories.models.network import NetworkKey
from signatories.models.organisation import Organisation
from signatories.models.outbox import Heartbeat, OutboxMail
from signatories.models.signature import Signature
from signatories.models.sweep import Sweep, SweptSignature
from signatories.models.trail import EventNote, ExportLog, SignatureEvent

__all__ = [
    "Consent",
    "Contact",
    "Dispute",
    "EventNote",
    "Evidence",
    "ExportLog",
    "FamousName",
    "Heartbeat",
    "MailLink",
    "Merge",
    "NetworkKey",
    "Organisation",
    "OutboxMail",
    "Question",
    "Referral",
    "Signature",
    "SignatureEvent",
    "Sweep",
    "SweptSignature",
]
