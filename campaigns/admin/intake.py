"""The desk's switch of who may send a form: for moderators and managers of the letter."""

import logging
from typing import cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from campaigns import intake
from campaigns.choices import Intake
from campaigns.models import Campaign

log = logging.getLogger(__name__)
# Those of the groups of moderators and of managers. Whose letters these are is said by the roles.
EITHER = ("campaigns.change_campaign", "signatories.change_signature")


@require_POST
def switch_intake(request: HttpRequest, pk: int) -> HttpResponse:
    user = cast("User", request.user)
    campaign = get_object_or_404(Campaign.objects.visible_to(user), pk=pk)
    if not any(user.has_perm(each) for each in EITHER):
        raise PermissionDenied
    wanted = request.POST.get("intake", "")
    if wanted not in Intake:
        raise Http404
    to = Intake(wanted)
    if intake.switch(campaign=campaign, to=to, by=user):
        log.warning("User %s switched the intake of %s to %s.", user.pk, campaign.slug, to.value)
    words = _("%(letter)s takes forms of: %(whom)s.") % {"letter": campaign.slug, "whom": to.label}
    messages.success(request, words)
    return HttpResponseRedirect(reverse("admin:index"))
