"""What staff may do with a signature. Each function is one transaction and leaves an event."""

from signatories.moderation.appeals import turn_down_appeal
from signatories.moderation.asking import Prompt, ask, words_of
from signatories.moderation.casework import add_note, mark_not_duplicate, reveal_contact, send_again
from signatories.moderation.deciding import (
    BelowTheBar,
    PossibleDuplicate,
    accept,
    accept_on,
    hold,
    put_back,
    refuse_duplicate,
    reject,
    revoke,
)
from signatories.moderation.evidence import RECORDABLE, add_evidence, take_back_evidence

__all__ = [
    "RECORDABLE",
    "BelowTheBar",
    "PossibleDuplicate",
    "Prompt",
    "accept",
    "accept_on",
    "add_evidence",
    "add_note",
    "ask",
    "hold",
    "mark_not_duplicate",
    "put_back",
    "refuse_duplicate",
    "reject",
    "reveal_contact",
    "revoke",
    "send_again",
    "take_back_evidence",
    "turn_down_appeal",
    "words_of",
]
