"""What robots and finders of weaknesses look for: sitemap.xml, robots.txt, security.txt."""

import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from campaigns.choices import Stage
from config import environment
from tests.builders import make_campaign

pytestmark = pytest.mark.django_db
LANGUAGES = ["en", "fr", "es", "ar", "ru", "zh-hans"]


def addresses(client):
    return re.findall(r"<loc>(.*?)</loc>", client.get("/sitemap.xml").content.decode())


def test_the_sitemap_lists_each_public_letter_in_each_language_with_its_other_versions(client):
    make_campaign("hrd-agenda")
    last = ElementTree.fromstring(client.get("/sitemap.xml").content)[-1]

    assert addresses(client) == [
        *(f"http://testserver/{language}/" for language in LANGUAGES),
        *(f"http://testserver/{language}/hrd-agenda/" for language in LANGUAGES),
    ]
    assert [each.get("hreflang") for each in last if each.get("rel") == "alternate"] == LANGUAGES


@pytest.mark.parametrize(
    "fields",
    [
        {"stage": Stage.DRAFT},
        {"stage": Stage.CIRCULATING},
        {"embargo_until": datetime(2999, 1, 1, tzinfo=UTC)},
    ],
)
def test_the_sitemap_knows_no_letter_before_its_time(client, fields):
    make_campaign("hidden-letter", **fields)
    assert len(addresses(client)) == len(LANGUAGES)


def test_the_sitemap_is_for_every_cache_and_has_a_tag(client):
    response = client.get("/sitemap.xml")
    assert response["Cache-Control"].startswith("public")
    assert client.get("/sitemap.xml", headers={"If-None-Match": response["ETag"]}).status_code == 304
    assert "Sitemap: http://testserver/sitemap.xml" in client.get("/robots.txt").content.decode()


def test_security_txt_holds_what_rfc_9116_asks_for(client, settings):
    settings.SECURITY_CONTACT = "mailto:security@host.example"
    response = client.get("/.well-known/security.txt")
    fields = dict(line.split(": ", 1) for line in response.content.decode().splitlines())

    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert fields["Contact"] == "mailto:security@host.example"
    assert fields["Canonical"] == "http://testserver/.well-known/security.txt"
    assert fields["Preferred-Languages"] == ", ".join(LANGUAGES)
    left = datetime.fromisoformat(fields["Expires"]) - timezone.now()
    assert timedelta(days=170) < left < timedelta(days=365)


def test_security_txt_is_not_there_without_a_contact(client, settings):
    settings.SECURITY_CONTACT = ""
    assert client.get("/.well-known/security.txt").status_code == 404


@pytest.mark.parametrize(
    "value", ["security@host.example", "http://host.example", "mailto:x", "mailto:a@b.example\nX: y"]
)
def test_a_contact_that_nobody_could_use_is_refused(monkeypatch, value):
    monkeypatch.setenv("SECURITY_CONTACT", value)
    with pytest.raises(ImproperlyConfigured):
        environment.contact_for_reports("SECURITY_CONTACT")
