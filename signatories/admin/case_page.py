"""The page of one signature: the case, and a form for each thing that may be done with it now."""

from collections.abc import Mapping, Sequence

from django.contrib import admin
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from campaigns.choices import PublicationMode
from signatories.admin.case_forms import (
    AgreeForm,
    AskForm,
    DecisionForm,
    DomainMatchForm,
    EvidenceForm,
    HideForm,
    NoteForm,
    PlainForm,
    RejectForm,
    RequiredNoteForm,
    TurnDownForm,
    UpholdForm,
)
from signatories.admin.casefile import CaseFile, open_case
from signatories.admin.wish_forms import (
    CheckPublicityForm,
    RefuseNameForm,
    RefusePublicityForm,
    TakeNameForm,
    WishForm,
)
from signatories.models import Contact, Dispute, Signature
from signatories.moderation import MAY_CONVENE
from signatories.states import LEADS_TO, LIVE, Flag, State

UNPROCESSABLE = 422


def show(
    request: HttpRequest,
    signature: Signature,
    *,
    typed: Mapping[str, NoteForm] | None = None,
    contacts: Sequence[Contact] = (),
    disputers: Sequence[Dispute] = (),
) -> HttpResponse:
    """The page of `signature`; `typed` are forms that come back with what was typed.

    `contacts` and `disputers` are those to show in clear.
    """
    # A manager only reads.
    may_decide = getattr(signature, "is_moderated", False) and request.user.has_perm(
        "signatories.change_signature"
    )
    refused = any(form.errors for form in (typed or {}).values())
    case = open_case(signature, request.user)
    forms = offered(case, request.user) | dict(typed or {}) if may_decide else {}
    context = {
        **admin.site.each_context(request),
        "opts": Signature._meta,
        "title": signature.shown_name,
        "case": case,
        "signature": signature,
        "now": timezone.now(),
        "forms": forms,
        "contacts": contacts,
        "disputers": disputers,
        "may_convene": _may_convene(signature, request.user),
    }
    response = TemplateResponse(
        request, "admin/signatories/signature/case.html", context, status=UNPROCESSABLE if refused else 200
    )
    # It may hold a contact in clear, and is old as soon as a colleague decides.
    response["Cache-Control"] = "private, no-store"
    return response


def _may_convene(signature: Signature, user: User | AnonymousUser) -> bool:
    """Whether the user manages the letter, and the signature stands so that it may be a convenor's."""
    return (
        signature.state in MAY_CONVENE
        and getattr(signature, "is_managed", False)
        and user.has_perm("campaigns.change_campaign")
    )


def back_to(pk: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:signatories_signature_change", args=[pk]))


def offered(case: CaseFile, user: User | AnonymousUser) -> dict[str, NoteForm]:
    """An empty form for each thing that `user` may do with the signature as it stands, by the name of its view."""
    signature, question = case.signature, case.question
    is_disputed = any(dispute.is_open for dispute in case.disputes)
    publicity = case.publicity_wish
    leads_to, state = LEADS_TO[State(signature.state)], signature.state
    is_own = case.appeal is not None and signature.decided_by_id == user.pk
    forms: list[tuple[bool, str, type[NoteForm]]] = [
        (State.ACCEPTED in leads_to, "accept", DecisionForm),
        (state in LIVE and case.offers_domain_match, "domain_match", DomainMatchForm),
        (case.two_may_accept and question is None, "ask_colleague", AgreeForm),
        (case.two_may_accept and question is not None and question.actor_id != user.pk, "agree", AgreeForm),
        (State.ON_HOLD in leads_to, "hold", DecisionForm),
        (state == State.ON_HOLD or State.ON_HOLD in leads_to, "ask", AskForm),
        (State.REJECTED in leads_to, "reject", RejectForm),
        (State.REVOKED in leads_to, "revoke", RejectForm),
        (state in (State.ON_HOLD, State.REJECTED, State.REVOKED) and not is_own, "put_back", DecisionForm),
        (case.appeal is not None and not is_own, "turn_down_appeal", DecisionForm),
        (state in LIVE, "add_evidence", EvidenceForm),
        (state in LIVE, "not_duplicate", RequiredNoteForm),
        (State.MERGED in leads_to, "merge_with", PlainForm),
        (bool(case.merges), "undo_merge", NoteForm),
        (is_disputed, "uphold_disputes", UpholdForm),
        (is_disputed, "turn_down_disputes", TurnDownForm),
        (is_disputed, "reveal_disputers", PlainForm),
        (State.MERGED in leads_to, "unlink_section", PlainForm),
        (case.name_wish is not None, "take_name", TakeNameForm),
        (case.name_wish is not None, "refuse_name", RefuseNameForm),
        (publicity is not None and publicity.checked_at is None, "check_publicity", CheckPublicityForm),
        (publicity is not None, "refuse_publicity", RefusePublicityForm),
        (Flag.VOUCH_TAKEN_BACK in signature.flags, "look_at_vouching", RequiredNoteForm),
        (signature.publication_mode != PublicationMode.WITHHELD, "hide", HideForm),
        (True, "add_note", RequiredNoteForm),
        (True, "reveal", PlainForm),
        (state == State.SUBMITTED, "send_again", PlainForm),
    ]
    return {name: _empty(form, case) for fits, name, form in forms if fits}


def _empty(form: type[NoteForm], case: CaseFile) -> NoteForm:
    if issubclass(form, WishForm):
        wish = getattr(case, form.wishes)
        return form(signature=case.signature, initial={"wish": wish.pk})
    return form(signature=case.signature)
