"""Where a name stands in a list, under which key its doubles are found, and what its acronym may be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signatories.identity.names import (
    acronym_of,
    clean_line,
    has_mixed_scripts,
    is_acronym_for,
    looks_like_formula_or_address,
    match_key,
    scripts_of,
    skeleton,
    sort_key,
)

any_text = st.text(st.characters(exclude_categories=()), max_size=40)


@pytest.mark.parametrize(
    ("name", "language", "key"),
    [
        ("The Example Lantern Trust", "en", "example lantern trust"),
        ("Les Voix du fleuve", "fr", "voix du fleuve"),
        ("L’Exemple associatif", "fr", "exemple associatif"),
        ("Das Musterhaus", "de", "musterhaus"),
        ("El Ejemplo", "es", "ejemplo"),
        ("Gli Esempi", "it", "esempi"),
        ("O Exemplo", "pt-BR", "exemplo"),
        ("O Exemplo", None, "o exemplo"),  # an article only where the language is known
        ("Los Angeles Sample Centre", "en", "los angeles sample centre"),
        ("Al-Mithal Sample Centre", None, "mithal sample centre"),
        ("as-Salam Sample", None, "salam sample"),
        ("At-Risk Sample Group", None, "at risk sample group"),
        ("المثال", "ar", "mthl"),
        ("Ñandú Ejemplo", None, "nandu ejemplo"),
        ("Пример – кружок", None, "primer kruzhok"),
        ("示例海港", None, "shilihaigang"),
        ("The", None, "the"),
        ("10 Sample Mothers", None, "00000010 sample mothers"),
        ("★", None, "~★"),
        ("", None, ""),
    ],
)
def test_a_name_stands_where_readers_look_for_it(name, language, key):
    assert sort_key(name, language) == key


def test_names_of_all_scripts_stand_in_one_order():
    names = [
        "★",
        "Zebra",
        "Яблоко",
        "2 Mothers",
        "Élan",
        "The Apple",
        "10 Mothers",
        "Пример",
        "L’Étoile",
        "eland",
    ]
    assert sorted(names, key=sort_key) == [
        "2 Mothers", "10 Mothers", "The Apple", "Élan", "eland", "L’Étoile", "Пример", "Яблоко", "Zebra", "★",
    ]  # fmt: skip


@given(any_text)
def test_every_name_has_a_place_that_fits_its_column(name):
    key = sort_key(name)
    assert len(key) <= 255
    assert bool(key) == bool(name)
    assert "\0" not in key


@pytest.mark.parametrize(
    ("one", "another"),
    [
        ("Femmes & Droits", "FEMMES ET DROITS ASBL"),
        ("Femmes + Droits", "femmes and droits"),
        ("Mujeres y Derechos, A.C.", "Mujeres y Derechos Asociación Civil"),
        ("Mütter und Recht e. V.", "Mutter und Recht eV"),
        ("Права и свободы", "АНО «Права и свободы»"),
        ("Sample Watch, Inc.", "The Sample Watch"),
        ("ONG Ejemplo", "Ejemplo"),
        ("Ligue des droits de l’homme", "Ligue des Droits de l'Homme"),
        ("Voix d’exemple", "Voix de exemple"),
        ("جمعية حقوق الإنسان", "جمعيّة حقوق الانسان"),
        ("المنظمة العربية للحقوق والتنمية", "منظمه عربيه حقوق و التنميه"),
        ("کمیته حقوق", "كميته حقوق"),
        ("Straße", "STRASSE"),
        ("Al-Mithal", "al mithal"),
        ("Ｓａｍｐｌｅ　Ｗａｔｃｈ", "Sample-Watch"),
        ("A Ponte Exemplo", "Ponte Exemplo"),
    ],
)
def test_spellings_of_one_name_meet_under_one_key(one, another):
    assert match_key(one) == match_key(another)


@pytest.mark.parametrize(
    ("one", "another"),
    [
        ("Sample Rights Watch", "Sample Watch Rights"),
        ("Sample Watch", "Sample Watches"),
        ("कि", "कु"),
        ("範例", "示例"),
        ("Women in Action", "Women and Action"),
        ("Femmes en action", "Femmes et action"),
    ],
)
def test_different_names_have_different_keys(one, another):
    assert match_key(one) != match_key(another)


@pytest.mark.parametrize("name", ["The", "e. V.", "Inc.", "NGO", "الـ", "ـ", "л", "꒐", "ʹ", "1"])
def test_a_name_of_droppable_words_alone_keeps_a_key(name):
    assert match_key(name) != ""


@given(any_text)
def test_every_name_with_a_letter_or_a_digit_has_a_key(name):
    key = match_key(name)
    assert len(key) <= 255
    if any(char.isalnum() for char in name):
        assert key


@pytest.mark.parametrize(
    ("name", "acronym"),
    [
        ("Example Service for Human Rights", "ESHR"),
        ("Ligue exemple des droits de l’homme", "LEDH"),
        ("Centro de Ejemplos Legales y Sociales", "CELS"),
        ("Пример – кружок переписки", "ПКП"),
        ("Demo", ""),
        ("مركز المثال", ""),
        ("示例海港寫作社", ""),
        ("ნიმუში დიალოგის სახლი", ""),
    ],
)
def test_an_acronym_is_made_of_the_words_that_count(name, acronym):
    assert acronym_of(name) == acronym


@pytest.mark.parametrize(
    ("acronym", "name", "fits"),
    [
        ("ESHR", "Example Service for Human Rights", True),
        ("E.S.H.R.", "example service for human rights", True),
        ("ESfHR", "Example Service for Human Rights", True),
        ("HURIDOCS", "Human Rights Information and Documentation Systems", True),
        ("FIACAT", "Fédération internationale des ACAT", True),
        ("ПКП", "Пример – кружок переписки", True),
        ("PKP", "Пример – кружок переписки", True),
        ("ESH", "Example Service for Human Rights", False),
        ("XSHR", "Example Service for Human Rights", False),
        ("Demo", "Demo", False),
        ("", "Example Service", False),
    ],
)
def test_an_acronym_can_be_read_off_its_name(acronym, name, fits):
    assert is_acronym_for(acronym, name) is fits


def test_scripts_are_those_of_the_letters():
    assert scripts_of("Sample 123!") == {"Latin"}
    assert scripts_of("مركز UN") == {"Arabic", "Latin"}
    assert scripts_of("見本・手紙の") == {"Han", "Hiragana"}
    assert scripts_of("123 ★") == frozenset()


@pytest.mark.parametrize("deceiving", ["The Exаmple Trust", "Sаmple", "ΑMNESTY", "Οxford"])
def test_alphabets_mixed_inside_a_word_are_seen(deceiving):
    assert has_mixed_scripts(deceiving) is True


@pytest.mark.parametrize(
    "honest",
    [
        "Example Trust",
        "Пример UN",
        "مركز ABC",
        "手紙のNPO法人",
        "예시 NGO",
        "β-Thalassaemia",
        "Κύκλος",
        "Ａ−Ｂ",
    ],
)
def test_scripts_side_by_side_are_no_mixture(honest):
    assert has_mixed_scripts(honest) is False


@pytest.mark.parametrize(
    ("one", "another"),
    [
        ("The Exаmple Lаntern Trust", "The Example Lantern Trust"),
        ("ΑΜΝΕSΤΥ", "Amnesty"),
        ("раураӏ", "paypal"),
        ("paypaI", "paypal"),
        ("0xfam", "OXFAM"),
        ("rnodern vvorld", "modern world"),
        ("Ｓａｍｐｌｅ", "sample"),
        ("sam\u200bple", "sample"),
    ],
)
def test_texts_that_look_alike_have_one_skeleton(one, another):
    assert skeleton(one) == skeleton(another)


def test_texts_that_look_different_have_different_skeletons():
    assert skeleton("Sample") != skeleton("Simple")
    assert skeleton("कि") != skeleton("कु")


@pytest.mark.parametrize(
    "name",
    [
        "=HYPERLINK(1)", "＝1+1", "-SUM(A1)", "@SUM(1)", "=cmd|' /C'!A0", "x =HYPERLINK(1)", "'=1", "www.sample.example",
        "see https://sample.example", "a@sample.example", "bit.ly/xyz",
    ],
)  # fmt: skip
def test_formulas_and_addresses_are_seen_in_a_name(name):
    assert looks_like_formula_or_address(name) is True


@pytest.mark.parametrize(
    "name", ["+972 Sample", "Sample.org", "Equal=Rights", "AC/DC", "Group 3/4", "@sample", "- Sample"]
)
def test_ordinary_names_are_neither_formula_nor_address(name):
    assert looks_like_formula_or_address(name) is False


@given(any_text, any_text)
def test_no_text_breaks_any_of_these(one, another):
    assert isinstance(acronym_of(one), str)
    assert isinstance(is_acronym_for(another, one), bool)
    assert isinstance(has_mixed_scripts(one), bool)
    assert isinstance(looks_like_formula_or_address(one), bool)
    assert skeleton(one) == skeleton(clean_line(one))
