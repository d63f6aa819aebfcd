"""The product's web process without some of what protects signers, to measure what that costs. For benchmarks alone.

`UNPROTECTED=encryption,limits granian benchmarks.entries.unprotected:application`. The product itself has no such switch: each is taken
out here, before the first request, by putting something that does nothing in its place.
"""

import os
from typing import Any

from config.wsgi import application
from signatories import fields, limiting

__all__ = ["application"]

TAKEN_OUT = set(os.environ["UNPROTECTED"].split(","))


def _as_it_is(_field: Any, value: Any, connection: Any) -> Any:
    return value


def _never(*_who: Any, **_whose: Any) -> limiting.Verdict:
    return limiting.FREE


if "encryption" in TAKEN_OUT:
    fields.EncryptedText.get_db_prep_save = _as_it_is
if "limits" in TAKEN_OUT:
    limiting.take = _never
