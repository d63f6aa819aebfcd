"""Names of countries and territories under the policies that a campaign can choose."""

import tomllib

import pytest

from campaigns import countries

SITE_LANGUAGES = ["en", "fr", "es", "ar", "ru", "zh-hans"]


@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("en", "Germany"),
        ("fr", "Allemagne"),
        ("es", "Alemania"),
        ("ar", "ألمانيا"),
        ("ru", "Германия"),
        ("zh-hans", "德国"),
    ],
)
def test_a_country_is_named_in_each_language_of_the_site(language, name):
    assert countries.label("DE", language) == name


def test_the_terminology_of_the_un_differs_where_politics_do():
    assert countries.label("TW", "en") == "Taiwan"
    assert countries.label("TW", "en", "un") == "Taiwan Province of China"
    assert countries.label("PS", "fr", "un") == "État de Palestine"
    assert countries.label("DE", "en", "un") == "Germany"


def test_as_stated_falls_back_to_the_common_name():
    assert countries.label("XK", "en", "stated") == "Kosovo"


def test_an_unknown_code_or_language_does_not_break_a_page():
    assert countries.label("ZZ", "en") == "ZZ"
    assert countries.label("DE", "tlh") == "Germany"
    assert countries.label("DE", "") == "Germany"


@pytest.mark.parametrize("language", SITE_LANGUAGES)
@pytest.mark.parametrize("policy", ["common", "un", "stated"])
def test_every_code_has_one_name_of_its_own(language, policy):
    listed = countries.choices(language, policy)
    assert {code for code, _ in listed} == countries.CODES
    assert len({name for _, name in listed}) == len(countries.CODES)
    assert all(name and name != code for code, name in listed)


def test_iso_codes_and_kosovo_are_there_and_groups_of_countries_are_not():
    assert len(countries.CODES) == 250
    assert {"XK", "PS", "TW", "EH", "AX"} <= countries.CODES
    assert not {"EU", "UN", "XA", "ZZ"} & countries.CODES


@pytest.mark.parametrize(
    ("language", "in_order"),
    [
        ("en", ["AF", "AX", "AL", "CI", "HR", "ZW"]),  # Å and ô sort as a and o
        ("fr", ["ZA", "DZ", "EG", "US", "ET", "FJ"]),  # Égypte, États-Unis, Éthiopie between d and f
        (
            "ar",
            ["ET", "JO", "ES", "AL", "DE", "BR", "MA", "YE", "GR"],
        ),  # the article ال counts for nothing, alefs are one letter; ألبانيا and ألمانيا have no article
        ("ru", ["AU", "IL", "JO", "IT", "YE", "CV", "JP"]),  # й after и
        ("zh-hans", ["AL", "DE", "FR", "ZM", "CN"]),  # by pinyin: a, d, f, z, zh
    ],
)
def test_the_list_is_in_the_alphabetical_order_of_its_readers(language, in_order):
    place = {code: at for at, (code, _) in enumerate(countries.choices(language))}
    assert sorted(in_order, key=place.__getitem__) == in_order


def test_the_list_that_a_caller_gets_is_its_own():
    countries.choices("en").clear()
    assert len(countries.choices("en")) == 250


def test_the_table_of_the_un_holds_only_what_differs():
    table = tomllib.loads(countries._UN_NAMES.read_text(encoding="utf-8"))
    assert set(table) <= countries.CODES
    for code, names in table.items():
        assert set(names) <= set(SITE_LANGUAGES)
        for language, name in names.items():
            assert name != countries.label(code, language), (code, language)
