"""Where staff give a host its mark: the one form of the site that takes a file. What was sent is never stored (`campaigns.marks`)."""

import logging
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from campaigns import marks
from campaigns.models import Host
from config.refusals import accepts_bodies_up_to
from config.uploads import OF_THE_FORM, takes_one_file

log = logging.getLogger(__name__)
FIELD = "picture"
ACCEPT = "image/png,image/jpeg,image/webp"
UNPROCESSABLE = 422


class MarkForm(forms.Form):
    picture = forms.FileField(
        label=gettext_lazy("Picture"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        help_text=gettext_lazy(
            "PNG, JPEG or WebP, up to 1 MB and 4,000 by 4,000 pixels. It is made anew at 480 by 160 pixels at most;"
            " a transparent ground stays, and what the file tells of its maker goes."
        ),
    )
    remove = forms.BooleanField(label=gettext_lazy("Remove the mark"), required=False)

    def clean(self) -> dict[str, Any]:
        answers: dict[str, Any] = super().clean() or {}
        if bool(answers.get("picture")) == bool(answers.get("remove")):
            raise forms.ValidationError(_("Choose a picture, or tick that the mark is removed."))
        return answers


def may_change_hosts(request: HttpRequest) -> None:
    if not request.user.has_perm("campaigns.change_host"):
        raise PermissionDenied


@require_http_methods(["GET", "HEAD", "POST"])
@accepts_bodies_up_to(marks.LARGEST_FILE + OF_THE_FORM)
@takes_one_file(FIELD, up_to=marks.LARGEST_FILE, for_whom=may_change_hosts)
def change_mark(request: HttpRequest, pk: int) -> HttpResponse:
    host = get_object_or_404(Host, pk=pk)
    form = MarkForm(request.POST, request.FILES) if request.method == "POST" else MarkForm()
    if form.is_bound and form.is_valid() and _is_done(host, form):
        log.warning("User %s changed the mark of host %s.", request.user.pk, host.pk)
        messages.success(
            request,
            _("The mark is on the letter's page within seconds.") if host.mark else _("The mark is removed."),
        )
        return HttpResponseRedirect(reverse("admin:campaigns_host_change", args=[pk]))
    context = {
        **admin.site.each_context(request),
        "opts": Host._meta,
        "title": _("Mark of %(host)s") % {"host": host.name},
        "host": host,
        "form": form,
    }
    status = UNPROCESSABLE if form.is_bound else 200
    return TemplateResponse(request, "admin/campaigns/host/mark.html", context, status=status)


def _is_done(host: Host, form: MarkForm) -> bool:
    if form.cleaned_data["remove"]:
        marks.take_off(host)
        return True
    try:
        marks.put_on(host, form.cleaned_data["picture"].read())
    except marks.NotAMark as refusal:
        form.add_error("picture", str(refusal))
        return False
    return True


@require_safe
def show_mark(request: HttpRequest, pk: int) -> HttpResponse:
    """The mark for the staff, also of a host whose letters nobody may read yet."""
    if not request.user.has_perm("campaigns.view_host"):
        raise PermissionDenied
    host = get_object_or_404(Host, pk=pk)
    if not host.mark_digest:
        raise Http404
    return HttpResponse(host.picture, content_type="image/png")
