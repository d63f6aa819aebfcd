"""What docs/design-language.md promises of colours: every text can be read, for each accent, light and dark."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from campaigns.choices import Accent

SHEETS = {
    path.name: path.read_text(encoding="utf-8")
    for path in (Path(settings.BASE_DIR) / "static/css").glob("*.css")
}
CSS = SHEETS["base.css"]
DARK = "@media screen and (prefers-color-scheme: dark)"
MIXED = "@supports (color: color-mix"
SCHEMES = ("light", "dark")
GROUNDS = ("ground", "paper", "accent-wash")
STATES = ("met", "partly", "wrong")


def block_after(start):
    """The style sheet between the braces of the at-rule that begins with `start`."""
    opening = CSS.index("{", CSS.index(start))
    depth = 0
    for at in range(opening, len(CSS)):
        depth += {"{": 1, "}": -1}.get(CSS[at], 0)
        if depth == 0:
            return CSS[opening + 1 : at]
    raise AssertionError(start)


def declared(sheet, accent):
    """The tokens that `sheet` gives a page whose accent is `accent`; later ones win."""
    tokens = {}
    for selectors, body in re.findall(
        r"([^{}]+)\{([^{}]*)\}", re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    ):
        names = {each.strip() for each in selectors.split(",")}
        if names & {":root", "[data-accent]", f'[data-accent="{accent}"]'}:
            tokens |= dict(re.findall(r"--([\w-]+):\s*([^;]+);", body))
    return tokens


def tokens_of(accent, scheme, *, mixes):
    outside = CSS[: CSS.index(DARK)] + CSS[CSS.index("/* What follows from it") : CSS.index(MIXED)]
    return (
        declared(outside, accent)
        | (declared(block_after(DARK), accent) if scheme == "dark" else {})
        | (declared(block_after(MIXED), accent) if mixes else {})
    )


def colour(tokens, name):
    return resolved(tokens, tokens[name])


def resolved(tokens, value):
    """The channels of a colour, of a token, or of a mixture of two."""
    if value.startswith("#"):
        return [int(value[at : at + 2], 16) for at in (1, 3, 5)]
    if token := re.fullmatch(r"var\(--([\w-]+)\)", value):
        return colour(tokens, token[1])
    one, share, other = re.fullmatch(r"color-mix\(in srgb, (.+) (\d+)%, (.+)\)", value).groups()
    part = int(share) / 100
    pairs = zip(resolved(tokens, one), resolved(tokens, other), strict=True)
    return [a * part + b * (1 - part) for a, b in pairs]


def contrast(one, other):
    """As WCAG 2.2 computes it."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(channels):
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (each / 255 for each in channels)
    ]
    return sum(weight * each for weight, each in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.fixture(params=[(scheme, mixes) for scheme in SCHEMES for mixes in (True, False)], ids=str)
def tokens_by_accent(request):
    scheme, mixes = request.param
    return {accent.value: tokens_of(accent.value, scheme, mixes=mixes) for accent in Accent}


def too_faint(tokens_by_accent, pairs, least):
    return [
        (accent, above, below, round(found, 2))
        for accent, tokens in tokens_by_accent.items()
        for above, below in pairs
        if (found := contrast(colour(tokens, above), colour(tokens, below))) < least
    ]


def test_text_can_be_read_on_everything_that_lies_below_it(tokens_by_accent):
    pairs = [
        (text, ground)
        for text in ("ink", "ink-soft", "accent", "accent-strong", *STATES)
        for ground in GROUNDS
    ]

    assert too_faint(tokens_by_accent, pairs, 4.5) == []


def test_words_of_a_state_can_be_read_on_their_own_wash(tokens_by_accent):
    assert too_faint(tokens_by_accent, [(state, f"{state}-wash") for state in STATES], 4.5) == []


def test_buttons_can_be_read_also_under_the_pointer(tokens_by_accent):
    pairs = [("on-accent", "accent"), ("on-accent", "accent-strong")]

    assert too_faint(tokens_by_accent, pairs, 4.5) == []


def test_edges_of_controls_and_marks_of_focus_stand_out(tokens_by_accent):
    pairs = [(edge, ground) for edge in ("line-strong", "accent") for ground in GROUNDS]

    assert too_faint(tokens_by_accent, pairs, 3) == []


def test_progress_stands_out_from_its_track(tokens_by_accent):
    assert too_faint(tokens_by_accent, [("accent", "line")], 3) == []


def test_the_light_accents_are_the_ones_of_document_and_card():
    assert {accent: tokens_of(accent.value, "light", mixes=True)["accent"] for accent in Accent} == {
        accent: accent.on_paper for accent in Accent
    }


def test_each_accent_has_a_dark_shade_of_its_own():
    assert len({tokens_of(accent.value, "dark", mixes=True)["accent"] for accent in Accent}) == len(Accent)


@pytest.mark.parametrize("name", SHEETS)
def test_no_style_sheet_cares_how_a_screen_is_held(name):
    """WCAG 2.2, 1.3.4: somebody's screen is fixed to a wheelchair."""
    assert "orientation" not in SHEETS[name]
