"""The room a page leaves for a map: what its title, its lead, the legend and the source line take is measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from valueviz.language import measure
from valueviz.story.blocks import Text
from valueviz.story.process.drawing import Page
from valueviz.story.voice import plain

POINT: dict[bool, float] = {True: 6.6, False: 7.5}
"""The smallest type of a map in points: Latin letters alone, or Chinese."""

SCREEN = 44.0
"""Ems across for each of two panels beside each other on a screen."""

STACKED = 1.0
"""What it costs that panels beside each other on paper stand below each other on a screen."""

BETWEEN = 1.2
"""Ems between two panels."""

HEADING = 3.3
"""Ems above the frame of a panel."""

LANE_HEAD = 2.9
"""Ems inside the frame for the names of lanes."""

SLACK = 0.96
"""Share of a line that words fill when they are broken over several."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page: the breadth and height of its column in points."""

    page: Page
    width: float
    height: float


PORTRAIT = Sheet("portrait", 481.9, 704.0)
LANDSCAPE = Sheet("landscape", 728.5, 475.0)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The words that share a page with a map: its section's title and lead, and the source line."""

    title: Text
    lead: Text
    source: Text

    def height(self, sheet: Sheet) -> float:
        """The points they take, gaps included."""
        turned = sheet.page == "landscape"
        kicker, figure, gaps = 14.0, 0.0 if turned else 14.5 + 5.0, 3.0 + 5.0 + 12.0 + 5.0 + 2.0
        lead = _lines(self.lead, 11.5, sheet.width) * 18.0
        source = _lines(self.source, 7.5, sheet.width) * 10.5
        return kicker + self._title(sheet, turned=turned) + lead + figure + source + gaps

    def _title(self, sheet: Sheet, *, turned: bool) -> float:
        """On a turned page a title is set smaller rather than in two lines."""
        width = measure(plain(self.title), 1.0, True)
        for size in (20.0, 18.0, 16.4, 15.0) if turned else (20.0,):
            if width * size <= sheet.width:
                return 1.35 * size
        return 54.0


def _lines(text: Text, size: float, width: float) -> int:
    natural = measure(plain(text), size)
    return 1 if natural <= width else ceil(natural / (SLACK * width))


@dataclass(frozen=True, slots=True)
class Space:
    """Room for one panel on a page, in ems; `cost` is what speaks against it."""

    page: Page
    width: float
    height: float
    cost: float = 0.0


def spaces(
    panels: int, around: Surroundings, *, legend: Sequence[float], lanes: bool, latin: bool
) -> tuple[tuple[Space, ...], ...]:
    """The pages a map may take, in groups, the most welcome first: at the smallest type.

    Args:
        panels: one or two.
        around: what else stands on the page.
        legend: ems of each entry of the legend.
        lanes: whether names of lanes stand above the map.
        latin: whether its words are in Latin letters alone.
    """
    point = POINT[latin]

    def room(sheet: Sheet) -> float:
        taken = HEADING + LANE_HEAD * lanes + 0.9 + 1.6 * _rows(legend, sheet.width / point)
        return (sheet.height - around.height(sheet)) / point - taken

    down, low = room(PORTRAIT), room(LANDSCAPE)
    across, turned = PORTRAIT.width / point, LANDSCAPE.width / point
    apart = (Space("portrait", across, down), Space("landscape", turned, low))
    if panels == 1:
        return (apart,)
    beside: tuple[Space, ...] = (
        Space("portrait", (across - BETWEEN) / 2, down),
        Space("landscape", min(SCREEN, (turned - BETWEEN) / 2), low),
    )
    if turned > 2 * SCREEN + 6.0:
        beside += (Space("landscape", (turned - BETWEEN) / 2, low, STACKED),)
    return beside, apart


def _rows(widths: Sequence[float], room: float) -> int:
    """The lines a legend takes."""
    rows, x = 1, 0.0
    for width in widths:
        if x and x + width > room:
            rows, x = rows + 1, 0.0
        x += width + 1.6
    return rows
