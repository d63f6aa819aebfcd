"""Mailboxes as people type them, and what can be told from their domains."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signatories.identity.mailboxes import (
    canonical,
    domain_of,
    is_disposable,
    is_free_mail,
    keyed_hash,
    lookup_hash,
    parse,
    suggestion,
)

any_text = st.text(st.characters(exclude_categories=()), max_size=40)
mailboxish_text = st.text(st.sampled_from("aB.+@-_ éİ漢\u202e\n'\""), max_size=14)


@pytest.mark.parametrize(
    ("typed", "mailbox"),
    [
        ("office@sample.example", "office@sample.example"),
        (" Office@SAMPLE.example\n", "Office@sample.example"),
        ("of\u200bfice@sample.example\u202e", "office@sample.example"),
        ("office@münchen.example", "office@münchen.example"),
        ("office@xn--mnchen-3ya.example", "office@münchen.example"),
        ("o'hara+letters@sample.example", "o'hara+letters@sample.example"),
    ],
)
def test_a_mailbox_is_read_as_it_was_meant(typed, mailbox):
    assert parse(typed) == mailbox


@pytest.mark.parametrize(
    "typed",
    [
        "", "office", "@", "office@", "@sample.example", "office@sample", "office@localhost", "a b@sample.example",
        '"a b"@sample.example', "office@[127.0.0.1]", "Office <office@sample.example>", "a@b.example, c@d.example",
        "a@b.example\nBcc: c@d.example", "öffice@sample.example", "a" * 65 + "@sample.example", "a@" + "b." * 130 + "org",
        "a@b.example" + "\0" * 2000 + "x", "office@sample..example", ".office@sample.example",
    ],
)  # fmt: skip
def test_what_is_no_mailbox_is_refused_in_words(typed):
    with pytest.raises(ValueError) as refusal:
        parse(typed)
    assert re.search("mailbox|Only letters", str(refusal.value))


@given(st.one_of(any_text, mailboxish_text))
def test_every_text_is_a_mailbox_or_is_refused(typed):
    try:
        mailbox = parse(typed)
    except ValueError:
        return
    assert parse(mailbox) == mailbox
    assert len(mailbox) <= 254
    assert mailbox == mailbox.strip()


@pytest.mark.parametrize(
    ("one", "another"),
    [
        ("Office@Sample.example", "office@sample.example"),
        ("office+letters@sample.example", "office@sample.example"),
        ("o.f.fice@gmail.com", "office+x@GoogleMail.com"),
        ("office@MÜNCHEN.example", "office@xn--mnchen-3ya.example"),
    ],
)
def test_spellings_of_one_mailbox_meet(one, another):
    assert canonical(one) == canonical(another)
    assert lookup_hash(one) == lookup_hash(another)


def test_dots_count_everywhere_but_at_gmail():
    assert canonical("o.ffice@sample.example") != canonical("office@sample.example")


@given(st.one_of(any_text, mailboxish_text))
def test_no_text_breaks_a_look_up(text):
    assert canonical(canonical(text)) == canonical(text)
    assert re.fullmatch("[0-9a-f]{64}", lookup_hash(text))
    assert suggestion(text) != text
    assert "@" not in domain_of(text)


def test_a_domain_is_ascii_in_small_letters():
    assert domain_of("office@Sample.EXAMPLE") == "sample.example"
    assert domain_of("office@München.example") == "xn--mnchen-3ya.example"
    assert domain_of("office") == ""


def test_free_mail_is_told_from_domains_of_their_own():
    assert [
        d
        for d in ("gmail.com", "yahoo.fr", "QQ.com", "mail.ru", "riseup.net", "tuta.com")
        if not is_free_mail(d)
    ] == []
    assert [d for d in ("sample.example", "nus.edu.sg", "com", "") if is_free_mail(d)] == []


def test_providers_of_a_whole_country_are_free_mail_and_no_slip_of_the_finger():
    for domain in ("nauta.cu", "sfr.fr", "mail.sfr.fr", "yemen.net.ye", "inbox.lv"):
        assert is_free_mail(domain) is True
        assert suggestion(f"office@{domain}") is None


def test_a_host_may_replace_the_list_of_further_free_mail_providers(settings):
    settings.FREE_MAIL_EXTRA = ["sample.example"]
    assert is_free_mail("sample.example") is True
    assert is_free_mail("mail.sample.example") is True
    assert is_free_mail("riseup.net") is False
    assert is_free_mail("nauta.cu") is False
    assert is_free_mail("gmail.com") is True


def test_disposable_mailboxes_are_known_with_their_subdomains():
    assert is_disposable("mailinator.com") is True
    assert is_disposable("any.mailinator.com") is True
    assert is_disposable("sample.example") is False


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("office@gmial.com", "office@gmail.com"),
        ("office@gmail.con", "office@gmail.com"),
        ("office@gmail.co", "office@gmail.com"),
        ("office@yaho.com", "office@yahoo.com"),
        ("office@hotmial.com", "office@hotmail.com"),
        ("office@risup.net", "office@riseup.net"),
        ("office@sample.ogr", "office@sample.org"),
        ("office@gmail.com", None),
        ("office@mail.com", None),
        ("office@sample.org", None),
        ("office", None),
    ],
)
def test_slips_of_the_finger_are_noticed(typed, meant):
    assert suggestion(typed) == meant


def test_hashes_depend_on_the_key_the_kind_and_the_value(settings):
    settings.LOOKUP_HASH_KEY = "one key"
    ours = keyed_hash("mailbox", "office@sample.example")
    assert keyed_hash("address", "office@sample.example") != ours
    assert keyed_hash("mailbox", "other@sample.example") != ours
    settings.LOOKUP_HASH_KEY = b"one key"
    assert keyed_hash("mailbox", "office@sample.example") == ours
    settings.LOOKUP_HASH_KEY = "another key"
    assert keyed_hash("mailbox", "office@sample.example") != ours
