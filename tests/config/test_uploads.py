"""No file is taken but where a host's mark is changed (tests/campaigns/test_admin_marks.py)."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import get_resolver

from signatories.models import Signature
from tests.builders import form_answers, make_campaign, make_manager


@pytest.mark.parametrize(
    ("name", "kind"),
    [("picture.svg", "image/svg+xml"), ("page.html", "text/html"), ("picture.png", "image/png")],
)
def test_a_form_with_a_file_is_refused(client, db, name, kind):
    make_campaign("hrd-agenda")
    file = SimpleUploadedFile(name, b"<svg onload='alert(1)'/>", content_type=kind)

    response = client.post("/en/hrd-agenda/sign/send/", {**form_answers(), "file": file})

    assert response.status_code == 400
    assert b"onload" not in response.content
    assert Signature.objects.count() == 0


def test_the_staff_send_no_files_either(db):
    campaign = make_campaign("hrd-agenda")
    client = Client()
    client.force_login(make_manager(campaign))
    file = SimpleUploadedFile("page.html", b"<script>1</script>", content_type="text/html")

    response = client.post(f"/admin/campaigns/campaign/{campaign.pk}/change/", {"file": file})

    assert response.status_code == 400


def test_a_form_in_parts_without_a_file_is_taken_as_ever(client, db):
    make_campaign("hrd-agenda")

    response = client.post("/en/hrd-agenda/sign/send/", form_answers())  # the client sends it in parts

    assert response.status_code == 302
    assert Signature.objects.count() == 1


def test_one_address_takes_a_file_and_larger_bodies_than_others():
    def views(patterns):
        for each in patterns:
            yield from views(each.url_patterns) if hasattr(each, "url_patterns") else [each]

    found = list(views(get_resolver().url_patterns))

    assert [each.name for each in found if hasattr(each.callback, "takes_file")] == ["campaigns_host_mark"]
    assert [each.name for each in found if hasattr(each.callback, "largest_body")] == ["campaigns_host_mark"]
    assert [each.name for each in found if getattr(each.callback, "csrf_exempt", False)] == [
        "campaigns_host_mark"
    ]
