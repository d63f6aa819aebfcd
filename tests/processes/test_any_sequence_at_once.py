"""Random actions of three at the same moment, in transactions of their own: the rules hold whoever comes first (hypothesis)."""

from collections import Counter
from itertools import count

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signatories import moderation, retention, signing
from signatories.models import Merge, Signature
from signatories.states import EvidenceKind, Reason, State
from signatories.transitions import Refused
from tests.builders import fresh_token, make_campaign, make_entry, make_signature, make_superuser
from tests.processes.together import at_once
from tests.signatories.what_must_hold import all_holds

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]
_slugs = count(1)


def newest(campaign, which):
    found = list(Signature.objects.filter(campaign=campaign).order_by("pk"))
    return found[which % len(found)]


def sign_again(campaign, which, _by):
    entry = make_entry(
        name=f"Example Organisation {which % 3}",
        website=f"https://organisation-{which % 3}.example",
        mailbox=f"contact{which % 2}@organisation-{which % 3}.example",
    )
    signing.sign(campaign=campaign, entry=entry, language="en")


def merge(campaign, which, by):
    survivor, merged = newest(campaign, which), newest(campaign, which + 1)
    moderation.merge(survivor=survivor, merged=merged, by=by, name=survivor, contact_agreed=True)


def undo_a_merge(campaign, _which, by):
    if found := Merge.objects.filter(survivor__campaign=campaign, undone_at=None).last():
        moderation.undo_merge(merge=found, by=by)


def on_one(verb):
    return lambda campaign, which, by: verb(newest(campaign, which), by)


ACTIONS = {
    "sign": sign_again,
    "confirm": on_one(lambda each, _by: signing.confirm(token=fresh_token(each))),
    "expire": on_one(lambda each, _by: retention.expire(each)),
    "accept": on_one(lambda each, by: moderation.accept(signature=each, by=by)),
    "accept too": on_one(lambda each, by: moderation.accept(signature=each, by=by)),
    "hold": on_one(lambda each, by: moderation.hold(signature=each, by=by)),
    "ask": on_one(lambda each, by: moderation.ask(signature=each, by=by, words="Who decided?")),
    "reject": on_one(lambda each, by: moderation.reject(signature=each, by=by, reason=Reason.NO_EVIDENCE)),
    "revoke": on_one(lambda each, by: moderation.revoke(signature=each, by=by, reason=Reason.ABUSE)),
    "put back": on_one(lambda each, by: moderation.put_back(signature=each, by=by)),
    "merge": merge,
    "undo a merge": undo_a_merge,
}
SEQUENCE = st.lists(st.tuples(st.sampled_from(sorted(ACTIONS)), st.integers(0, 7)), min_size=4, max_size=8)


def test_three_at_once_leave_nothing_that_the_rules_forbid(transactional_db):
    went_through = Counter()

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(sequences=st.tuples(SEQUENCE, SEQUENCE, SEQUENCE))
    def try_sequences(sequences):
        campaign, staff = a_letter_with_four_cases()
        results = at_once(
            [
                lambda sequence=sequence, by=by: [
                    tried(ACTIONS[name], campaign, which, by) for name, which in sequence
                ]
                for sequence, by in zip(sequences, staff, strict=True)
            ]
        )
        for result in results:
            if isinstance(
                result, Exception
            ):  # neither a refusal nor the database's "somebody was faster": a deadlock, say
                raise result
            went_through.update(result)
        all_holds(campaign)

    try_sequences()
    assert went_through["done"] > went_through.total() / 10


def a_letter_with_four_cases():
    """Two of one organisation, all with enough evidence; three who act at once."""
    number = next(_slugs)
    campaign = make_campaign(f"letter-{number}")
    staff = [
        User.objects.filter(username=name).first() or make_superuser(name) for name in ("ann", "bob", "cem")
    ]
    for which in (0, 1, 2, 0):
        signature = make_signature(
            campaign,
            state=State.CONFIRMED,
            name=f"Example Organisation {which}",
            website=f"https://organisation-{which}.example",
            mailbox=f"first{which}{Signature.objects.count()}@organisation-{which}.example",
        )
        for kind in (EvidenceKind.KNOWN, EvidenceKind.CALLBACK):
            moderation.add_evidence(signature=signature, kind=kind, by=staff[0])
    return campaign, staff


def tried(action, campaign, which, by):
    """How it went. The pages turn a constraint of the database into "somebody did the same at this moment"."""
    try:
        action(campaign, which, by)
    except Refused:
        return "refused"
    except IntegrityError:
        return "too late"
    return "done"
