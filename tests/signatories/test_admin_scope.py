"""A user of letter A reaches nothing of letter B, by any address (scenario M16).

The walk takes every address that the admin has, so that one that is added later is walked as well.
"""

import logging

import pytest
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.urls import URLPattern
from django.utils import timezone

from campaigns import circulation
from campaigns.choices import Role
from campaigns.models import Ask, Campaign, CirculationLink, LetterVersion, Quote, Update, UpdateText
from signatories import moderation
from signatories.models import (
    Evidence,
    ExportLog,
    Organisation,
    OutboxMail,
    Referral,
    Signature,
    SignatureEvent,
    Sweep,
)
from signatories.states import State
from tests.builders import give_evidence, make_campaign, make_signature, make_superuser, make_user
from tests.signatories.staff_pages import page

pytestmark = pytest.mark.django_db

# Words that occur on letter B alone.
SECRETS = [
    "secret-b",
    "Zanzibar",
    "zanzibar",
    "Hidden title",
    "Hidden ask",
    "Hidden news",
    "Hidden speaker",
    "Hidden reason",
    "Hidden note",
    "hidden-list",
]


@pytest.fixture
def world():
    """Letters A and B with one of everything on each."""
    make_one_of_each("letter-a", "Open", "Kenyan Example Society")
    campaign = make_one_of_each("secret-b", "Hidden", "Zanzibar Society")
    Referral.objects.create(
        signature=campaign.signatures.get(),
        referrer=Signature.objects.get(campaign__slug="letter-a"),
        requested_by=make_superuser("other"),
        requested_at=timezone.now(),
    )
    return campaign


def make_one_of_each(slug, prefix, name):
    campaign = make_campaign(slug, title=f"{prefix} title", asks=[f"{prefix} ask"])
    by = make_superuser()
    LetterVersion.objects.create(campaign=campaign, number=2, note=f"{prefix} note")
    Quote.objects.create(campaign=campaign, language="en", text="…", speaker=f"{prefix} speaker")
    circulation.make(campaign=campaign, via=f"{prefix.lower()}-list", by=by, now=timezone.now())
    update = Update.objects.create(campaign=campaign, published_at=timezone.now())
    UpdateText.objects.create(update=update, language="en", title=f"{prefix} news", body="…")
    domain = f"{name.split()[0].lower()}.example"
    signature = make_signature(
        campaign, state=State.CONFIRMED, name=name, website=f"https://{domain}", mailbox=f"a@{domain}"
    )
    give_evidence(signature, by)
    moderation.add_note(signature=signature, by=by, note=f"{prefix} note")
    ExportLog.objects.create(
        campaign=campaign,
        exported_by=by,
        export_set="manage",
        reason=f"{prefix} reason",
        row_count=1,
        exported_at=timezone.now(),
    )
    Sweep.objects.create(
        campaign=campaign,
        condition={"parts": {"name": name}, "states": ["confirmed"], "spare_believed": True},
        reason="abuse",
        note=f"{prefix} note",
        started_by=by,
        started_at=timezone.now(),
    )
    return campaign


@pytest.fixture(params=["moderator", "manager"])
def user_of_a(request, world, client):
    """Each with every group that there is: what keeps B away is the role, not the group."""
    user = make_user(
        request.param,
        groups=["Moderators", "Campaign managers", "Contact exporters"],
        roles=[(Campaign.objects.get(slug="letter-a"), Role(request.param))],
    )
    client.force_login(user)
    return user


def addresses():
    """Every route of the admin with the model it belongs to (None for the site's own), as (route, model) pairs."""

    def flat(patterns, before=""):
        for each in patterns:
            route = before + str(each.pattern)
            if isinstance(each, URLPattern):
                yield route
            else:
                yield from flat(each.url_patterns, route)

    models = {f"{model._meta.app_label}/{model._meta.model_name}/": model for model in admin.site._registry}
    for route in flat(admin.site.urls[0]):
        if route.startswith(("^", "(?P")):
            continue  # the index of an app, and what catches the rest; both are walked by hand below
        yield route, next((model for prefix, model in models.items() if route.startswith(prefix)), None)


ROUTES = list(addresses())
ROWS = [(route, model) for route, model in ROUTES if "<" in route]
PAGES = [route for route, _model in ROUTES if "<" not in route]
SUPERUSERS_ONLY = {"auth"}
SHARED = {"host", "topic", "famousname"}


def row_of_b(model):
    """The row of letter B of this model."""
    ways = {
        Campaign: {},
        LetterVersion: {"campaign__slug": "secret-b"},
        Ask: {"campaign__slug": "secret-b"},
        Update: {"campaign__slug": "secret-b"},
        CirculationLink: {"campaign__slug": "secret-b"},
        Signature: {"campaign__slug": "secret-b"},
        Organisation: {"signatures__campaign__slug": "secret-b"},
        SignatureEvent: {"signature__campaign__slug": "secret-b"},
        ExportLog: {"campaign__slug": "secret-b"},
        Sweep: {"campaign__slug": "secret-b"},
    }
    return model.objects.filter(**(ways[model] or {"slug": "secret-b"})).first()


def filled(route, row):
    for name, value in {
        "<path:object_id>": row.pk,
        "<int:pk>": row.pk,
        "<slug:language>": "en",
        "<int:other>": row.pk,
        "<int:merge>": row.pk,
        "<int:network>": row.pk,
        "<int:evidence>": Evidence.objects.filter(signature__campaign__slug="secret-b").last().pk,
        "<int:referral>": Referral.objects.get(signature__campaign__slug="secret-b").pk,
    }.items():
        route = route.replace(name, str(value))
    assert "<" not in route, f"the walk does not know how to fill {route}"
    return f"/admin/{route}"


def everything():
    """All that a request could have changed."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (
            Campaign,
            LetterVersion,
            Ask,
            Update,
            Quote,
            Signature,
            Organisation,
            Evidence,
            Referral,
            OutboxMail,
            SignatureEvent,
            ExportLog,
            Sweep,
        )
    ]


FORGED = {
    "expected_state": "confirmed",
    "state": "accepted",
    "reason": "abuse",
    "note": "forged",
    "kind": "known",
    "name": "Forged",
    "slug": "forged",
    "post": "yes",
    "campaign": "1",
    "_save": "Save",
}


def walked(model):
    """Whether rows of this model belong to a letter; what all letters share and what superusers see is looked at apart."""
    return (
        model is not None
        and model._meta.model_name not in SHARED
        and model._meta.app_label not in SUPERUSERS_ONLY
    )


def test_m16_no_address_of_a_row_of_another_letter_is_found(client, user_of_a):
    before = everything()
    for route, model in ROWS:
        if not walked(model):
            continue
        address = filled(route, row_of_b(model))
        if route.endswith("<path:object_id>/"):
            # Django's old address of a row, which sends to the new one whether there is such a row or not.
            assert client.get(address).headers["Location"] == f"{address}change/"
            continue
        answers = [client.get(address), client.post(address, FORGED), client.get(address, {"_popup": "1"})]
        statuses = {answer.status_code for answer in answers}
        assert statuses <= {403, 404, 405}, address
        assert 404 in statuses or user_lacks(user_of_a, model), address
        for answer in answers:
            assert [secret for secret in SECRETS if secret in answer.content.decode()] == [], address
    assert everything() == before


def user_lacks(user, model):
    return not user.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}")


def test_m16_no_page_names_anything_of_another_letter(client, user_of_a):
    campaign = Campaign.objects.get(slug="secret-b")
    signature = Signature.objects.get(campaign=campaign)
    hostile = [
        "",
        "?state=all&campaign=secret-b",
        f"?state=all&campaign__id__exact={campaign.pk}",
        f"?campaign={campaign.pk}",
        f"?state=all&organisation={signature.organisation_id}",
        f"?id__exact={signature.pk}",
        "?state=all&q=anzib",
        "?q=a",
        "?state=all&all=&o=1&_facets=True",
        "?organisation__name__startswith=Z",
        "?_to_field=id&_popup=1",
    ]
    lists = {f"{model._meta.app_label}/{model._meta.model_name}/" for model in admin.site._registry}
    for route in PAGES:
        for query in (
            hostile if route in lists else ["", f"?campaign={campaign.pk}", "?_to_field=id&_popup=1"]
        ):
            # The page may print back what was asked for; that is not something it tells.
            body = client.get(f"/admin/{route}{query}", follow=True).content.decode()
            for echo in ("campaign=secret-b", "campaign%3Dsecret-b", 'name="campaign" value="secret-b"'):
                body = body.replace(echo, "")
            assert [secret for secret in SECRETS if secret in body] == [], (route, query)


def test_m16_the_indices_of_the_apps_name_nothing(client, user_of_a):
    for label in ("campaigns", "signatories", "auth"):
        body = client.get(f"/admin/{label}/").content.decode()
        assert [secret for secret in SECRETS if secret in body] == []


FIELDS = [
    ("campaigns", "campaign", "follows"),
    ("campaigns", "update", "ask"),
    ("campaigns", "update", "campaign"),
    ("campaigns", "campaignrole", "campaign"),
    ("campaigns", "campaignrole", "user"),
    ("signatories", "signature", "organisation"),
    ("signatories", "signature", "campaign"),
    ("signatories", "evidence", "referrer"),
    ("signatories", "signatureevent", "signature"),
    ("signatories", "organisation", "parent"),
]


def test_m16_autocomplete_offers_nothing_of_another_letter(client, user_of_a):
    for label, model, field in FIELDS:
        for term in ("", "secret", "Zan", "a"):
            asked = {"app_label": label, "model_name": model, "field_name": field, "term": term}
            answer = client.get("/admin/autocomplete/", asked)
            assert answer.status_code in (200, 403, 404)
            assert [secret for secret in SECRETS if secret in answer.content.decode()] == [], asked


def test_m16_djangos_way_to_the_public_page_of_any_row_is_closed(client, user_of_a):
    campaign = Campaign.objects.get(slug="secret-b")
    answer = client.get(f"/admin/r/{ContentType.objects.get_for_model(Campaign).pk}/{campaign.pk}/")
    assert answer.status_code == 404
    assert "secret-b" not in str(answer.headers)


def test_m16_fields_offer_only_rows_of_the_own_letter(client, user_of_a):
    asked = [
        "/admin/campaigns/update/add/",
        "/admin/campaigns/ask/add/",
        "/admin/campaigns/letterversion/add/",
        "/admin/campaigns/campaign/add/",
    ]
    own = Campaign.objects.get(slug="letter-a")
    for address in asked:
        answer = client.get(address)
        assert answer.status_code == 200
        offered = {
            each["value"]
            for select in page(answer).find_all("select", attrs={"name": "campaign"})
            for each in select.find_all("option")
        }
        assert offered <= {"", str(own.pk)}


def test_m16_nothing_is_added_to_another_letter(client, user_of_a):
    before = everything()
    other = Campaign.objects.get(slug="secret-b")
    answers = {
        "campaign": other.pk,
        "kind": "news",
        "position": "9",
        "status": "open",
        "texts-TOTAL_FORMS": "0",
        "texts-INITIAL_FORMS": "0",
    }
    for model in ("update", "ask", "letterversion"):
        answer = client.post(f"/admin/campaigns/{model}/add/", answers)
        assert answer.status_code == 200
        assert "Select a valid choice" in answer.content.decode()
    assert everything() == before


def test_m16_a_row_does_not_move_to_another_letter(client, world):
    own, other = Campaign.objects.get(slug="letter-a"), Campaign.objects.get(slug="secret-b")
    client.force_login(make_user("m", groups=["Campaign managers"], roles=[(own, Role.MANAGER)]))
    update = own.updates.get()
    text = update.texts.get()
    client.post(
        f"/admin/campaigns/update/{update.pk}/change/",
        {
            "campaign": other.pk,
            "kind": "milestone",
            "published_at_0": "",
            "published_at_1": "",
            "ask": other.asks.get().pk,
            "ask_status": "",
            "texts-TOTAL_FORMS": "1",
            "texts-INITIAL_FORMS": "1",
            "texts-0-id": text.pk,
            "texts-0-update": update.pk,
            "texts-0-language": "en",
            "texts-0-title": "Open news",
            "texts-0-body": "…",
        },
    )
    update.refresh_from_db()
    assert (update.campaign, update.ask, update.kind) == (own, None, "news")


def test_m16_what_was_out_of_reach_is_logged_without_a_name(client, user_of_a, caplog):
    signature = Signature.objects.get(campaign__slug="secret-b")
    with caplog.at_level(logging.WARNING, logger="campaigns.admin.scope"):
        client.get(f"/admin/signatories/signature/{signature.pk}/change/")
    assert caplog.messages == [
        f"User {user_of_a.pk} asked for signatories.signature {signature.pk}, which is not within reach."
    ]


def test_accounts_are_for_superusers(client, user_of_a):
    for address in ("/admin/auth/user/", "/admin/auth/group/", "/admin/auth/user/add/"):
        assert client.get(address).status_code == 403


def test_secrets_have_no_page_at_all(client):
    client.force_login(make_superuser())
    for model in (
        "mfa/authenticator",
        "account/emailaddress",
        "signatories/contact",
        "signatories/outboxmail",
    ):
        assert client.get(f"/admin/{model}/").status_code == 404


def test_the_own_letter_is_there(client, user_of_a):
    """The walk would be worth nothing if everything were closed."""
    own = Campaign.objects.get(slug="letter-a")
    assert client.get(f"/admin/campaigns/campaign/{own.pk}/change/").status_code == 200
    assert client.get(f"/admin/signatories/signature/{own.signatures.get().pk}/change/").status_code == 200
    assert "Kenyan Example Society" in client.get("/admin/signatories/signature/").content.decode()
    assert "Open news" in client.get("/admin/campaigns/update/").content.decode()
