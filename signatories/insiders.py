"""Who speaks for the organisation behind a line: whose dispute takes it off the list at once (product.md, rule 10)."""

from django.db.models import Q

from signatories.identity import matching
from signatories.models import Contact, Dispute, Evidence, Organisation, Signature
from signatories.states import EvidenceKind

# With this, staff have seen that the contact's mailbox is on a domain of the organisation's. An address that the organisation prints
# tells less: it may be at a small provider whose other customers are strangers.
TELLS_THE_DOMAIN = EvidenceKind.DOMAIN_MATCH


def is_from_inside(told: Dispute) -> bool:
    """Whether the mailbox is a stored contact's, or on a domain of the organisation's own (product.md, rule 10).

    After a merge the organisation is known by both signatures.
    """
    own = _own_domains(told.signature)
    if told.signature.merged_into is not None:
        own |= _own_domains(told.signature.merged_into)
    return is_of_a_contact(told) or any(matching.domains_match(told.mailbox_domain, each) for each in own)


def _own_domains(signature: Signature) -> set[str]:
    """The website's, and the first contact's where evidence of this very signature tells; some may be of mail providers.

    Where anybody can have a mailbox or a page, the domain is nobody's own. No list knows all such providers: by itself the
    domain of a contact says nothing.
    """
    came, went = signature.merges.standing(), signature.merges_away.standing().first()
    own, recorded = {signature.organisation.registrable_domain}, Q(signature=signature)
    if went is not None:
        left = Organisation.objects.filter(pk=went.before["organisation"])
        own.update(left.values_list("registrable_domain", flat=True))
        recorded |= Q(pk__in=went.before["evidence"])
    of_others = [pk for each in came for pk in each.before["evidence"]]
    evidence = Evidence.objects.standing().filter(recorded, kind=TELLS_THE_DOMAIN)
    if evidence.exclude(pk__in=of_others).exists():
        own.update(signature.contacts.filter(is_primary=True).values_list("mailbox_domain", flat=True))
    return own


def is_of_a_contact(told: Dispute) -> bool:
    """Whether the mailbox is stored with the disputed signature, or with the one that it was merged into."""
    either = Contact.objects.filter(signature__in=[told.signature_id, told.signature.merged_into_id])
    return either.of_mailbox(told.mailbox_hash).exists()
