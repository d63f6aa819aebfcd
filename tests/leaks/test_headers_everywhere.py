"""The headers that keep a page to itself, and pages without anything inline, over every address of the site."""

import re

import pytest
from bs4 import BeautifulSoup
from django.apps import apps
from django.db import models
from django.test import Client
from django.urls import get_resolver

from config.headers import ALWAYS
from signatories.forms import SignForm
from tests.builders import make_superuser
from tests.leaks.addresses import filled, routes
from tests.leaks.canaries import plant
from tests.leaks.listed import LISTED
from tests.leaks.test_no_leak import staff_paths
from tests.staff_browser import give_totp

pytestmark = pytest.mark.django_db

# What may be framed by others, and taken by other sites as a picture or by their scripts: made for that, and without names
# that the list doesn't show.
FRAMED = {"<lang>/<slug:slug>/embed/"}
PICTURES = {
    "<slug:slug>/badge.svg",
    "<lang>/<slug:slug>/card.png",
    "<lang>/<slug:slug>/mark-<slug:digest>.png",
    "<lang>/<slug:slug>/qr.svg",
    "<lang>/<slug:slug>/qr.png",
}


def answers():
    """Every address as everybody gets it, and those of the staff as a superuser gets them."""
    world = plant()
    reader = Client(raise_request_exception=False)
    for route in routes():
        if route in LISTED:
            path = filled(route, LISTED[route].fill(world)[0])
            yield route, path, reader.get(path)
            for data in LISTED[route].posts(world)[:2] if LISTED[route].posts else []:
                yield route, path, reader.post(path, data)
    staff = Client(raise_request_exception=False)
    user = make_superuser()
    give_totp(user)
    staff.force_login(user)
    for route, path in staff_paths(world):
        if "logout" not in route:
            yield route, path, staff.get(path, follow=True)
    for path in ("/nothing", "/en/nothing/", "/%00", "/static/nothing.js"):
        yield path, path, reader.get(path)


@pytest.fixture
def walked():
    return list(answers())


def test_every_answer_keeps_itself_to_itself_and_no_page_holds_anything_inline(walked):
    wrong = []
    for route, path, response in walked:
        policy = response.headers["Content-Security-Policy"]
        directives = dict(each.strip().split(" ", 1) for each in policy.split(";"))
        if "unsafe" in policy or "report" in policy or "*" in policy.replace("frame-ancestors *", ""):
            wrong.append(f"{path}: {policy}")
        if (
            directives["default-src"] != "'none'"
            or directives["base-uri"] != "'none'"
            or directives["script-src"] != "'self'"
        ):
            wrong.append(f"{path}: {policy}")
        if (directives["frame-ancestors"] != "'none'") != (route in FRAMED and response.status_code == 200):
            wrong.append(f"{path}: frame-ancestors {directives['frame-ancestors']}")
        for name, value in ALWAYS.items():
            may_differ = name == "Cross-Origin-Resource-Policy" and (
                route in PICTURES or route in FRAMED or route.startswith("api/")
            )
            if response.headers.get(name) != value and not may_differ:
                wrong.append(f"{path}: {name}: {response.headers.get(name)}")
        if response.headers.get("Content-Type", "").startswith("text/html") and not response.streaming:
            wrong += [f"{path}: {what}" for what in inline(response.content)]
    assert sorted(set(wrong)) == []
    assert len({route for route, _path, _response in walked}) > 150


def inline(body):
    """What a strict policy would have to stop."""
    page = BeautifulSoup(body, "html.parser")
    for each in page.find_all(True):
        if each.name == "style" or (
            each.name == "script" and not each.get("src") and each.get("type") != "application/json"
        ):
            yield f"<{each.name}>"
        for name, value in each.attrs.items():
            if name == "style" or name.startswith("on"):
                yield f"<{each.name} {name}>"
            if name in ("href", "src", "action") and str(value).lower().startswith(
                ("javascript:", "http://cdn", "//")
            ):
                yield f"<{each.name} {name}={value}>"
    for each in page.select("script[src], link[rel=stylesheet], img[src], iframe[src]"):
        address = each.get("src") or each.get("href")
        if not address.startswith(("/", "data:image/svg+xml;base64,", "data:image/svg+xml;utf8,")):
            yield f"loads {address}"


def test_cookies_are_set_by_forms_and_staff_alone_and_are_guarded(walked, settings):
    """With TLS they carry __Host-, which `tests/config/test_settings.py` shows; here: httponly, lax, and none on public pages."""
    for _route, path, response in walked:
        for cookie in filter(lambda each: each.value, response.cookies.values()):
            assert cookie["samesite"] == "Lax", path
            assert cookie["httponly"], path
        if response.headers.get("Cache-Control", "").startswith("public"):
            assert not response.cookies, path


def test_no_upload_is_taken_from_the_public(client):
    """Nothing in the data or in a form of theirs could hold one. Staff give a host its mark, which `campaigns.marks` makes anew."""
    fields = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.FileField)
    ]
    assert fields == []
    plant()
    for path in ("/en/hrd-agenda/sign/", "/en/hrd-agenda/", "/en/manage/"):
        assert b'type="file"' not in client.get(path).content
        assert b"multipart/form-data" not in client.get(path).content
    assert not SignForm.base_fields.keys() & {name for name in SignForm.base_fields if "file" in name}


def test_no_address_serves_files_that_people_sent():
    assert [route for route in routes() if re.match(r"(media|uploads|files)/", route)] == []
    assert get_resolver().resolve("/healthz")
