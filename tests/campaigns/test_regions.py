"""Every country or territory that a form offers lies in one region, and regions have names in each language."""

from collections import Counter

from campaigns import countries, regions


def test_every_code_is_in_exactly_one_region():
    listed = Counter(code for codes in regions._CODES.values() for code in codes.split())
    assert listed == Counter(countries.CODES)


def test_regions_are_named_in_the_reader_s_language():
    assert regions.label(regions.region_of("KE"), "en") == "Africa"
    assert regions.label(regions.region_of("KE"), "fr") == "Afrique"
    assert regions.label(regions.region_of("FJ"), "zh-hans") == "大洋洲"
    assert regions.label(regions.region_of("KE"), "xx") == "Africa"


def test_an_unknown_code_is_in_no_region():
    assert regions.region_of("ZZ") == ""
    assert regions.label("", "en") == ""
