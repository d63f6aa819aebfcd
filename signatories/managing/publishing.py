"""Towards publicity: the signer asks, and confirms by a fresh mail; and calls it off, with one click, until it is done."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.choices import PublicationMode
from signatories import publicity
from signatories.links import BadLink
from signatories.managing import fresh, merged
from signatories.models import Contact, MailLink, ModeChange, Signature
from signatories.signer_view import as_its_signer_knows_it
from signatories.states import EventKind, LinkPurpose
from signatories.transitions import SIGNER, Refused, record
from signatories.turns import decide_in_turn


def offered(signature: Signature) -> list[PublicationMode]:
    """The more public modes that the signer can ask for: those that the letter offers."""
    if as_its_signer_knows_it(signature)[1] not in publicity.CHANGEABLE:
        return []
    allowed = signature.campaign.modes_allowed
    return [mode for mode in publicity.more_open(signature.publication_mode) if mode in allowed]


def ask_for_publicity(*, contact: Contact, to: PublicationMode) -> None:
    """Writes the wish down and queues the mail that asks to confirm it. A wish before it is called off.

    Raises Refused for what is not offered, and what `fresh.ask` raises.
    """
    now = timezone.now()
    with transaction.atomic():
        decide_in_turn(contact.signature.campaign_id)
        signature = Signature.objects.select_related("campaign", "organisation").get(pk=contact.signature_id)
        if to not in offered(signature):
            raise Refused(_("That can’t be asked for here."))
        link = fresh.ask(contact, LinkPurpose.PUBLISH, now)
        publicity.stop(signature, actor=SIGNER, now=now)
        ModeChange.objects.create(signature=signature, to_mode=to, link=link, asked_at=now)


def wish_of(link: MailLink) -> ModeChange:
    """What the mailed link confirms. Raises BadLink where it was called off meanwhile."""
    wish = ModeChange.objects.standing().filter(link=link, confirmed_at=None).first()
    if wish is None:
        raise BadLink(_("This wish was called off, or another one has taken its place."))
    return wish


def confirm_publicity(*, digest: str) -> None:
    """The stored mailbox wants it: from now on the staff can check. Raises what `fresh.use` and `wish_of` raise."""
    now = timezone.now()
    with transaction.atomic():
        link, _contact = fresh.use(digest, LinkPurpose.PUBLISH, now)
        wish = wish_of(link)
        ModeChange.objects.filter(pk=wish.pk).update(confirmed_at=now)
        record(wish.signature, kind=EventKind.MODE_ASKED, actor=SIGNER, detail=wish.to_mode, happened_at=now)
        merged.tell_staff(wish.signature, merged.ASKED_FOR_PUBLICITY)


def stop_publicity(*, contact: Contact) -> None:
    """Calls it off at once; twice is once."""
    with transaction.atomic():
        decide_in_turn(contact.signature.campaign_id)
        publicity.stop(contact.signature, actor=SIGNER, now=timezone.now())
