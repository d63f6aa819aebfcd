"""The signatures that a moderator should hold a case against, and why: two queries, however many there are."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import BooleanField, CharField, Exists, OuterRef, Q, Value
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from signatories import likeness
from signatories.desk import work
from signatories.likeness import Near
from signatories.models import Organisation, Signature, SignatureEvent
from signatories.models.signature import SignatureQuerySet
from signatories.states import EventKind, State

NAMED = "named"
DUPLICATE, LOOKS_ALIKE, SIMILAR, EARLIER = "duplicate", "looks alike", "similar", "earlier"
WHY: dict[str, Promise] = {
    DUPLICATE: _("Possible duplicate"),
    LOOKS_ALIKE: _("Looks alike"),
    SIMILAR: _("Similar name"),
    EARLIER: _("Earlier campaign"),
}
# More of one kind than a person compares.
SHOWN = 10


@dataclass(frozen=True)
class Other:
    """A signature to compare with, and why."""

    why: str
    case: work.Waiting


@dataclass(frozen=True)
class Comparison:
    """`elsewhere`: look-alikes of which the reader sees no signature, and which are public on another letter. `has_open_twins`: nobody has said that they differ."""

    others: list[Other]
    elsewhere: int
    has_open_twins: bool


def compare(
    signature: Signature,
    near: Sequence[Near],
    told: Iterable[SignatureEvent],
    user: User | AnonymousUser,
    now: datetime,
) -> Comparison:
    """What `user` may see of those like `signature`. `near` are those of `likeness.near`, `told` the events of its trail."""
    named = {event.detail for event in told if event.kind == EventKind.NOT_DUPLICATE}
    alike = {each.organisation.pk: LOOKS_ALIKE if each.may_be_posed_as else SIMILAR for each in near}
    rows = list(_found(signature, alike, user))
    why: dict[int, list[str]] = {}
    for pk, reason, organisation, state, _public_id, _settled in rows:
        if reason == NAMED:
            continue
        reason = reason or alike[organisation]
        if reason in (DUPLICATE, EARLIER) or state == State.ACCEPTED:
            why.setdefault(pk, []).append(reason)
    seen = {organisation for _pk, reason, organisation, *_rest in rows if not reason}
    named_there = {organisation for _pk, reason, organisation, *_rest in rows if reason == NAMED}
    return Comparison(
        others=_listed(why, now),
        elsewhere=sum(
            kind == LOOKS_ALIKE and pk in named_there and pk not in seen for pk, kind in alike.items()
        ),
        has_open_twins=any(
            reason == DUPLICATE and not settled and str(public_id) not in named
            for _pk, reason, _organisation, _state, public_id, settled in rows
        ),
    )


def _found(signature: Signature, alike: Collection[int], user: User | AnonymousUser) -> Any:
    """Rows of id, reason ("" for one of `alike`), organisation, state, public id, and whether the twin was found to differ."""
    said_there = SignatureEvent.objects.filter(
        signature=OuterRef("pk"), kind=EventKind.NOT_DUPLICATE, detail=str(signature.public_id)
    )
    visible = Signature.objects.visible_to(user).exclude(pk=signature.pk).order_by()
    parts = [
        _rows(likeness.possible_duplicates(signature), DUPLICATE, Exists(said_there)),
        _rows(_earlier(visible, signature), EARLIER),
    ]
    if alike:
        parts.append(_rows(visible.filter(organisation__in=alike), ""))
        # Of others only that they are named in public somewhere: not that a name is known which isn't.
        parts.append(_rows(Signature.objects.public().filter(organisation__in=alike), NAMED))
    first, *rest = parts
    return first.union(*rest, all=True)


def _rows(signatures: SignatureQuerySet, reason: str, settled: Any = None) -> Any:
    text, truth = CharField(), BooleanField()
    return (
        signatures.order_by()
        .annotate(
            reason=Value(reason, output_field=text),
            settled=settled if settled is not None else Value(False, output_field=truth),
        )
        .values_list("pk", "reason", "organisation_id", "state", "public_id", "settled")
    )


def _earlier(visible: SignatureQuerySet, signature: Signature) -> SignatureQuerySet:
    """What the same organisation, by its key or its website's domain, did on other campaigns."""
    organisation = signature.organisation
    same = Q(match_key=organisation.match_key)
    if organisation.registrable_domain:
        same |= Q(registrable_domain=organisation.registrable_domain)
    others = visible.filter(organisation__in=Organisation.objects.filter(same).order_by())
    return others.exclude(campaign=signature.campaign_id).exclude(state__in=[State.SUBMITTED, State.EXPIRED])


def _listed(why: dict[int, list[str]], now: datetime) -> list[Other]:
    """In the order of the reasons, of each as many as are shown."""
    chosen: dict[int, None] = {}
    for reason in WHY:
        chosen |= dict.fromkeys(sorted(pk for pk, reasons in why.items() if reason in reasons)[:SHOWN])
    found = {each.pk: each for each in work.in_list(Signature.objects.filter(pk__in=list(chosen)))}
    return [
        Other("; ".join(str(WHY[reason]) for reason in WHY if reason in why[pk]), work.listed(found[pk], now))
        for pk in chosen
        if pk in found
    ]
