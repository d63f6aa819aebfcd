"""How well a signature is verified: the level that its evidence gives, the level it needs, what else to look at.

Rules and names: product.md, "Verification level".
"""

from collections.abc import Iterable, Sequence

from campaigns.choices import PublicationMode
from signatories import likeness
from signatories.identity import mailboxes, matching, names
from signatories.models import Organisation, Signature
from signatories.states import EvidenceKind, Flag, Level

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
# How the form came in, and what others said of it: no edit of the organisation changes that.
LASTING = frozenset(
    {
        Flag.TOO_FAST,
        Flag.NO_PROOF,
        Flag.SAME_NETWORK,
        Flag.DISPUTED,
        Flag.CONTACT_MOVED,
        Flag.VOUCH_TAKEN_BACK,
    }
)
# These need the contact, who may have been erased.
OF_THE_CONTACT = frozenset({Flag.FREE_MAIL, Flag.DISPOSABLE, Flag.DOMAIN_DIFFERS, Flag.PERSON})


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
    """The level of one signature now; one query unless its evidence was prefetched, with who vouches."""
    return level_of(item.kind for item in signature.evidence.all() if item.counts)


def bar(signature: Signature, look_alikes: Sequence[Organisation] | None = None) -> Level:
    """The level that `signature` needs to be accepted.

    The register is asked anew, unless the caller has just done so and hands over whom it named: whom it looks like may have
    been accepted after its flags were raised.
    """
    needs_second_channel = (
        signature.publication_mode == PublicationMode.WITHHELD
        or not {Flag.LOOK_ALIKE, Flag.FAMOUS, Flag.DISPUTED}.isdisjoint(signature.flags)
        or bool(likeness.look_alikes(signature) if look_alikes is None else look_alikes)
    )
    return Level.V3 if needs_second_channel else DEFAULT_BAR


def suggests_domain_match(organisation: Organisation, mailbox_domain: str) -> bool:
    """Whether the mailbox is on the stated website. A suggestion: evidence once a human knows the site is real."""
    return bool(organisation.registrable_domain) and matching.domains_match(
        mailbox_domain, organisation.registrable_domain
    )


def flags_of_form(
    organisation: Organisation,
    mailbox_domain: str,
    person: str = "",
    *,
    fast: bool = False,
    held: bool = False,
) -> list[Flag]:
    """What the form alone gives a moderator to look at, in the order of `Flag`. `fast`: it came back at first too soon;
    `held`: its mail waits for a moderator (`proving`, `limiting`)."""
    spoken = [organisation.name, organisation.native_name, organisation.acronym]
    site = organisation.registrable_domain
    raised = {
        Flag.FREE_MAIL: mailboxes.is_free_mail(mailbox_domain),
        Flag.DISPOSABLE: mailboxes.is_disposable(mailbox_domain),
        Flag.DOMAIN_DIFFERS: bool(site) and matching.registrable_domain(mailbox_domain) != site,
        Flag.NO_WEBSITE: not site,
        Flag.MIXED_SCRIPTS: any(names.has_mixed_scripts(name) for name in spoken),
        Flag.FORMULA: any(names.looks_like_formula_or_address(name) for name in spoken),
        Flag.PERSON: bool(person) and names.match_key(person) == organisation.match_key,
        Flag.TOO_FAST: fast,
        Flag.NO_PROOF: held,
    }
    return [flag for flag in Flag if raised.get(flag)]


def flags_of_register(signature: Signature) -> list[Flag]:
    """What the other signatures, the register and the host's list of famous names add to it. A fixed number of queries."""
    near = likeness.near(signature)
    raised = {
        Flag.POSSIBLE_DUPLICATE: likeness.possible_duplicates(signature).exists(),
        Flag.LOOK_ALIKE: any(each.may_be_posed_as for each in near),
        Flag.FAMOUS: bool(likeness.famous_names(signature.organisation, likeness.own_domains(signature))),
        Flag.SIMILAR: any(not each.may_be_posed_as for each in near),
        Flag.SAME_NETWORK: Signature.objects.filter(pk=signature.pk).in_a_crowd().exists(),
    }
    return [flag for flag in Flag if raised.get(flag)]


def flags_anew(signature: Signature) -> list[Flag]:
    """The flags of `signature` once its organisation was edited. The register is asked only for what is confirmed.

    What a merge brought in stays: it was found of the other name.
    """
    contact = signature.contacts.filter(is_primary=True).first()
    person = contact.name if contact is not None else None
    raised = set(
        flags_of_form(
            signature.organisation, contact.mailbox_domain if contact is not None else "", person or ""
        )
    )
    if signature.confirmed_at is not None:
        raised |= set(flags_of_register(signature))
    fixed = LASTING if person else LASTING | OF_THE_CONTACT
    inherited = {
        flag
        for before in signature.merges.standing().values_list("before", flat=True)
        for flag in before["flags"]
    }
    raised = raised - fixed | (fixed | inherited).intersection(signature.flags)
    return [flag for flag in Flag if flag in raised]
