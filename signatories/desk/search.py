"""The search in the queue: parts of names, an acronym, the end of a reference, the domain of a mailbox."""

from django.db.models import Q
from django.utils.text import smart_split, unescape_string_literal

from signatories.models import Contact, Organisation, Signature
from signatories.models.signature import SignatureQuerySet

# A list asks twice, for the number and for the page. Up to so many hits are named by their ids, so that they are searched once.
NAMED_BY_ID = 10_000


def search(signatures: SignatureQuerySet, words: str) -> SignatureQuerySet:
    """Those of `signatures` in which each of `words` is found; words in quotes stay together. One query where there are words."""
    held = [_holds(_unquoted(word)) for word in smart_split(words)]
    if not held:
        return signatures
    found = Signature.objects.filter(*held)
    ids = list(found.order_by().values_list("pk", flat=True)[: NAMED_BY_ID + 1])
    return signatures.filter(*held) if len(ids) > NAMED_BY_ID else signatures.filter(pk__in=ids)


def _unquoted(word: str) -> str:
    quoted = word.startswith(('"', "'")) and len(word) > 1 and word[0] == word[-1]
    return unescape_string_literal(word) if quoted else word


def _holds(word: str) -> Q:
    # Sets of ids, not a join: with one contact to each of 100,000 signatures, a join sorts them all to leave out doubles.
    named = Organisation.objects.filter(
        Q(name__icontains=word)
        | Q(native_name__icontains=word)
        | Q(acronym__icontains=word)
        | Q(aliases__icontains=word)  # also by a former name
    )
    mailed = Contact.objects.filter(mailbox_domain__icontains=word)
    return (
        Q(organisation__in=named.order_by())
        | Q(pk__in=mailed.order_by().values("signature"))
        | Q(submission_key__iendswith=word)
    )
