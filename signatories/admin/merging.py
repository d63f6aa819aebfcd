"""The page on which two signatures stand side by side to become one, and the button that takes them apart again."""

from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from campaigns.choices import PRIVACY, PublicationMode
from campaigns.lines import Line, printed
from signatories import moderation, verification
from signatories.admin.case_forms import NoteForm
from signatories.admin.case_page import UNPROCESSABLE, back_to
from signatories.admin.casefile import in_case
from signatories.admin.decisions import Answers, button
from signatories.desk import work
from signatories.models import Merge, Signature
from signatories.states import Level, State
from signatories.transitions import AlreadyDecided, Refused


@dataclass(frozen=True)
class Side:
    """One of the two, as it stands."""

    case: work.Waiting
    line: Line
    bar: Level
    evidence: list[str]
    contact_domains: list[str]

    @property
    def signature(self) -> Signature:
        return self.case.signature


class MergeForm(NoteForm):
    """Which signature survives, under which of the names. Carries both states, as the page showed them."""

    survivor = forms.TypedChoiceField(
        label=gettext_lazy("Which signature survives?"), coerce=int, widget=forms.RadioSelect
    )
    name = forms.TypedChoiceField(
        label=gettext_lazy("Under which name?"), coerce=int, widget=forms.RadioSelect
    )
    contact_agreed = forms.BooleanField(
        label=gettext_lazy("The contact of the one that goes agreed to be a second contact."),
        required=False,
        help_text=gettext_lazy(
            "Then the first contact is told that a second one was added, not who. Without the tick the contact stays with"
            " the merged signature, and nobody is mailed."
        ),
    )
    states = forms.CharField(widget=forms.HiddenInput)
    field_order = ["survivor", "name", "contact_agreed", "note", "states"]

    def __init__(self, data: QueryDict | None = None, *, signature: Signature, other: Signature) -> None:
        super().__init__(data, signature=signature)
        first, second = sorted([signature, other], key=_fitness)
        names = [(each.pk, each.organisation.name) for each in (first, second)]
        cast("forms.ChoiceField", self.fields["survivor"]).choices = [
            (each.pk, _describe(each)) for each in (first, second)
        ]
        cast("forms.ChoiceField", self.fields["name"]).choices = names
        self.initial = {
            "survivor": first.pk,
            "name": first.pk,
            "states": _states(signature, other),
        }


def _fitness(signature: Signature) -> tuple[bool, int, Any, int]:
    """Who should survive comes first: the accepted one, the more private one, the one that was first."""
    privacy = PRIVACY.index(PublicationMode(signature.publication_mode))
    return signature.state != State.ACCEPTED, -privacy, signature.confirmed_at, signature.pk


def _describe(signature: Signature) -> str:
    return _("%(name)s, reference %(reference)s, %(state)s") % {
        "name": signature.organisation.name,
        "reference": signature.reference,
        "state": signature.get_state_display(),
    }


def _states(signature: Signature, other: Signature) -> str:
    return f"{signature.state} {other.state}"


@require_http_methods(["GET", "HEAD", "POST"])
def merge_with(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    """GET shows both; POST merges them."""
    within_reach = in_case(Signature.objects.moderated_by(request.user), request.user)
    here, there = (get_object_or_404(within_reach, pk=each) for each in (pk, other))
    if not request.user.has_perm("signatories.change_signature"):
        raise PermissionDenied
    if here.campaign_id != there.campaign_id or pk == other:
        raise Http404
    if request.method != "POST":
        return _show(request, here, there, MergeForm(signature=here, other=there))
    form = MergeForm(request.POST, signature=here, other=there)
    if not form.is_valid():
        return _show(request, here, there, form)
    try:
        survivor = _merge(request, here, there, form.cleaned_data)
    except AlreadyDecided as refusal:
        messages.error(request, str(refusal))
        return back_to(pk)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _show(request, here, there, form)
    return back_to(survivor.pk)


def _merge(request: HttpRequest, here: Signature, there: Signature, answers: Answers) -> Signature:
    if answers["states"] != _states(here, there):
        raise AlreadyDecided(there if answers["states"].split(" ")[0] == here.state else here)
    both = {each.pk: each for each in (here, there)}
    survivor = both[answers["survivor"]]
    merged = there if survivor is here else here
    gone = merged.shown_name
    moderation.merge(
        survivor=survivor,
        merged=merged,
        by=cast("User", request.user),
        name=both[answers["name"]],
        note=answers["note"],
        contact_agreed=answers["contact_agreed"],
    )
    messages.success(request, _("Merged: “%(name)s” went into this one.") % {"name": gone})
    return survivor


def _show(request: HttpRequest, here: Signature, there: Signature, form: MergeForm) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "opts": Signature._meta,
        "title": _("Merge two signatures"),
        "signature": here,
        "sides": [_side(here), _side(there)],
        "form": form,
    }
    response = TemplateResponse(
        request,
        "admin/signatories/signature/merge.html",
        context,
        status=UNPROCESSABLE if form.errors else 200,
    )
    response["Cache-Control"] = "private, no-store"
    return response


def _side(signature: Signature) -> Side:
    standing = [item for item in signature.evidence.all() if item.taken_back_at is None]
    return Side(
        case=work.listed(signature, timezone.now()),
        line=printed(signature.organisation, signature.campaign, get_language() or "en"),
        bar=verification.bar(signature),
        evidence=[item.get_kind_display() for item in standing],
        contact_domains=[each.mailbox_domain for each in signature.contacts.order_by("-is_primary", "pk")],
    )


@button(NoteForm)
def undo_merge(request: HttpRequest, signature: Signature, answers: Answers) -> HttpResponse:
    merge = get_object_or_404(Merge.objects.on_case(signature), pk=answers["merge"])
    moderation.undo_merge(merge=merge, by=cast("User", request.user), note=answers["note"])
    words = _("The merge is undone: there are two signatures again.")
    merged = Signature.objects.select_related("organisation").get(pk=merge.merged_id)
    if merged.state != merge.before["state"]:
        on_hold = _("“%(name)s” was accepted and is on hold now.") % {"name": merged.shown_name}
        words = f"{words} {on_hold}"
    messages.success(request, words)
    return back_to(signature.pk)
