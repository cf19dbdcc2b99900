"""Before → after over many metrics on one axis: names at the left, marks in the middle, values at the right.

Verdicts differ by form as well as colour: better is a solid disc on one bar, worse a square on a doubled
bar, not provable a dashed ring with a question mark on a dashed outline.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from valueviz.language import measure
from valueviz.render.charts import axes, rows
from valueviz.render.charts.lettering import balanced, breadth, lines
from valueviz.render.charts.rows import LEADING, LEAST_PLOT
from valueviz.render.charts.sheet import Box, Frame, Segment, Shape, Sheet, Stroke, Word
from valueviz.story.blocks import Dumbbell, DumbbellRow, Mark, Text

NAME_SHARE = 0.27
"""Names take at most this share of the width, then break over two lines."""
VALUES_SHARE = 0.36
"""Values take at most this share of the width, then break over two lines."""

CLOSE = 9.0
"""Marks nearer than so many strokes stand in each other's way."""
MANY, ROW, CLOSE_ROW = 9, 2.7, 2.15
"""From so many rows on they stand closer; heights of a row in type sizes."""
SPAN = 0.8
"""Breadth of the interval of a single mark."""


@dataclass(frozen=True, slots=True)
class Item:
    """A row measured: its lines of words, where they start, its band of the sheet and the line of its marks."""

    row: DumbbellRow
    name: tuple[Text, ...]
    values: tuple[Text, ...]
    verdict: tuple[Text, ...]
    top: float
    bottom: float
    middle: float
    name_base: float
    values_base: float
    verdict_base: float


@dataclass(frozen=True, slots=True)
class Columns:
    """The left edges of the columns, the gap before the verdict; `stacked` puts words above the marks of their row."""

    plot_left: float
    plot_right: float
    values: float
    verdict: float
    gap: float
    stacked: bool


def draw(block: Dumbbell, sheet: Sheet) -> float:
    """Draws the chart on the sheet and returns its height."""
    em = sheet.em
    columns = _columns(block, sheet)
    legend, legend_height = _legend(block, sheet)
    top = legend_height + rows.headroom(block.x, em)
    items = _items(block, sheet, columns, top=top)
    bottom = items[-1].bottom if items else top
    frame = Frame(Box(columns.plot_left, top, columns.plot_right, bottom), block.x.low, block.x.high)
    words = legend + _head(block, sheet, frame, columns)
    _ruling(block, sheet, frame, items, stacked=columns.stacked)
    for item in items:
        _marks(item, sheet, frame)
    sheet.words(words)
    sheet.words(word for item in items for word in _names(item, sheet))
    sheet.words(word for item in items for word in _values(item, sheet, columns))
    return bottom + 0.3 * em


# Layout ──────────────────────────────────────────────────────────────────────


def _columns(block: Dumbbell, sheet: Sheet) -> Columns:
    em, width = sheet.em, sheet.width
    name = min(max((breadth(row.label, em) for row in block.rows), default=0.0), NAME_SHARE * width)
    split = [_halves(row) for row in block.rows if not _bare(row)]
    head = max([measure(block.values_title, em, False), *(breadth(values, em) for values, _ in split)])
    tail = min(max((breadth(word, em) for _, word in split), default=0.0), 0.5 * VALUES_SHARE * width)
    gap = 1.1 * em if tail else 0.0
    most = VALUES_SHARE * width
    words = min(head + gap + tail, most)
    left, right = name + 1.4 * em, width - words - 1.4 * em
    if right - left < LEAST_PLOT * em:
        return Columns(0.8 * em, width - 0.8 * em, 0.0, width, gap, stacked=True)
    return Columns(left, right, width - words, width - tail, gap, stacked=False)


def _bare(row: DumbbellRow) -> bool:
    """Whether a row has words alone, no place on the axis."""
    return row.before is None and row.after is None


def _halves(row: DumbbellRow) -> tuple[Text, Text]:
    """The values of a row before its first strong run, and the rest: numbers and verdict word."""
    at = next((number for number, run in enumerate(row.values) if run.strong), len(row.values))
    return rows.trimmed(row.values[:at]), rows.trimmed(row.values[at:])


def _items(block: Dumbbell, sheet: Sheet, columns: Columns, *, top: float) -> list[Item]:
    found: list[Item] = []
    for row in block.rows:
        if columns.stacked:
            item = _stacked(row, sheet, columns, top=top)
        else:
            item = _beside(row, sheet, columns, top=top, tall=ROW if len(block.rows) < MANY else CLOSE_ROW)
        found.append(item)
        top = item.bottom
    return found


def _beside(row: DumbbellRow, sheet: Sheet, columns: Columns, *, top: float, tall: float) -> Item:
    """Name, marks and values of a row on one level."""
    em = sheet.em
    head, tail = _halves(row)
    name = balanced(row.label, size=em, width=columns.plot_left - 1.4 * em, most=2)
    if _bare(row):
        values, verdict = balanced(row.values, size=em, width=sheet.width - columns.values, most=3), []
    else:
        values = lines(head, size=em, width=columns.verdict - columns.values - columns.gap, most=2)
        verdict = lines(tail, size=em, width=sheet.width - columns.verdict, most=2)
    deep = max(len(name), len(values), len(verdict), 1)
    height = max(tall, LEADING * deep + tall - 1.6) * em
    middle = top + height / 2

    return Item(
        row,
        tuple(name),
        tuple(values),
        tuple(verdict),
        top=top,
        bottom=top + height,
        middle=middle,
        name_base=rows.centred(middle, len(name), em),
        values_base=rows.centred(middle, len(values), em),
        verdict_base=rows.centred(middle, len(verdict), em),
    )


def _stacked(row: DumbbellRow, sheet: Sheet, columns: Columns, *, top: float) -> Item:
    """Name, then values and verdict word, then the marks: for narrow sheets."""
    em = sheet.em
    head, tail = _halves(row)
    strong = tuple(replace(run, strong=True) for run in row.label)
    name = balanced(strong, size=em, width=sheet.width, most=2)
    verdict_width = breadth(tail, em) if head else 0.0
    values = lines(head or tail, size=em, width=sheet.width - verdict_width - em, most=2)
    below = top + 0.7 * em + LEADING * em * (len(name) + len(values))
    height = below - top + (0.5 if _bare(row) else 2.1) * em
    return Item(
        row,
        tuple(name),
        tuple(values),
        tuple([tail] if head and tail else []),
        top=top,
        bottom=top + height,
        middle=below + 0.9 * em,
        name_base=top + 1.4 * em,
        values_base=top + 1.4 * em + LEADING * em * len(name),
        verdict_base=top + 1.4 * em + LEADING * em * len(name),
    )


# Words ───────────────────────────────────────────────────────────────────────


def _names(item: Item, sheet: Sheet) -> list[Word]:
    strong = item.row.verdict in {"improved", "worse"}
    colour = sheet.palette.ink if strong else sheet.palette.text
    return rows.words(item.name, sheet, x=0.0, y=item.name_base, colour=colour)


def _values(item: Item, sheet: Sheet, columns: Columns) -> list[Word]:
    """Values, then the verdict word in the colour of its mark."""
    colour = sheet.palette.verdict_text(item.row.verdict)
    plain = sheet.palette.text if _halves(item.row)[0] else colour
    found = rows.words(item.values, sheet, x=columns.values, y=item.values_base, colour=plain)
    x = columns.verdict
    if columns.stacked and item.verdict:
        x = sheet.width - max(breadth(line, sheet.em) for line in item.verdict)
    return found + rows.words(item.verdict, sheet, x=x, y=item.verdict_base, colour=colour)


def _head(block: Dumbbell, sheet: Sheet, frame: Frame, columns: Columns) -> list[Word]:
    """Axis title over tick labels over the plot, and the title of the values."""
    words = rows.ticks(block.x, sheet, frame, title_x=0.0 if columns.stacked else frame.box.left, level=block.level)
    if not columns.stacked:
        base = frame.box.top - 0.6 * sheet.em
        words.append(Word(block.values_title, columns.values, base, sheet.em, sheet.palette.muted))
    return words


def _legend(block: Dumbbell, sheet: Sheet) -> tuple[list[Word], float]:
    """A line of real marks with their names, broken where the sheet ends; returns words and height."""
    em = sheet.em
    words: list[Word] = []
    x, y = 0.0, em
    for kind, text in block.legend:
        sample = 2.2 * em if kind in {"interval", "whisker", "span"} else 1.0 * em
        word = Word(text, x + sample + 0.4 * em, y, em, sheet.palette.muted)
        if word.box.right > sheet.width and x:
            x, y = 0.0, y + 1.45 * em
            word = word.moved(sample + 0.4 * em, y, "left")
        middle = y - 0.35 * em
        _sample(kind, sheet, Box(x, middle, x + sample, middle))
        words.append(word)
        x = word.box.right + 1.6 * em
    return words, (y + 0.9 * em if block.legend else 0.0)


def _sample(kind: Mark, sheet: Sheet, line: Box) -> None:
    """One mark of the legend, on a line of the sheet."""
    unit, palette = sheet.unit, sheet.palette
    middle, y = (line.left + line.right) / 2, line.top
    match kind:
        case "before":
            _ring(sheet, middle, y, palette.muted)
        case "interval":
            sheet.boxes([_bar(line.left, line.right, y, sheet)], palette.muted, opacity=0.4, radius=2.5 * unit)
        case "whisker" | "span":
            breadth = unit if kind == "whisker" else SPAN * unit
            sheet.rules(_whisker(line.left, line.right, y, unit), Stroke(palette.muted, breadth))
        case "beyond":
            sheet.rules(_chevron(middle, y, unit, to_right=True), Stroke(palette.muted, 1.4 * unit))
        case "unproven":
            _question(sheet, middle, y)
        case "promise":
            sheet.rules([_tick(middle, y, unit)], Stroke(palette.ink, 1.8 * unit))
        case _:
            shape, size, fill = _solid(kind, sheet)
            sheet.spots([(middle, y)], shape=shape, size=size, fill=fill, stroke=Stroke(palette.paper, 0.6 * unit))


def _solid(kind: Mark, sheet: Sheet) -> tuple[Shape, float, str]:
    """Shape, size and colour of a solid mark of the legend."""
    unit, palette = sheet.unit, sheet.palette
    found: dict[Mark, tuple[Shape, float, str]] = {
        "better": ("circle", 8 * unit, palette.better),
        "worse": ("square", 7.4 * unit, palette.worse),
        "added": ("diamond", 8 * unit, palette.new),
    }
    return found.get(kind, ("circle", 7 * unit, palette.muted))


# Marks ───────────────────────────────────────────────────────────────────────


def _ruling(block: Dumbbell, sheet: Sheet, frame: Frame, items: Sequence[Item], *, stacked: bool) -> None:
    """Hairlines between rows, the light grid and the line of no change; they keep clear of stacked words."""
    palette, unit, em = sheet.palette, sheet.unit, sheet.em
    hairline = Stroke(palette.hairline, 0.6 * unit)
    box = frame.box
    spans = [(box.top, box.bottom)]
    if stacked:
        spans = [(item.middle - 0.95 * em, item.middle + 0.95 * em) for item in items if not _bare(item.row)]
    shown = [tick.position for tick in axes.fitting(sheet, frame, block.x.ticks) if tick.position != block.level]
    sheet.rules(((frame.x(at), start, frame.x(at), end) for at in shown for start, end in spans), hairline)
    sheet.rules(((0.0, item.top, sheet.width, item.top) for item in items[1:]), hairline)
    edges = [(0.0, box.top, sheet.width, box.top), (0.0, box.bottom, sheet.width, box.bottom)]
    sheet.rules(edges, Stroke(palette.unchanged, 0.8 * unit))
    if block.level is not None and block.x.low <= block.level <= block.x.high:
        spans.insert(0, (box.top - 0.3 * em, box.top))
        x = frame.x(block.level)
        sheet.rules(((x, start, x, end) for start, end in spans), Stroke(palette.ink, unit))


def _marks(item: Item, sheet: Sheet, frame: Frame) -> None:
    """Everything between the words of a row, from the back to the front."""
    row, palette, unit, y = item.row, sheet.palette, sheet.unit, item.middle
    colour = palette.verdict(row.verdict)
    firm = row.verdict in {"improved", "worse"}
    for low, high in row.spans:
        sheet.rules(_whisker(_at(frame, low), _at(frame, high), y, unit), Stroke(palette.muted, SPAN * unit))
    if row.low is not None and row.high is not None:
        _interval(row, sheet, _bar(_at(frame, row.low), _at(frame, row.high), y, sheet))
    whisker = Stroke(colour if firm else palette.muted, unit)
    for end, bar_end in ((row.whisker_low, row.low), (row.whisker_high, row.high)):
        if end is not None:
            inner = end if bar_end is None else bar_end
            sheet.rules(_whisker(_at(frame, inner), _at(frame, end), y, unit)[::2], whisker)
    _way(row, sheet, frame, y)
    if row.promise is not None and frame.x_low <= row.promise <= frame.x_high:
        sheet.rules([_tick(_at(frame, row.promise), y, unit)], Stroke(palette.ink, 1.8 * unit))
    if row.before is not None:
        _ring(sheet, _at(frame, row.before), y, palette.muted, dashed=row.presence == "removed")
    if row.before is not None and row.after is not None and _alike(row, frame, unit):
        ends = [_at(frame, high) for _, high in row.spans]
        _both(sheet, _at(frame, row.before), _at(frame, row.after), y, beyond=max(ends, default=0.0))
    elif row.after is not None:
        _after(row, sheet, _at(frame, row.after), y)
        if not frame.x_low <= row.after <= frame.x_high:
            arrow = _chevron(_beside_end(frame, row.after, unit), y, unit, to_right=row.after > frame.x_high)
            sheet.rules(arrow, Stroke(colour if firm else palette.muted, 1.4 * unit))


def _alike(row: DumbbellRow, frame: Frame, unit: float) -> bool:
    """Whether the question mark of an unproven change of a level would hide the mark of before."""
    open_ = row.verdict not in {"improved", "worse"} and not row.stated and row.low is None
    return open_ and abs(_at(frame, row.before or 0.0) - _at(frame, row.after or 0.0)) < CLOSE * unit


def _both(sheet: Sheet, before: float, after: float, y: float, *, beyond: float) -> None:
    """Both marks where they nearly coincide: the dashed ring around the hollow one, the question mark beside them."""
    palette, unit, size = sheet.palette, sheet.unit, 0.85 * sheet.em
    dashed = Stroke(palette.muted, unit, dash=(1.9 * unit, 1.3 * unit))
    sheet.spots([(after, y)], shape="circle", size=11.5 * unit, fill=palette.paper, stroke=dashed)
    _ring(sheet, before, y, palette.muted)
    place = max(before + 4 * unit, after + 7 * unit, beyond + 1.5 * unit) + 0.1 * size
    sheet.words([Word("?", place, y + 0.36 * size, size, palette.muted, bold=True)])


def _way(row: DumbbellRow, sheet: Sheet, frame: Frame, y: float) -> None:
    """The way between the two marks: solid where it is sure, doubled for the worse, else dashed; plain where stated."""
    if row.before is None or row.after is None:
        return
    unit, palette = sheet.unit, sheet.palette
    path = (_at(frame, row.before), y, _at(frame, row.after), y)
    if row.verdict == "worse" and row.low is None:
        sheet.rules([path], Stroke(palette.worse, 4.2 * unit))
        sheet.rules([path], Stroke(palette.paper, 1.6 * unit))
    elif row.verdict in {"improved", "worse"}:
        sheet.rules([path], Stroke(palette.verdict(row.verdict), 1.6 * unit))
    elif row.low is None:
        sheet.rules([path], Stroke(palette.muted, unit, dash=() if row.stated else (2.4 * unit, 1.8 * unit)))


def _interval(row: DumbbellRow, sheet: Sheet, box: Box) -> None:
    """The 95 % bar: plain where better, doubled where worse, an open dashed outline where not provable."""
    palette, unit = sheet.palette, sheet.unit
    colour = palette.verdict(row.verdict)
    match row.verdict:
        case "improved":
            sheet.boxes([box], colour, opacity=0.3, radius=2.5 * unit)
        case "worse":
            for top in (box.top - 0.4 * unit, box.bottom - 1.8 * unit):
                sheet.boxes([Box(box.left, top, box.right, top + 2.2 * unit)], colour, opacity=0.55)
        case _:
            dashed = Stroke(palette.muted, 0.8 * unit, dash=(2.4 * unit, 1.6 * unit))
            sheet.boxes([box], colour, opacity=0.0, radius=2.5 * unit, stroke=dashed)


def _after(row: DumbbellRow, sheet: Sheet, x: float, y: float) -> None:
    palette, unit = sheet.palette, sheet.unit
    edge = Stroke(palette.paper, 0.9 * unit)
    if row.presence == "added":
        sheet.spots([(x, y)], shape="diamond", size=8.6 * unit, fill=palette.new, stroke=edge)
        return
    if row.stated:
        sheet.spots([(x, y)], shape="circle", size=8.6 * unit, fill=palette.muted, stroke=edge)
        return
    match row.verdict:
        case "improved":
            sheet.spots([(x, y)], shape="circle", size=9 * unit, fill=palette.better, stroke=edge)
        case "worse":
            sheet.spots([(x, y)], shape="square", size=8.4 * unit, fill=palette.worse, stroke=edge)
        case _:
            _question(sheet, x, y)


def _question(sheet: Sheet, x: float, y: float) -> None:
    """The dashed ring of what is not provable."""
    palette, unit = sheet.palette, sheet.unit
    dashed = Stroke(palette.muted, unit, dash=(1.9 * unit, 1.3 * unit))
    sheet.spots([(x, y)], shape="circle", size=10.5 * unit, fill=palette.paper, stroke=dashed)
    size = 0.85 * sheet.em
    sheet.words([Word("?", x, y + 0.36 * size, size, palette.muted, bold=True, align="center")])


def _ring(sheet: Sheet, x: float, y: float, colour: str, *, dashed: bool = False) -> None:
    """The hollow mark of the time before; dashed where nothing follows."""
    unit = sheet.unit
    stroke = Stroke(colour, 1.3 * unit, dash=(1.9 * unit, 1.3 * unit) if dashed else ())
    sheet.spots([(x, y)], shape="circle", size=6.6 * sheet.unit, fill=sheet.palette.paper, stroke=stroke)


def _bar(left: float, right: float, middle: float, sheet: Sheet) -> Box:
    half = 2.6 * sheet.unit
    return Box(min(left, right), middle - half, max(left, right), middle + half)


def _whisker(left: float, right: float, middle: float, unit: float) -> list[Segment]:
    cap = 2.4 * unit
    return [(left, middle, right, middle)] + [(end, middle - cap, end, middle + cap) for end in (left, right)]


def _tick(x: float, middle: float, unit: float) -> Segment:
    return x, middle - 6.5 * unit, x, middle + 6.5 * unit


def _chevron(x: float, middle: float, unit: float, *, to_right: bool) -> list[Segment]:
    """An arrow head that says: further on."""
    reach, half = (1.3 if to_right else -1.3) * unit, 2.6 * unit
    return [(x - reach, middle - half, x + reach, middle), (x - reach, middle + half, x + reach, middle)]


def _beside_end(frame: Frame, value: float, unit: float) -> float:
    """Just outside the end of the axis beyond which a value lies."""
    return _at(frame, value) + (6.6 if value > frame.x_high else -6.6) * unit


def _at(frame: Frame, value: float) -> float:
    """The place of a value; what lies outside the axis stands at its end."""
    return frame.x(min(max(value, frame.x_low), frame.x_high))
