"""Accepting many at once: those that meet the usual bar, each by itself; the others are named and left (scenario M5)."""

from collections.abc import Callable, Iterable
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from signatories import moderation, verification
from signatories.models import Signature
from signatories.states import WAITING, Flag, Level
from signatories.transitions import AlreadyDecided, Refused

# Beyond these, the message only counts.
NAMED = 20


@admin.action(description=gettext_lazy("Accept what meets the bar"), permissions=["moderate"])
def accept_what_meets_the_bar(modeladmin: Any, request: HttpRequest, queryset: QuerySet[Signature]) -> None:
    by = cast("User", request.user)
    accepted, left = each_by_itself(_chosen(request, queryset), lambda signature: _accept(signature, by))
    words = ngettext("%(count)d accepted.", "%(count)d accepted.", accepted) % {"count": accepted}
    say(request, words, left)


@admin.action(description=gettext_lazy("Send the mail that was held"), permissions=["moderate"])
def send_held_mail(modeladmin: Any, request: HttpRequest, queryset: QuerySet[Signature]) -> None:
    """For forms whose mail is held; the others that were ticked are left."""
    by = cast("User", request.user)
    held = [each for each in _chosen(request, queryset) if Flag.NO_PROOF in each.flags]
    sent, left = each_by_itself(held, lambda signature: moderation.send_again(signature=signature, by=by))
    words = ngettext("%(count)d mail queued.", "%(count)d mails queued.", sent) % {"count": sent}
    say(request, words, left)


def _chosen(request: HttpRequest, queryset: QuerySet[Signature]) -> QuerySet[Signature]:
    """What was ticked, also if a colleague has decided it since and the list's filter no longer finds it."""
    mine = Signature.objects.moderated_by(request.user)
    if request.POST.get("select_across") == "1":
        mine = mine.filter(pk__in=queryset.values("pk"))
    else:
        mine = mine.filter(pk__in=request.POST.getlist(ACTION_CHECKBOX_NAME))
    return mine.select_related("organisation", "campaign__host", "decided_by", "letter_version").order_by(
        "confirmed_at", "pk"
    )


def _accept(signature: Signature, by: User) -> None:
    if signature.state not in WAITING:
        raise AlreadyDecided(signature)
    if verification.bar(signature) == Level.V3:
        raise Refused(_("needs V3: open it by itself"))
    moderation.accept(signature=signature, by=by)


def each_by_itself(
    signatures: Iterable[Signature], verb: Callable[[Signature], object]
) -> tuple[int, list[str]]:
    """For how many `verb` was done, and who was left, each with the reason."""
    done, left = 0, []
    for signature in signatures:
        try:
            verb(signature)
        except Refused as refusal:
            why = str(refusal).rstrip(".")
            left.append(_("%(name)s (%(why)s)") % {"name": signature.shown_name, "why": why})
        else:
            done += 1
    return done, left


def say(request: HttpRequest, words: str, left: list[str]) -> None:
    messages.success(request, words)
    if left:
        messages.warning(request, _left_in_words(left))


def _left_in_words(left: list[str]) -> str:
    words = ngettext("%(count)d left: %(which)s.", "%(count)d left: %(which)s.", len(left))
    more = [_("and %(count)d more") % {"count": len(left) - NAMED}] if len(left) > NAMED else []
    return words % {"count": len(left), "which": "; ".join(left[:NAMED] + more)}
