"""Asking a signatory to vouch: choosing it on a page of its own, and the second pair of eyes on the case page."""

from typing import cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from signatories import moderation, referrals
from signatories.admin.case_forms import NoteForm, PlainForm
from signatories.admin.case_page import back_to
from signatories.admin.casefile import in_case
from signatories.admin.decisions import Answers, button
from signatories.desk import work
from signatories.models import Referral, Signature
from signatories.models.signature import SignatureQuerySet

SHOWN = 20
UNPROCESSABLE = 422
LARGEST_ID = 2**63 - 1


class ReferralForm(NoteForm):
    """Who is asked, and that the signer named it."""

    referrer = forms.IntegerField(
        min_value=1,
        max_value=LARGEST_ID,
        error_messages={"required": gettext_lazy("Choose a signatory.")},
    )
    signer_agreed = forms.BooleanField(
        label=gettext_lazy("The signer named this signatory, or agreed that it is asked."),
        error_messages={"required": gettext_lazy("Ask the signer first, and then tick this.")},
    )

    def clean_referrer(self) -> Signature:
        chosen = referrals.candidates(self.signature).filter(pk=self.cleaned_data["referrer"]).first()
        if chosen is None:
            raise forms.ValidationError(_("Only an accepted signatory of the same letter can vouch."))
        return chosen


@require_safe
def choose_referrer(request: HttpRequest, pk: int) -> HttpResponse:
    """The accepted signatories of the letter, searched by name, acronym, reference or domain; one of them can be asked."""
    signature = get_object_or_404(in_case(Signature.objects.moderated_by(request.user), request.user), pk=pk)
    if not request.user.has_perm("signatories.change_signature"):
        raise PermissionDenied
    return _choice(request, signature, ReferralForm(signature=signature))


def _choice(request: HttpRequest, signature: Signature, form: NoteForm) -> HttpResponse:
    query = (request.POST if form.is_bound else request.GET).get("q", "")[:200].strip()
    now = timezone.now()
    fitting = work.in_list(_searched(referrals.candidates(signature), query))[: SHOWN + 1]
    found = [work.listed(each, now) for each in fitting]
    context = {
        **admin.site.each_context(request),
        "opts": Signature._meta,
        "title": _("Ask a signatory to vouch"),
        "signature": signature,
        "form": form,
        "query": query,
        "found": found[:SHOWN],
        "more": len(found) > SHOWN,
        "least": referrals.LEAST_LEVEL,
    }
    response = TemplateResponse(
        request,
        "admin/signatories/signature/choose_referrer.html",
        context,
        status=UNPROCESSABLE if form.is_bound else 200,
    )
    response["Cache-Control"] = "private, no-store"
    return response


def _searched(signatures: SignatureQuerySet, query: str) -> SignatureQuerySet:
    fits = Q()
    for word in query.split():
        fits &= (
            Q(organisation__name__icontains=word)
            | Q(organisation__native_name__icontains=word)
            | Q(organisation__acronym__icontains=word)
            | Q(submission_key__iendswith=word)
            | Q(contacts__is_primary=True, contacts__mailbox_domain__icontains=word)
        )
    return signatures.filter(fits).distinct().order_by("sort_key", "pk")


@button(ReferralForm, otherwise=_choice)
def ask_to_vouch(request: HttpRequest, signature: Signature, answers: Answers) -> HttpResponse:
    referral = moderation.ask_to_vouch(
        signature=signature,
        referrer=answers["referrer"],
        by=cast("User", request.user),
        signer_agreed=answers["signer_agreed"],
        note=answers["note"],
    )
    if referral.is_unagreed:
        words = _("“%(name)s” vouches often: the mail waits until a colleague agrees.")
    else:
        words = _("“%(name)s” is asked by mail.")
    messages.success(request, words % {"name": answers["referrer"].shown_name})
    return back_to(signature.pk)


@button(PlainForm)
def agree_to_ask(request: HttpRequest, signature: Signature, answers: Answers) -> HttpResponse:
    moderation.agree_to_ask(referral=_of(signature, answers), by=cast("User", request.user))
    messages.success(request, _("Agreed: the mail is queued."))
    return back_to(signature.pk)


@button(PlainForm)
def call_off(request: HttpRequest, signature: Signature, answers: Answers) -> HttpResponse:
    moderation.call_off(referral=_of(signature, answers), by=cast("User", request.user))
    messages.success(request, _("Nobody is asked."))
    return back_to(signature.pk)


def _of(signature: Signature, answers: Answers) -> Referral:
    return get_object_or_404(signature.referrals, pk=answers["referral"])
