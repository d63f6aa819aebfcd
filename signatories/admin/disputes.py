"""The buttons that decide the disputes of a signature."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.utils.translation import ngettext

from signatories import moderation
from signatories.admin.case_forms import PlainForm, TurnDownForm, UpholdForm
from signatories.admin.case_page import back_to, show
from signatories.admin.decisions import Answers, button
from signatories.models import Signature
from signatories.states import Reason


@button(UpholdForm)
def uphold_disputes(request: HttpRequest, signature: Signature, answers: Answers) -> HttpResponse:
    decided = moderation.uphold_disputes(
        signature=signature,
        disputes=answers["disputes"],
        by=_user(request),
        reason=Reason(answers["reason"]),
        note=answers["note"],
    )
    return _decided(request, signature, decided)


@button(TurnDownForm)
def turn_down_disputes(request: HttpRequest, signature: Signature, answers: Answers) -> HttpResponse:
    decided = moderation.turn_down_disputes(
        signature=signature, disputes=answers["disputes"], by=_user(request), note=answers["note"]
    )
    return _decided(request, signature, decided)


def _decided(request: HttpRequest, signature: Signature, decided: int) -> HttpResponse:
    words = ngettext("%(count)d dispute decided.", "%(count)d disputes decided.", decided)
    messages.success(request, words % {"count": decided})
    return back_to(signature.pk)


@button(PlainForm)
def reveal_disputers(request: HttpRequest, signature: Signature, answers: Answers) -> HttpResponse:
    """Shows the mailboxes on the answer to this click alone.

    The words stand on the page without one: they were written for staff, and nothing can be decided without them. For a
    decision the mailbox's domain is enough.
    """
    disputers = moderation.reveal_disputers(signature=signature, by=_user(request))
    return show(request, signature, disputers=disputers)


def _user(request: HttpRequest) -> User:
    return cast("User", request.user)
