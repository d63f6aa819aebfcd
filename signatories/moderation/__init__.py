"""What staff may do with a signature. Each function is one transaction and leaves an event."""

from signatories.moderation.appeals import turn_down_appeal
from signatories.moderation.asking import Prompt, ask, words_of
from signatories.moderation.casework import add_note, mark_not_duplicate, reveal_contact, send_again
from signatories.moderation.convening import MAY_CONVENE, give_part
from signatories.moderation.deciding import (
    BelowTheBar,
    accept,
    accept_on,
    hold,
    put_back,
    reject,
    revoke,
)
from signatories.moderation.disputes import (
    DisputeDecided,
    reveal_disputers,
    turn_down_disputes,
    uphold_disputes,
)
from signatories.moderation.evidence import RECORDABLE, add_evidence, take_back_evidence
from signatories.moderation.merging import merge
from signatories.moderation.merging import undo as undo_merge
from signatories.moderation.referring import agree_to_ask, ask_to_vouch, call_off
from signatories.moderation.sections import link_section, unlink_section
from signatories.moderation.wishes import (
    SECOND_CHANNEL,
    check_publicity,
    look_at_vouching,
    refuse_name,
    refuse_publicity,
    take_name,
)
from signatories.twins import PossibleDuplicate

__all__ = [
    "MAY_CONVENE",
    "RECORDABLE",
    "SECOND_CHANNEL",
    "BelowTheBar",
    "DisputeDecided",
    "PossibleDuplicate",
    "Prompt",
    "accept",
    "accept_on",
    "add_evidence",
    "add_note",
    "agree_to_ask",
    "ask",
    "ask_to_vouch",
    "call_off",
    "check_publicity",
    "give_part",
    "hold",
    "link_section",
    "look_at_vouching",
    "mark_not_duplicate",
    "merge",
    "put_back",
    "refuse_name",
    "refuse_publicity",
    "reject",
    "reveal_contact",
    "reveal_disputers",
    "revoke",
    "send_again",
    "take_back_evidence",
    "take_name",
    "turn_down_appeal",
    "turn_down_disputes",
    "undo_merge",
    "unlink_section",
    "uphold_disputes",
    "words_of",
]
