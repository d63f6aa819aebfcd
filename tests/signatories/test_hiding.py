"""Towards privacy at once, by signer or staff; towards publicity never but along a wish of the signer (rule of the modes)."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import Error, connection, transaction
from django.utils import timezone

from campaigns.choices import PRIVACY, PublicationMode
from signatories import hiding, publicity
from signatories.identity import mailboxes
from signatories.mail import delivery
from signatories.models import Contact, Erasure, ModeChange, OutboxMail, Signature
from signatories.states import EventKind, State
from signatories.transitions import SIGNER, Refused, staff, undoing
from tests.builders import make_campaign, make_signature, make_superuser

pytestmark = pytest.mark.django_db

WITHHELD, ANNEX, PUBLIC = PublicationMode.WITHHELD, PublicationMode.ADDRESSEE_ONLY, PublicationMode.PUBLIC


@pytest.fixture
def campaign():
    return make_campaign()


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def make_mode(signature, mode):
    Signature.objects.filter(pk=signature.pk).update(publication_mode=mode)
    return fresh(signature)


@pytest.mark.parametrize("to", [WITHHELD, ANNEX])
def test_s18_a_public_name_is_hidden_at_once_and_looks_withdrawn(campaign, to):
    signature = make_signature(campaign)
    assert campaign.signatures.tally().count == 1

    hiding.hide(signature=signature, to=to, actor=SIGNER)

    assert (signature.publication_mode, signature.joined_total_at) == (to, None)
    assert (fresh(signature).publication_mode, fresh(signature).joined_total_at) == (to, None)
    assert fresh(signature).state == State.ACCEPTED
    assert (campaign.signatures.tally().count, campaign.signatures.public().count()) == (0, 0)
    event = signature.events.get(kind=EventKind.MODE)
    assert (event.actor_kind, event.actor, event.detail) == ("signer", None, f"public > {to.value}")
    assert list(OutboxMail.objects.filter(kind="hidden").values_list("signature", flat=True)) == [
        signature.pk
    ]
    assert Erasure.objects.filter(kind="hidden").count() == 1


def test_every_contact_hears_of_it_with_a_link_and_it_is_remembered_once(campaign):
    signature = make_signature(campaign)
    add_second_contact(signature)
    OutboxMail.objects.all().delete()

    hiding.hide(signature=signature, to=WITHHELD, actor=staff(make_superuser()))
    delivery.drain()

    assert len({each.to[0] for each in mail.outbox}) == 2
    for each in mail.outbox:
        assert "Something was changed at your entry. Open the link to see it." in each.body
        assert "/manage/" in each.body
        assert signature.organisation.name not in each.body
    assert Erasure.objects.filter(kind="hidden").count() == 1


def test_of_a_form_that_nobody_confirmed_no_stranger_gets_a_page(campaign):
    signature = make_signature(campaign, state=State.SUBMITTED)

    hiding.hide(signature=signature, to=WITHHELD, actor=staff(make_superuser()))

    assert OutboxMail.objects.filter(kind="hidden").count() == 0


def test_s18_when_a_name_is_shown_to_more_people_every_contact_hears_of_it_discreetly(campaign):
    signature = make_mode(make_signature(campaign), WITHHELD)
    add_second_contact(signature)
    OutboxMail.objects.all().delete()
    wish(signature, PUBLIC)

    assert publicity.apply_due() == 1
    delivery.drain()

    assert len({each.to[0] for each in mail.outbox}) == 2
    for each in mail.outbox:
        assert "What you asked for is done. Open the link to see it, or to take it back." in each.body
        assert "/manage/" in each.body
        assert "72 hours" not in each.body
        assert signature.organisation.name not in each.body
    assert signature.events.get(kind=EventKind.MODE).detail == "withheld > public"


def test_from_the_annex_to_withheld_the_total_stays(campaign):
    signature = make_signature(campaign)
    Signature.objects.filter(pk=signature.pk).update(publication_mode=ANNEX)

    hiding.hide(signature=fresh(signature), to=WITHHELD, actor=SIGNER)

    assert fresh(signature).publication_mode == WITHHELD
    assert campaign.signatures.tally().count == 1


@pytest.mark.parametrize(
    ("before", "to"),
    [(before, to) for before in PRIVACY for to in PRIVACY if not to.is_more_private_than(before)],
)
def test_hiding_never_publishes(campaign, before, to):
    signature = make_mode(make_signature(campaign), before)

    with pytest.raises(Refused, match="as private as that already"):
        hiding.hide(signature=signature, to=to, actor=staff(make_superuser()))

    assert fresh(signature).publication_mode == before
    assert OutboxMail.objects.filter(kind="hidden").count() == 0


def test_a_double_press_hides_once(campaign):
    signature = make_signature(campaign)
    page = fresh(signature)
    hiding.hide(signature=signature, to=WITHHELD, actor=SIGNER)

    with pytest.raises(Refused):
        hiding.hide(signature=page, to=WITHHELD, actor=SIGNER)

    assert signature.events.filter(kind=EventKind.MODE).count() == 1


def test_hiding_calls_off_a_wish_for_more_publicity(campaign):
    signature = make_mode(make_signature(campaign), ANNEX)
    ModeChange.objects.create(signature=signature, to_mode=PUBLIC, asked_at=timezone.now())

    hiding.hide(signature=signature, to=WITHHELD, actor=SIGNER)

    assert ModeChange.objects.standing().count() == 0
    assert signature.events.filter(kind=EventKind.MODE_STOPPED).count() == 1


def test_who_has_no_contact_left_is_hidden_without_a_mail(campaign):
    signature = make_signature(campaign)
    signature.contacts.all().delete()

    hiding.hide(signature=signature, to=WITHHELD, actor=staff(make_superuser()))

    assert fresh(signature).publication_mode == WITHHELD
    assert OutboxMail.objects.filter(kind="hidden").count() == 0


def add_second_contact(signature):
    first = signature.contacts.get()
    Contact.objects.create(
        signature=signature,
        is_primary=False,
        name="Bea",
        role="Chair",
        mailbox="bea@second.example",
        mailbox_hash=mailboxes.lookup_hash("bea@second.example"),
        mailbox_domain="second.example",
        language=first.language,
    )


def wish(signature, to, **columns):
    now = timezone.now()
    facts = {
        "asked_at": now - timedelta(days=5),
        "confirmed_at": now - timedelta(days=5),
        "checked_at": now - timedelta(days=4),
        "checked_by": make_superuser(),
        "effective_at": now - timedelta(minutes=1),
    }
    return ModeChange.objects.create(signature=signature, to_mode=to, **facts | columns)


def refuses(signature, to):
    try:
        with transaction.atomic():
            Signature.objects.filter(pk=signature.pk).update(publication_mode=to)
    except Error as error:
        return "without its signer" in str(error)
    return False


@pytest.mark.parametrize(("before", "to"), [(WITHHELD, PUBLIC), (WITHHELD, ANNEX), (ANNEX, PUBLIC)])
def test_m15_the_database_lets_no_code_of_ours_publish_a_name(campaign, before, to):
    signature = make_mode(make_signature(campaign), before)

    assert refuses(signature, to)
    with connection.cursor() as cursor, pytest.raises(Error), transaction.atomic():
        cursor.execute(
            "UPDATE signatories_signature SET publication_mode = %s WHERE id = %s", [to, signature.pk]
        )
    signature.publication_mode = to
    with pytest.raises(Error), transaction.atomic():
        signature.save()
    assert fresh(signature).publication_mode == before


def test_s18_a_wish_that_was_checked_and_is_due_may(campaign):
    signature = make_mode(make_signature(campaign), WITHHELD)
    wish(signature, PUBLIC)

    assert not refuses(signature, PUBLIC)
    assert fresh(signature).publication_mode == PUBLIC


@pytest.mark.parametrize(
    "columns",
    [
        {"checked_at": None, "checked_by": None, "effective_at": None},
        {"checked_at": None, "checked_by": None, "effective_at": None, "confirmed_at": None},
        {"effective_at": timezone.now() + timedelta(hours=1)},
        {"stopped_at": timezone.now()},
        {"applied_at": None},
        {"to_mode": ANNEX},
    ],
)
def test_s18_a_wish_that_is_not_due_may_not(campaign, columns):
    signature = make_mode(make_signature(campaign), WITHHELD)
    columns = dict(columns)
    if "applied_at" in columns:
        columns["applied_at"] = timezone.now()
    wish(signature, columns.pop("to_mode", PUBLIC), **columns)

    assert refuses(signature, PUBLIC)


def test_the_wish_of_another_signature_does_not_count(campaign):
    signature, other = (make_mode(make_signature(campaign), WITHHELD) for _ in range(2))
    wish(other, PUBLIC)

    assert refuses(signature, PUBLIC)


def test_only_a_declared_undo_gives_a_mode_back_and_only_while_it_lasts(campaign):
    signature = make_mode(make_signature(campaign), WITHHELD)

    with transaction.atomic():
        with undoing():
            Signature.objects.filter(pk=signature.pk).update(publication_mode=ANNEX)
        assert refuses(signature, PUBLIC)

    assert fresh(signature).publication_mode == ANNEX


@pytest.mark.parametrize(("before", "to"), [(PUBLIC, ANNEX), (PUBLIC, WITHHELD), (ANNEX, WITHHELD)])
def test_towards_privacy_the_database_asks_nothing(campaign, before, to):
    signature = make_mode(make_signature(campaign), before)

    assert not refuses(signature, to)
