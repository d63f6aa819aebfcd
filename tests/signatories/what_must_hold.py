"""What holds after any sequence of actions, in whatever order and however many at once; asked of the database alone."""

from collections import Counter
from itertools import combinations

from django.db.models import Q

from signatories.models import Signature, SignatureEvent
from signatories.states import LEADS_TO, LIVE, UNDONE_TO, EventKind, MailKind, State

# Which event must have happened for a mail of a kind to go to a signer.
TELLING = {
    MailKind.QUESTION: EventKind.ASKED,
    MailKind.APPEAL_REFUSED: EventKind.APPEAL_REFUSED,
    MailKind.SECOND_CONTACT: EventKind.MERGED,
    MailKind.RENAMED: EventKind.RENAMED,
    MailKind.DISPUTE_DECIDED: EventKind.DISPUTE_DECIDED,
}


def all_holds(campaign):
    """Raises AssertionError for the first rule that a campaign breaks."""
    signatures = list(Signature.objects.filter(campaign=campaign).select_related("organisation"))
    only_allowed_ways(signatures)
    the_count_is_the_number_of_accepted_rows(campaign, signatures)
    one_live_signature_per_organisation(signatures)
    no_mail_about_what_did_not_happen(signatures)
    merged_rows_point_to_one_that_is_there(signatures)
    nothing_stands_that_its_organisation_disputes(signatures)


def only_allowed_ways(signatures):
    """Each trail is one chain of allowed steps from the form to the state of now: one event for each change, none besides."""
    for signature in signatures:
        state = State.SUBMITTED
        for event in signature.events.filter(kind=EventKind.CHANGED).order_by("pk"):
            ways = LEADS_TO[state] | UNDONE_TO.get(state, frozenset())
            assert event.from_state == state, f"{signature.pk}: the trail has a gap before {event.pk}"
            assert event.to_state in ways, f"{signature.pk}: {state} → {event.to_state}"
            state = State(event.to_state)
        assert signature.state == state, f"{signature.pk}: a change without an event"
        assert signature.events.filter(kind=EventKind.SIGNED).count() == 1


def the_count_is_the_number_of_accepted_rows(campaign, signatures):
    accepted = [each for each in signatures if each.state == State.ACCEPTED]
    counted = [each for each in accepted if each.joined_total_at]
    assert campaign.signatures.tally().count == len(counted)
    assert campaign.signatures.public().count() == sum(each.publication_mode == "public" for each in counted)
    for each in signatures:
        assert bool(each.joined_total_at) == (
            each.state == State.ACCEPTED and each.publication_mode == "public"
        )


def one_live_signature_per_organisation(signatures):
    live = Counter(each.organisation_id for each in signatures if each.state in LIVE)
    assert not [organisation for organisation, count in live.items() if count > 1]
    accepted = [each for each in signatures if each.state == State.ACCEPTED]
    for one, other in combinations(accepted, 2):
        if one.organisation.match_key == other.organisation.match_key:
            assert said_to_differ(one, other), "one organisation counts twice"


def said_to_differ(one, other):
    """Whether a person has found that two signatures with one name are of two organisations."""
    said = SignatureEvent.objects.filter(kind=EventKind.NOT_DUPLICATE)
    return said.filter(
        Q(signature=one, detail=other.public_id) | Q(signature=other, detail=one.public_id)
    ).exists()


def no_mail_about_what_did_not_happen(signatures):
    for signature in signatures:
        mails = Counter(signature.mails.values_list("kind", flat=True))
        steps = Counter(
            signature.events.filter(kind=EventKind.CHANGED, from_state__in=DECIDED_FROM)
            .exclude(to_state="")
            .values_list("to_state", flat=True)
        )
        told = Counter(signature.events.values_list("kind", flat=True))
        assert mails[MailKind.ACCEPTED] == steps[State.ACCEPTED]
        assert mails[MailKind.REJECTED] <= steps[State.REJECTED] + steps[State.REVOKED]
        for kind, event in TELLING.items():
            assert mails[kind] <= told[event], f"{signature.pk}: {kind} without {event}"
        confirmations = mails[MailKind.CONFIRM]
        assert confirmations <= told[EventKind.SIGNED] + told[EventKind.MAIL_AGAIN]


# From here somebody decides; an undo of a merge goes back to accepted without a word.
DECIDED_FROM = [State.CONFIRMED, State.ON_HOLD, State.ACCEPTED]


def merged_rows_point_to_one_that_is_there(signatures):
    for signature in signatures:
        assert (signature.merged_into_id is not None) == (signature.state == State.MERGED)
        assert signature.contacts.filter(is_primary=True).count() <= 1


def nothing_stands_that_its_organisation_disputes(signatures):
    for signature in signatures:
        from_inside = signature.disputes.open().filter(from_inside=True).exists()
        assert not (from_inside and signature.state == State.ACCEPTED), (
            f"{signature.pk} is listed and disputed"
        )
