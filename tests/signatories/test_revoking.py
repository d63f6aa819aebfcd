"""What was accepted and should not have been: taken back with a reason, corrected in public without a name (M13)."""

import pytest
from django.utils import timezone

from campaigns import reading
from campaigns.choices import UpdateKind
from campaigns.models import Update
from signatories import moderation
from signatories.models import OutboxMail, Signature
from signatories.states import Reason, State
from signatories.transitions import AlreadyDecided, IllegalTransition
from tests.builders import give_evidence, make_campaign, make_moderator, make_signature, make_superuser
from tests.signatories.staff_pages import button_address, case_address, messages, press, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    return make_campaign(languages=["en", "fr"])


@pytest.fixture
def posed(campaign):
    return make_signature(campaign, name="Posing Example Society")


def test_m13_a_revoked_signature_leaves_list_and_count_and_a_correction_names_nobody(client, campaign, posed):
    make_signature(campaign, name="Honest Example Society")
    before = client.get("/letter-a/count.json").json()["count"]

    moderation.revoke(
        signature=posed, by=make_superuser(), reason=Reason.IMPERSONATION, note="They never signed."
    )

    after = client.get("/letter-a/count.json").json()["count"]
    page = text(client.get("/en/letter-a/"))
    assert (before, after) == (2, 1)
    assert "Posing Example Society" not in page
    assert "Posing Example Society" not in text(client.get("/en/letter-a/signatories/"))
    assert "Correction: one signature was taken back" in page
    assert "They never signed" not in page
    (event,) = posed.events.filter(to_state=State.REVOKED)
    assert (event.reason, event.note.text) == ("impersonation", "They never signed.")


def test_the_correction_stands_in_each_language_of_the_letter(campaign, posed):
    moderation.revoke(signature=posed, by=make_superuser(), reason=Reason.IMPERSONATION)

    (update,) = Update.objects.all()
    assert update.kind == UpdateKind.CORRECTION
    assert sorted(update.texts.values_list("language", flat=True)) == ["en", "fr"]
    assert len(reading.read(campaign, "en", timezone.now()).updates) == 1


@pytest.mark.parametrize("mode", ["withheld", "addressee_only"])
def test_nothing_in_public_tells_that_one_was_revoked_whose_name_was_not_public(campaign, mode):
    hidden = make_signature(campaign, publication_mode=mode, state=State.CONFIRMED)
    staff = make_superuser()
    give_evidence(hidden, staff)
    give_evidence(hidden, staff, kind="callback")
    moderation.accept(signature=hidden, by=staff)

    moderation.revoke(signature=hidden, by=staff, reason=Reason.IMPERSONATION)

    assert Signature.objects.get(pk=hidden.pk).state == State.REVOKED
    assert not Update.objects.exists()


@pytest.mark.parametrize("state", [State.SUBMITTED, State.CONFIRMED, State.ON_HOLD, State.REJECTED])
def test_only_what_was_accepted_is_revoked(campaign, state):
    signature = make_signature(campaign, state=state)

    with pytest.raises(IllegalTransition):
        moderation.revoke(signature=signature, by=make_superuser(), reason=Reason.ABUSE)

    assert not Update.objects.exists()


def test_two_who_revoke_make_one_correction(campaign, posed):
    same = Signature.objects.get(pk=posed.pk)
    moderation.revoke(signature=posed, by=make_superuser(), reason=Reason.IMPERSONATION)

    with pytest.raises(AlreadyDecided):
        moderation.revoke(signature=same, by=make_superuser(), reason=Reason.ABUSE)

    assert Update.objects.count() == 1


def test_a_revoked_signature_can_be_opened_again_and_is_accepted_anew(campaign, posed):
    staff = make_superuser()
    moderation.revoke(signature=posed, by=staff, reason=Reason.IMPERSONATION)
    mails = OutboxMail.objects.count()

    moderation.put_back(signature=posed, by=staff, note="It was they after all.")
    moderation.accept(signature=posed, by=staff)

    posed.refresh_from_db()
    assert (posed.state, posed.decision_reason) == (State.ACCEPTED, "")
    assert Signature.objects.public().count() == 1
    assert OutboxMail.objects.count() == mails + 1  # that it is accepted


def test_the_page_offers_it_for_what_is_accepted_and_asks_for_a_reason(client, campaign, posed):
    client.force_login(make_moderator(campaign))

    refused = press(client, posed, "revoke", reason="")
    assert refused.status_code == 422
    done = press(client, posed, "revoke", reason="impersonation", note="They never signed.")

    assert messages(done) == ["Revoked: Posing Example Society."]
    shown = client.get(case_address(posed)).content.decode()
    assert button_address(posed, "revoke") not in shown
    assert button_address(posed, "put-back") in shown
