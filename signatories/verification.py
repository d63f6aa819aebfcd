"""How well a signature is verified: the level that its evidence gives, the level it needs, what else to look at.

Rules and names: product.md, "Verification level".
"""

from collections.abc import Iterable

from django.db.models import Q

from campaigns.choices import PublicationMode
from signatories.identity import mailboxes, matching, names
from signatories.models import Organisation, Signature
from signatories.models.organisation import OrganisationQuerySet
from signatories.models.signature import SignatureQuerySet
from signatories.states import EvidenceKind, Flag, Level, State

# One of these beside the proven mailbox makes V2.
SUPPORTING = frozenset(
    {
        EvidenceKind.DOMAIN_MATCH,
        EvidenceKind.PUBLISHED_ADDRESS,
        EvidenceKind.REGISTER,
        EvidenceKind.KNOWN,
        EvidenceKind.PUBLIC_STATEMENT,
    }
)
# Two people who vouch stand for one piece of evidence.
REFERRALS_NEEDED = 2
DEFAULT_BAR = Level.V2


def level_of(kinds: Iterable[str]) -> Level:
    """The level that standing evidence of these kinds gives; a kind stands once per piece of evidence.

    A public statement can carry V2 or lift to V3, but not both: V3 is V2 and something more.
    """
    held = list(kinds)
    if EvidenceKind.MAILBOX not in held:
        return Level.V0
    supporting = len(SUPPORTING.intersection(held)) + (held.count(EvidenceKind.REFERRAL) >= REFERRALS_NEEDED)
    if supporting == 0:
        return Level.V1
    said_in_public = EvidenceKind.PUBLIC_STATEMENT in held and supporting > 1
    return Level.V3 if EvidenceKind.CALLBACK in held or said_in_public else Level.V2


def level(signature: Signature) -> Level:
    """The level of one signature now; one query unless its evidence was prefetched."""
    return level_of(item.kind for item in signature.evidence.all() if item.taken_back_at is None)


def bar(signature: Signature) -> Level:
    """The level that `signature` needs to be accepted.

    The register is asked anew: whom it looks like may have been accepted after its flags were raised.
    """
    needs_second_channel = (
        signature.publication_mode == PublicationMode.WITHHELD
        or Flag.LOOK_ALIKE in signature.flags
        or look_alikes(signature).exists()
    )
    return Level.V3 if needs_second_channel else DEFAULT_BAR


def suggests_domain_match(organisation: Organisation, mailbox_domain: str) -> bool:
    """Whether the mailbox is on the stated website. A suggestion: evidence once a human knows the site is real."""
    return bool(organisation.registrable_domain) and matching.domains_match(
        mailbox_domain, organisation.registrable_domain
    )


def flags_of_form(organisation: Organisation, mailbox_domain: str) -> list[Flag]:
    """What the form alone gives a moderator to look at, in the order of `Flag`."""
    spoken = [organisation.name, organisation.native_name, organisation.acronym]
    site = organisation.registrable_domain
    raised = {
        Flag.FREE_MAIL: mailboxes.is_free_mail(mailbox_domain),
        Flag.DISPOSABLE: mailboxes.is_disposable(mailbox_domain),
        Flag.DOMAIN_DIFFERS: bool(site) and matching.registrable_domain(mailbox_domain) != site,
        Flag.NO_WEBSITE: not site,
        Flag.MIXED_SCRIPTS: any(names.has_mixed_scripts(name) for name in spoken),
        Flag.FORMULA: any(names.looks_like_formula_or_address(name) for name in spoken),
    }
    return [flag for flag in Flag if raised.get(flag)]


def flags_of_register(signature: Signature) -> list[Flag]:
    """What the other signatures and the register add to it: two queries."""
    raised = {
        Flag.POSSIBLE_DUPLICATE: possible_duplicates(signature).exists(),
        Flag.LOOK_ALIKE: look_alikes(signature).exists(),
    }
    return [flag for flag in Flag if raised.get(flag)]


def _domains(signature: Signature) -> set[str]:
    """Registrable domains by which the organisation may be known: its website's, and its mailboxes' if its own."""
    found = {signature.organisation.registrable_domain}
    for contact in signature.contacts.all():
        if not (
            mailboxes.is_free_mail(contact.mailbox_domain) or mailboxes.is_disposable(contact.mailbox_domain)
        ):
            found.add(matching.registrable_domain(contact.mailbox_domain))
    return found - {""}


def possible_duplicates(signature: Signature) -> SignatureQuerySet:
    """Other live, confirmed signatures on the campaign with the same match key, domain of the website or mailbox."""
    domains = _domains(signature)
    same = (
        Q(organisation__match_key=signature.organisation.match_key)
        | Q(organisation__registrable_domain__in=domains)
        | Q(
            pk__in=Signature.objects.filter(
                contacts__mailbox_domain__in=domains, campaign=signature.campaign_id
            )
        )
    )
    return (
        Signature.objects.live()
        .filter(same, campaign=signature.campaign_id)
        .exclude(state=State.SUBMITTED)
        .exclude(pk=signature.pk)
        .select_related("organisation")
    )


def look_alikes(signature: Signature) -> OrganisationQuerySet:
    """Registered organisations that are called the same and have a website elsewhere."""
    return (
        Organisation.objects.registered()
        .filter(match_key=signature.organisation.match_key)
        .exclude(pk=signature.organisation_id)
        .exclude(registrable_domain__in=["", *_domains(signature)])
    )
