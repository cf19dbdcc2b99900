"""Where it came from: a bar a step in order of time, from the end of the one before, and the total from zero.

Forms tell what colours say: a gain that is sure is solid, a loss that is sure hatched, what the data cannot
tell from nothing a dashed outline, what no step explains dotted, steps that cannot be told apart in a bracket.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from valueviz.language import measure
from valueviz.render.charts import rows, stretch
from valueviz.render.charts.lettering import balanced, breadth, lines
from valueviz.render.charts.rows import LEADING, LEAST_PLOT
from valueviz.render.charts.sheet import Box, Frame, Segment, Sheet, Stroke, Word
from valueviz.story.blocks import Run, Text, Waterfall, WaterfallMark, WaterfallRow

_BREAK = re.compile(r"(?<=\S)(?=（)|(?<=[，、])(?=.)|(?<=\S) +(?=\S)")
"""Where the title of a column may break: before a bracket, after a comma, at a space."""

NAME_SHARE = 0.31
"""Names take at most this share of the width, then break over lines; none is shortened."""
MANY = 99
"""Names may take as many lines as they need."""
DOT, INDENT = "·\u00a0", "\u00a0\u00a0"
"""What each member of a block begins with, and each further line of its name."""
GAP = 1.1
"""Space between columns of values, in type sizes."""
APART = 0.8
"""Further space before the first of them: half a tick label stands there."""
BAR = 1.15
"""Breadth of a bar, in type sizes."""
BESIDE = "\u00a0"
"""What stands between the title of a column and its value on one line."""
CLOSED = frozenset({"total", "from"})
"""Rows whose bars start at zero."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Where names, marks and the right edges of the value columns stand; `stacked` puts words above the marks."""

    indent: float
    name: float
    plot_left: float
    plot_right: float
    cells: tuple[float, ...]
    stacked: bool


@dataclass(frozen=True, slots=True)
class Item:
    """A row measured: its words in place, its band of the sheet, the line of its marks, and its heading's top."""

    row: WaterfallRow
    heading: tuple[Word, ...]
    words: tuple[Word, ...]
    bracket: tuple[float, float] | None
    top: float
    bottom: float
    middle: float


def draw(block: Waterfall, sheet: Sheet) -> float:
    """Draws the chart on the sheet and returns its height."""
    em = sheet.em
    columns = _columns(block, sheet)
    legend, legend_height = _legend(block, sheet)
    raised = _raised(block, sheet, columns)
    top = legend_height + rows.headroom(block.x, em) + raised
    items = _items(block, sheet, columns, top=top)
    bottom = items[-1].bottom if items else top
    frame = Frame(Box(columns.plot_left, top, columns.plot_right, bottom), block.x.low, block.x.high)
    _ground(block, sheet, frame, items, stacked=columns.stacked)
    _connectors(sheet, frame, items)
    if columns.stacked:
        grounds = [word.box.grown(0.3 * em, 0.05 * em) for item in items for word in item.words]
        sheet.boxes(grounds, sheet.palette.paper)
    for item in items:
        colour = {"total": sheet.palette.ink, "from": sheet.palette.muted}.get(item.row.kind)
        _filled(_form(item.row), _box(item, sheet, frame), sheet, colour=colour)
    for item in items:
        _whisker(item, sheet, frame)
        _bracket(item, sheet)
    sheet.words(legend + _head(block, sheet, frame, columns, raised=raised))
    sheet.words(word for item in items for word in (*item.heading, *item.words))
    return bottom + 0.3 * em


# Layout ──────────────────────────────────────────────────────────────────────


def _columns(block: Waterfall, sheet: Sheet) -> Columns:
    em, width = sheet.em, sheet.width
    inset = any(row.group or row.kind == "block" for row in block.rows)
    indent = 0.9 * em if inset else 0.0
    named = max(
        (
            breadth(name, em) + indent * _inset(row)
            for row in block.rows
            for name in (row.label, *((Run(DOT), *member) for member in row.members))
        ),
        default=0.0,
    )
    name = min(named, NAME_SHARE * width)
    widths = _widths(block, sheet)
    left = name + 1.4 * em
    right = width - sum(widths) - GAP * em * len(widths) - APART * em
    if right - left < LEAST_PLOT * em:
        return Columns(indent, width, 0.8 * em, width - 0.8 * em, (), stacked=True)
    edges, edge = [], right + APART * em
    for column in widths:
        edge += GAP * em + column
        edges.append(edge)
    return Columns(indent, name, left, right, tuple(edges), stacked=False)


def _inset(row: WaterfallRow) -> bool:
    """Whether the name of a row stands under the heading of a group or inside a bracket."""
    return bool(row.group) or row.kind == "block"


def _names(row: WaterfallRow, *, size: float, width: float) -> tuple[list[Text], int]:
    """The label of a row in lines, then the names of its members, each in lines; and how many lines the label takes."""
    label = balanced(_strong(row.label) if row.kind in CLOSED else row.label, size=size, width=width, most=MANY)
    indent = measure(DOT, size, False)
    members = [
        (Run(DOT if rank == 0 else INDENT), *line)
        for member in row.members
        for rank, line in enumerate(balanced(member, size=size, width=width - indent, most=MANY))
    ]
    return [*label, *members], len(label)


def _widths(block: Waterfall, sheet: Sheet) -> list[float]:
    """The width of each column of values, titles included."""
    titles = _titles(block, sheet)
    widths = [max(measure(line, sheet.em, False) for line in title) for title in titles]
    for row in block.rows:
        for number, cell in enumerate(_cells(row)):
            if number == len(widths):
                widths.append(0.0)
            widths[number] = max(widths[number], breadth(cell, sheet.em))
    return widths


def _titles(block: Waterfall, sheet: Sheet) -> list[list[str]]:
    """The titles of the columns, in two lines where one would be much wider than what stands below it."""
    em = sheet.em
    found = []
    for number, title in enumerate(block.values_titles):
        below = max((breadth(row.values[number], em) for row in block.rows if number < len(row.values)), default=0.0)
        halves = [(title[: at.start()].rstrip(), title[at.end() :]) for at in _BREAK.finditer(title)]
        long = measure(title, em, False) > below + em and halves
        best = min(halves, key=lambda pair: max(measure(half, em, False) for half in pair)) if long else (title,)
        found.append(list(best))
    return found


def _raised(block: Waterfall, sheet: Sheet, columns: Columns) -> float:
    """How far the title of the axis goes up to stay clear of a title of values in two lines."""
    lines = _titles(block, sheet)
    starts = [
        edge - measure(title[0], sheet.em, False)
        for title, edge in zip(lines, columns.cells, strict=False)
        if len(title) > 1
    ]
    end = columns.plot_left + measure(block.x.title, sheet.em, False) + sheet.em
    return 1.45 * sheet.em if block.x.title and any(start < end for start in starts) else 0.0


def _cells(row: WaterfallRow) -> tuple[Text, ...]:
    """The values of a row by column; those of a bar from zero are set in bold."""
    return tuple(_strong(cell) for cell in row.values) if row.kind in CLOSED else row.values


def _strong(text: Text) -> Text:
    return tuple(replace(run, strong=True) for run in text)


def _items(block: Waterfall, sheet: Sheet, columns: Columns, *, top: float) -> list[Item]:
    found: list[Item] = []
    group = ""
    for row in block.rows:
        heading = row.group if row.group != group else ""
        group = row.group
        found.append((_stacked if columns.stacked else _beside)(block, row, sheet, columns, top=top, heading=heading))
        top = found[-1].bottom
    return found


def _heading(text: str, sheet: Sheet, columns: Columns, *, top: float) -> tuple[tuple[Word, ...], float]:
    """The name of a group above its first row, and where that row starts."""
    if not text:
        return (), top
    em, colour = sheet.em, sheet.palette.muted
    name = balanced((Run(text, strong=True),), size=em, width=columns.name, most=MANY)
    placed = rows.words(name, sheet, x=0.0, y=top + 1.35 * em, colour=colour)
    return tuple(placed), top + (0.55 + LEADING * len(name)) * em


def _beside(block: Waterfall, row: WaterfallRow, sheet: Sheet, columns: Columns, *, top: float, heading: str) -> Item:
    """Name, marks and values of a row on one level."""
    em, x = sheet.em, columns.indent * _inset(row)
    headed, start = _heading(heading, sheet, columns, top=top)
    name, count = _names(row, size=em, width=columns.name - x)
    height = (max(2.1, LEADING * len(name) + 0.8) + 0.5 * (row.kind in CLOSED)) * em
    middle = start + height / 2
    base = rows.centred(middle, len(name), em)
    words = rows.words(name[:count], sheet, x=x, y=base, colour=_ink(row, sheet))
    words += rows.words(name[count:], sheet, x=x, y=base + LEADING * em * count, colour=sheet.palette.muted)
    for cell, edge in zip(_cells(row), columns.cells, strict=False):
        left = edge - breadth(cell, em)
        words += rows.words([cell], sheet, x=left, y=rows.centred(middle, 1, em), colour=_ink(row, sheet))
    bracket = (base - 0.95 * em, base + (LEADING * (len(name) - 1) + 0.25) * em) if row.kind == "block" else None
    return Item(row, headed, tuple(words), bracket, top, start + height, middle)


def _stacked(block: Waterfall, row: WaterfallRow, sheet: Sheet, columns: Columns, *, top: float, heading: str) -> Item:
    """Name and estimate, then the other values with their titles, then the marks: for narrow sheets."""
    em, x = sheet.em, columns.indent * _inset(row)
    headed, start = _heading(heading, sheet, columns, top=top)
    first, *rest = _cells(row) or ((),)
    strong = _strong(first)
    width = breadth(strong, em)
    name, count = _names(row, size=em, width=sheet.width - x - width - 1.2 * em)
    base = start + 1.4 * em
    words = rows.words(name[:count], sheet, x=x, y=base, colour=_ink(row, sheet))
    words += rows.words(name[count:], sheet, x=x, y=base + LEADING * em * count, colour=sheet.palette.muted)
    words += rows.words([strong], sheet, x=sheet.width - width, y=base, colour=_ink(row, sheet))
    below = base + LEADING * em * (len(name) - 1)
    bracket = (base - 0.95 * em, below + 0.25 * em) if row.kind == "block" else None
    for line in lines(_spelled(rest, block.values_titles[1:]), size=em, width=sheet.width - x, most=MANY):
        below += LEADING * em
        words += rows.words([line], sheet, x=x, y=below, colour=sheet.palette.muted)
    middle = below + 1.35 * em
    return Item(row, headed, tuple(words), bracket, top, middle + 1.1 * em, middle)


def _spelled(cells: Sequence[Text], titles: Sequence[str]) -> Text:
    """Cells with the titles of their columns before them, on one line."""
    found: list[Run] = []
    for number, cell in enumerate(cells):
        # a word instead of a number says what it is by itself
        title = titles[number] if number < len(titles) and any(run.kind == "fact" for run in cell) else ""
        if cell:
            found += [Run(f"{' · ' if found else ''}{title}{BESIDE if title else ''}"), *cell]
    return tuple(found)


def _ink(row: WaterfallRow, sheet: Sheet) -> str:
    return sheet.palette.muted if row.kind == "remainder" else sheet.palette.text


# Words ───────────────────────────────────────────────────────────────────────


def _head(block: Waterfall, sheet: Sheet, frame: Frame, columns: Columns, *, raised: float) -> list[Word]:
    """Axis title over tick labels over the plot, and the titles of the columns of values."""
    em = sheet.em
    words = rows.ticks(block.x, sheet, frame, title_x=0.0 if columns.stacked else frame.box.left, raised=raised)
    base = frame.box.top - 0.6 * em
    for title, edge in zip(_titles(block, sheet), columns.cells, strict=False):
        for rank, line in enumerate(reversed(title)):
            words.append(Word(line, edge, base - LEADING * em * rank, em, sheet.palette.muted, align="right"))
    return words


def _legend(block: Waterfall, sheet: Sheet) -> tuple[list[Word], float]:
    """A line of real marks with their names, broken where the sheet ends; returns words and height."""
    em, unit = sheet.em, sheet.unit
    words: list[Word] = []
    x, y = 0.0, em
    for kind, text in block.legend:
        sample = (0.4 if kind == "block" else 1.7) * em
        word = Word(text, x + sample + 0.45 * em, y, em, sheet.palette.muted)
        if word.box.right > sheet.width and x:
            x, y = 0.0, y + 1.45 * em
            word = word.moved(sample + 0.45 * em, y, "left")
        middle = y - 0.35 * em
        box = Box(x, middle - 0.38 * em, x + sample, middle + 0.38 * em)
        if kind == "interval":
            sheet.rules(_capped(x, x + sample, middle, unit), Stroke(sheet.palette.ink, unit))
        elif kind == "block":
            _brace(sheet, x, box.top - 0.1 * em, box.bottom + 0.1 * em)
        else:
            _filled(kind, box, sheet)
        words.append(word)
        x = word.box.right + 1.25 * em
    return words, (y + 0.9 * em if block.legend else 0.0)


# Marks ───────────────────────────────────────────────────────────────────────


def _ground(block: Waterfall, sheet: Sheet, frame: Frame, items: Sequence[Item], *, stacked: bool) -> None:
    """The light grid, the line of nothing, and rules where a group or the total begins."""
    palette, unit, em, box = sheet.palette, sheet.unit, sheet.em, frame.box
    hairline, firm = Stroke(palette.hairline, 0.6 * unit), Stroke(palette.unchanged, 0.8 * unit)
    spans = [(box.top, box.bottom)]
    if stacked:
        spans = [(item.middle - 0.95 * em, item.middle + 0.95 * em) for item in items]
    inside = [tick.position for tick in block.x.ticks if tick.position and block.x.low <= tick.position <= block.x.high]
    sheet.rules(((frame.x(at), start, frame.x(at), end) for at in inside for start, end in spans), hairline)
    parted = [item.top for one, item in pairwise(items) if item.heading or one.row.group != item.row.group or stacked]
    totals = [item.top for item in items if item.row.kind == "total"]
    sheet.rules(((0.0, y, sheet.width, y) for y in parted if y not in totals), hairline)
    sheet.rules(((0.0, y, sheet.width, y) for y in (box.top, *totals, box.bottom)), firm)
    if block.x.low <= 0 <= block.x.high:
        zero = [(frame.x(0), start, frame.x(0), end) for start, end in [(box.top - 0.3 * em, box.top), *spans]]
        sheet.rules(zero, Stroke(palette.ink, unit))


def _connectors(sheet: Sheet, frame: Frame, items: Sequence[Item]) -> None:
    """Thin lines from the end of each bar down to the next."""
    half = BAR * sheet.em / 2
    found = [
        (frame.x(one.row.end), one.middle + half, frame.x(one.row.end), two.middle - half)
        for one, two in pairwise(items)
    ]
    sheet.rules(found, Stroke(sheet.palette.muted, 0.7 * sheet.unit, opacity=0.8))


def _form(row: WaterfallRow) -> WaterfallMark:
    """How the bar of a row is drawn."""
    if row.kind == "from":
        return "sure"
    if row.form is not None:
        return row.form
    if row.kind == "remainder":
        return "remainder"
    if not row.sure:
        return "unsure"
    return "sure" if row.end >= row.start else "worse"


def _filled(form: WaterfallMark, box: Box, sheet: Sheet, *, colour: str | None = None) -> None:
    """Solid where a gain is sure, hatched where a loss is, an outline where neither is."""
    palette, unit = sheet.palette, sheet.unit
    match form:
        case "sure":
            sheet.boxes([box], colour or palette.better)
        case "worse":
            sheet.boxes([box], palette.tint(palette.worse, 0.12), stroke=Stroke(palette.worse, 0.9 * unit))
            edges = [(box.left, box.top, box.bottom), (box.right, box.top, box.bottom)]
            sheet.rules(stretch.hatching(edges, step=3.4 * unit), Stroke(palette.worse, 0.9 * unit))
        case "added":
            sheet.boxes([box], palette.new)
        case "removed":
            sheet.boxes([box], palette.tint(palette.unchanged, 0.55))
        case "stated_better":
            sheet.boxes([box], palette.paper, opacity=0.0, stroke=Stroke(palette.better, unit))
        case "stated_worse":
            sheet.boxes([box], palette.paper, opacity=0.0, stroke=Stroke(palette.worse, unit))
            inner = box.grown(-min(1.8 * unit, 0.4 * (box.right - box.left)), -1.8 * unit)
            sheet.boxes([inner], palette.paper, opacity=0.0, stroke=Stroke(palette.worse, 0.7 * unit))
        case "remainder":
            dotted = Stroke(palette.muted, 1.1 * unit, dash=(1.1 * unit, 1.5 * unit))
            sheet.boxes([box], palette.paper, opacity=0.0, stroke=dotted)
        case _:
            dashed = Stroke(palette.muted, 0.9 * unit, dash=(3.2 * unit, 1.9 * unit))
            sheet.boxes([box], palette.paper, opacity=0.0, stroke=dashed)


def _box(item: Item, sheet: Sheet, frame: Frame) -> Box:
    half = BAR * sheet.em / 2
    left, right = sorted((frame.x(item.row.start), frame.x(item.row.end)))
    return Box(left, item.middle - half, right, item.middle + half)


def _whisker(item: Item, sheet: Sheet, frame: Frame) -> None:
    """The interval of the end of a bar, pale-edged so that it shows on a solid bar too."""
    row, palette, unit = item.row, sheet.palette, sheet.unit
    if row.low is None or row.high is None:
        return
    left, right = (frame.x(min(max(end, frame.x_low), frame.x_high)) for end in (row.low, row.high))
    segments = _capped(left, right, item.middle, unit)
    if row.sure and row.end >= row.start:
        sheet.rules(segments, Stroke(palette.paper, 2.4 * unit, opacity=0.8))
    sheet.rules(segments, Stroke(palette.ink if row.sure else palette.muted, unit))


def _capped(left: float, right: float, middle: float, unit: float) -> list[Segment]:
    cap = 2.3 * unit
    return [(left, middle, right, middle)] + [(end, middle - cap, end, middle + cap) for end in (left, right)]


def _bracket(item: Item, sheet: Sheet) -> None:
    """A bracket before the names of steps that cannot be told apart."""
    if item.bracket is None:
        return
    _brace(sheet, 0.25 * sheet.em, *item.bracket)


def _brace(sheet: Sheet, x: float, top: float, bottom: float) -> None:
    reach = 0.35 * sheet.em
    segments = [(x, top, x, bottom), (x, top, x + reach, top), (x, bottom, x + reach, bottom)]
    sheet.rules(segments, Stroke(sheet.palette.text, 1.1 * sheet.unit))
