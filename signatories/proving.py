"""Proof of work for a letter under attack: ALTCHA (protocol 1: SHA-256), made and checked here, no third party.

A browser finds the number in a second or two; whoever sends thousands of forms needs as many numbers. There is no puzzle for
people. Who has no script sends without a proof: the form is taken and its mail waits for a moderator (`Flag.NO_PROOF`).
"""

import base64
import json
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from altcha import v1 as altcha
from django.conf import settings
from django.utils.crypto import salted_hmac

from signatories import limiting
from signatories.identity import mailboxes

# Whoever reads the review for longer gets a new one when sending.
CHALLENGE_LIFE = timedelta(hours=1)
LONGEST_PAYLOAD = 2000


class Proof(StrEnum):
    GIVEN = "given"
    MISSING = "missing"
    WRONG = "wrong"  # made up, too old, of another letter, or used for another form


def new_challenge(letter: str, now: datetime) -> str:
    """A challenge for forms of the letter with that slug, as JSON for the script."""
    asked = altcha.ChallengeOptions(
        hmac_key=_key(),
        max_number=settings.CHALLENGE_DIFFICULTY,
        expires=now + CHALLENGE_LIFE,
        params={"letter": letter},
    )
    made = altcha.create_challenge(asked)
    return json.dumps(made.to_dict())


def judge(payload: str, *, letter: str, mailbox: str, name: str) -> Proof:
    """What the browser sent back with a form. One proof is for one form, which may arrive twice (a double click).

    While Redis is away, a proof can be used again until it is too old; forms still differ by their submission key.
    """
    if not payload:
        return Proof.MISSING
    found = _read(payload)
    if found is None or altcha.extract_params(found).get("letter") != [letter]:
        return Proof.WRONG
    solved, _error = altcha.verify_solution(found, _key(), check_expires=True)
    whose = mailboxes.keyed_hash("proof", f"{mailboxes.canonical(mailbox)}\0{name}")
    if not solved or not limiting.is_first_use(f"proof/{found['signature']}", whose, CHALLENGE_LIFE):
        return Proof.WRONG
    return Proof.GIVEN


def _read(payload: str) -> Any:
    """The payload's JSON, or None: strangers send anything."""
    if len(payload) > LONGEST_PAYLOAD:
        return None
    try:
        found = json.loads(base64.b64decode(payload, validate=True))
    except (ValueError, RecursionError):
        return None
    texts = ("algorithm", "challenge", "salt", "signature")
    whole = isinstance(found, dict) and all(isinstance(found.get(each), str) for each in texts)
    return (
        found if whole and found["algorithm"] == "SHA-256" and isinstance(found.get("number"), int) else None
    )


def _key() -> str:
    return salted_hmac("undersigned.proof", "").hexdigest()
