"""What a merge moves from one signature to the other, and how it goes back. Each part says in JSON what it moved."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.choices import PublicationMode
from signatories import register, verification
from signatories.models import Contact, Evidence, Merge, Organisation, Signature, SignatureEvent
from signatories.moderation.convening import write_part
from signatories.states import EventKind, EvidenceKind, Flag, PartInCampaign, State
from signatories.transitions import Refused, record, staff, undoing

# They belong together: one organisation's name is not printed with the other's acronym.
NAMES = ("name", "native_name", "native_language", "name_en", "acronym", "sort_name")
# What made one of two suspicious makes the whole so.
CAUTION = frozenset({Flag.LOOK_ALIKE, Flag.FAMOUS, Flag.DISPUTED})

Moved = dict[str, Any]


def as_it_was(merged: Signature) -> Moved:
    """What the undo gives back to the merged signature itself."""
    # One whose name is not public joins the total again with the daily batch: a click must not show in it.
    joined = merged.joined_total_at if merged.publication_mode == PublicationMode.PUBLIC else None
    decided = merged.decided_at
    return {
        "state": merged.state,
        "joined_total_at": joined.isoformat() if joined else None,
        "had_joined": merged.joined_total_at is not None,
        "decided_at": decided.isoformat() if decided else None,
        "decided_by": merged.decided_by_id,
        "level": verification.level_of(merged.evidence.counting().values_list("kind", flat=True)),
        "organisation": merged.organisation_id,
        "name": merged.organisation.name,
    }


def columns_back(before: Moved) -> Moved:
    """`as_it_was` as columns of the signature again."""
    return {
        "merged_into": None,
        "joined_total_at": _moment(before["joined_total_at"]),
        "decided_at": _moment(before["decided_at"]),
        "decided_by_id": before["decided_by"],
    }


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def move_names(survivor: Signature, merged: Signature, by: User, *, takes_name: bool) -> Moved:
    """Both names stay known: one is printed, the other becomes an alias. Old and new value of each column."""
    own, other = survivor.organisation, merged.organisation
    changes: Moved = {column: getattr(other, column) for column in NAMES} if takes_name else {}
    kept, gone = (other.name, own.name) if takes_name else (own.name, other.name)
    changes["aliases"] = [name for name in dict.fromkeys([*own.aliases, gone]) if name != kept]
    moved = {column: [getattr(own, column), new] for column, new in changes.items()}
    register.change_organisation(own, by=by, **changes)
    return moved


def give_names_back(merge: Merge, by: User) -> None:
    """Only what still is as the merge left it: what staff have corrected since, stays."""
    own = merge.survivor.organisation
    changes = {
        column: old for column, (old, new) in merge.before["names"].items() if getattr(own, column) == new
    }
    register.change_organisation(own, by=by, **changes)


def take_more_private_mode(survivor: Signature, merged: Signature, by: User) -> Moved:
    """By a merge, a name only ever gets more private. What was public leaves the total until the next daily batch."""
    own, other = PublicationMode(survivor.publication_mode), PublicationMode(merged.publication_mode)
    if not other.is_more_private_than(own):
        return {}
    columns = {"joined_total_at": None} if own == PublicationMode.PUBLIC else {}
    Signature.objects.filter(pk=survivor.pk).update(publication_mode=other, **columns)
    survivor.publication_mode = other
    change = record(survivor, kind=EventKind.MODE, actor=staff(by), detail=f"{own.value} > {other.value}")
    return {"from": own.value, "to": other.value, "event": change.pk}


def give_mode_back(merge: Merge, by: User) -> None:
    """Unless its signer or staff have said something about it since. What is public again counts from this moment."""
    moved, survivor = merge.before.get("mode"), merge.survivor
    if not moved or survivor.events.filter(kind=EventKind.MODE, pk__gt=moved["event"]).exists():
        return
    with undoing():
        given = Signature.objects.filter(pk=survivor.pk, publication_mode=moved["to"])
        given.update(publication_mode=moved["from"])
    if moved["from"] == PublicationMode.PUBLIC:
        Signature.objects.filter(pk=survivor.pk, state=State.ACCEPTED).update(joined_total_at=timezone.now())
    record(survivor, kind=EventKind.MODE, actor=staff(by), detail=f"{moved['to']} > {moved['from']}")


def take_part(survivor: Signature, merged: Signature, by: User) -> Moved:
    """Who convened the letter under one of two names convened it."""
    if not merged.is_convenor or survivor.is_convenor:
        return {}
    written = write_part(survivor, to=PartInCampaign.CONVENOR, by=by, among=Signature.objects.all())
    return {"event": written.pk} if written else {}


def give_part_back(merge: Merge, by: User) -> None:
    """Unless a manager has said something about it since."""
    moved, survivor = merge.before.get("part"), merge.survivor
    if moved and not survivor.events.filter(kind=EventKind.PART, pk__gt=moved["event"]).exists():
        write_part(survivor, to=PartInCampaign.SIGNATORY, by=by, among=Signature.objects.all())


def move_row(survivor: Signature, merged: Signature) -> Moved:
    """The signature joins the survivor's organisation in the register, unless its own signed other letters as well.

    A row that nothing refers to any more must not be matched against; its sections go along.
    """
    left, own = merged.organisation, survivor.organisation
    folded = Signature.objects.filter(Q(pk=merged.pk) | Q(merged_into=merged))
    going = [row.pk for row in folded if row.organisation_id == left.pk]
    if left.pk == own.pk or left.signatures.exclude(pk__in=going).exists():
        return {"signatures": []}
    sections = list(left.sections.values_list("pk", flat=True))
    moved: Moved = {
        "signatures": going,
        "registered_at": left.registered_at.isoformat() if left.registered_at else None,
        "registers": own.registered_at is None and left.registered_at is not None,
        "sections": sections,
        "parent": left.parent_id if own.parent_id is None else None,
    }
    Organisation.objects.filter(pk=left.pk).update(registered_at=None)
    if moved["registers"]:
        Organisation.objects.filter(pk=own.pk).update(registered_at=left.registered_at)
    if moved["parent"]:
        Organisation.objects.filter(pk=own.pk).update(parent=left.parent_id)
    Organisation.objects.filter(pk__in=sections).update(parent=own)
    Signature.objects.filter(pk__in=going).update(organisation=own)
    register.refuse_loop(own.pk)
    return moved


def give_row_back(merge: Merge) -> None:
    moved, left, own = merge.before["row"], merge.before["organisation"], merge.survivor.organisation_id
    if not moved["signatures"]:
        return
    registered_at = _moment(moved["registered_at"])
    Signature.objects.filter(pk__in=moved["signatures"]).update(organisation_id=left)
    Organisation.objects.filter(pk=left).update(registered_at=registered_at)
    if moved["registers"]:
        Organisation.objects.filter(pk=own, registered_at=registered_at).update(
            registered_at=_first_accepted(own)
        )
    if moved["parent"]:
        Organisation.objects.filter(pk=own, parent=moved["parent"]).update(parent=None)
    Organisation.objects.filter(pk__in=moved["sections"], parent=own).update(parent=left)
    register.refuse_loop(left)


def _first_accepted(organisation: int) -> datetime | None:
    """Who was accepted meanwhile is in the register by itself: whoever poses as it must be found."""
    accepted = SignatureEvent.objects.filter(
        signature__organisation=organisation, kind=EventKind.CHANGED, to_state=State.ACCEPTED
    )
    return accepted.order_by("pk").values_list("happened_at", flat=True).first()


def move_contacts(survivor: Signature, merged: Signature) -> Moved:
    """Whoever is not a contact of the survivor already becomes a second one. Pairs of id and being the first one."""
    known = set(survivor.contacts.values_list("mailbox_hash", flat=True))
    new = [each for each in merged.contacts.order_by("pk") if each.mailbox and each.mailbox_hash not in known]
    Contact.objects.filter(pk__in=[each.pk for each in new]).update(signature=survivor, is_primary=False)
    return {str(each.pk): each.is_primary for each in new}


def give_contacts_back(merge: Merge) -> None:
    for pk, is_primary in merge.before["contacts"].items():
        moved = Contact.objects.filter(pk=pk, signature=merge.survivor)
        moved.update(signature=merge.merged, is_primary=is_primary)


def move_evidence(survivor: Signature, merged: Signature) -> list[int]:
    """Standing evidence of a kind that the survivor lacks. The proven mailbox is the merged one's own."""
    held = set(survivor.evidence.standing().values_list("kind", "referrer"))
    new = [
        item.pk
        for item in merged.evidence.standing().exclude(kind=EvidenceKind.MAILBOX)
        if (item.kind, item.referrer_id) not in held
    ]
    Evidence.objects.filter(pk__in=new).update(signature=survivor)
    return new


def move_vouches(survivor: Signature, merged: Signature) -> list[int]:
    """Vouches for others are the survivor's from now on: two signatories that are one must not stand for two."""
    given = Evidence.objects.standing().filter(referrer=merged)
    vouched_for = Signature.objects.filter(evidence__in=given)
    if (
        given.filter(signature=survivor).exists()
        or merged.evidence.standing().filter(referrer=survivor).exists()
    ):
        raise Refused(_("One of the two vouches for the other: take that evidence back first."))
    twice = vouched_for.filter(evidence__in=Evidence.objects.standing().filter(referrer=survivor)).first()
    if twice is not None:
        raise Refused(
            _("Both vouch for “%(name)s”, as one organisation can't: take one of the two back first.")
            % {"name": twice.shown_name}
        )
    moved = list(given.values_list("pk", flat=True))
    Evidence.objects.filter(pk__in=moved).update(referrer=survivor)
    return moved


def give_evidence_back(merge: Merge) -> None:
    Evidence.objects.filter(pk__in=merge.before["evidence"]).update(signature=merge.merged)
    Evidence.objects.filter(pk__in=merge.before["vouches"]).update(referrer=merge.merged)


def move_followers(survivor: Signature, merged: Signature) -> list[int]:
    """What was merged into the merged one before counts for the survivor now."""
    followers = list(Signature.objects.filter(merged_into=merged).values_list("pk", flat=True))
    Signature.objects.filter(pk__in=followers).update(merged_into=survivor)
    return followers


def give_followers_back(merge: Merge) -> None:
    Signature.objects.filter(pk__in=merge.before["followers"]).update(merged_into=merge.merged)


def add_caution(survivor: Signature, merged: Signature) -> list[str]:
    """Flags that the survivor gets from the merged one."""
    survivor.refresh_from_db(fields=["flags"])  # a new name has raised them anew
    new = CAUTION.intersection(merged.flags).difference(survivor.flags)
    set_flags(survivor, {*survivor.flags, *new})
    return sorted(new)


def take_caution_back(merge: Merge) -> None:
    """What was disputed since stays disputed."""
    survivor, taken = merge.survivor, set(merge.before["flags"])
    if survivor.disputes.filter(confirmed_at__isnull=False).exists():
        taken.discard(Flag.DISPUTED)
    set_flags(survivor, set(survivor.flags).difference(taken))


def raise_flags_anew(merge: Merge) -> None:
    """What was taken back may be due to the survivor's own name of today."""
    merge.survivor.refresh_from_db(fields=["flags"])
    set_flags(merge.survivor, set(verification.flags_anew(merge.survivor)))


def set_flags(signature: Signature, flags: set[str]) -> None:
    signature.flags = [flag.value for flag in Flag if flag in flags]
    Signature.objects.filter(pk=signature.pk).update(flags=signature.flags)
