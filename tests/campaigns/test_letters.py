"""A letter's text: as HTML that cannot harm, as plain text, and as a checksum."""

import hashlib
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.letters import text_digest, to_html, to_text

any_text = st.text(st.characters(exclude_categories=()), max_size=60)
PIECES = [
    "<", ">", "script", " onload=", "[", "](", "javascript:", ")", "https://", '"', "'", "&#", "x3a;", "!", "`", "\\",
    "a", "é", "\n", "    ", "> ", "* ", "# ", "1. ", "<!--", "-->", "<img src=x onerror=alert(1)>",
]  # fmt: skip
markup = st.lists(st.sampled_from(PIECES), max_size=15).map("".join)
HARMLESS_TAG = re.compile(
    r"</?(?:p|h[234]|ul|ol|li|blockquote|strong|em|hr|br|a)>"
    r'|<a (?:href="(?:https?://|mailto:)[^"<>]*" )?rel="nofollow noopener">',
    re.IGNORECASE,
)


def test_the_elements_of_a_letter_come_through():
    assert to_html("## We ask\n\n1. *first*\n2. **second**\n\n> quoted\n\n---\n\nline  \nnext") == (
        "<h2>We ask</h2>\n<ol>\n<li><em>first</em></li>\n<li><strong>second</strong></li>\n</ol>\n"
        "<blockquote>\n<p>quoted</p>\n</blockquote>\n<hr>\n<p>line<br>\nnext</p>\n"
    )


def test_headings_fit_below_the_title_of_the_page():
    assert to_html("# one") == "<h2>one</h2>\n"
    assert to_html("##### five") == "<h4>five</h4>\n"


def test_links_lead_to_the_web_and_to_mail_only():
    assert to_html("[a](https://b.example/?c=1&d=2) <x@y.example>") == (
        '<p><a href="https://b.example/?c=1&amp;d=2" rel="nofollow noopener">a</a> '
        '<a href="mailto:x@y.example" rel="nofollow noopener">x@y.example</a></p>\n'
    )
    for target in [
        "javascript:alert(1)",
        "JavaScript&#58;alert(1)",
        "/admin/",
        "//evil.example",
        "data:text/html,x",
        "#id",
    ]:
        assert "href" not in to_html(f"[a]({target})")


def test_raw_html_stays_visible_text():
    assert to_html('<script>alert("x")</script>') == '<p>&lt;script&gt;alert("x")&lt;/script&gt;</p>\n'


def test_an_image_leaves_its_description_and_no_request():
    assert to_html("![a *map* of <b>](https://evil.example/pixel.png)") == "<p>a map of &lt;b&gt;</p>\n"


def test_an_indented_paragraph_is_no_code():
    assert to_html("    indented\n\n```\nfenced\n```") == "<p>indented</p>\n<p>```\nfenced\n```</p>\n"


@given(st.one_of(any_text, markup))
def test_no_text_at_all_becomes_markup_that_is_not_on_the_list(text):
    html = to_html(text)
    assert all(HARMLESS_TAG.fullmatch(tag) for tag in re.findall(r"<[^>]*>", html)), html
    assert not re.search("[\x00\u202a-\u202e\u2066-\u2069]", html)
    assert not re.search(r"""href=["']?\s*(?:javascript|data|vbscript)""", html, re.IGNORECASE)


def test_plain_text_keeps_lists_quotations_and_addresses():
    letter = (
        "# Dear Secretary-General\n\nWe *ask* [you](https://a.example/b), <x@y.example>:\n\n3. one\n4. two\n   - nested\n\n"
        "> we the peoples\n>\n> of the world\n\n---\n\n![a map](https://evil.example/p.png)  \nend"
    )
    assert to_text(letter) == (
        "Dear Secretary-General\n\nWe ask you (https://a.example/b), x@y.example:\n\n3. one\n4. two\n   - nested\n\n"
        "> we the peoples\n>\n> of the world\n\n---\n\na map\nend"
    )


@given(st.one_of(any_text, markup))
def test_plain_text_can_be_made_of_any_text(text):
    assert not re.search("[\x00\u202a-\u202e\u2066-\u2069]", to_text(text))


def test_the_checksum_can_be_computed_by_anybody_from_its_description():
    # RFC 8785, written by hand
    serialised = (
        '{"asks":[[1,"en","Speak out"],[2,"en","Appoint \\"somebody\\""]],"format":"undersigned-letter-1",'
        '"texts":[["en","Title","Line one\\nLine two"],["fr","Été","Corps"]]}'
    )
    digest = text_digest(
        [("fr", "Été", "Corps"), ("en", "Title", "Line one\nLine two")],
        [(2, "en", 'Appoint "somebody"'), (1, "en", "Speak out")],
    )
    assert digest == hashlib.sha256(serialised.encode()).hexdigest()


def test_the_same_letter_has_the_same_checksum_wherever_it_was_typed():
    here = text_digest([("fr", "Été", "un\ndeux")], [])
    elsewhere = text_digest([("fr", unicodedata.normalize("NFD", "Été"), "un\r\ndeux\r\n")], [])
    assert here == elsewhere


@pytest.mark.parametrize(
    ("texts", "asks"),
    [
        ([("en", "Title", "Body!")], [(1, "en", "Ask")]),
        ([("fr", "Title", "Body")], [(1, "en", "Ask")]),
        ([("en", "TitleB", "ody")], [(1, "en", "Ask")]),
        ([("en", "Title", "Body")], [(2, "en", "Ask")]),
        ([("en", "Title", "Body")], []),
    ],
)
def test_another_letter_has_another_checksum(texts, asks):
    assert text_digest(texts, asks) != text_digest([("en", "Title", "Body")], [(1, "en", "Ask")])


@given(any_text, any_text)
def test_every_letter_has_a_checksum(title, body):
    assert re.fullmatch("[0-9a-f]{64}", text_digest([("en", title, body)], [(1, "en", title)]))
