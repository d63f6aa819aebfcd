"""Two presses at the same moment do one thing: withdrawing, erasing, calling off while it takes effect."""

from datetime import timedelta

import pytest
from django.utils import timezone

from signatories import publicity
from signatories.managing import fresh, leaving, publishing
from signatories.models import Contact, ModeChange, OutboxMail, Signature
from signatories.states import EventKind, LinkPurpose, MailKind, State
from signatories.transitions import Refused
from tests.builders import make_campaign, make_signature, make_superuser
from tests.processes.together import at_once

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def signature():
    return make_signature(make_campaign(modes_allowed=["public", "withheld"]))


def fresh_digest(signature, purpose):
    fresh.ask_for(contact=signature.contacts.get(), purpose=purpose)
    return signature.links.get(purpose=purpose).digest


def attempt(action):
    def tried():
        try:
            action()
        except Refused:
            return "refused"
        return "done"

    return tried


def test_a_signature_is_withdrawn_once(signature):
    digest = fresh_digest(signature, LinkPurpose.WITHDRAW)

    at_once([attempt(lambda: leaving.withdraw(digest=digest))] * 4)

    assert Signature.objects.get().state == State.WITHDRAWN
    assert signature.events.filter(to_state=State.WITHDRAWN).count() == 1
    assert OutboxMail.objects.filter(kind=MailKind.WITHDRAWN).count() == 1


def test_a_contact_is_erased_once_with_one_last_mail(signature):
    digest = fresh_digest(signature, LinkPurpose.ERASE)

    at_once([attempt(lambda: leaving.erase(digest=digest))] * 4)

    assert Contact.objects.count() == 0
    assert OutboxMail.objects.filter(kind=MailKind.ERASED).count() == 1


def test_publicity_takes_effect_once_or_is_called_off(signature):
    Signature.objects.update(publication_mode="withheld", joined_total_at=None)
    for _ in range(3):
        past, contact = (
            timezone.now() - timedelta(minutes=1),
            signature.contacts.select_related("signature").get(),
        )
        change = ModeChange.objects.create(
            signature=signature,
            to_mode="public",
            asked_at=past,
            confirmed_at=past,
            checked_at=past,
            checked_by=make_superuser(),
            effective_at=past,
        )
        told = signature.events.filter(kind__in=[EventKind.MODE, EventKind.MODE_STOPPED]).count()

        at_once(
            [
                publicity.apply_due,
                publicity.apply_due,
                lambda contact=contact: publishing.stop_publicity(contact=contact),
            ]
        )

        change.refresh_from_db()
        is_public = Signature.objects.get().publication_mode == "public"
        assert (change.applied_at is not None, change.stopped_at is not None) == (is_public, not is_public)
        after = signature.events.filter(kind__in=[EventKind.MODE, EventKind.MODE_STOPPED]).count()
        assert after == told + 1
        Signature.objects.update(publication_mode="withheld")
