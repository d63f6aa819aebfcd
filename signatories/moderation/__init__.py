"""What staff may do with a signature. Each function is one transaction and leaves an event."""

from signatories.moderation.appeals import turn_down_appeal
from signatories.moderation.asking import Prompt, ask, words_of
from signatories.moderation.casework import add_note, mark_not_duplicate, reveal_contact, send_again
from signatories.moderation.deciding import (
    BelowTheBar,
    accept,
    accept_on,
    hold,
    put_back,
    reject,
    revoke,
)
from signatories.moderation.evidence import RECORDABLE, add_evidence, take_back_evidence
from signatories.moderation.merging import merge
from signatories.moderation.merging import undo as undo_merge
from signatories.twins import PossibleDuplicate

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
    "merge",
    "put_back",
    "reject",
    "reveal_contact",
    "revoke",
    "send_again",
    "take_back_evidence",
    "turn_down_appeal",
    "undo_merge",
    "words_of",
]
