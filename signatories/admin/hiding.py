"""The button that hides a name. There is none that publishes one: staff can't (scenario M15)."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from campaigns.choices import PublicationMode
from signatories import hiding
from signatories.admin.case_forms import HideForm
from signatories.admin.case_page import back_to
from signatories.admin.decisions import Answers, button
from signatories.models import Signature
from signatories.transitions import staff


@button(HideForm)
def hide(request: HttpRequest, signature: Signature, answers: Answers) -> HttpResponse:
    to = PublicationMode(answers["to"])
    hiding.hide(signature=signature, to=to, actor=staff(cast("User", request.user)))
    messages.success(request, _("Hidden: %(name)s.") % {"name": signature.shown_name})
    return back_to(signature.pk)
