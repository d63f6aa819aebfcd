"""What the buttons of the signer's own page do: one view each, POST only, for whoever holds an open page."""

from collections.abc import Callable
from functools import wraps

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from campaigns.choices import ConsentKind
from signatories import limiting, network
from signatories.forms import current_consents
from signatories.managing import contacts, fresh, merged, names, news, publishing
from signatories.models import Contact
from signatories.signer_view import as_its_signer_knows_it
from signatories.transitions import Refused
from signatories.views import busy
from signatories.views.holding import holder
from signatories.views.managing import door, private, seen_by
from signatories.views.managing_forms import (
    ContactForm,
    ModeForm,
    NameForm,
    NewsForm,
    PurposeForm,
)
from signatories.views.signing import UNPROCESSABLE

FORBIDDEN = 403
CONFLICT = 409
Act = Callable[[HttpRequest, Contact], None]
View = Callable[[HttpRequest], HttpResponse]


def button(act: Act) -> View:
    """Makes `act` a view that leads back to the page, where refusals and what was done are said in words."""

    @never_cache
    @require_POST
    @wraps(act)
    def view(request: HttpRequest) -> HttpResponse:
        contact = holder(request)
        if contact is None:
            return door(request, status=FORBIDDEN, notice="closed")
        if not _shows(request, contact):
            return _other_page(request)
        try:
            act(request, contact)
        except Refused as refusal:
            messages.error(request, str(refusal))
        return _back()

    return view


def _shows(request: HttpRequest, contact: Contact) -> bool:
    """Whether the form was sent from the page that is open now: a link that was opened in another tab has replaced it."""
    return request.POST.get("of") == str(contact.signature.public_id)


def _other_page(request: HttpRequest) -> HttpResponse:
    return private(render(request, "signatories/manage/other_page.html", status=CONFLICT))


def limited(act: Act) -> Act:
    """Makes `act` one of those that are counted: not the ways to safety, nor what has caps of its own (`fresh`)."""

    @wraps(act)
    def counted(request: HttpRequest, contact: Contact) -> None:
        _refuse_a_flood(request)
        act(request, contact)

    return counted


def _refuse_a_flood(request: HttpRequest) -> None:
    now = timezone.now()
    verdict = limiting.take(limiting.Act.MANAGE, now, networks=network.hashes_of(request, now))
    if verdict.is_loud:
        raise Refused(busy.notice(verdict))


def _back() -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("signatories:own_page"))


def _answers(form: forms.Form) -> None:
    """A button gives no wrong answers: only a forged form does."""
    if not form.is_valid():
        raise Refused(_("That can’t be asked for here."))


@button
def hide(request: HttpRequest, contact: Contact) -> None:
    """At once, without a mail: the way to safety must be short."""
    form = ModeForm(request.POST)
    _answers(form)
    merged.hide(signature=contact.signature, to=form.mode())
    messages.success(request, _("Done. Within seconds the name is gone from every page of this site."))


@button
@limited
def publish(request: HttpRequest, contact: Contact) -> None:
    form = ModeForm(request.POST)
    _answers(form)
    publishing.ask_for_publicity(contact=contact, to=form.mode())
    _look_into_the_mailbox(request)


@button
def stop_publishing(request: HttpRequest, contact: Contact) -> None:
    publishing.stop_publicity(contact=contact)
    messages.success(request, _("Called off. The name stays where it is."))


@button
@limited
def change_news(request: HttpRequest, contact: Contact) -> None:
    form = NewsForm(request.POST)
    _answers(form)
    if form.cleaned_data["news"] == "yes":
        texts = list(contact.signature.campaign.consent_texts.all())
        news.subscribe(
            contact=contact, text=current_consents(texts, get_language() or "en").get(ConsentKind.UPDATES)
        )
        messages.success(request, _("You will get news about this letter by mail."))
    else:
        news.unsubscribe(contact=contact)
        messages.success(request, _("You will get no more news about this letter."))


@button
def ask(request: HttpRequest, contact: Contact) -> None:
    form = PurposeForm(request.POST)
    _answers(form)
    fresh.ask_for(contact=contact, purpose=form.chosen())
    _look_into_the_mailbox(request)


def _look_into_the_mailbox(request: HttpRequest) -> None:
    messages.success(
        request,
        _(
            "We have sent a mail to your mailbox. Nothing happens until you open its link and confirm; it works for 72 hours."
        ),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change_name(request: HttpRequest) -> HttpResponse:
    """Takes a correction of the name, or another one."""
    contact = holder(request)
    if contact is None:
        return door(request, status=_status_of_door(request), notice="closed")
    if request.method == "POST" and not _shows(request, contact):
        return _other_page(request)
    form = NameForm(
        request.POST if request.method == "POST" else None,
        initial=NameForm.filled_from(as_its_signer_knows_it(contact.signature)[0]),
    )
    if form.is_valid():
        try:
            _refuse_a_flood(request)
            names.ask_for_name(contact=contact, wish=form.wish())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The host looks at the name. Until then the old one stays."))
            return _back()
    return _form_page(request, contact, "change_name", form)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change_contact(request: HttpRequest) -> HttpResponse:
    """Takes who is to be the contact from now on. Nobody is filled in: the page may be in another hand."""
    contact = holder(request)
    if contact is None:
        return door(request, status=_status_of_door(request), notice="closed")
    if request.method == "POST" and not _shows(request, contact):
        return _other_page(request)
    form = ContactForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            _refuse_a_flood(request)
            contacts.ask_for_contact(contact=contact, new=form.contact())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            _look_into_the_mailbox(request)
            return _back()
    return _form_page(request, contact, "change_contact", form)


def _form_page(request: HttpRequest, contact: Contact, name: str, form: forms.Form) -> HttpResponse:
    context = seen_by(contact) | {"form": form}
    status = UNPROCESSABLE if form.is_bound else 200
    return private(render(request, f"signatories/manage/{name}.html", context, status=status))


def _status_of_door(request: HttpRequest) -> int:
    return FORBIDDEN if request.method == "POST" else 200
