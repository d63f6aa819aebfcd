"""Who else a signature is like: the same organisation again, one that poses as another, or one with a similar name.

PostgreSQL finds who is worth a look, by keys and by trigrams over the register; `identity.matching` has the last word. None
of it decides anything: it is shown to a person.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import BooleanField, F, Func, Q, QuerySet, Value
from django.db.models.functions import Greatest

from signatories.identity import matching, names
from signatories.identity.matching import Verdict, compare
from signatories.models import Contact, FamousName, Organisation, Signature, SignatureEvent
from signatories.models.organisation import OrganisationQuerySet, domain_label
from signatories.models.signature import SignatureQuerySet
from signatories.states import EventKind, State

# How many of the nearest organisations are looked at more closely.
LOOKED_AT = 20
_NUMBER = re.compile(r"\d+")


def own_domains(signature: Signature) -> set[str]:
    """Registrable domains by which the organisation may be known: its website's and its mailboxes', each if its own.

    A page on a site that thousands share, or a mailbox at a provider, makes nobody one with its neighbours.
    """
    hosts = [signature.organisation.registrable_domain, *_mailbox_domains(signature)]
    return {matching.registrable_domain(host) for host in hosts if matching.speaks_for_one(host)}


def _mailbox_domains(signature: Signature) -> Iterable[str]:
    brought: list[str] | None = getattr(signature, "mailbox_domains", None)
    if brought is not None:  # by the query that found the signature
        return brought
    return signature.contacts.values_list("mailbox_domain", flat=True)


class AnyOf(Func):
    """Whether a column is among the ids of a query, which is made first and once: `IN` would leave PostgreSQL the choice to make
    it for each row, and without statistics it does."""

    template = "(%(expressions)s)"
    arg_joiner = " = ANY "
    output_field = BooleanField()

    def __init__(self, column: str, ids: QuerySet[Any, Any]) -> None:
        super().__init__(F(column), Func(ArraySubquery(ids), function=""))


def possible_duplicates(signature: Signature) -> SignatureQuerySet:
    """Other live, confirmed signatures on the campaign with the same match key, domain of the website or mailbox."""
    domains = own_domains(signature)
    # Mailboxes are kept with their whole host: those at the same one belong together as well.
    hosts = domains | {host for host in _mailbox_domains(signature) if matching.speaks_for_one(host)}
    same = Q(match_key=signature.organisation.match_key) | Q(registrable_domain__in=domains)
    # Sets of ids out of one table each, made one after the other: each is found by its index. In one condition over three tables, or
    # with a join, the whole letter is read, and without statistics for each row of the other table anew.
    organisations = Organisation.objects.filter(same).order_by().values("pk")
    by_organisation = Signature.objects.filter(AnyOf("organisation", organisations)).order_by().values("pk")
    by_mailbox = Contact.objects.filter(mailbox_domain__in=hosts).order_by().values("signature")
    return (
        Signature.objects.live()
        .filter(AnyOf("pk", by_organisation.union(by_mailbox)), campaign=signature.campaign_id)
        .exclude(state=State.SUBMITTED)
        .exclude(pk=signature.pk)
        .select_related("organisation")
    )


def unsettled_duplicates(signature: Signature) -> SignatureQuerySet:
    """Those of `possible_duplicates` that nobody has found to be another organisation, looking from either side."""
    told = SignatureEvent.objects.filter(kind=EventKind.NOT_DUPLICATE)
    from_here = [
        UUID(detail) for detail in told.filter(signature=signature).values_list("detail", flat=True) if detail
    ]
    from_there = told.filter(detail=str(signature.public_id)).values("signature")
    return possible_duplicates(signature).exclude(public_id__in=from_here).exclude(pk__in=from_there)


@dataclass(frozen=True)
class Near:
    """A registered organisation with another website that a signature should be held against, and what speaks for it."""

    organisation: Organisation
    verdicts: frozenset[Verdict]

    @property
    def may_be_posed_as(self) -> bool:
        """Whether the signature could be taken for it: called the same, or to the eye nearly the same, or so its domain."""
        return any(verdict.may_pose for verdict in self.verdicts)


def near(signature: Signature) -> list[Near]:
    """Registered organisations elsewhere with a similar name or domain, the nearest first: sections, spellings, acronyms,
    look-alikes. Whoever has the same domain is a possible duplicate instead. One query beside that for the contacts."""
    organisation, domains = signature.organisation, own_domains(signature)
    others = (
        Organisation.objects.registered().exclude(pk=organisation.pk).exclude(registrable_domain__in=domains)
    )
    found = [
        Near(other, frozenset(_verdicts(organisation, domains, other)))
        for other in _ranked(others, organisation, domains)
    ]
    return [each for each in found if each.verdicts]


def look_alikes(signature: Signature) -> list[Organisation]:
    """Registered organisations that `signature` could be taken for, though their website is elsewhere."""
    return [each.organisation for each in near(signature) if each.may_be_posed_as]


def _verdicts(organisation: Organisation, domains: set[str], other: Organisation) -> set[Verdict]:
    """What speaks for a look at both, by their names and domains; an acronym or a second name speaks for no more than a look."""
    site = other.registrable_domain
    # Numbers are read, not taken in at a glance: nobody takes local-1 for local-2.
    apart = [domain for domain in domains if _NUMBER.sub("0", domain) != _NUMBER.sub("0", site)] or [""]
    found = {compare(organisation.name, domain, other.name, site) for domain in apart} - {None}
    if site and organisation.match_key == other.match_key:
        found.add(Verdict.SAME_NAME_ELSEWHERE)  # also where a free mailbox is all that the signature has
    if not found and _shared_short_names(organisation, other):
        found.add(Verdict.SIMILAR_NAME)
    return {verdict for verdict in found if verdict is not None}


def _shared_short_names(organisation: Organisation, other: Organisation) -> bool:
    mine = {organisation.acronym, organisation.native_name, *_acronyms(organisation)} - {""}
    its = {other.name, other.acronym} - {""}
    return not {names.match_key(name) for name in mine}.isdisjoint(names.match_key(name) for name in its)


def _acronyms(organisation: Organisation) -> set[str]:
    """What the organisation may be called for short: its acronym, its initials, or a name that is one word."""
    short = organisation.name if " " not in organisation.name else ""
    return {organisation.acronym, names.acronym_of(organisation.name), short} - {""}


def _ranked(
    others: OrganisationQuerySet, organisation: Organisation, domains: set[str]
) -> OrganisationQuerySet:
    """Those of `others` with common trigrams in key or domain (`config.postgresql` says how many) or with a short name of
    `organisation`; the nearest first. Each of the conditions has an index over the registered organisations."""
    key = organisation.match_key
    wanted = Q(match_key__trigram_similar=key)
    for domain in domains:
        wanted |= Q(label__trigram_similar=domain.partition(".")[0])
    for acronym in _acronyms(organisation):
        wanted |= Q(acronym__iexact=acronym) | Q(match_key=names.match_key(acronym))
    label = domain_label()
    nearness = [TrigramSimilarity("match_key", key)]
    nearness += [TrigramSimilarity(label, domain.partition(".")[0]) for domain in domains]
    found = others.alias(label=label).filter(wanted).annotate(nearness=Greatest(*nearness, Value(0.0)))
    return found.order_by("-nearness", "pk")[:LOOKED_AT]


def famous_names(organisation: Organisation, domains: set[str]) -> list[FamousName]:
    """The names on the host's list that `organisation` bears, unless it comes from the domain that stands beside them."""
    keys = {
        organisation.match_key,
        names.match_key(organisation.native_name),
        organisation.acronym.lower(),
    } - {""}
    return [
        famous
        for famous in FamousName.objects.filter(match_key__in=keys)
        if not famous.domain or famous.domain not in domains
    ]
