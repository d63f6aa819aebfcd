"""What comes out of a word processor becomes clean Markdown, and clean Markdown stays what it is."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.letters import paste_to_markdown, to_html

FROM_WORD = (
    "OPEN LETTER TO THE NEXT SECRETARY-GENERAL\r\nDear\u00a0Madam,\r\nWe ask you:\r\n•\tto  speak out; \r\no\tstrongly\r\n"
    "▪\tand often\r\n•\tto appoint a liaison.\r\nWe also ask:\r\n1.\tFirst\r\n2.\tSecond\r\nYours sin\u00adcerely\x0bThe NGOs\r\n"
)
IN_MARKDOWN = """\
## OPEN LETTER TO THE NEXT SECRETARY-GENERAL

Dear Madam,

We ask you:

- to speak out;
    - strongly
        - and often
- to appoint a liaison.

We also ask:

1. First
2. Second

Yours sincerely

The NGOs"""


def test_a_letter_from_word_gets_its_paragraphs_lists_and_heading():
    assert paste_to_markdown(FROM_WORD) == IN_MARKDOWN


def test_nested_items_of_word_are_nested_in_html():
    assert to_html(paste_to_markdown("•\ta\no\tb\n•\tc")) == (
        "<ul>\n<li>a\n<ul>\n<li>b</li>\n</ul>\n</li>\n<li>c</li>\n</ul>\n"
    )


@pytest.mark.parametrize(
    "bullet", ["•\t", "• ", "•", "\uf0b7\t", "\uf0a7\t", "◦\t", "▪ ", "–\t", "-\t", "o\t", "*\t"]
)
def test_bullets_of_every_make_become_items(bullet):
    assert paste_to_markdown(f"{bullet}a\n{bullet}b") == "- a\n- b"


@pytest.mark.parametrize("number", ["1.\t", "1)\t", "(1)\t", "\t1.\t"])
def test_numbers_before_a_tab_become_items(number):
    assert paste_to_markdown(f"{number}a") == "1. a"


@pytest.mark.parametrize("words", ["o direito de todos", "– a dash", "1945. A year", "a) letter", "·"])
def test_words_that_only_look_like_bullets_stay_words(words):
    assert paste_to_markdown(f"{words}\n\nmore").startswith("- ") is False


def test_lines_without_a_blank_line_between_them_are_paragraphs():
    assert paste_to_markdown("one\ntwo") == "one\n\ntwo"


def test_markdown_written_by_hand_keeps_its_line_ends_and_lists():
    markdown = "# Title\n\nwrapped by\nhand\n\n* item\n  goes on\n    1. nested\n\n> quoted\n> twice"
    assert paste_to_markdown(markdown) == markdown


def test_capitals_make_a_heading_only_where_they_are_short_and_no_sentence():
    assert paste_to_markdown("OUR DEMANDS\nx") == "## OUR DEMANDS\n\nx"
    assert paste_to_markdown("ISHR\nx") == "ISHR\n\nx"
    assert paste_to_markdown("STOP THE ATTACKS!\nx") == "STOP THE ATTACKS!\n\nx"
    assert paste_to_markdown("منظمة حقوق\nx") == "منظمة حقوق\n\nx"


def test_invisible_characters_go_and_persian_joiners_stay():
    assert paste_to_markdown("\ufeffa\u200bb\x00c\u202ed\ue000e") == "abcde"
    assert paste_to_markdown("می‌خواهم") == "می‌خواهم"


@given(
    st.one_of(
        st.text(st.characters(exclude_categories=()), max_size=60),
        st.text(st.sampled_from("•o-–*\t \n\v\r\f1.)(#>ab A\u00a0\uf0b7\ue000\xad\u200b|"), max_size=14),
        st.lists(
            st.sampled_from(
                ["•\tx", "o\ty", "1.\tz", "plain", "- a", "  - b", "", "LOUD LINE", "  more", "> q", "2) k"]
            )
        ).map("\n".join),
    )
)
def test_cleaning_twice_changes_nothing_more(text):
    markdown = paste_to_markdown(text)
    assert paste_to_markdown(markdown) == markdown
    assert not re.search(r"[\x00-\x08\r\xa0\xad\u200b\u202a-\u202e\ue000-\uf8ff]|[ \t]$|\n\n\n", markdown)
