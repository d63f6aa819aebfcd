"""A mail as it goes over the wire: both parts whole, headers that every reader understands, nothing smuggled in."""

import email
import email.policy

import pytest

from signatories.mail import emails
from signatories.models import OutboxMail
from tests.builders import make_campaign, make_signature

NAMES = [
    "Example Lantern Trust",
    "منظمة مثال للفانوس",
    "例子组织",
    "Организация примера, которая называется так длинно, что ни одна строка её не вмещает, и ещё длиннее",
    "Line\nBcc: canary@evil.example\n\nBody",
    "--=_boundary",
    "x" * 255,
    "% {{ settings }} {% now %}",
]


@pytest.fixture
def campaign(db):
    return make_campaign(title="A letter for defenders")


def wire_of(mail):
    return emails.render(mail).message().as_bytes(linesep="\r\n")


def read(wire):
    return email.message_from_bytes(wire, policy=email.policy.default)


@pytest.mark.parametrize("title", NAMES)
def test_a_reader_gets_both_parts_and_the_subject_whatever_the_names_are(campaign, title):
    make_signature(campaign, state="submitted")
    mail = OutboxMail.objects.get()
    mail.context = mail.context.replace("A letter for defenders", title.replace("\n", "\\n"))

    message = read(wire_of(mail))

    assert title.split()[0] in message["Subject"]
    assert message["Bcc"] is None
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    plain, html = (part.get_content() for part in message.iter_parts())
    assert "/confirm/" in plain
    assert html.rstrip().endswith("</html>")
    assert [defect for part in message.walk() for defect in part.defects] == []


def test_no_line_is_longer_than_mail_servers_take_and_all_end_with_crlf(campaign):
    make_signature(campaign, state="submitted", name=NAMES[3])

    wire = wire_of(OutboxMail.objects.get())

    assert max(len(line) for line in wire.split(b"\r\n")) <= 998
    assert b"\n" not in wire.replace(b"\r\n", b"")
    head = wire.partition(b"\r\n\r\n")[0]
    assert max(len(line) for line in head.split(b"\r\n")) <= 78


def test_a_name_that_makes_a_line_too_long_for_mail_servers_is_encoded_and_comes_through_whole(campaign):
    name = "世界人权书信组织" * 31  # 248 characters, 744 octets, in a sentence of its own
    make_signature(campaign, state="submitted", name=name)
    mail = OutboxMail.objects.get()
    mail.context = mail.context.replace("A letter for defenders", "信" * 400)

    wire = wire_of(mail)

    assert max(len(line) for line in wire.split(b"\r\n")) <= 998
    plain, html = (part.get_content() for part in read(wire).iter_parts())
    assert name in plain
    assert "信" * 400 in plain
    assert "信" * 400 in html


def test_a_mail_goes_out_by_other_ways_than_smtp_too(campaign, settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    make_signature(campaign, state="submitted", name=NAMES[1])

    emails.render(OutboxMail.objects.get()).send()

    (file,) = tmp_path.iterdir()
    plain, html = (part.get_content() for part in read(file.read_bytes().partition(b"\n---")[0]).iter_parts())
    assert NAMES[1] in plain
    assert NAMES[1] in html
    assert b"\r" not in file.read_bytes()


def test_each_mail_keeps_its_parts_apart_by_a_line_of_its_own(campaign):
    make_signature(campaign, state="submitted")
    mail = OutboxMail.objects.get()

    assert read(wire_of(mail)).get_boundary() != read(wire_of(mail)).get_boundary()


def test_the_address_of_the_host_may_have_a_name_before_it(campaign, settings):
    settings.DEFAULT_FROM_EMAIL = "Vereinigung für Briefe <letters@letters.example>"
    make_signature(campaign, state="submitted")
    mail = OutboxMail.objects.get()

    message = read(wire_of(mail))

    assert message["From"].addresses[0].display_name == "Vereinigung für Briefe"
    assert message["Message-ID"] == f"<{mail.public_id}@letters.example>"
