"""Organisations, their signatures, who signed for them, on what evidence, and the mail about it."""

from signatories.models.asking import Question, Referral
from signatories.models.contact import Consent, Contact, MailLink
from signatories.models.dispute import Dispute
from signatories.models.erasure import Erasure, PurgeWarning, SuppressedMailbox
from signatories.models.evidence import Evidence
from signatories.models.famous import FamousName
from signatories.models.merge import Merge
from signatories.models.network import NetworkKey
from signatories.models.organisation import Organisation
from signatories.models.outbox import Heartbeat, OutboxMail
from signatories.models.signature import Signature
from signatories.models.sweep import Sweep, SweptSignature
from signatories.models.trail import EventNote, ExportLog, SignatureEvent
from signatories.models.wishes import ContactChange, ModeChange, NameChange

__all__ = [
    "Consent",
    "Contact",
    "ContactChange",
    "Dispute",
    "Erasure",
    "EventNote",
    "Evidence",
    "ExportLog",
    "FamousName",
    "Heartbeat",
    "MailLink",
    "Merge",
    "ModeChange",
    "NameChange",
    "NetworkKey",
    "Organisation",
    "OutboxMail",
    "PurgeWarning",
    "Question",
    "Referral",
    "Signature",
    "SignatureEvent",
    "SuppressedMailbox",
    "Sweep",
    "SweptSignature",
]
