"""Colours that can be read, and told apart with every common colour vision."""

from __future__ import annotations

from itertools import combinations

import pytest

from tests.render.specimen import BRAND
from valueviz.render.palette import READABLE, Palette, Theme, contrast, mix, palette, readable
from valueviz.terms import GRADES

THEMES: tuple[Theme, ...] = ("light", "dark")
TEXT = ("ink", "text", "muted", "brand", "brand_deep", "better", "worse", "new", "caution")
MEANINGS = ("better", "worse", "new", "unchanged")
NORMAL = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
# Source: Machado, Oliveira and Fernandes (2009), table of severity 1.0, on linear sRGB.
VISIONS = {
    "normal": NORMAL,
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.3039)),
}
# Source: IEC 61966-2-1, linear sRGB to XYZ (D65).
XYZ = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.072175), (0.0193339, 0.119192, 0.9503041))


def _product(matrix: tuple[tuple[float, ...], ...], vector: list[float]) -> list[float]:
    return [sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix]


def _lab(colour: str, vision: str) -> list[float]:
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    seen = [min(1.0, max(0.0, channel)) for channel in _product(VISIONS[vision], linear)]
    x, y, z = (
        value ** (1 / 3) if value > 216 / 24389 else (24389 / 27 * value + 16) / 116
        for value in (part / white for part, white in zip(_product(XYZ, seen), (0.95047, 1.0, 1.08883), strict=True))
    )
    return [116 * y - 16, 500 * (x - y), 200 * (y - z)]


def _distance(first: str, second: str, vision: str) -> float:
    """The CIE 1976 difference of two colours as seen with a vision."""
    one, two = _lab(first, vision), _lab(second, vision)
    return float(sum((a - b) ** 2 for a, b in zip(one, two, strict=True)) ** 0.5)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("token", TEXT)
def test_every_colour_of_text_can_be_read_on_paper_and_on_a_panel(theme: Theme, token: str) -> None:
    colours = palette(BRAND, theme)
    for ground in (colours.paper, colours.panel):
        assert contrast(getattr(colours, token), ground) >= READABLE


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("vision", VISIONS)
def test_the_four_meanings_stay_apart_with_every_colour_vision(theme: Theme, vision: str) -> None:
    colours = palette(BRAND, theme)
    for first, second in combinations(MEANINGS, 2):
        assert _distance(getattr(colours, first), getattr(colours, second), vision) >= 23, (first, second)


def test_the_difference_of_colours_agrees_with_a_published_pair() -> None:
    # white and black are 100 apart by definition of lightness
    assert _distance("#FFFFFF", "#000000", "normal") == pytest.approx(100, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
def test_badges_covers_and_caution_panels_can_be_read(theme: Theme) -> None:
    colours = palette(BRAND, theme)
    pairs = [colours.grade(grade) for grade in GRADES]
    pairs += [(colours.caution_panel, colours.text), (colours.caution_panel, colours.ink)]
    pairs += [(colours.brand, colours.on_brand)]
    pairs += [
        (ground, getattr(colours, token))
        for ground in (colours.cover, colours.cover_deep)
        for token in ("cover_text", "cover_muted", "cover_accent")
    ]
    assert min(contrast(fill, words) for fill, words in pairs) >= READABLE


def test_a_brand_replaces_its_two_colours_and_what_is_made_of_them_alone() -> None:
    other = type(BRAND)(
        key="other",
        name=BRAND.name,
        brand="#8A1538",
        brand_deep="#2B1030",
        cover="light",
        confidentiality=BRAND.confidentiality,
        logo=None,
        digest="1" * 64,
    )
    ours, theirs = palette(BRAND), palette(other)
    fields = [field for field in Palette.__dataclass_fields__ if getattr(ours, field) != getattr(theirs, field)]
    assert set(fields) <= {"brand", "brand_deep", "on_brand", "cover", "cover_deep", "cover_muted", "cover_accent"}
    assert (theirs.brand, theirs.brand_deep) == ("#8A1538", "#2B1030")


def test_the_light_tokens_are_those_of_the_design() -> None:
    colours = palette(BRAND)
    assert (colours.ink, colours.text, colours.muted) == ("#12263F", "#1F2D3D", "#5B6B7F")
    assert (colours.better, colours.worse, colours.new, colours.unchanged) == (
        "#0A7A5C",
        "#C2410C",
        "#5146C7",
        "#9AA6B4",
    )


@pytest.mark.parametrize("colour", ["#000000", "#0B2A4A", "#8A1538", "#FFFFFF"])
def test_a_colour_moved_towards_white_can_be_read_on_the_dark_ground(colour: str) -> None:
    assert contrast(readable(colour, "#0D1522"), "#0D1522") >= READABLE


def test_verdicts_without_a_claim_share_the_colour_of_no_change() -> None:
    colours = palette(BRAND)
    assert [colours.verdict(v) for v in ("improved", "worse", "refused", None)] == [
        colours.better,
        colours.worse,
        colours.unchanged,
        colours.unchanged,
    ]
    assert colours.verdict_text("not_provable_yet") == colours.muted
    assert colours.tint("#000000", 0.25) == mix("#000000", "#FFFFFF", share=0.25)
