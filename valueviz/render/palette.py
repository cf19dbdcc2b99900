"""The colour tokens of every renderer; a brand replaces two of them and nothing else.

Light is for print and screen, dark for screen alone. Colour never stands alone: each renderer also
says by shape, sign or word what a colour says.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from valueviz.catalog.brand import Brand
from valueviz.terms import Grade, Verdict

Theme = Literal["light", "dark"]

READABLE = 4.5
"""Least contrast of text against what it stands on: level AA of WCAG 2.2, criterion 1.4.3."""


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours as `#RRGGBB`; `ink`, `text`, `muted`, `brand`, `better`, `worse` and `new` may be text.

    `unchanged` is for marks only. `on_*` is text on a fill of that colour. `cover*` are the tokens of a
    dark cover (the fill runs from `cover_deep` to `cover`); they are the same in every theme.
    """

    theme: Theme
    ink: str
    text: str
    muted: str
    hairline: str
    panel: str
    paper: str
    brand: str
    brand_deep: str
    on_brand: str
    better: str
    worse: str
    new: str
    unchanged: str
    caution: str
    caution_panel: str
    on_mark: str
    cover: str
    cover_deep: str
    cover_text: str
    cover_muted: str
    cover_accent: str

    def verdict(self, verdict: Verdict | None) -> str:
        """The colour of a mark that states `verdict`; what states nothing is `unchanged`."""
        match verdict:
            case "improved":
                return self.better
            case "worse":
                return self.worse
            case _:
                return self.unchanged

    def verdict_text(self, verdict: Verdict | None) -> str:
        """The colour of a word that states `verdict`: as its mark, but readable."""
        return self.verdict(verdict) if verdict in {"improved", "worse"} else self.muted

    def grade(self, grade: Grade) -> tuple[str, str]:
        """Fill and text of a grade badge: firm grades are dark, weak ones pale with the same letter."""
        match grade:
            case "A":
                return self.brand, self.on_brand
            case "B":
                return mix(self.brand_deep, self.paper, share=0.92), self.paper
            case "C":
                return mix(self.brand_deep, self.paper, share=0.72), self.paper
            case "D" | "E":
                return mix(self.unchanged, self.paper, share=0.35), self.ink

    def tint(self, colour: str, share: float) -> str:
        """An opaque pale `colour`: `share` of it on paper."""
        return mix(colour, self.paper, share=share)


@lru_cache(maxsize=32)
def palette(brand: Brand, theme: Theme = "light") -> Palette:
    """The tokens of a theme with the two colours of a brand.

    Args:
        brand: its `brand` and `brand_deep` are `#RRGGBB`.
        theme: "light" for print and screen, "dark" for screen alone.

    Returns:
        The light set takes both colours as they are; the dark set lightens them until they can be read.
    """
    deep = brand.brand_deep
    cover = {
        "cover": mix(deep, brand.brand, share=0.72),
        "cover_deep": mix(deep, "#000000", share=0.78),
        "cover_text": "#FFFFFF",
        "cover_muted": readable(mix("#FFFFFF", deep, share=0.72), mix(deep, brand.brand, share=0.72)),
        "cover_accent": readable(mix(brand.brand, "#FFFFFF", share=0.62), mix(deep, brand.brand, share=0.72)),
    }
    if theme == "light":
        return Palette(
            theme=theme,
            ink="#12263F",
            text="#1F2D3D",
            muted="#5B6B7F",
            hairline="#D9E0E8",
            panel="#F4F7FA",
            paper="#FFFFFF",
            brand=brand.brand,
            brand_deep=deep,
            on_brand=_legible_on(brand.brand),
            better="#0A7A5C",
            worse="#C2410C",
            new="#5146C7",
            unchanged="#9AA6B4",
            caution="#B45309",
            caution_panel="#FFF6E8",
            on_mark="#FFFFFF",
            **cover,
        )
    accent = readable(brand.brand, "#16202F")
    return Palette(
        theme=theme,
        ink="#F2F5F9",
        text="#DCE3EC",
        muted="#9DABBD",
        hairline="#2B3950",
        panel="#16202F",
        paper="#0D1522",
        brand=accent,
        brand_deep=readable(deep, "#16202F", least=6.5),
        on_brand=_legible_on(accent),
        better="#3CC995",
        worse="#F0843A",
        new="#BDA2FF",
        unchanged="#6C7B8F",
        caution="#F2B04A",
        caution_panel="#2B2213",
        on_mark="#0D1522",
        **cover,
    )


def mix(colour: str, ground: str, *, share: float) -> str:
    """The opaque colour that `share` (0–1) of `colour` on `ground` looks like.

    >>> mix("#000000", "#FFFFFF", share=0.5)
    '#808080'
    """
    pairs = zip(_channels(colour), _channels(ground), strict=True)
    return "#" + "".join(f"{round(top * share + under * (1 - share)):02X}" for top, under in pairs)


def contrast(first: str, second: str) -> float:
    """The contrast ratio of two colours, 1 to 21.

    Source: WCAG 2.2, definitions of relative luminance and contrast ratio.

    >>> round(contrast("#FFFFFF", "#000000"), 1)
    21.0
    """
    low, high = sorted((_luminance(first), _luminance(second)))
    return (high + 0.05) / (low + 0.05)


def readable(colour: str, ground: str, *, least: float = READABLE) -> str:
    """`colour`, moved towards white in small steps until it can be read on a dark `ground`."""
    for step in range(41):
        candidate = mix("#FFFFFF", colour, share=step / 40)
        if contrast(candidate, ground) >= least:
            return candidate
    return "#FFFFFF"


def _legible_on(fill: str) -> str:
    """White where it can be read on `fill`, else the darkest ink."""
    return "#FFFFFF" if contrast("#FFFFFF", fill) >= READABLE else "#0D1522"


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    linear = [
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
        for share in (channel / 255 for channel in _channels(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
