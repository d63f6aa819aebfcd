"""The log-out after half an hour without a click, which loses no half-written note (scenario M20)."""

import time

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache

from config.freshlogin import page_of

SEEN = "seen_at"
EVERY = 60
FORBIDDEN = 403


def put_off(request: HttpRequest) -> None:
    """The session lives from now on anew. Written once a minute: twenty clicks in it need no twenty writes."""
    now = int(time.time())
    if now - request.session.get(SEEN, 0) >= EVERY:
        request.session[SEEN] = now


@never_cache
def show_what_was_typed(request: HttpRequest) -> HttpResponse:
    """The answer to a form whose session is over: its words, and the way back to its page. Nothing is stored."""
    following = page_of(request.get_full_path())
    log_in = f"{reverse('account_login')}?{urlencode({'next': following})}"
    typed = [value for values in request.POST.lists() for value in values[1] if _is_written_by_hand(value)]
    return render(
        request, "admin/logged_out_meanwhile.html", {"typed": typed, "log_in": log_in}, status=FORBIDDEN
    )


def _is_written_by_hand(value: str) -> bool:
    """Words, in any script; not the codes, numbers and seals that forms carry along."""
    return bool(value.strip()) and (" " in value.strip() or not value.isascii())
