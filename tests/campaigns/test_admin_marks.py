"""The one upload of the site: a host's mark, by staff who may change hosts. What arrives is made anew; nothing else gets in."""

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from campaigns import marks
from campaigns.models import Host
from tests.builders import make_campaign, make_manager, make_picture, make_superuser

pytestmark = pytest.mark.django_db
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


@pytest.fixture
def host():
    return make_campaign("hrd-agenda").host


@pytest.fixture
def staff(client):
    client.force_login(make_superuser())
    return client


def address(host):
    return f"/admin/campaigns/host/{host.pk}/mark/"


def picture(held=None, name="mark.png", kind="image/png"):
    return SimpleUploadedFile(name, make_picture() if held is None else held, content_type=kind)


def stored():
    return Host.objects.get()


def errors(response):
    return [
        each.get_text(" ", strip=True)
        for each in BeautifulSoup(response.content, "html.parser").select("ul.errorlist li")
    ]


def test_a_picture_is_made_anew_and_shown_to_staff_and_readers(staff, host):
    assert "This host has no mark" in staff.get(address(host)).content.decode()

    response = staff.post(address(host), {"picture": picture()}, follow=True)

    mark = marks.made_from(make_picture())
    assert bytes(stored().mark) == mark
    assert stored().mark_digest == marks.digest_of(mark)
    assert "The mark is on the letter’s page" in response.content.decode().replace("&#x27;", "’")
    shown = BeautifulSoup(response.content, "html.parser").select_one(".mark-shown img")
    assert shown["alt"] == "Mark of Example Host"
    sent = staff.get(shown["src"])
    assert (sent.content, sent["Content-Type"]) == (mark, "image/png")
    assert "public" not in sent["Cache-Control"]
    assert Client().get(f"/en/hrd-agenda/mark-{stored().mark_digest}.png").content == mark


def test_the_mark_can_be_removed(staff, host):
    marks.put_on(host, make_picture())

    staff.post(address(host), {"remove": "on"})

    assert (bytes(stored().mark), stored().mark_digest) == (b"", "")
    assert staff.get(f"/admin/campaigns/host/{host.pk}/mark.png").status_code == 404


def test_nothing_chosen_and_both_chosen_are_refused_in_words(staff, host):
    words = ["Choose a picture, or tick that the mark is removed."]

    assert errors(staff.post(address(host), {})) == words
    assert errors(staff.post(address(host), {"picture": picture(), "remove": "on"})) == words
    assert stored().mark_digest == ""


@pytest.mark.parametrize(
    ("name", "kind", "held"),
    [
        ("mark.svg", "image/svg+xml", SVG),
        ("mark.png", "image/png", SVG),
        ("page.html", "text/html", b"<script>alert(1)</script>"),
        ("mark.gif", "image/gif", make_picture("GIF")),
        ("mark.png", "image/png", make_picture()[:-100]),
        ("mark.png", "image/png", b""),
    ],
)
def test_what_is_no_picture_is_refused_in_words_and_never_stored(staff, host, name, kind, held):
    response = staff.post(address(host), {"picture": picture(held, name, kind)})

    assert response.status_code == 422
    assert len(errors(response)) == 1
    assert b"onload" not in response.content
    assert b"alert" not in response.content
    assert stored().mark_digest == ""


def test_a_picture_that_is_a_page_too_becomes_a_picture_alone(staff, host):
    staff.post(
        address(host),
        {"picture": picture(make_picture() + b"<script>alert(1)</script>", "x.html", "text/html")},
    )

    assert bytes(stored().mark) == marks.made_from(make_picture())
    assert b"script" not in bytes(stored().mark)


@pytest.mark.parametrize(("more", "status"), [(marks.LARGEST_FILE + 1, 400), (2 * marks.LARGEST_FILE, 413)])
def test_a_file_that_is_too_large_is_not_taken(staff, host, more, status):
    response = staff.post(
        address(host), {"picture": picture(make_picture() + bytes(more - len(make_picture())))}
    )

    assert response.status_code == status
    assert stored().mark_digest == ""


def test_one_of_just_the_size_is_read(staff, host):
    whole = make_picture()

    staff.post(address(host), {"picture": picture(whole + bytes(marks.LARGEST_FILE - len(whole)))})

    assert stored().mark_digest == marks.digest_of(marks.made_from(whole))


def test_a_second_file_or_one_of_another_name_ends_the_request(staff, host):
    assert staff.post(address(host), {"picture": [picture(), picture()]}).status_code == 400
    assert staff.post(address(host), {"picture": picture(), "more": picture()}).status_code == 400
    assert staff.post(address(host), {"more": picture()}).status_code == 400
    assert stored().mark_digest == ""


def test_no_other_page_of_the_host_takes_a_file(staff, host):
    for where in (f"/admin/campaigns/host/{host.pk}/change/", "/admin/campaigns/host/add/"):
        assert staff.post(where, {"name": "X", "picture": picture(), "mark": picture()}).status_code == 400


@pytest.mark.parametrize("who", ["nobody", "manager", "no_staff"])
def test_without_the_permission_no_byte_of_the_file_is_read(client, host, who):
    if who == "manager":
        client.force_login(make_manager(host.campaigns.get()))
    elif who == "no_staff":
        user = make_superuser()
        type(user).objects.update(is_staff=False, is_superuser=False)
        client.force_login(user)

    response = client.post(address(host), {"picture": picture()})

    assert response.status_code in (302, 400, 403)
    assert stored().mark_digest == ""
    assert client.get(address(host)).status_code in (302, 403)


def test_a_manager_sees_the_mark_and_no_way_to_change_it(client, host):
    marks.put_on(host, make_picture())
    client.force_login(make_manager(host.campaigns.get()))

    page = client.get(f"/admin/campaigns/host/{host.pk}/change/").content.decode()

    assert 'class="mark-shown"' in page
    assert "Change or remove the mark" not in page
    assert client.get(f"/admin/campaigns/host/{host.pk}/mark.png").status_code == 200


def test_without_the_forms_token_it_is_refused(host):
    client = Client(enforce_csrf_checks=True)
    make_superuser()
    client.force_login(make_superuser())

    response = client.post(address(host), {"picture": picture()})

    assert response.status_code == 403
    assert stored().mark_digest == ""


def test_with_its_token_a_browser_gets_through(host):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_superuser())
    form = BeautifulSoup(client.get(address(host)).content, "html.parser").find("form", class_="desk-form")
    token = form.find("input", {"name": "csrfmiddlewaretoken"})["value"]

    response = client.post(address(host), {"picture": picture(), "csrfmiddlewaretoken": token})

    assert response.status_code == 302
    assert stored().mark_digest != ""


def test_getting_the_page_changes_nothing_and_other_methods_are_no_way(staff, host):
    assert staff.get(address(host) + "?remove=on").status_code == 200
    assert staff.put(address(host)).status_code == 405
    assert staff.get("/admin/campaigns/host/999999/mark/").status_code == 404
