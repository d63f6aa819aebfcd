"""Domains that belong together, names that are probably one, and those that only pose as another."""

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from signatories.identity.matching import (
    Verdict,
    compare,
    domains_match,
    looks_alike,
    registrable_domain,
    similarity,
)

any_text = st.text(st.characters(exclude_categories=()), max_size=40)
urlish_text = st.text(st.sampled_from("ab.:/@[]?#-_%é漢1x\\ "), max_size=20).map("https://".__add__)


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("https://www.Sample.org/about?x=1", "sample.org"),
        ("sample.org", "sample.org"),
        ("office@mail.sample.org", "sample.org"),
        ("http://user:word@sample.org:8080/", "sample.org"),
        ("www.sample.org.uk.", "sample.org.uk"),
        ("MÜNCHEN.de", "xn--mnchen-3ya.de"),
        ("xn--mnchen-3ya.de", "xn--mnchen-3ya.de"),
        ("open-courts.example", "open-courts.example"),
        ("www.open-courts.example", "open-courts.example"),
        ("one.github.io", "one.github.io"),
        ("one.blogspot.com", "one.blogspot.com"),
        ("https://one.wordpress.com/", "one.wordpress.com"),
        ("github.io", ""),
        ("org.uk", ""),
        ("localhost", ""),
        ("127.0.0.1", ""),
        ("http://[::1]/", ""),
        ("http://[", ""),
        ("sample..org", ""),
        ("", ""),
    ],
)
def test_the_registrable_domain_of_an_address(address, domain):
    assert registrable_domain(address) == domain


@given(st.one_of(any_text, urlish_text))
def test_no_address_breaks_it_and_a_domain_is_its_own(address):
    domain = registrable_domain(address)
    assert domain.isascii()
    assert domain == domain.lower()
    assert registrable_domain(domain) == domain


@pytest.mark.parametrize(
    ("mailbox_domain", "website", "match"),
    [
        ("sample.org", "https://www.sample.org/", True),
        ("mail.sample.org", "sample.org", True),
        ("one.github.io", "https://one.github.io/", True),
        ("one.github.io", "https://two.github.io/", False),
        ("sample.org", "https://sample.net/", False),
        ("gmail.com", "https://gmail.com/", False),
        ("riseup.net", "https://riseup.net/", False),
        ("mailinator.com", "https://mailinator.com/", False),
        ("facebook.com", "https://www.facebook.com/sample", False),
        ("", "", False),
    ],
)
def test_a_mailbox_belongs_to_a_website_by_its_own_domain_alone(mailbox_domain, website, match):
    assert domains_match(mailbox_domain, website) is match


@pytest.mark.parametrize(
    ("one", "another", "expected"),
    [
        (
            "Musterverein Brücken der Zivilgesellschaft e. V.",
            "Musterverein Bruecken d. Zivilgesellschaft eV",
            True,
        ),
        ("ESHR", "Example Service for Human Rights", True),
        ("Example Service for Human Rights", "eshr", True),
        ("Sample Watch", "Watch Sample", True),
        ("Example Union of Civic Reporters", "Exampel Union of Civic Reporter", True),
        ("Sample Alliance of Land Defenders", "Sample Network of Women Defenders", False),
        ("Sample Union of Teachers", "Sample Union of Nurses", False),
        ("Sample Watch Kenya", "Sample Watch Uganda", False),
        ("★", "★", False),
        ("", "", False),
    ],
)
def test_names_that_are_probably_one_organisation(one, another, expected):
    def called_alike(name_a, name_b):
        return compare(name_a, "", name_b, "") is not None

    assert called_alike(one, another) is expected
    assert called_alike(another, one) is expected


@pytest.mark.django_db
def test_similarity_is_that_of_the_database():
    pairs = [
        ("word two", "two words"), ("sample watch", "sample watch"), ("a", "b"), ("", "x"), ("", ""),
        ("musterverein brucken zivilgesellschaft", "musterverein bruecken d zivilgesellschaft"), ("10 mothers", "100 mothers"),
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        for pair in pairs:
            cursor.execute("SELECT similarity(%s, %s)", pair)
            assert similarity(*pair) == pytest.approx(cursor.fetchone()[0]), pair


@pytest.mark.parametrize(
    ("one", "another", "expected"),
    [
        ("The Exаmple Lаntern Trust", "The Example Lantern Trust", True),
        ("The Example Lantern Trust", "the example lantern trust", False),
        ("Sample Watch", "Sample Catch", False),
        ("Örnek Işık", "Ornek Isik", False),
        ("Voix de l’exemple", "Voix de l'exemple", False),
        ("sarnple-watch.org", "sample-watch.org", True),
        ("sample-watchh.org", "sample-watch.org", True),
        ("samplewatch.org", "sample-watch.org", True),
        ("https://www.sample-watch.org/", "sample-watch.org", False),
        ("sample-watch.ch", "sample-watch.org", False),
        ("sаmple-watch.ch", "sample-watch.org", True),
        ("xn--smple-watch-yij.org", "sample-watch.org", True),
        ("abc.org", "abd.org", False),
        ("", "", False),
    ],
)
def test_what_can_be_taken_for_another_by_eye(one, another, expected):
    assert looks_alike(one, another) is expected
    assert looks_alike(another, one) is expected


@pytest.mark.parametrize(
    ("one", "another", "verdict"),
    [
        (("Sample Watch", "sample.example"), ("Muestra", "www.sample.example"), Verdict.SAME_DOMAIN),
        (("Sаmple Watch", "sample.example"), ("Sample Watch", "sample.example"), Verdict.SAME_DOMAIN),
        (("Sаmple Watch", ""), ("Sample Watch", "sample.example"), Verdict.LOOK_ALIKE),
        (("Press desk", "sarnple.example"), ("Sample Watch", "sample.example"), Verdict.LOOK_ALIKE),
        (("Sample Watch", "watch.example"), ("Sample Watch", "sample.example"), Verdict.SAME_NAME_ELSEWHERE),
        (("Sample Watch", "gmail.com"), ("Sample Watch", "sample.example"), Verdict.SAME_NAME),
        (("Sample Watch", ""), ("The Sample Watch, Inc.", ""), Verdict.SAME_NAME),
        (("Specimen Watch", ""), ("Speciman Watch", ""), Verdict.SIMILAR_NAME),
        (("ESHR", ""), ("Example Service for Human Rights", "eshr.example"), Verdict.SIMILAR_NAME),
        (("ESHR", "elm.example"), ("Example Service for Human Rights", "eshr.example"), None),
        (("Sample Watch", "gmail.com"), ("Muestra", "gmail.com"), None),
        (("★", ""), ("★", ""), None),
        (("", ""), ("", ""), None),
    ],
)
def test_the_strongest_reason_to_look_at_two_signatories(one, another, verdict):
    assert compare(*one, *another) == verdict
    assert compare(*another, *one) == verdict


def test_what_a_verdict_speaks_for():
    assert [verdict for verdict in Verdict if verdict.may_pose] == [
        Verdict.LOOK_ALIKE,
        Verdict.SAME_NAME_ELSEWHERE,
    ]
    assert [verdict for verdict in Verdict if not verdict.may_be_same] == [Verdict.LOOK_ALIKE]


@given(any_text, any_text)
def test_no_two_texts_break_a_comparison(one, another):
    assert compare(one, "", another, "") == compare(another, "", one, "")
    assert looks_alike(one, another) == looks_alike(another, one)
    assert looks_alike(one, one) is False
    assert compare(one, another, another, one) == compare(another, one, one, another)
