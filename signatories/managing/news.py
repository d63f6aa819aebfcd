"""News about the letter by mail: yes or no, at once."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.choices import ConsentKind
from campaigns.models import ConsentText
from signatories.models import Consent, Contact
from signatories.signing import new_consent
from signatories.states import EventKind
from signatories.transitions import SIGNER, Refused, record


def wants_news(contact: Contact) -> bool:
    """Whether `contact` has agreed to get news, and not taken it back."""
    return _standing(contact).exists()


def subscribe(*, contact: Contact, text: ConsentText | None) -> None:
    """Notes that the contact agrees to `text`, the wording that the page showed; twice is once. Raises Refused without one."""
    if text is None:
        raise Refused(_("This letter offers no news by mail."))
    now = timezone.now()
    with transaction.atomic():
        _lock(contact)
        if not _standing(contact).exists():
            new_consent(contact, text, now).save(force_insert=True)
            record(contact.signature, kind=EventKind.UPDATES, actor=SIGNER, detail="yes", happened_at=now)


def unsubscribe(*, contact: Contact) -> None:
    """Notes that the contact wants no more news; twice is once."""
    now = timezone.now()
    with transaction.atomic():
        _lock(contact)
        if _standing(contact).update(taken_back_at=now):
            record(contact.signature, kind=EventKind.UPDATES, actor=SIGNER, detail="no", happened_at=now)


def _standing(contact: Contact) -> QuerySet[Consent]:
    return Consent.objects.filter(contact=contact, kind=ConsentKind.UPDATES, taken_back_at=None)


def _lock(contact: Contact) -> None:
    list(Contact.objects.select_for_update().filter(pk=contact.pk))
