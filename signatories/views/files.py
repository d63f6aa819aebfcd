"""Files that anybody may take."""

from django.http import HttpRequest, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import Campaign
from config.publicpages import public
from signatories import exports
from signatories.exports.csvfile import Dialect


@public(query=("sep", "bom"))
def public_csv(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The public list. `?sep=;` separates cells by semicolons, `?bom=0` leaves out the byte order mark."""
    try:
        dialect = Dialect(request.GET.get("sep", ","), bom=request.GET.get("bom", "1") != "0")
    except ValueError:
        text = _("Cells can be separated by , or by ; alone.")
        return HttpResponseBadRequest(f"{text}\n", content_type="text/plain; charset=utf-8")
    campaign = get_object_or_404(Campaign.objects.readable(timezone.now()), slug=slug)
    return exports.public_response(campaign, dialect)
