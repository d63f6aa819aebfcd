"""The product's web process without some of what protects signers, to measure what that costs. For benchmarks alone.

`UNPROTECTED=encryption,limits granian benchmarks.unprotected:application`. The product itself has no such switch: each is taken
out here, before the first request, by putting something that does nothing in its place.
"""

import os

from config.wsgi import application
from signatories import fields, limiting

__all__ = ["application"]

TAKEN_OUT = set(os.environ["UNPROTECTED"].split(","))


def _as_it_is(field: object, value: object) -> object:
    return value


if "encryption" in TAKEN_OUT:
    fields.EncryptedText.get_db_prep_save = lambda field, value, connection: value  # type: ignore[method-assign, assignment]
if "limits" in TAKEN_OUT:
    limiting.take = lambda *args, **kwargs: limiting.FREE
