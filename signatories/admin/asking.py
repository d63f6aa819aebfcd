"""Buttons for what goes back and forth with a signer: a question with words to begin with, the answer to an appeal."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from signatories import moderation
from signatories.admin.case_forms import AskForm, DecisionForm, PromptForm
from signatories.admin.case_page import back_to, show
from signatories.admin.decisions import Answers, button, to_next_case, user_of
from signatories.models import Signature
from signatories.moderation import Prompt


@button(AskForm)
def ask(request: HttpRequest, signature: Signature, answers: Answers) -> HttpResponse:
    moderation.ask(signature=signature, by=user_of(request), words=answers["question"])
    done = _("Asked, and on hold until it is decided: %(name)s.") % {"name": signature.shown_name}
    return to_next_case(request, done)


@button(PromptForm)
def ask_text(request: HttpRequest, signature: Signature, answers: Answers) -> HttpResponse:
    """Shows the page again with the chosen words in the field, for whoever has no script. Nothing is sent."""
    prompt, typed = answers["prompt"], answers["question"]
    form = AskForm(signature=signature, initial={"prompt": prompt, "question": typed})
    if prompt:
        form.initial["question"] = moderation.words_of(Prompt(prompt), form.language)
    return show(request, signature, typed={"ask": form})


@button(DecisionForm)
def turn_down_appeal(request: HttpRequest, signature: Signature, answers: Answers) -> HttpResponse:
    moderation.turn_down_appeal(signature=signature, by=user_of(request), note=answers["note"])
    messages.success(request, _("The appeal is turned down, and the signer is told."))
    return back_to(signature.pk)
