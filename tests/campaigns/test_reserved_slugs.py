"""A letter can't have an address that leads to a page of the site itself."""

import re

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import get_resolver
from django.urls.converters import SlugConverter
from django.urls.resolvers import LocalePrefixPattern, URLResolver

from campaigns.models.campaign import RESERVED_SLUGS, validate_slug
from dev import urls as dev_urls

SLUG = re.compile(SlugConverter.regex)


def first_segments(patterns):
    """What the addresses of `patterns` begin with, where that is fixed; without the language."""
    for each in patterns:
        route = "" if isinstance(each.pattern, LocalePrefixPattern) else str(each.pattern).removeprefix("^")
        if route:
            yield route.partition("/")[0]
        elif isinstance(each, URLResolver):
            yield from first_segments(each.url_patterns)


def test_no_first_segment_of_the_site_is_left_to_a_letter():
    found = {*first_segments(get_resolver().url_patterns), *first_segments(dev_urls.urlpatterns)}
    words = {segment for segment in found if SLUG.fullmatch(segment)}
    words |= {code for code, _name in settings.LANGUAGES}

    assert {"admin", "api", "dev", "withdraw", "change-contact", "zh-hans"} <= words
    assert words - RESERVED_SLUGS == set()


@pytest.mark.parametrize("slug", ["withdraw", "publish", "new-contact", "en"])
def test_such_an_address_is_refused_in_words(slug):
    with pytest.raises(ValidationError, match="an address of the site itself"):
        validate_slug(slug)
