"""Two signatures of one organisation become one (scenarios M9, S15), and can be taken apart again for 30 days.

Whoever signed second is told nothing: the first signature may be withheld, and no answer may tell that there is one. The
first contact is told that a second one was added, not who.
"""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from signatories import register, verification
from signatories.mail import notices
from signatories.models import Merge, Organisation, Signature
from signatories.moderation import coming_back, folding
from signatories.states import EventKind, Level, MailKind, State
from signatories.telling import MERGE_DETAIL
from signatories.transitions import SIGNER, AlreadyDecided, Refused, change_state, record, staff

SURVIVING = (State.CONFIRMED, State.ON_HOLD, State.ACCEPTED)


def merge(
    *,
    survivor: Signature,
    merged: Signature,
    by: User,
    name: Signature,
    note: str = "",
    contact_agreed: bool = False,
) -> Merge:
    """Folds `merged` into `survivor`, of the same campaign; `name` is the one of the two whose organisation's names stay.

    `contact_agreed`: the merged one's contact agreed to be the survivor's second contact; else the contact stays with the
    merged row. Raises Refused in words, AlreadyDecided where one has moved on since it was loaded, IllegalTransition.
    """
    now = timezone.now()
    with transaction.atomic():
        register.wait_for_decisions(survivor.organisation_id, merged.organisation_id)
        takes_name = name.pk == merged.pk
        survivor, merged = _as_seen(survivor, merged)
        _refuse_unfit(survivor, merged)
        register.refuse_elsewhere(survivor.organisation, by)
        before = folding.as_it_was(merged)
        change_state(
            merged,
            to=State.MERGED,
            actor=staff(by),
            note=note,
            detail=MERGE_DETAIL,
            merged_into=survivor,
            joined_total_at=None,
            decided_at=now,
            decided_by=by,
        )
        before |= _fold(survivor, merged, by, takes_name=takes_name, contact_agreed=contact_agreed)
        done = Merge.objects.create(
            survivor=survivor, merged=merged, merged_by=by, merged_at=now, before=before
        )
        record(
            survivor,
            kind=EventKind.MERGED,
            actor=staff(by),
            detail=str(merged.public_id),
            note=_in_words(done, note),
        )
        if before["contacts"]:
            notices.tell_decision(survivor, MailKind.SECOND_CONTACT, now)
    return done


def undo(*, merge: Merge, by: User, note: str = "") -> None:
    """Takes a merge apart: both signatures are what they were, but for what was done to the survivor since.

    What was accepted may come back on hold (`coming_back`). Raises Refused in words: after 30 days, while a later merge
    builds on it, or where the organisation signed anew.
    """
    now = timezone.now()
    try:
        with transaction.atomic():
            register.wait_for_decisions(merge.survivor.organisation_id, merge.before["organisation"])
            merge = Merge.objects.select_for_update(of=["self"]).select_related("undone_by").get(pk=merge.pk)
            _refuse_undo(merge, now)
            _lock(merge.survivor_id, merge.merged_id)
            register.refuse_elsewhere(merge.survivor.organisation, by)
            _unfold(merge, by)
            merged = merge.merged
            merged.refresh_from_db()
            coming_back.bring_back(merge, merged, by=by, note=note, now=now)
            if merged.withdrawn_at is not None:  # what its signer asked for meanwhile
                change_state(merged, to=State.WITHDRAWN, actor=SIGNER)
            Merge.objects.filter(pk=merge.pk).update(undone_by=by, undone_at=now)
            for one, other in ((merge.survivor, merged), (merged, merge.survivor)):
                record(
                    one,
                    kind=EventKind.UNMERGED,
                    actor=staff(by),
                    detail=str(other.public_id),
                    note=_naming(other, note),
                )
    except IntegrityError as error:
        if "signature_one_live" in str(error):
            raise Refused(
                _("The organisation has signed anew meanwhile: two of its signatures can't stand at once.")
            ) from error
        if "evidence_once_per_kind" in str(error):
            raise Refused(
                _("Evidence was recorded meanwhile that both would have: take it back first.")
            ) from error
        raise


def _lock(*signatures: int) -> dict[int, Signature]:
    """Locks rows and their organisations in the order of their ids, and gives them as they are now."""
    ids = Signature.objects.select_for_update(no_key=True).filter(pk__in=signatures).order_by("pk")
    rows = {each.organisation_id for each in ids}
    list(Organisation.objects.select_for_update(no_key=True).filter(pk__in=rows).order_by("pk"))
    found = Signature.objects.filter(pk__in=signatures).select_related(
        "organisation", "campaign__host", "letter_version", "decided_by"
    )
    return {each.pk: each for each in found}


def _as_seen(survivor: Signature, merged: Signature) -> tuple[Signature, Signature]:
    """Both as they are now. Raises AlreadyDecided if a colleague has done something to one of them since."""
    rows = _lock(survivor.pk, merged.pk)
    for seen in (survivor, merged):
        if rows[seen.pk].state != seen.state:
            raise AlreadyDecided(rows[seen.pk])
    return rows[survivor.pk], rows[merged.pk]


def _refuse_unfit(survivor: Signature, merged: Signature) -> None:
    if survivor.pk == merged.pk or survivor.campaign_id != merged.campaign_id:
        raise Refused(_("Only two signatures of one campaign can be merged."))
    if survivor.state not in SURVIVING:
        raise Refused(_("The one that survives must be confirmed, on hold or accepted."))
    if merged.state == State.ACCEPTED and survivor.state != State.ACCEPTED:
        raise Refused(
            _(
                "The accepted one would be lost in one that is not accepted. Merge them the other way round, or hold it first."
            )
        )
    _refuse_entangled(survivor, merged)


def _refuse_entangled(survivor: Signature, merged: Signature) -> None:
    if merged.organisation_id == survivor.organisation.parent_id or (
        survivor.organisation_id == merged.organisation.parent_id
    ):
        raise Refused(_("One is linked as a section of the other: take that link back first."))
    if merged.disputes.filter(confirmed_at__isnull=False, outcome="").exists():
        raise Refused(_("The one that goes is disputed: decide the dispute first."))


def _fold(
    survivor: Signature, merged: Signature, by: User, *, takes_name: bool, contact_agreed: bool
) -> folding.Moved:
    """Moves what is to survive. The name first: while both stand apart in the register, the trail of one alone tells it."""
    moved = {
        "names": folding.move_names(survivor, merged, by, takes_name=takes_name),
        "mode": folding.take_more_private_mode(survivor, merged, by),
        "part": folding.take_part(survivor, merged, by),
        "flags": folding.add_caution(survivor, merged),
        "row": folding.move_row(survivor, merged),
        "contacts": folding.move_contacts(survivor, merged) if contact_agreed else {},
        "vouches": folding.move_vouches(survivor, merged),
        "evidence": folding.move_evidence(survivor, merged),
        "followers": folding.move_followers(survivor, merged),
    }
    if takes_name and survivor.state == State.ACCEPTED:
        _refuse_a_name_that_needs_more(survivor)
    return moved


def _refuse_a_name_that_needs_more(survivor: Signature) -> None:
    """Nobody comes to a famous name, or to one that looks like another's, without the second channel."""
    reached = verification.level_of(survivor.evidence.counting().values_list("kind", flat=True))
    if reached < Level.V3 and verification.bar(survivor) == Level.V3:
        raise Refused(
            _(
                "Under that name it needs V3, and it has %(level)s. Keep the other name, or record more evidence."
            )
            % {"level": reached.label}
        )


def _refuse_undo(merge: Merge, now: datetime) -> None:
    if merge.undone_at is not None:
        who = merge.undone_by.get_username() if merge.undone_by else ""
        raise Refused(_("Already undone by %(who)s.") % {"who": who})
    if now > merge.undo_until:
        raise Refused(_("A merge can be undone for 30 days. They are over."))
    if Merge.objects.after(merge).exists():
        raise Refused(_("The one that survived was merged again since: undo the later merge first."))


def _unfold(merge: Merge, by: User) -> None:
    folding.give_followers_back(merge)
    folding.give_contacts_back(merge)
    folding.give_evidence_back(merge)
    folding.take_caution_back(merge)
    folding.give_part_back(merge, by)
    folding.give_mode_back(merge, by)
    folding.give_row_back(merge)
    folding.give_names_back(merge, by)
    folding.raise_flags_anew(merge)


def _in_words(merge: Merge, note: str) -> str:
    words = _("“%(name)s”, reference %(reference)s.") % {
        "name": merge.merged_name,
        "reference": merge.merged.reference,
    }
    if not merge.before["row"]["signatures"]:
        words += " " + _("Its organisation stays in the register, because it signed other letters too.")
    return f"{words} {note}".strip()


def _naming(signature: Signature, note: str) -> str:
    return f"“{signature.shown_name}”. {note}".strip()
