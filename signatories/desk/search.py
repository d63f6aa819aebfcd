"""The search in the queue: parts of names, an acronym, the end of a reference, the domain of a mailbox."""

import re
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.text import smart_split, unescape_string_literal

from signatories.models import Contact, Organisation, Signature
from signatories.models.signature import SignatureQuerySet

# See `tokens.submission_key`.
_REFERENCE = re.compile(r"[a-z2-7]{4}", re.IGNORECASE)
# A list asks twice, for the number and for the page. Up to so many hits are named by their ids, so that they are searched once.
NAMED_BY_ID = 10_000


def search(signatures: SignatureQuerySet, words: str) -> SignatureQuerySet:
    """Those of `signatures` in which each of `words` is found; words in quotes stay together. One query where there are words."""
    held = [Q(pk__in=_holding(_unquoted(word))) for word in smart_split(words)]
    if not held:
        return signatures
    found = Signature.objects.order_by()
    for each in held:
        found = found.filter(each)
    ids = list(found.values_list("pk", flat=True)[: NAMED_BY_ID + 1])
    return signatures.filter(*held) if len(ids) > NAMED_BY_ID else signatures.filter(pk__in=ids)


def _unquoted(word: str) -> str:
    quoted = word.startswith(('"', "'")) and len(word) > 1 and word[0] == word[-1]
    return unescape_string_literal(word) if quoted else word


def _holding(word: str) -> QuerySet[Any, Any]:
    """The ids of the signatures that hold `word`, from one table after the other: a join of all would have to be sorted."""
    named = Organisation.objects.filter(
        Q(name__icontains=word)
        | Q(native_name__icontains=word)
        | Q(acronym__icontains=word)
        | Q(aliases__icontains=word)  # also by a former name
    )
    signed = Signature.objects.order_by().values_list("pk")
    parts: list[QuerySet[Any, Any]] = [
        Contact.objects.filter(mailbox_domain__icontains=word).order_by().values_list("signature")
    ]
    if _REFERENCE.fullmatch(word):
        parts.append(signed.filter(submission_key__endswith=word.upper()))
    return signed.filter(organisation__in=named.order_by()).union(*parts)
