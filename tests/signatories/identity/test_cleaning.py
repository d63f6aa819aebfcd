"""What strangers type becomes one harmless line, and no script loses a letter by it."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signatories.identity.cleaning import clean_line, without_accents

any_text = st.text(st.characters(exclude_categories=()), max_size=40)
awkward_text = st.text(
    st.sampled_from(
        "aé\u0301\u0300\u0308\u200c\u200d\u202e\u2066\u200f\ufeffیخ\u094d\u0915\u09c7\u09be\u064b葛\U000e0100\ufe0f"
        "\U000e0041 \n\x00\u2800\u1820\u180b❤\ud800\u0d4d\u17d2가\u1100\u1161\u11a8\u20dd"
    ),
    max_size=12,
)
NEVER_PRINTED = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ud800-\udfff"
    "\ue000-\uf8ff\ufeff\uffa0\U000e0000-\U000e00ff\U000f0000-\U0010ffff]"
)


@pytest.mark.parametrize(
    "name",
    [
        "Sample Circle of Poets in Exile",
        "Nhóm Ví Dụ Người Viết Tự Do",
        "مركز المثال التجريبي لمحامي المجتمع",
        "نمونه – آموزگاران بی‌مکتب",  # ZWNJ, as Persian writes it
        "ശ്രീ ക്ഷേത്രം ന്‍",  # ZWJ after a virama, as older Malayalam writes it
        "उदाहरण सूचना अधिकार मंच",
        "နမူနာ ပုံနှိပ်သမဂ္ဂ",
        "葛\U000e0100城市民の会",  # a variant of the first character, as the city writes itself
        "예시 야간노동 법률모임",
        "Sample ❤️ Friends 🐼",
        "ᠮᠣᠩᠭᠣᠯ ᠬᠡᠯᠡ",
    ],
)
def test_a_name_stays_as_its_people_write_it(name):
    assert clean_line(name) == name


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        ("  Sample\t\r\n Circle\u2028of\u3000Poets\u00a0 ", "Sample Circle of Poets"),
        ("Sam\u202eple\u202c \u2066Cir\u2069cle\u200f", "Sample Circle"),
        ("S\x00a\x1bm\x7fp\x85l\u200be\ufeff", "Samp le"),  # NEL is a line end
        ("Sam\u200dple", "Sample"),
        ("Sample\U000e0041\U000e0042", "Sample"),
        ("e\u0301le\u0300ve", "élève"),
        ("z\u0323\u0301\u0300\u0302\u0303\u0304algo", "ẓ\u0301\u0300algo"),
        ("\u0301\u200dSample", "Sample"),
        ("Sa\ue000m\U0010ffffp\ud800le\ufffe", "Sample"),
        ("\u3164\u2800", ""),
        ("", ""),
    ],
)
def test_what_is_invisible_or_deceives_is_taken_out(typed, clean):
    assert clean_line(typed) == clean


@given(st.one_of(any_text, awkward_text))
def test_every_text_becomes_one_clean_line_and_stays_it(text):
    clean = clean_line(text)
    assert clean_line(clean) == clean
    assert not NEVER_PRINTED.search(clean)
    assert unicodedata.is_normalized("NFC", clean)
    assert clean == " ".join(clean.split())


def test_accents_fall_where_they_are_no_letters_of_their_own():
    assert without_accents("Élan Ñandú ﬁ Й") == "Elan Nandu fi И"
    assert without_accents("جَمعِيّة") == "جمعية"
    assert without_accents("कि") == "कि"
    assert without_accents("が") == "が"
