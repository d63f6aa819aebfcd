"""Who may be asked to vouch, what the answer does, and what is left when it is taken back (scenario S22)."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from campaigns.models import Campaign
from signatories import moderation, referrals, second_eyes, tokens, verification
from signatories.admin.filters import at_level
from signatories.identity import mailboxes
from signatories.links import BadLink, LinkExpired
from signatories.models import Evidence, MailLink, Organisation, OutboxMail, Referral, Signature
from signatories.moderation import vouching
from signatories.states import EvidenceKind, Level, Reason, State, Vouch
from signatories.transitions import AlreadyDecided, Refused
from tests.builders import make_campaign, make_moderator, make_signature, make_superuser

pytestmark = pytest.mark.django_db
NAMED = "The signer named this signatory, or agreed that it is asked."


@pytest.fixture
def campaign():
    return make_campaign()


@pytest.fixture
def moderators(campaign):
    return make_moderator(campaign), make_moderator(campaign, username="second")


def make_group(campaign, **answers):
    """A group without a domain that has confirmed."""
    mailbox = answers.pop("mailbox", None) or f"group{Signature.objects.count()}@gmail.com"
    return make_signature(
        campaign, **{"state": State.CONFIRMED, "website": "", "mailbox": mailbox, **answers}
    )


def ask(group, referrer, by=None, **more):
    more = {"signer_agreed": True, **more}
    return moderation.ask_to_vouch(signature=group, referrer=referrer, by=by or make_superuser(), **more)


def token_of(referral):
    """The secret of the link that was mailed for `referral`, out of the outbox."""
    for mail in OutboxMail.objects.filter(kind="referral"):
        token = json.loads(mail.context)["link"].rstrip("/").rpartition("/")[2]
        if tokens.digest(token) == referral.link.digest:
            return token
    raise AssertionError("no mail carries this link")


def vouch(group, referrer, by=None):
    referral = ask(group, referrer, by)
    vouching.answer(token=token_of(referral), says=Vouch.YES)
    return Referral.objects.get(pk=referral.pk)


def state_of(signature):
    return Signature.objects.get(pk=signature.pk).state


def level_of(signature):
    return verification.level(Signature.objects.get(pk=signature.pk))


def told(signature, *kinds):
    events = signature.events.filter(kind__in=kinds).select_related("note")
    return [(event.kind, event.detail, event.note.text) for event in events]


# --- asking ----------------------------------------------------------------------------------------------


def test_s22_the_referrer_is_mailed_who_wants_to_sign_and_nothing_of_the_contact(campaign, moderators):
    group = make_group(
        campaign, name="Example Mothers", contact_name="Ana Secret", mailbox="secret@gmail.com"
    )
    referrer = make_signature(campaign, mailbox="jo@lantern.example", language="fr")

    referral = ask(group, referrer, moderators[0], note="They met in March.")

    mail = OutboxMail.objects.get(kind="referral")
    assert (mail.signature, mail.recipient, mail.language) == (referrer, "jo@lantern.example", "fr")
    context = json.loads(mail.context)
    assert (context["group"], context["country"]) == ("Example Mothers", "Kenya")
    assert [secret for secret in ("Ana", "secret@", group.reference) if secret in mail.context] == []
    assert context["link"].startswith("http://testserver/fr/vouch/")
    assert referral.link.signature == referrer
    assert referral.link.expires_at - referral.link.created_at == timedelta(days=30)
    assert told(group, "referral_asked") == [
        (
            "referral_asked",
            "",
            f"“{referrer.organisation.name}”. {NAMED} They met in March.",
        )
    ]


@pytest.mark.parametrize("mode", ["withheld", "addressee_only"])
def test_the_mail_to_a_signatory_that_is_not_named_tells_neither_letter_nor_group(campaign, mode):
    group = make_group(campaign, name="Example Mothers")
    referrer = make_signature(campaign)
    Signature.objects.filter(pk=referrer.pk).update(publication_mode=mode)

    ask(group, referrer)

    context = json.loads(OutboxMail.objects.get(kind="referral").context)
    assert sorted(context) == ["discreet", "link"]


@pytest.mark.parametrize("mode", ["public", "addressee_only", "withheld"])
def test_nobody_is_asked_before_the_signer_has_named_it_or_agreed(campaign, mode):
    group, referrer = make_group(campaign, publication_mode=mode), make_signature(campaign)

    with pytest.raises(Refused, match="Ask only whom the signer named"):
        ask(group, referrer, signer_agreed=False)
    assert Referral.objects.count() == OutboxMail.objects.filter(kind="referral").count() == 0

    ask(group, referrer)
    assert OutboxMail.objects.filter(kind="referral").count() == 1


@pytest.mark.parametrize("state", [State.SUBMITTED, State.ACCEPTED, State.REJECTED])
def test_only_for_what_waits_is_anybody_asked(campaign, state):
    group, referrer = make_group(campaign, state=state), make_signature(campaign)

    with pytest.raises(AlreadyDecided):
        ask(group, referrer)


@pytest.mark.parametrize("state", [State.SUBMITTED, State.CONFIRMED, State.ON_HOLD, State.REJECTED])
def test_only_an_accepted_signatory_can_vouch(campaign, state):
    with pytest.raises(Refused, match="Only an accepted signatory of the same letter"):
        ask(make_group(campaign), make_signature(campaign, state=state))


def test_a_signatory_of_another_letter_cannot_vouch(campaign):
    with pytest.raises(Refused, match="Only an accepted signatory of the same letter"):
        ask(make_group(campaign), make_signature(make_campaign("letter-b")))


def test_who_was_accepted_below_the_bar_cannot_vouch(campaign, moderators):
    first, second = moderators
    weak = make_group(campaign)
    second_eyes.ask(signature=weak, by=first, note="why")
    moderation.accept(signature=weak, by=second, note="why", with_colleague=True)

    with pytest.raises(Refused, match="must be verified at V2 or better"):
        ask(make_group(campaign), weak)


ONESELF = {
    "name": {"name": "EXAMPLE Lantern", "website": "", "mailbox": "other@gmail.com"},
    "website": {"name": "Other", "website": "https://www.lantern.example/en", "mailbox": "other@gmail.com"},
    "mailbox of the domain": {"name": "Other", "website": "", "mailbox": "second@mail.lantern.example"},
    "second mailbox": {"name": "Other", "website": "", "mailbox": "Lan.Tern+x@gmail.com"},
}


@pytest.mark.parametrize("answers", ONESELF.values(), ids=ONESELF.keys())
def test_nobody_vouches_for_oneself_in_another_dress(campaign, answers):
    referrer = make_signature(
        campaign, name="Example Lantern", website="https://lantern.example", mailbox="jo@lantern.example"
    )
    add_contact(referrer, "lantern@gmail.com")
    group = make_signature(campaign, state=State.CONFIRMED, **answers)

    with pytest.raises(Refused, match="Nobody vouches for oneself"):
        ask(group, referrer)
    with pytest.raises(Refused, match=r"Nobody vouches for oneself|Only an accepted"):
        ask(group, group)


def add_contact(signature, mailbox):
    signature.contacts.create(
        is_primary=False,
        mailbox=mailbox,
        mailbox_hash=mailboxes.lookup_hash(mailbox),
        mailbox_domain=mailboxes.domain_of(mailbox),
    )


def test_two_groups_with_pages_on_the_same_social_network_are_not_one(campaign):
    group = make_group(campaign, website="https://www.facebook.com/example-mothers")
    referrer = make_signature(
        campaign, website="https://www.facebook.com/example-lantern", mailbox="lantern@gmail.com"
    )

    assert ask(group, referrer).link is not None


def test_nobody_is_asked_twice_nor_another_of_its_organisation(campaign):
    group, referrer = make_group(campaign), make_signature(campaign, website="https://lantern.example")
    section = make_signature(campaign, name="Lantern, Section North", mailbox="x@gmail.com", website="")
    add_contact(section, "north@lantern.example")

    ask(group, referrer)

    for again in (referrer, section):
        with pytest.raises(Refused, match="has been asked already"):
            ask(group, again)
    assert OutboxMail.objects.filter(kind="referral").count() == 1


def test_who_does_not_know_a_group_is_not_asked_again_and_who_ran_out_of_time_is(campaign):
    group, first, second = make_group(campaign), make_signature(campaign), make_signature(campaign)
    vouching.answer(token=token_of(ask(group, first)), says=Vouch.NO)
    ask(group, second)

    with time_machine.travel(timezone.now() + timedelta(days=31)):
        with pytest.raises(Refused, match="has been asked already"):
            ask(group, first)
        ask(group, second)

    assert group.referrals.filter(referrer=second).count() == 1
    assert OutboxMail.objects.filter(kind="referral", signature=second).count() == 2


def merged(survivor, gone):
    return moderation.merge(survivor=fresh(survivor), merged=fresh(gone), by=make_superuser(), name=survivor)


def fresh(signature):
    return Signature.objects.get(pk=signature.pk)


@pytest.mark.parametrize("says", list(Vouch))
def test_what_was_said_of_a_merged_group_was_said_of_the_one_that_survives(campaign, says):
    one, other = make_group(campaign), make_group(campaign)
    referrer = make_signature(campaign)
    vouching.answer(token=token_of(ask(other, referrer)), says=says)
    merged(one, other)

    with pytest.raises(Refused, match="asked already"):
        ask(fresh(one), referrer)


def test_what_a_merged_signatory_said_was_said_by_the_one_that_survives(campaign):
    group = make_group(campaign)
    one, other = make_signature(campaign), make_signature(campaign)
    Signature.objects.filter(pk=make_signature(make_campaign("letter-b")).pk).update(
        organisation=other.organisation  # so that its row in the register stays apart
    )
    vouching.answer(token=token_of(ask(group, other)), says=Vouch.NO)
    merged(one, other)

    with pytest.raises(Refused, match="asked already"):
        ask(group, fresh(one))


def test_what_nobody_answered_about_a_merged_group_may_be_asked_about_the_other(campaign):
    one, other = make_group(campaign), make_group(campaign)
    referrer = make_signature(campaign)
    ask(other, referrer)
    merged(one, other)

    vouching.answer(token=token_of(ask(fresh(one), referrer)), says=Vouch.YES)

    assert fresh(one).evidence.counting().filter(referrer=referrer).count() == 1


def test_whose_vouch_came_with_a_merge_is_not_asked_for_it_any_more(client, campaign):
    one, other = make_group(campaign), make_group(campaign)
    referrer = make_signature(campaign)
    token = token_of(ask(one, referrer))
    vouch(other, referrer)
    merged(one, other)

    assert client.post(f"/en/vouch/{token}/", {"says": "yes"}).status_code == 410
    assert fresh(one).evidence.counting().filter(referrer=referrer).count() == 1


def test_a_signatory_whose_contact_was_erased_is_not_asked(campaign):
    referrer = make_signature(campaign)
    referrer.contacts.update(mailbox=None)

    with pytest.raises(Refused, match="no mailbox any more"):
        ask(make_group(campaign), referrer)
    assert Referral.objects.count() == 0


# --- rings -----------------------------------------------------------------------------------------------


def vouches(referrer, vouched):
    """A standing vouch, as it may have come about on any letter."""
    return Evidence.objects.create(
        signature=vouched, kind=EvidenceKind.REFERRAL, referrer=referrer, recorded_at=timezone.now()
    )


def test_who_is_vouched_for_does_not_vouch_back_neither_directly_nor_through_others(campaign):
    first, second, third = (make_signature(campaign) for _ in range(3))
    vouches(first, second)
    vouches(second, third)

    with pytest.raises(Refused, match="a ring"):
        referrals.refuse_unless_may_vouch(second, first)
    with pytest.raises(Refused, match="a ring"):
        referrals.refuse_unless_may_vouch(third, first)
    referrals.refuse_unless_may_vouch(first, third)


def test_a_ring_is_seen_across_letters_by_name_and_by_domain(campaign):
    elsewhere = make_campaign("letter-b")
    first = make_signature(campaign, name="Example Lantern", website="")
    second = make_signature(campaign, website="https://second.example")
    vouches(
        make_signature(elsewhere, name="The Example Lantern", website=""),
        make_signature(elsewhere, name="Second, renamed", website="https://www.second.example/"),
    )

    with pytest.raises(Refused, match="a ring"):
        referrals.refuse_unless_may_vouch(second, first)


def test_a_ring_is_open_again_when_a_vouch_is_taken_back_and_a_shared_site_makes_none(campaign):
    first = make_signature(campaign, website="https://facebook.com/first", mailbox="first@gmail.com")
    second = make_signature(campaign)
    other = make_signature(
        make_campaign("letter-b"), website="https://facebook.com/other", mailbox="other@gmail.com"
    )
    vouches(other, second)
    evidence = vouches(first, second)

    with pytest.raises(Refused, match="a ring"):
        referrals.refuse_unless_may_vouch(second, first)
    evidence.taken_back_at = timezone.now()
    evidence.save()
    referrals.refuse_unless_may_vouch(second, first)


def test_a_walk_along_rings_that_are_there_already_ends(campaign):
    three = [make_signature(campaign) for _ in range(3)]
    for one, other in zip(three, three[1:] + three[:1], strict=True):
        vouches(one, other)
    outsider = make_signature(campaign)

    referrals.refuse_unless_may_vouch(outsider, three[0])
    with pytest.raises(Refused, match="a ring"):
        referrals.refuse_unless_may_vouch(three[1], three[0])


def test_two_who_are_asked_to_vouch_for_each_other_do_not_both(campaign, moderators):
    first, second = make_signature(campaign), make_signature(campaign)
    for signature in (first, second):
        moderation.hold(signature=signature, by=moderators[0])
    moderation.accept(signature=second, by=moderators[0])
    one_way = ask(first, second)
    moderation.accept(signature=first, by=moderators[0])
    moderation.hold(signature=second, by=moderators[0])
    other_way = ask(second, first)
    moderation.accept(signature=second, by=moderators[0])

    vouching.answer(token=token_of(one_way), says=Vouch.YES)

    with pytest.raises(vouching.NoLongerAsked):
        vouching.answer(token=token_of(other_way), says=Vouch.YES)


# --- more than five --------------------------------------------------------------------------------------


def test_the_sixth_of_one_referrer_waits_for_a_second_moderator(campaign, moderators):
    first, second = moderators
    referrer = make_signature(campaign)
    for _ in range(4):
        vouch(make_group(campaign), referrer, first)
    ask(make_group(campaign), referrer, first)
    group = make_group(campaign)

    referral = ask(group, referrer, first)

    assert (referral.link, referral.agreed_by, referral.is_unagreed) == (None, None, True)
    assert OutboxMail.objects.filter(kind="referral").count() == 5
    assert list(second_eyes.wanted(Signature.objects.all())) == [group]
    with pytest.raises(Refused, match="You have asked yourself"):
        moderation.agree_to_ask(referral=referral, by=first)

    moderation.agree_to_ask(referral=referral, by=second)

    referral.refresh_from_db()
    assert (referral.agreed_by, referral.is_unagreed) == (second, False)
    assert OutboxMail.objects.filter(kind="referral").count() == 6
    assert not second_eyes.wanted(Signature.objects.all())
    with pytest.raises(Refused, match="A colleague was faster"):
        moderation.agree_to_ask(referral=referral, by=second)
    assert [text.partition(".")[0] for _kind, _detail, text in told(group, "referral_asked")] == [
        f"“{referrer.organisation.name}”",
        f"Agreed that “{referrer.organisation.name}” is asked",
    ]


def test_five_count_by_organisation_and_across_letters_and_those_taken_back_do_not(campaign, moderators):
    referrer = make_signature(campaign, website="https://lantern.example")
    elsewhere = make_campaign("letter-b")
    namesake = make_signature(elsewhere, website="https://www.lantern.example/fr")
    for _ in range(3):
        ask(make_group(campaign), referrer)
    for _ in range(2):
        last = vouch(make_group(elsewhere), namesake)

    assert ask(make_group(campaign), referrer).is_unagreed
    Referral.objects.unagreed().delete()
    moderation.take_back_evidence(evidence=last.evidence, by=moderators[0])
    assert not ask(make_group(campaign), referrer).is_unagreed


def test_what_waits_for_agreement_can_be_called_off_and_what_was_mailed_cannot(campaign, moderators):
    referrer = make_signature(campaign)
    sent = [ask(make_group(campaign), referrer) for _ in range(5)]
    group = make_group(campaign)
    waiting = ask(group, referrer)

    moderation.call_off(referral=waiting, by=moderators[0])

    assert not second_eyes.wanted(Signature.objects.all())
    assert group.referrals.count() == 0
    assert told(group, "note") == [("note", "", f"“{referrer.organisation.name}” is not asked after all.")]
    with pytest.raises(Refused, match="A colleague was faster"):
        moderation.call_off(referral=sent[0], by=moderators[0])


def test_a_second_moderator_agrees_only_to_what_still_holds(campaign, moderators):
    first, second = moderators
    referrer = make_signature(campaign)
    for _ in range(5):
        ask(make_group(campaign), referrer)
    group = make_group(campaign)
    referral = ask(group, referrer, first)

    moderation.revoke(signature=Signature.objects.get(pk=referrer.pk), by=first, reason=Reason.IMPERSONATION)
    with pytest.raises(Refused, match="Only an accepted signatory"):
        moderation.agree_to_ask(referral=referral, by=second)
    moderation.reject(signature=group, by=first, reason="no_evidence")
    with pytest.raises(AlreadyDecided):
        moderation.agree_to_ask(referral=referral, by=second)
    assert not second_eyes.wanted(Signature.objects.all())


# --- answers ---------------------------------------------------------------------------------------------


def test_s22_two_referrals_make_v2_and_one_does_not(campaign):
    group = make_group(campaign)
    first, second = make_signature(campaign), make_signature(campaign)

    vouch(group, first)
    assert level_of(group) == Level.V1
    vouch(group, second)

    assert level_of(group) == Level.V2
    assert told(group, "referral_answered") == [
        ("referral_answered", "yes", f"“{first.organisation.name}”"),
        ("referral_answered", "yes", f"“{second.organisation.name}”"),
    ]


def test_s22_a_no_is_kept_and_is_no_evidence(campaign):
    group, referrer = make_group(campaign), make_signature(campaign)
    referral = ask(group, referrer)

    vouching.answer(token=token_of(referral), says=Vouch.NO)

    referral.refresh_from_db()
    assert (referral.answer, referral.evidence, referral.link.used_at) == ("no", None, referral.answered_at)
    assert told(group, "referral_answered") == [
        ("referral_answered", "no", f"“{referrer.organisation.name}”")
    ]


def test_an_answer_is_given_once(campaign):
    group, referrer = make_group(campaign), make_signature(campaign)
    token = token_of(ask(group, referrer))
    vouching.answer(token=token, says=Vouch.NO)

    for again in Vouch:
        with pytest.raises(vouching.AlreadyAnswered):
            vouching.answer(token=token, says=again)

    assert group.evidence.filter(kind=EvidenceKind.REFERRAL).count() == 0
    assert group.events.filter(kind="referral_answered").count() == 1


def test_a_link_of_another_purpose_or_without_a_referral_answers_nothing(campaign):
    group, referrer = make_group(campaign), make_signature(campaign)
    referral = ask(group, referrer)
    token = token_of(referral)
    MailLink.objects.filter(pk=referral.link_id).update(purpose="confirm")
    with pytest.raises(BadLink):
        vouching.answer(token=token, says=Vouch.YES)
    MailLink.objects.filter(pk=referral.link_id).update(purpose="referral")
    referral.delete()
    with pytest.raises(BadLink):
        vouching.answer(token=token, says=Vouch.YES)


def test_a_link_works_for_thirty_days(campaign):
    token = token_of(ask(make_group(campaign), make_signature(campaign)))

    with time_machine.travel(timezone.now() + timedelta(days=30, minutes=1)), pytest.raises(LinkExpired):
        vouching.answer(token=token, says=Vouch.YES)
    with time_machine.travel(timezone.now() + timedelta(days=29, hours=23)):
        vouching.answer(token=token, says=Vouch.YES)


def test_whoever_was_revoked_meanwhile_vouches_for_nobody(campaign, moderators):
    group, referrer = make_group(campaign), make_signature(campaign)
    token = token_of(ask(group, referrer))
    moderation.revoke(signature=referrer, by=moderators[0], reason=Reason.IMPERSONATION)

    for says in Vouch:
        with pytest.raises(vouching.NoLongerAsked):
            vouching.answer(token=token, says=says)
    assert group.evidence.filter(kind=EvidenceKind.REFERRAL).count() == 0


def test_for_what_was_rejected_meanwhile_no_answer_is_needed(campaign, moderators):
    group, referrer = make_group(campaign), make_signature(campaign)
    token = token_of(ask(group, referrer))
    moderation.reject(signature=group, by=moderators[0], reason="no_evidence")

    with pytest.raises(vouching.NoLongerAsked):
        vouching.answer(token=token, says=Vouch.YES)


def test_a_vouch_counts_while_its_signatory_is_accepted(campaign, moderators):
    group = make_group(campaign)
    first, second = make_signature(campaign), make_signature(campaign)
    vouch(group, first)
    vouch(group, second)
    staff = moderators[0]

    def level_everywhere():
        (in_sql,) = [each for each in Level if at_level(Signature.objects.filter(pk=group.pk), each).exists()]
        assert level_of(group) == in_sql
        return in_sql

    assert level_everywhere() == Level.V2
    moderation.hold(signature=Signature.objects.get(pk=second.pk), by=staff)
    assert level_everywhere() == Level.V1
    with pytest.raises(moderation.BelowTheBar):
        moderation.accept(signature=group, by=staff)
    moderation.accept(signature=Signature.objects.get(pk=second.pk), by=staff)
    assert level_everywhere() == Level.V2
    moderation.revoke(signature=Signature.objects.get(pk=first.pk), by=staff, reason=Reason.IMPERSONATION)
    assert level_everywhere() == Level.V1


# --- taken back ------------------------------------------------------------------------------------------


@pytest.fixture
def accepted_on_two(campaign, moderators):
    """A group accepted because two vouch for it, and the two referrals."""
    group = make_group(campaign, name="Example Mothers")
    both = [vouch(group, make_signature(campaign)) for _ in range(2)]
    moderation.accept(signature=Signature.objects.get(pk=group.pk), by=moderators[0])
    return group, both


def test_a_vouch_taken_back_by_link_holds_the_group_and_only_flags_the_signatory(accepted_on_two, campaign):
    group, (first, second) = accepted_on_two
    mails = OutboxMail.objects.count()

    vouching.take_back_by_link(token=token_of(first))

    assert [state_of(each) for each in (group, first.referrer, second.referrer)] == [
        State.ON_HOLD,
        State.ACCEPTED,
        State.ACCEPTED,
    ]
    assert level_of(group) == Level.V1
    assert campaign.signatures.tally().count == 2
    first.referrer.refresh_from_db()
    assert first.referrer.flags == ["vouch_taken_back"]
    name = first.referrer.organisation.name
    assert told(group, "evidence_taken_back") == [("evidence_taken_back", "referral", f"“{name}”")]
    told_both = [group.events.get(to_state="on_hold"), first.referrer.events.get(kind="note")]
    assert [(event.actor_kind, event.note.text) for event in told_both] == [
        ("system", f"“{name}” no longer vouches for it."),
        ("signer", "It no longer vouches for “Example Mothers”."),
    ]
    assert OutboxMail.objects.count() == mails


def test_pressed_again_taking_back_does_nothing(accepted_on_two, moderators):
    group, (first, _second) = accepted_on_two
    token = token_of(first)
    vouching.take_back_by_link(token=token)
    referrer = Signature.objects.get(pk=first.referrer_id)
    moderation.look_at_vouching(signature=referrer, by=moderators[0], note="A new director.")
    events = group.events.count()

    vouching.take_back_by_link(token=token)
    moderation.take_back_evidence(evidence=first.evidence, by=moderators[0])

    referrer.refresh_from_db()
    assert (referrer.state, referrer.flags, group.events.count()) == (State.ACCEPTED, [], events)


def test_what_waits_stays_where_it_is_in_the_queue(campaign):
    group, referrer = make_group(campaign), make_signature(campaign)
    referral = vouch(group, referrer)

    vouching.take_back_by_link(token=token_of(referral))

    assert (state_of(group), state_of(referrer)) == (State.CONFIRMED, State.ACCEPTED)


def test_staff_take_a_vouch_back_with_the_same_effect_and_also_after_the_link(accepted_on_two, moderators):
    group, (first, _second) = accepted_on_two
    with time_machine.travel(timezone.now() + timedelta(days=60)):
        with pytest.raises(LinkExpired):
            vouching.take_back_by_link(token=token_of(first))

        moderation.take_back_evidence(evidence=first.evidence, by=moderators[1], note="They called us.")

    assert (state_of(group), state_of(first.referrer)) == (State.ON_HOLD, State.ON_HOLD)
    for each in (group, first.referrer):
        assert each.events.get(to_state="on_hold").actor == moderators[1]
    name = first.referrer.organisation.name
    assert told(group, "evidence_taken_back") == [
        ("evidence_taken_back", "referral", f"“{name}” They called us.")
    ]


def test_who_took_its_vouch_back_can_be_asked_again(campaign):
    group, referrer = make_group(campaign), make_signature(campaign)
    vouching.take_back_by_link(token=token_of(vouch(group, referrer)))

    vouch(group, referrer)

    assert group.evidence.counting().filter(kind=EvidenceKind.REFERRAL).count() == 1


# --- two at once -----------------------------------------------------------------------------------------


def at_once(*calls):
    """Runs `calls` side by side, each on a connection of its own; gives for each None or the class of its refusal."""

    def run(call):
        try:
            call()
        except Refused as refusal:
            return type(refusal)
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(run, call) for call in calls]]


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_answer_once():
    campaign = make_campaign()
    group, referrer = make_group(campaign), make_signature(campaign)
    token = token_of(ask(group, referrer))

    answers = at_once(*[lambda: vouching.answer(token=token, says=Vouch.YES)] * 4)

    assert sorted(answers, key=str) == [vouching.AlreadyAnswered] * 3 + [None]
    assert group.evidence.filter(kind=EvidenceKind.REFERRAL).count() == 1
    assert group.events.filter(kind="referral_answered").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_moderators_at_once_ask_once_and_never_pass_five_unseen():
    campaign = make_campaign()
    staff = make_superuser()
    referrer = make_signature(campaign)
    group = make_group(campaign)
    assert sorted(at_once(*[lambda: ask(group, referrer, staff)] * 2), key=str) == [Refused, None]
    for _ in range(3):
        ask(make_group(campaign), referrer, staff)
    groups = [make_group(campaign) for _ in range(3)]

    at_once(*[lambda each=each: ask(each, referrer, staff) for each in groups])

    assert OutboxMail.objects.filter(kind="referral").count() == 5
    assert Referral.objects.unagreed().count() == 2


@pytest.mark.django_db(transaction=True)
def test_nobody_is_accepted_on_a_vouch_that_goes_at_this_moment():
    campaign = make_campaign()
    staff = make_superuser()
    for _ in range(3):
        group = make_group(campaign)
        first, _second = [vouch(group, make_signature(campaign)) for _ in range(2)]
        waiting, token = Signature.objects.get(pk=group.pk), token_of(first)

        at_once(
            lambda waiting=waiting: moderation.accept(signature=waiting, by=staff),
            lambda token=token: vouching.take_back_by_link(token=token),
        )

        assert state_of(group) in (State.CONFIRMED, State.ON_HOLD)
        assert state_of(first.referrer) == State.ACCEPTED
    assert Campaign.objects.count() == 1
    assert Organisation.objects.count() == 9
