"""What whoever must wait is told: how long, and that nothing typed is lost. The page is the one that was sent, once more."""

import math

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from signatories.limiting import Layer, Verdict

TOO_MANY = 429


def notice(verdict: Verdict) -> str:
    if verdict.used_up == Layer.CEILING:
        why = _("Very many forms are coming in for this letter at this moment.")
    elif verdict.used_up == Layer.NOWHERE:
        why = _("Very many forms for this letter come over ways that hide the network, as yours does.")
    elif verdict.used_up == Layer.WITHOUT_PROOF:
        why = _("Very many forms for this letter come without JavaScript, as yours does.")
    else:
        why = _("Many forms have come from your network within a short time.")
    minutes = math.ceil(verdict.wait / 60)
    when = ngettext(
        "Nothing is lost: please wait about %(count)d minute, then send it again from this page.",
        "Nothing is lost: please wait about %(count)d minutes, then send it again from this page.",
        minutes,
    ) % {"count": minutes}
    return f"{why} {when}"


def told(response: HttpResponse, verdict: Verdict) -> HttpResponse:
    """`response`, which shows the `notice`, as the answer that machines understand, too."""
    response.status_code = TOO_MANY
    response["Retry-After"] = str(verdict.wait)
    return response
