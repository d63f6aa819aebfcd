"""No organisation counts twice on a letter: what must not be accepted beside another until somebody has said that they differ."""

from django.utils.translation import gettext as _

from signatories import likeness
from signatories.models import Signature
from signatories.states import State
from signatories.transitions import Refused


class PossibleDuplicate(Refused):
    """An accepted signature seems to be of the same organisation, and nobody has said that it isn't."""


def refuse_duplicate(signature: Signature, *, apart_from: Signature | None = None) -> None:
    """Raises PossibleDuplicate if another accepted signature on the letter may be of the same organisation.

    `apart_from` stood beside it before, accepted as well.
    """
    twins = likeness.unsettled_duplicates(signature).filter(state=State.ACCEPTED)
    twin = (twins.exclude(pk=apart_from.pk) if apart_from else twins).first()
    if twin is not None:
        raise PossibleDuplicate(
            _(
                "“%(name)s” is accepted and may be the same organisation. Merge the two, or say that they differ."
            )
            % {"name": twin.organisation.name}
        )
