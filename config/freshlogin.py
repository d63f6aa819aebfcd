"""A fresh log-in for what reaches far: who finds somebody's open browser must not hand out roles (scenario C12, M20)."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

# A button on the page of one row posts to an address below that page, which nobody can open.
BUTTON = re.compile(r"(?P<row>/admin/\w+/\w+/\d+/)(?!(?:change|delete|history|password)/)[\w/-]+/(\?|$)")


def is_fresh(request: HttpRequest) -> bool:
    """Whether the password or the second factor was given again within ACCOUNT_REAUTHENTICATION_TIMEOUT."""
    return bool(did_recently_reauthenticate(request))


def page_of(address: str) -> str:
    """The page from which something was posted to `address`: where to come back to after a log-in."""
    button = BUTTON.match(address)
    return f"{button['row']}change/" if button else address


def address_to_confirm(following: str) -> str:
    return f"{reverse('account_reauthenticate')}?{urlencode({'next': following})}"


def fresh_log_in_required(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """For pages of superusers; whoever is none is refused by the page itself.

    What was posted too late is not kept for afterwards, as allauth would do in the session: it may hold a password.
    """

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_fresh(request) or not request.user.is_superuser:
            return view(request, *args, **kwargs)
        if request.method == "POST":
            messages.warning(
                request, _("Nothing was changed: your last log-in was too long ago. Please do it again.")
            )
        return HttpResponseRedirect(address_to_confirm(page_of(request.get_full_path())))

    return asked
