"""The demo's post: files that nobody reads half, and pages that show hostile mail harmlessly."""

import re

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.test import Client

HOSTILE_SUBJECT = "<script>alert(1)</script> \u202egnp.exe =HYPERLINK(1) é 签名"
TEXT = "Please confirm:\nhttp://127.0.0.1:8000/en/confirm/a_b-c~1/?x=1&y=2\n<img src=x onerror=alert(1)>\n"
HTML = "<html><head></head><body><script>alert(1)</script><a href='http://127.0.0.1:8000/en/'>here</a></body></html>"


@pytest.fixture(autouse=True)
def demo(settings, tmp_path):
    settings.ROOT_URLCONF = "dev.urls"
    settings.MAIL_DIR = tmp_path / "mail"
    settings.EMAIL_BACKEND = "dev.mail.EmlBackend"


def post(subject=HOSTILE_SUBJECT, to=("signer@example.org",)):
    message = EmailMultiAlternatives(subject, TEXT, "letters@example.org", list(to))
    message.attach_alternative(HTML, "text/html")
    return get_connection("dev.mail.EmlBackend").send_messages([message])


def names(settings):
    return sorted(file.name for file in settings.MAIL_DIR.iterdir())


def test_each_mail_is_a_file_of_its_own_and_nothing_else_lies_beside_it(settings):
    assert [post(), post()] == [1, 1]

    first, second = names(settings)
    assert re.fullmatch(r"\d{8}T\d{12}Z-[0-9a-f]{8}\.eml", first)
    assert first < second


def test_the_link_stands_in_the_file_as_it_is(settings):
    post()

    assert (
        b"http://127.0.0.1:8000/en/confirm/a_b-c~1/?x=1&y=2\n"
        in (settings.MAIL_DIR / names(settings)[0]).read_bytes()
    )


def test_a_mail_to_nobody_is_not_written(settings):
    assert post(to=()) == 0
    assert not settings.MAIL_DIR.exists()


def test_a_line_break_in_a_subject_is_refused_and_leaves_no_file(settings):
    with pytest.raises(ValueError, match="newlines"):
        post(subject="Hello\nBcc: victim@example.org")

    assert not settings.MAIL_DIR.exists()


def test_only_the_owner_can_list_the_mails(settings):
    post()

    assert settings.MAIL_DIR.stat().st_mode & 0o777 == 0o700


@pytest.mark.django_db
def test_the_list_shows_the_newest_first_and_escapes_what_mails_say():
    post(subject="Older mail")
    post()

    page = Client().get("/dev/mail/").content.decode()

    assert "<script>alert" not in page
    assert page.index("&lt;script&gt;alert(1)&lt;/script&gt;") < page.index("Older mail")
    assert page.count("signer@example.org") == 2


@pytest.mark.django_db
def test_the_list_is_there_before_the_first_mail():
    response = Client().get("/dev/mail/")

    assert (response.status_code, "No mail yet" in response.content.decode()) == (200, True)


@pytest.mark.django_db
def test_a_mail_shows_its_text_with_links_and_no_markup_of_its_own(settings):
    post()

    page = Client().get(f"/dev/mail/{names(settings)[0]}/").content.decode()

    assert 'href="http://127.0.0.1:8000/en/confirm/a_b-c~1/?x=1&amp;y=2"' in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert "<img src=x" not in page
    assert "<script>alert" not in page
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page


@pytest.mark.django_db
def test_the_html_part_runs_no_script_and_loads_nothing(settings):
    post()

    response = Client().get(f"/dev/mail/{names(settings)[0]}/html/")

    assert '<base target="_blank">' in response.content.decode()
    assert response["Content-Security-Policy"] == (
        "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
        "style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
    )
    assert "X-Frame-Options" not in response


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name",
    [
        "../secrets.env",
        "..%2Fsecrets.env",
        "%2e%2e/secrets.env",
        "secrets.env",
        "20260101T000000000000Z-00000000.eml",
        "20260101T000000000000Z-00000000.eml%00",
        "20260101T000000000000Z-00000000.eml%0A",
        "20260101T000000000000Z-../../x.eml",
    ],
)
def test_no_address_leads_out_of_the_folder(settings, name):
    post()
    (settings.MAIL_DIR.parent / "secrets.env").write_text("SECRET_KEY=leaked")
    (settings.MAIL_DIR / "secrets.env").write_text("SECRET_KEY=leaked")

    for tail in ("", "html/"):
        response = Client().get(f"/dev/mail/{name}/{tail}")
        assert response.status_code in {400, 404}
        assert b"leaked" not in response.content


@pytest.mark.django_db
def test_a_strange_file_in_the_folder_does_not_break_the_pages(settings):
    settings.MAIL_DIR.mkdir()
    strange = b"Subject: =?x-unknown?b?////?=\nTo: <<>>,,@;\nContent-Type: text/plain; charset=nonsense\n\n\xff\xfe body"
    (settings.MAIL_DIR / "20260101T000000000000Z-00000000.eml").write_bytes(strange)
    (settings.MAIL_DIR / "20260101T000000000001Z-00000000.part").write_bytes(b"half")

    listed = Client().get("/dev/mail/")
    shown = Client().get("/dev/mail/20260101T000000000000Z-00000000.eml/")

    assert listed.content.decode().count("20260101T") == 1
    assert "body" in shown.content.decode()


@pytest.mark.django_db
def test_reading_is_all_the_pages_can_do(settings):
    post()

    assert Client().post("/dev/mail/").status_code == 405
    assert Client().delete(f"/dev/mail/{names(settings)[0]}/").status_code == 405


@pytest.mark.django_db
def test_outside_the_demo_the_pages_do_not_exist(settings):
    settings.ROOT_URLCONF = "config.urls"

    assert Client().get("/dev/mail/").status_code == 404
