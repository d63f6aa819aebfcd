"""Whoever signed one that was merged away: the own page acts as before (scenario S15), and staff read what was asked for.

What survived belongs to others as well: only towards privacy does the second signer's hand reach it.
"""

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.choices import PublicationMode
from signatories import hiding
from signatories.models import Signature
from signatories.states import EventKind, State
from signatories.transitions import SIGNER, SYSTEM, record

HID = gettext_lazy("The signer has hidden the name on the own page.")
WITHDREW = gettext_lazy(
    "The signer has withdrawn on the own page, and sees it withdrawn. What survived still counts: please look whether it may."
)
ASKED_FOR_NAME = gettext_lazy("The signer asks for another name; it stands on the page of the merged one.")
ASKED_FOR_PUBLICITY = gettext_lazy(
    "The signer asks for more publicity; it stands on the page of the merged one, and changes nothing here."
)


def hide(*, signature: Signature, to: PublicationMode) -> None:
    """As `hiding.hide` for its signer. What it was merged into is hidden as well where it is public: the name must be gone."""
    with transaction.atomic():
        hiding.hide(signature=signature, to=to, actor=SIGNER)
        # Now that it is our turn: a merge may just have been done.
        fresh = Signature.objects.select_related("merged_into").get(pk=signature.pk)
        survivor = fresh.merged_into
        if survivor is not None and survivor.publication_mode == PublicationMode.PUBLIC:
            hiding.hide(signature=survivor, to=to, actor=SYSTEM)
        tell_staff(fresh, HID)


def tell_staff(signature: Signature, words: Promise) -> None:
    """Notes on the case that survived what its second signer did; nothing where `signature` wasn't merged. Inside a transaction."""
    if signature.state != State.MERGED or signature.merged_into is None:
        return
    with translation.override(settings.LANGUAGE_CODE):
        note = _("Of the merged signature %(reference)s: %(words)s") % {
            "reference": signature.reference,
            "words": words,
        }
    record(signature.merged_into, kind=EventKind.NOTE, actor=SYSTEM, note=note)
