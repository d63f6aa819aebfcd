"""A signature as its own signer knows it, who must not learn from it of another one (scenario S15)."""

from signatories.models import Organisation, Signature
from signatories.states import State


def as_its_signer_knows_it(signature: Signature) -> tuple[Organisation, str]:
    """Organisation and state. A merge changes nothing here: it would tell the second signer that there is a first, who may be withheld."""
    if signature.state != State.MERGED:
        return signature.organisation, signature.state
    merge = signature.merges_away.get(undone_at=None)
    return Organisation.objects.get(pk=merge.before["organisation"]), merge.before["state"]
