"""What stands in the log names nobody and opens nothing."""

import logging

import pytest
from django.conf import settings

from config.logs import DiscreetFormatter
from signatories import urls


def line(message, *arguments, exception=None):
    record = logging.LogRecord("name", logging.ERROR, __file__, 1, message, arguments, exception)
    return DiscreetFormatter("%(levelname)s %(message)s").format(record)


def pages_with_a_token():
    """What stands before a token in the addresses of the site; the signer's own page is to come."""
    return sorted(
        {"manage"}
        | {
            str(each.pattern).partition("/")[0]
            for each in urls.urlpatterns
            if "<str:token>" in str(each.pattern)
        }
    )


@pytest.mark.parametrize("page", pages_with_a_token())
def test_the_key_in_a_mailed_link_is_cut_out(page):
    assert (
        line("Internal Server Error: %s", f"/ar/{page}/d2hvZXZlciByZWFkcyB0aGlz_-/")
        == f"ERROR Internal Server Error: /ar/{page}/…/"
    )


def test_mailboxes_are_cut_out_wherever_they_stand():
    assert (
        line("refused: {'jo.doe+letters@mail.example.org': (550, b'<jo.doe@example.org> unknown')}")
        == "ERROR refused: {'…@…': (550, b'<…@…> unknown')}"
    )


def test_the_row_under_a_database_error_is_cut_out_of_its_traceback():
    words = 'duplicate key value violates unique constraint "x"\nDETAIL:  Key (name)=(The Lantern) already exists.'
    text = line("Task failed", exception=(ValueError, ValueError(words), None))

    assert "Lantern" not in text
    assert text.splitlines()[-2:] == [
        'ValueError: duplicate key value violates unique constraint "x"',
        "DETAIL: …",
    ]


def test_an_ordinary_line_stays_as_it_is():
    assert line("Mail %s waits, attempt %d.", "5f0c", 2) == "ERROR Mail 5f0c waits, attempt 2."


def test_every_handler_writes_so_and_to_standard_output():
    handlers = settings.LOGGING["handlers"].values()

    assert {handler["stream"] for handler in handlers} == {"ext://sys.stdout"}
    assert {settings.LOGGING["formatters"][handler["formatter"]]["()"] for handler in handlers} == {
        "config.logs.DiscreetFormatter"
    }


def test_what_staff_search_for_is_cut_out_of_an_address():
    assert (
        line("GET %s", "/admin/signatories/signature/?state=all&q=Jo+Doe&country=KE")
        == "ERROR GET /admin/signatories/signature/?state=all&q=…&country=KE"
    )
