"""What the buttons on a signature's page do: one view for each, POST only, on the moderator's own campaigns only."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, OperationalError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from psycopg.errors import DeadlockDetected

from signatories import moderation, second_eyes
from signatories.admin.case_forms import (
    AgreeForm,
    DecisionForm,
    DomainMatchForm,
    EvidenceForm,
    NoteForm,
    PlainForm,
    RejectForm,
    RequiredNoteForm,
)
from signatories.admin.case_page import back_to, show
from signatories.admin.casefile import in_case
from signatories.desk import work
from signatories.models import Signature
from signatories.models.signature import SignatureQuerySet
from signatories.states import EvidenceKind, Reason, State
from signatories.transitions import AlreadyDecided, Refused

Answers = dict[str, Any]
Act = Callable[[HttpRequest, Signature, Answers], HttpResponse]
View = Callable[..., HttpResponse]
Otherwise = Callable[[HttpRequest, Signature, NoteForm], HttpResponse]


def button(
    form_class: type[NoteForm], *, shown_as: str = "", otherwise: Otherwise | None = None
) -> Callable[[Act], View]:
    """Makes `act` a view: finds the signature, reads the form, and turns refusals into words on the page.

    `shown_as`: the form's name among those `offered`, where it isn't that of `act`.
    `otherwise`: shows a form that came back with errors, where it stands on a page of its own.
    """

    def declare(act: Act) -> View:
        @require_POST
        @wraps(act)
        def view(request: HttpRequest, pk: int, **more: int) -> HttpResponse:
            signature = get_object_or_404(
                in_case(Signature.objects.moderated_by(request.user), request.user), pk=pk
            )
            if not request.user.has_perm("signatories.change_signature"):
                raise PermissionDenied
            form = form_class(request.POST, signature=signature)
            if not form.is_valid() and otherwise is not None:
                return otherwise(request, signature, form)
            if not form.is_valid():
                return show(request, signature, typed={shown_as or act.__name__: form})
            try:
                _refuse_old_page(signature, form)
                return act(request, signature, form.cleaned_data | more)
            except Refused as refusal:
                messages.error(request, str(refusal))
            except (IntegrityError, OperationalError) as error:
                # Two at once; the database let the first one through.
                if isinstance(error, OperationalError) and not isinstance(error.__cause__, DeadlockDetected):
                    raise
                messages.error(
                    request, _("Somebody did the same at this moment. Here it is as it stands now.")
                )
            return back_to(pk)

        return view

    return declare


def _refuse_old_page(signature: Signature, form: NoteForm) -> None:
    if isinstance(form, DecisionForm) and form.cleaned_data["expected_state"] != signature.state:
        raise AlreadyDecided(signature)


def user_of(request: HttpRequest) -> User:
    return cast("User", request.user)


@button(DecisionForm)
def accept(request: HttpRequest, signature: Signature, answers: Answers) -> HttpResponse:
    moderation.accept(signature=signature, by=user_of(request), note=answers["note"])
    return to_next_case(request, _("Accepted: %(name)s.") % {"name": signature.shown_name})


@button(DomainMatchForm, shown_as="domain_match")
def accept_on_domain(request: HttpRequest, signature: Signature, answers: Answers) -> HttpResponse:
    """Records the domain match and accepts: the clear case in one go."""
    moderation.accept_on(
        signature=signature, kind=EvidenceKind.DOMAIN_MATCH, by=user_of(request), note=answers["note"]
    )
    return to_next_case(request, _("Accepted: %(name)s.") % {"name": signature.shown_name})


@button(DomainMatchForm, shown_as="domain_match")
def record_domain(request: HttpRequest, signature: Signature, answers: Answers) -> HttpResponse:
    moderation.add_evidence(
        signature=signature, kind=EvidenceKind.DOMAIN_MATCH, by=user_of(request), note=answers["note"]
    )
    messages.success(request, _("Evidence recorded."))
    return back_to(signature.pk)


@button(AgreeForm)
def agree(request: HttpRequest, signature: Signature, answers: Answers) -> HttpResponse:
    """Accepts below the bar, as the second of two moderators."""
    moderation.accept(signature=signature, by=user_of(request), note=answers["note"], with_colleague=True)
    return to_next_case(request, _("Accepted: %(name)s.") % {"name": signature.shown_name})


@button(AgreeForm)
def ask_colleague(request: HttpRequest, signature: Signature, answers: Answers) -> HttpResponse:
    second_eyes.ask(signature=signature, by=user_of(request), note=answers["note"])
    messages.success(request, _("A second pair of eyes is wanted. The case stays where it is."))
    return back_to(signature.pk)


@button(DecisionForm)
def hold(request: HttpRequest, signature: Signature, answers: Answers) -> HttpResponse:
    moderation.hold(signature=signature, by=user_of(request), note=answers["note"])
    return to_next_case(request, _("On hold: %(name)s.") % {"name": signature.shown_name})


@button(RejectForm)
def reject(request: HttpRequest, signature: Signature, answers: Answers) -> HttpResponse:
    moderation.reject(
        signature=signature, by=user_of(request), reason=Reason(answers["reason"]), note=answers["note"]
    )
    return to_next_case(request, _("Rejected: %(name)s.") % {"name": signature.shown_name})


@button(RejectForm)
def revoke(request: HttpRequest, signature: Signature, answers: Answers) -> HttpResponse:
    moderation.revoke(
        signature=signature, by=user_of(request), reason=Reason(answers["reason"]), note=answers["note"]
    )
    messages.success(request, _("Revoked: %(name)s.") % {"name": signature.shown_name})
    return back_to(signature.pk)


@button(DecisionForm)
def put_back(request: HttpRequest, signature: Signature, answers: Answers) -> HttpResponse:
    moderation.put_back(signature=signature, by=user_of(request), note=answers["note"])
    messages.success(request, _("Back in the queue."))
    return back_to(signature.pk)


@button(EvidenceForm)
def add_evidence(request: HttpRequest, signature: Signature, answers: Answers) -> HttpResponse:
    moderation.add_evidence(
        signature=signature,
        kind=EvidenceKind(answers["kind"]),
        by=user_of(request),
        note=answers["note"],
        identifier=answers["identifier"],
    )
    messages.success(request, _("Evidence recorded."))
    return back_to(signature.pk)


@button(NoteForm)
def take_back_evidence(request: HttpRequest, signature: Signature, answers: Answers) -> HttpResponse:
    evidence = get_object_or_404(signature.evidence, pk=answers["evidence"])
    moderation.take_back_evidence(evidence=evidence, by=user_of(request), note=answers["note"])
    messages.success(request, _("Evidence taken back."))
    return back_to(signature.pk)


@button(RequiredNoteForm)
def not_duplicate(request: HttpRequest, signature: Signature, answers: Answers) -> HttpResponse:
    moderation.mark_not_duplicate(signature=signature, by=user_of(request), note=answers["note"])
    messages.success(request, _("Noted: another organisation."))
    return back_to(signature.pk)


@button(RequiredNoteForm)
def add_note(request: HttpRequest, signature: Signature, answers: Answers) -> HttpResponse:
    moderation.add_note(signature=signature, by=user_of(request), note=answers["note"])
    messages.success(request, _("Note added."))
    return back_to(signature.pk)


@button(PlainForm)
def reveal(request: HttpRequest, signature: Signature, answers: Answers) -> HttpResponse:
    """Shows the contacts on the answer to this click alone; that they were shown is an event."""
    return show(
        request, signature, contacts=moderation.reveal_contact(signature=signature, by=user_of(request))
    )


@button(PlainForm)
def send_again(request: HttpRequest, signature: Signature, answers: Answers) -> HttpResponse:
    moderation.send_again(signature=signature, by=user_of(request))
    messages.success(request, _("The mail is queued again."))
    return back_to(signature.pk)


def to_next_case(request: HttpRequest, done: str) -> HttpResponse:
    """On to the oldest case that waits; a moderator who clears the queue never goes through the list."""
    following = _to_check(request).values_list("pk", flat=True).first()
    if following is None:
        messages.success(request, _("%(done)s Nothing more to check.") % {"done": done})
        return HttpResponseRedirect(reverse("admin:index"))
    messages.success(request, _("%(done)s Next case.") % {"done": done})
    return back_to(following)


def next_case(request: HttpRequest) -> HttpResponse:
    """Past the case `after` to the next older one that waits, or to the oldest when it was the last; nothing is decided."""
    waiting = _to_check(request)
    after = request.GET.get("after", "")
    if after.isdecimal() and len(after) < 19 and (passed := waiting.filter(pk=int(after)).first()):
        younger = Q(confirmed_at__gt=passed.confirmed_at) | Q(
            confirmed_at=passed.confirmed_at, pk__gt=passed.pk
        )
        waiting = waiting.filter(younger) if waiting.filter(younger).exists() else waiting
    following = waiting.values_list("pk", flat=True).first()
    if following is None:
        messages.info(request, _("Nothing waits."))
        return HttpResponseRedirect(reverse("admin:index"))
    return back_to(following)


def _to_check(request: HttpRequest) -> SignatureQuerySet:
    waiting = Signature.objects.moderated_by(request.user).filter(state=State.CONFIRMED)
    return work.first_to_check(waiting)
