"""Who may vouch for whom. Asked when a referral is asked for, and once more when it is answered: much may have happened between."""

from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, prefetch_related_objects
from django.utils.translation import gettext as _

from signatories import likeness, verification
from signatories.identity import matching
from signatories.models import Referral, Signature
from signatories.models.signature import SignatureQuerySet
from signatories.states import EvidenceKind, Level, State
from signatories.transitions import Refused
from signatories.turns import decide_in_turn

# So many standing or open referrals one organisation may have; beyond that a second moderator agrees to each.
ENOUGH = 5
LEAST_LEVEL = Level.V2


def one_at_a_time(campaign_id: int) -> None:
    """Until the end of the transaction nobody else asks, answers or takes back: two vouches at once could close a ring.

    Nor is anything accepted or merged on the letter meanwhile, perhaps on the very vouch that goes. First of all locks.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('referrals', 0))")
    decide_in_turn(campaign_id)


def refuse_unless_may_vouch(referrer: Signature, signature: Signature) -> None:
    """Raises Refused, in words for the staff, unless `referrer` may vouch for `signature` as things stand now."""
    if referrer.state != State.ACCEPTED or referrer.campaign_id != signature.campaign_id:
        raise Refused(_("Only an accepted signatory of the same letter can vouch."))
    if verification.level(referrer) < LEAST_LEVEL:
        raise Refused(
            _("Whoever vouches must be verified at %(level)s or better.") % {"level": LEAST_LEVEL.label}
        )
    if _is_same(referrer, signature):
        raise Refused(_("Nobody vouches for oneself: both share an organisation, name, domain or mailbox."))
    if _vouches_lead_to(signature, referrer):
        raise Refused(
            _("That would be a ring: it vouches, directly or through others, for who should vouch.")
        )


def refuse_asked_before(referrer: Signature, signature: Signature, now: datetime) -> None:
    """Raises Refused if `referrer`, or another of its organisation, was asked about `signature` and has not taken it back.

    What was said of one that was merged into `signature` was said of this; what was not answered there can't be any more.
    """
    same = Q(signature=signature) | Q(signature__merged_into=signature) & ~Q(answer="")
    for asked in Referral.objects.telling(now).filter(same).select_related("referrer__organisation"):
        who = asked.referrer
        if referrer.pk in (who.pk, who.merged_into_id) or _is_same(who, referrer):
            raise Refused(_("This organisation has been asked already."))


def wants_agreement(referrer: Signature, now: datetime) -> bool:
    """Whether the organisation of `referrer` vouches, or is asked to, so often that a second moderator must agree."""
    held = Referral.objects.held(now).filter(_same_organisation("referrer__organisation", referrer))
    return held.count() >= ENOUGH


def is_unagreed() -> Exists:
    """Whether a signature waits for a second moderator to agree that one more is asked of a busy signatory."""
    return Exists(Referral.objects.unagreed().filter(signature=OuterRef("pk")))


def candidates(signature: Signature) -> SignatureQuerySet:
    """Who can be chosen to vouch: the other accepted signatories of the letter. The rules are asked when one is chosen."""
    return Signature.objects.filter(campaign=signature.campaign_id, state=State.ACCEPTED).exclude(
        pk=signature.pk
    )


def _same_organisation(path: str, signature: Signature) -> Q:
    organisation = signature.organisation
    same = Q(**{path: organisation.pk})
    if organisation.match_key:
        same |= Q(**{f"{path}__match_key": organisation.match_key})
    if organisation.registrable_domain and not matching.is_shared_site(organisation.registrable_domain):
        same |= Q(**{f"{path}__registrable_domain": organisation.registrable_domain})
    return same


def _is_same(one: Signature, other: Signature) -> bool:
    """Whether both are of one organisation, by all that could tell."""
    prefetch_related_objects([one, other], "contacts")
    return not _traces(one).isdisjoint(_traces(other))


def _traces(signature: Signature) -> set[tuple[str, object]]:
    organisation = signature.organisation
    found: set[tuple[str, object]] = {("organisation", organisation.pk), ("name", organisation.match_key)}
    domains = likeness.own_domains(signature)
    found |= {("domain", domain) for domain in domains if not matching.is_shared_site(domain)}
    found |= {("mailbox", contact.mailbox_hash) for contact in signature.contacts.all()}
    return found - {("name", ""), ("mailbox", "")}


# From `start` along standing vouches, on every letter. An organisation has a row for each form that it sent (decision 0006), so
# each step takes along the rows that are the same by name or domain. UNION visits each row once, so a walk always ends.
_REACHED = """
    WITH RECURSIVE reached(id) AS (
        SELECT %(start)s::bigint
      UNION
        SELECT same.id
        FROM reached
        JOIN signatories_organisation known ON known.id = reached.id
        JOIN LATERAL (
            SELECT known.id
          UNION ALL
            SELECT twin.id FROM signatories_organisation twin
            WHERE twin.match_key = known.match_key AND known.match_key <> ''
          UNION ALL
            SELECT twin.id FROM signatories_organisation twin
            WHERE twin.registrable_domain = known.registrable_domain AND twin.registrable_domain <> ''
                AND NOT twin.registrable_domain = ANY(%(shared)s)
          UNION ALL
            SELECT vouched.organisation_id
            FROM signatories_signature vouching
            JOIN signatories_evidence vouch ON vouch.referrer_id = vouching.id
            JOIN signatories_signature vouched ON vouched.id = vouch.signature_id
            WHERE vouching.organisation_id = known.id AND vouch.kind = %(kind)s AND vouch.taken_back_at IS NULL
        ) same ON true
    )
    SELECT EXISTS (SELECT 1 FROM reached WHERE id = %(goal)s)
"""


def _vouches_lead_to(signature: Signature, referrer: Signature) -> bool:
    """Whether the organisation of `signature` vouches, directly or through others, for that of `referrer`."""
    values: dict[str, Any] = {
        "start": signature.organisation_id,
        "goal": referrer.organisation_id,
        "kind": EvidenceKind.REFERRAL.value,
        "shared": sorted(matching.SHARED_SITES),
    }
    with connection.cursor() as cursor:
        cursor.execute(_REACHED, values)
        (found,) = cursor.fetchone()
    return bool(found)
