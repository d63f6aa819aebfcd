"""Words without a partner, words that are one but for a typo, and names that read alike in two scripts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signatories.identity.spelling import is_one_word, sound_alike, words_apart

few_words = st.lists(st.text("abeort ", max_size=8), max_size=5).map(" ".join)


@pytest.mark.parametrize(
    ("one", "another", "apart"),
    [
        ("sample union of teachers", "sample union of nurses", (["teachers"], ["nurses"])),
        ("sample watch", "watch of sample", ([], [])),
        ("sample watch", "sample watch kenya", ([], ["kenya"])),
        ("musterhaus bruecken", "musterhaus brucken", ([], [])),
        ("gromadska organizatsiya likhtar", "go likhtar", ([], [])),
        (
            "scll",
            "sample council lighthouse lovers",
            (["scll"], ["sample", "council", "lighthouse", "lovers"]),
        ),
    ],
)
def test_the_words_that_only_one_name_has(one, another, apart):
    assert words_apart(one, another) == apart
    assert words_apart(another, one) == apart[::-1]


def test_without_typos_a_partner_is_the_same_word():
    assert words_apart("specimen", "specimens") == ([], [])
    assert words_apart("specimen", "specimens", typos=False) == (["specimen"], ["specimens"])


@pytest.mark.parametrize(
    ("one", "another", "expected"),
    [
        ("labour", "labor", True),
        ("community", "comunity", True),
        ("international", "intl", True),
        ("association", "assoc", True),
        ("street", "st", True),
        ("heron", "hero", False),
        ("madres", "padres", False),
        ("austria", "australia", False),
        ("1000000", "1000001", False),
    ],
)
def test_a_typo_or_a_contraction_leaves_a_word_one(one, another, expected):
    assert is_one_word(one, another) is expected
    assert is_one_word(another, one) is expected


@pytest.mark.parametrize(
    ("one", "another", "expected"),
    [
        ("mrkz qndyl dlh", "markaz qandil lil adala", True),
        ("udahrn mhila mmc", "udaharan mahila manch", True),
        ("mrkz qndyl dlh", "markaz fanar", False),
        ("sd", "sad", False),
    ],
)
def test_keys_from_two_scripts_read_alike_by_their_consonants(one, another, expected):
    assert sound_alike(one, another) is expected


@given(few_words, few_words)
def test_the_order_of_two_keys_does_not_count(one, another):
    assert words_apart(one, another) == words_apart(another, one)[::-1]
    assert sound_alike(one, another) == sound_alike(another, one)
