"""What the signer has asked for and the staff decide: another name, more publicity. And what a forwarded link may have done."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from signatories import moderation
from signatories.admin.case_forms import RequiredNoteForm
from signatories.admin.case_page import back_to
from signatories.admin.decisions import Answers, button, user_of
from signatories.admin.wish_forms import (
    CheckPublicityForm,
    RefuseNameForm,
    RefusePublicityForm,
    TakeNameForm,
)
from signatories.models import Signature
from signatories.states import EvidenceKind


@button(TakeNameForm)
def take_name(request: HttpRequest, signature: Signature, answers: Answers) -> HttpResponse:
    moderation.take_name(signature=signature, wish=answers["wish"], by=user_of(request))
    messages.success(request, _("The new name stands; the signer is told."))
    return back_to(signature.pk)


@button(RefuseNameForm)
def refuse_name(request: HttpRequest, signature: Signature, answers: Answers) -> HttpResponse:
    moderation.refuse_name(
        signature=signature, wish=answers["wish"], by=user_of(request), note=answers["note"]
    )
    messages.success(request, _("The old name stays; the signer is told."))
    return back_to(signature.pk)


@button(CheckPublicityForm)
def check_publicity(request: HttpRequest, signature: Signature, answers: Answers) -> HttpResponse:
    moderation.check_publicity(
        signature=signature,
        wish=answers["wish"],
        kind=EvidenceKind(answers["kind"]),
        by=user_of(request),
        note=answers["note"],
    )
    messages.success(request, _("Checked. Every contact is told, and it takes effect in 72 hours."))
    return back_to(signature.pk)


@button(RefusePublicityForm)
def refuse_publicity(request: HttpRequest, signature: Signature, answers: Answers) -> HttpResponse:
    moderation.refuse_publicity(
        signature=signature, wish=answers["wish"], by=user_of(request), note=answers["note"]
    )
    messages.success(request, _("Called off. The name stays where it is."))
    return back_to(signature.pk)


@button(RequiredNoteForm)
def look_at_vouching(request: HttpRequest, signature: Signature, answers: Answers) -> HttpResponse:
    moderation.look_at_vouching(signature=signature, by=user_of(request), note=answers["note"])
    messages.success(request, _("Noted."))
    return back_to(signature.pk)
