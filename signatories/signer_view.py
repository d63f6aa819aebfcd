"""A signature as its own signer knows it, who must not learn from it of another one (scenario S15)."""

from datetime import datetime

from django.db.models import Q

from campaigns.choices import PublicationMode
from signatories.models import Evidence, Merge, Organisation, Signature
from signatories.models.evidence import EvidenceQuerySet
from signatories.states import EventKind, State


def as_its_signer_knows_it(signature: Signature) -> tuple[Organisation, str]:
    """Organisation and state. A merge changes nothing here: it would tell the second signer that there is a first, who may be withheld.

    Whoever withdrew a merged one (`managing.leaving`) sees it withdrawn.
    """
    merge = _merge_of(signature)
    if merge is None:
        return signature.organisation, signature.state
    state = State.WITHDRAWN if signature.withdrawn_at else merge.before["state"]
    return Organisation.objects.get(pk=merge.before["organisation"]), state


def has_joined(signature: Signature) -> bool:
    """Whether it is in the total, as far as its signer knows: one that waits joins with the next batch, also one just hidden."""
    merge = _merge_of(signature)
    if merge is None:
        return signature.joined_total_at is not None
    hidden = signature.events.filter(
        kind=EventKind.MODE,
        detail__startswith=f"{PublicationMode.PUBLIC.value} >",
        happened_at__gt=merge.merged_at,
    )
    hidden_at = hidden.order_by("-pk").values_list("happened_at", flat=True).first()
    if hidden_at is None and merge.before.get("had_joined"):
        return True
    ran_at = signature.campaign.batch_ran_at
    return ran_at is not None and ran_at > (hidden_at or merge.merged_at)


def decided_at(signature: Signature) -> datetime | None:
    """When staff decided about it, the merge left out."""
    merge = _merge_of(signature)
    if merge is None:
        return signature.decided_at
    before = merge.before["decided_at"]
    return datetime.fromisoformat(before) if before else None


def evidence_of(signature: Signature) -> EvidenceQuerySet:
    """What speaks for it, also what a merge took along."""
    merge = _merge_of(signature)
    taken = [] if merge is None else merge.before["evidence"]
    return Evidence.objects.filter(Q(signature=signature) | Q(pk__in=taken))


def _merge_of(signature: Signature) -> Merge | None:
    if signature.state != State.MERGED:
        return None
    return signature.merges_away.get(undone_at=None)
