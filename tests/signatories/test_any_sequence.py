"""Random sequences of what signers and staff may do: whatever comes, only the rules' ways are gone (hypothesis, stateful)."""

from collections import Counter
from itertools import count

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from campaigns.choices import PublicationMode
from signatories import answering, disputing, moderation, retention, second_eyes, signing, tokens
from signatories.models import Dispute, Evidence, Merge, Signature
from signatories.moderation import sweeping
from signatories.states import LEADS_TO, WAITING, EvidenceKind, Reason, State
from signatories.sweeps.conditions import Condition
from signatories.sweeps.working import work_on_one_batch
from signatories.transitions import Refused
from tests.builders import fresh_token, make_campaign, make_dispute, make_entry, make_superuser
from tests.signatories.what_must_hold import all_holds

pytestmark = pytest.mark.django_db

MERGEABLE = (*WAITING, State.ACCEPTED)
EVIDENCE = st.sampled_from(
    [EvidenceKind.PUBLISHED_ADDRESS, EvidenceKind.KNOWN, EvidenceKind.CALLBACK, EvidenceKind.PUBLIC_STATEMENT]
)
# What goes through again and again in every run.
OFTEN = {State.ACCEPTED, State.CONFIRMED, State.MERGED, State.REJECTED, "refused"}
WHICH = st.integers(min_value=0, max_value=79)
_slugs, _persons = count(1), count(1)


class AnySequence(RuleBasedStateMachine):
    """Every rule tries one action on some signature. A refusal must change nothing; what is not refused must be allowed."""

    went_through: Counter[str] = Counter()

    def __init__(self):
        super().__init__()
        self.around = transaction.atomic()
        self.around.__enter__()
        self.campaign = make_campaign(f"letter-{next(_slugs)}")
        self.staff = [
            User.objects.filter(username=name).first() or make_superuser(name) for name in ("ann", "bob")
        ]

        for who in range(4):
            self.sign(who % 3, who // 3, PublicationMode.PUBLIC if who else PublicationMode.WITHHELD)
        for signature in Signature.objects.filter(campaign=self.campaign):
            signing.confirm(token=fresh_token(signature))
            signature.refresh_from_db()
            for kind in (EvidenceKind.KNOWN, EvidenceKind.CALLBACK):
                moderation.add_evidence(signature=signature, kind=kind, by=self.staff[0])

    def teardown(self):
        transaction.set_rollback(True)
        self.around.__exit__(None, None, None)

    def signature(self, which, *likely):
        """One of the signatures; mostly one in a state that the action is meant for, now and then any."""
        found = list(Signature.objects.filter(campaign=self.campaign).order_by("pk"))
        meant = [each for each in found if each.state in likely]
        if meant and which % 8:
            found = meant
        return found[which // 8 % len(found)]

    def somebody_signed(self):
        return Signature.objects.filter(campaign=self.campaign).exists()

    def tried(self, signature, act, *, leads=None):
        """Whether `act` went through. A refused one leaves state and trail as they were."""
        before = (signature.state, signature.events.count(), signature.mails.count())
        try:
            with transaction.atomic():
                act()
        except Refused:
            self.went_through["refused"] += 1
            fresh = Signature.objects.get(pk=signature.pk)
            assert (fresh.state, fresh.events.count(), fresh.mails.count()) == before
            return False
        self.went_through[leads or act.__qualname__.split(".")[1]] += 1
        if leads is not None:
            assert leads in LEADS_TO[State(before[0])], f"{before[0]} → {leads} went through"
            assert Signature.objects.get(pk=signature.pk).state == leads
        return True

    # What a signer may do

    @rule(
        who=st.integers(min_value=0, max_value=4),
        mailbox=st.integers(0, 1),
        mode=st.sampled_from(PublicationMode),
    )
    def sign(self, who, mailbox, mode):
        entry = make_entry(
            name=f"Example Organisation {'ABCDE'[who]}",
            website=f"https://organisation-{who}.example",
            mailbox=f"contact{mailbox}@organisation-{who}.example",
            publication_mode=mode,
        )
        signing.sign(campaign=self.campaign, entry=entry, language="en")

    @precondition(somebody_signed)
    @rule(which=WHICH)
    def confirm(self, which):
        signature = self.signature(which, State.SUBMITTED)
        token = fresh_token(signature)
        self.tried(signature, lambda: signing.confirm(token=token), leads=State.CONFIRMED)

    @precondition(somebody_signed)
    @rule(which=WHICH)
    def expire(self, which):
        signature = self.signature(which, State.SUBMITTED)
        self.tried(signature, lambda: retention.expire(signature), leads=State.EXPIRED)

    @precondition(somebody_signed)
    @rule(which=WHICH)
    def answer(self, which):
        signature = self.signature(which, State.ON_HOLD)
        question = signature.questions.exclude(link=None).order_by("-pk").first()
        if question is not None:
            token = tokens.new_token()
            signature.links.filter(pk=question.link_id).update(digest=tokens.digest(token))
            self.tried(signature, lambda: answering.answer(token=token, words="It was the board."))

    @precondition(somebody_signed)
    @rule(which=WHICH, inside=st.booleans())
    def dispute(self, which, inside):
        """By a mailbox on the organisation's own domain, or by anybody; only what is listed can be disputed.

        Each time it is somebody else: the same mailbox gets no second mail within a minute. Nor does anybody once a line
        has had its mails of the day.
        """
        signature = self.signature(which, State.ACCEPTED)
        domain = signature.organisation.registrable_domain
        is_listed = signature.publication_mode == PublicationMode.PUBLIC and signature.joined_total_at
        may_be_mailed = signature.disputes.filter(outcome="").count() < disputing.OF_ONE_LINE_A_DAY
        if signature.state == State.ACCEPTED and is_listed and domain and may_be_mailed:
            make_dispute(signature, f"person{next(_persons)}@{domain if inside else 'elsewhere.example'}")
            after = Signature.objects.get(pk=signature.pk)
            assert after.state == (State.ON_HOLD if inside else State.ACCEPTED)
            self.went_through["disputed"] += 1

    @precondition(somebody_signed)
    @rule(which=WHICH, by=st.integers(0, 1), upheld=st.booleans())
    def decide_a_dispute(self, which, by, upheld):
        found = Dispute.objects.open().filter(signature__campaign=self.campaign).order_by("pk")
        if dispute := found[which % len(found)] if found else None:
            signature = Signature.objects.get(pk=dispute.signature_id)
            asked = {
                "signature": signature,
                "disputes": [dispute.pk],
                "by": self.staff[by],
                "note": "Called.",
            }
            decide = (
                (lambda: moderation.uphold_disputes(**asked, reason=Reason.IMPERSONATION))
                if upheld
                else (lambda: moderation.turn_down_disputes(**asked))
            )
            self.tried(signature, decide)

    # What staff may do

    @precondition(somebody_signed)
    @rule(which=WHICH, by=st.integers(0, 1), kind=EVIDENCE)
    def add_evidence(self, which, by, kind):
        signature = self.signature(which, *WAITING)
        self.tried(
            signature, lambda: moderation.add_evidence(signature=signature, kind=kind, by=self.staff[by])
        )

    @precondition(somebody_signed)
    @rule(which=WHICH, by=st.integers(0, 1))
    def take_back_evidence(self, which, by):
        signature = self.signature(which, *WAITING)
        if evidence := signature.evidence.standing().last():
            self.tried(signature, lambda: moderation.take_back_evidence(evidence=evidence, by=self.staff[by]))

    @precondition(somebody_signed)
    @rule(which=WHICH, by=st.integers(0, 1))
    def accept(self, which, by):
        signature = self.signature(which, *WAITING)
        self.tried(
            signature,
            lambda: moderation.accept(signature=signature, by=self.staff[by]),
            leads=State.ACCEPTED,
        )

    @precondition(somebody_signed)
    @rule(which=WHICH)
    def accept_with_a_colleague(self, which):
        ann, bob = self.staff
        signature = self.signature(which, *WAITING)
        if self.tried(signature, lambda: second_eyes.ask(signature=signature, by=ann, note="No domain.")):
            self.tried(
                signature,
                lambda: moderation.accept(signature=signature, by=bob, note="Known.", with_colleague=True),
                leads=State.ACCEPTED,
            )

    @precondition(somebody_signed)
    @rule(which=WHICH, by=st.integers(0, 1), words=st.sampled_from(["", "Who decided?", "Which website?"]))
    def hold(self, which, by, words):
        """With a question or without; a second question changes nothing."""
        signature = self.signature(which, State.CONFIRMED, State.ACCEPTED)
        if words:
            self.tried(signature, lambda: moderation.ask(signature=signature, by=self.staff[by], words=words))
        else:
            self.tried(
                signature,
                lambda: moderation.hold(signature=signature, by=self.staff[by]),
                leads=State.ON_HOLD,
            )

    @precondition(somebody_signed)
    @rule(which=WHICH, by=st.integers(0, 1), reason=st.sampled_from(Reason))
    def reject(self, which, by, reason):
        signature = self.signature(which, *WAITING)
        self.tried(
            signature,
            lambda: moderation.reject(signature=signature, by=self.staff[by], reason=reason),
            leads=State.REJECTED,
        )

    @precondition(somebody_signed)
    @rule(which=WHICH, by=st.integers(0, 1), reason=st.sampled_from(Reason))
    def revoke(self, which, by, reason):
        signature = self.signature(which, State.ACCEPTED)
        self.tried(
            signature,
            lambda: moderation.revoke(signature=signature, by=self.staff[by], reason=reason),
            leads=State.REVOKED,
        )

    @precondition(somebody_signed)
    @rule(which=WHICH, by=st.integers(0, 1))
    def put_back(self, which, by):
        signature = self.signature(which, State.ON_HOLD, State.REJECTED, State.REVOKED)
        self.tried(
            signature,
            lambda: moderation.put_back(signature=signature, by=self.staff[by]),
            leads=State.CONFIRMED,
        )

    @precondition(somebody_signed)
    @rule(which=WHICH, by=st.integers(0, 1))
    def say_that_it_differs(self, which, by):
        signature = self.signature(which, *WAITING)
        self.tried(
            signature,
            lambda: moderation.mark_not_duplicate(
                signature=signature, by=self.staff[by], note="Another town."
            ),
        )

    @precondition(somebody_signed)
    @rule(which=WHICH, other=WHICH, by=st.integers(0, 1), takes_name=st.booleans(), agreed=st.booleans())
    def merge(self, which, other, by, takes_name, agreed):
        survivor, merged = self.signature(which, *MERGEABLE), self.signature(other, *MERGEABLE)
        self.tried(
            merged,
            lambda: moderation.merge(
                survivor=survivor,
                merged=merged,
                by=self.staff[by],
                name=merged if takes_name else survivor,
                contact_agreed=agreed,
            ),
            leads=State.MERGED,
        )

    @rule(which=WHICH, by=st.integers(0, 1))
    def undo_a_merge(self, which, by):
        merges = list(Merge.objects.filter(survivor__campaign=self.campaign, undone_at=None).order_by("pk"))
        if merges:
            merge = merges[which % len(merges)]
            before, fell = merge.before["state"], something_fell_since(merge)
            if self.tried(merge.merged, lambda: moderation.undo_merge(merge=merge, by=self.staff[by])):
                state = Signature.objects.get(pk=merge.merged_id).state
                assert state == before or (fell and (before, state) == (State.ACCEPTED, State.ON_HOLD))

    @precondition(somebody_signed)
    @rule(which=WHICH, by=st.integers(0, 1), undone=st.booleans())
    def reject_by_condition(self, which, by, undone):
        """All of one mailbox domain; undone, every one of them is what it was."""
        domain = self.signature(which).organisation.registrable_domain
        condition = Condition(domain=domain)
        mine = Signature.objects.filter(campaign=self.campaign)
        states = dict(mine.values_list("pk", "state"))
        found = sweeping.count(campaign=self.campaign, condition=condition) if domain else 0
        if not found:
            return
        swept(self.campaign, condition, found, self.staff[by], undone=undone)
        if undone:
            assert dict(mine.values_list("pk", "state")) == states

    @invariant()
    def everything_holds(self):
        all_holds(self.campaign)


def something_fell_since(merge):
    """Whether what was accepted may come back on hold: the one it went into is no longer listed, or less speaks for both."""
    both = [merge.survivor_id, merge.merged_id]
    since = merge.merged_at
    return (
        Signature.objects.get(pk=merge.survivor_id).state != State.ACCEPTED
        or Dispute.objects.filter(signature__in=both, confirmed_at__gte=since).exists()
        or Evidence.objects.filter(signature__in=both, taken_back_at__gte=since).exists()
    )


def swept(campaign, condition, found, by, *, undone):
    """A rejection by condition with what the worker does for it; and its undo."""
    sweep = sweeping.start(campaign=campaign, condition=condition, reason=Reason.ABUSE, by=by, expected=found)
    while work_on_one_batch():
        pass
    if undone:
        sweeping.undo(sweep=sweep, by=by)
        while work_on_one_batch():
            pass


def test_any_sequence_of_actions_goes_only_the_ways_of_the_rules():
    AnySequence.went_through.clear()
    run_state_machine_as_test(
        AnySequence,
        settings=settings(
            max_examples=15,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    # A run in which next to everything is refused shows nothing.
    assert set(AnySequence.went_through) >= OFTEN
