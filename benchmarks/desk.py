"""The staff's pages with 100,000 signatures in the database, a thousand of them waiting, and the look into a register of 10,000.

Pages are asked for one after the other through the web process, as one moderator would; so is the look, through the function that
the case page and the confirmation use.
"""

import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client

from benchmarks import data
from benchmarks.frame import Figure, House, Server, against, benchmark
from campaigns.choices import Role
from campaigns.models import Campaign, CampaignRole
from signatories import verification
from signatories.models import Organisation, Signature
from signatories.states import State

SIGNATURES = 100_000
WAITING = 1_000
REGISTERED = 10_000
ASKED = 200  # requests of each kind
PAGE_GOAL = 0.3  # seconds, p95
MATCH_GOAL = 0.05  # seconds, p95


@benchmark("desk")
def desk(house: House) -> Iterator[Figure]:
    campaign = data.letter("desk", SIGNATURES - WAITING)
    _name_them()
    _let_some_wait(campaign)
    with house.web(STAFF_MFA_REQUIRED="0") as web:
        page = _logged_in(web, campaign)
        cases = list(Signature.objects.filter(state=State.CONFIRMED).values_list("pk", flat=True)[:ASKED])
        for what, paths in {
            "home": ["/admin/"] * ASKED,
            "queue": [f"/admin/signatories/signature/?p={number % 20 + 1}" for number in range(ASKED)],
            "queue, searched": [
                f"/admin/signatories/signature/?state=all&q={data.WORDS[number % 40]}"
                for number in range(ASKED // 10)
            ],
            "clusters of a week": ["/admin/signatories/sweep/clusters/?days=7"] * (ASKED // 10),
            "count of a condition": [
                f"/admin/signatories/sweep/count/?campaign={campaign.slug}&name={data.WORDS[number]}&states=confirmed"
                for number in range(ASKED // 10)
            ],
            "case page": [f"/admin/signatories/signature/{pk}/change/" for pk in cases],
        }.items():
            yield against(
                f"{what}, {SIGNATURES:,} signatures, p95", [page(each) for each in paths], PAGE_GOAL
            )
    # The register as it is on a host that has run letters for years.
    Organisation.objects.filter(pk__gt=_registered_no(REGISTERED)).update(registered_at=None)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE signatories_organisation")
    looks = [_look(pk) for pk in cases]
    yield against(
        f"one submission held against {REGISTERED:,} registered organisations, p95", looks, MATCH_GOAL
    )


def _name_them() -> None:
    """Invented names of three words and a number, the same in each run."""
    draws = data.drawn_words("id")
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            f"""
            UPDATE signatories_organisation SET match_key = key, name = initcap(key), sort_key = key,
                website = 'https://' || host, registrable_domain = host, acronym = upper(acronym)
            FROM (
                SELECT id AS own, concat_ws(' ', {", ".join(draws)}, 'no', id) AS key,
                    concat({draws[0]}, '-', id, '.example') AS host
                FROM signatories_organisation
            ) AS named WHERE id = own
            """
        )
        cursor.execute(
            """
            INSERT INTO signatories_contact
                (signature_id, is_primary, mailbox_hash, mailbox_domain, language, email_status, created_at)
            SELECT s.id, true, md5(s.id::text), o.registrable_domain, 'en', 'delivered', now()
            FROM signatories_signature s JOIN signatories_organisation o ON o.id = s.organisation_id
            """
        )
        cursor.execute(
            """
            INSERT INTO signatories_evidence (signature_id, kind, identifier, note, recorded_at)
            SELECT id, 'mailbox', '', '', now() FROM signatories_signature
            """
        )
        cursor.execute("SET session_replication_role = origin")


def _let_some_wait(campaign: Campaign) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            """
            UPDATE signatories_signature SET state = 'confirmed', decided_at = NULL, decided_by_id = NULL,
                joined_total_at = NULL, confirmed_at = now() - id * interval '1 second'
            WHERE id IN (SELECT id FROM signatories_signature WHERE campaign_id = %s ORDER BY id DESC LIMIT %s)
            """,
            [campaign.pk, WAITING],
        )
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("VACUUM ANALYZE")


def _registered_no(number: int) -> int:
    return Organisation.objects.order_by("pk").values_list("pk", flat=True)[number - 1]


def _logged_in(web: Server, campaign: Campaign) -> Callable[[str], float]:
    user = User.objects.create_user("moderating", is_staff=True)
    user.groups.set(Group.objects.filter(name="Moderators"))
    CampaignRole.objects.create(user=user, campaign=campaign, role=Role.MODERATOR)
    client = Client()
    client.force_login(user)
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    connected = HTTPConnection(urlsplit(web.url).netloc, timeout=60)

    def page(path: str) -> float:
        began = time.perf_counter()
        connected.request("GET", path, headers={"Cookie": cookie})
        answer = connected.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status}")
        return time.perf_counter() - began

    return page


def _look(pk: int) -> float:
    signature = Signature.objects.select_related("organisation", "campaign").get(pk=pk)
    began = time.perf_counter()
    verification.flags_of_register(signature)
    return time.perf_counter() - began
