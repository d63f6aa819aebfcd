"""The pages behind the fresh mails, each opened by its own link: they show what the contact gave, and of nobody else (scenario S18)."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from signatories import tokens
from signatories.models import MailLink
from tests.leaks.canaries import plant
from tests.leaks.listed import own_data
from tests.leaks.test_no_leak import read_log, told
from tests.leaks.walking import Asking, Walk, logged

pytestmark = pytest.mark.django_db

PAGES = {
    "publish": "withheld",
    "download": "withheld",
    "change-contact": "addressee_only",
    "new-contact": "addressee_only",
    "withdraw": "addressee_only",
    "erase": "withheld",
}


@pytest.mark.parametrize(("page", "case"), PAGES.items())
def test_s18_a_fresh_link_shows_its_signer_nobody_else(page, case):
    world = plant()
    walk = Walk(world)
    link = next(each for each in world.mailed if (each.page, each.about) == (page, case))
    later = timezone.now() + timedelta(days=1)
    MailLink.objects.filter(digest=tokens.digest(link.token)).update(expires_at=later)
    signer = Asking(walk, Client(raise_request_exception=False), f"signer of {case}")
    allowed = own_data(world, {"token": link.token})
    opening, route = f"<lang>/{page}/<str:token>/", f"<lang>/{page}/"
    with logged() as lines:
        assert signer.ask(opening, f"/en/{page}/{link.token}/")[0] == 302
        shown = signer.ask(route, f"/en/{page}/", may_show=allowed)
        done = signer.post(route, f"/en/{page}/", {}, may_show=allowed)
    read_log(walk, lines)

    assert shown[0] == 200
    assert done[0] == (200 if page == "download" else 302)
    assert told(walk) == []
