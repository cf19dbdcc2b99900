"""What happened when, above a plot: the go-live by name, steps and events by name or by number with a key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from valueviz.render.charts.axes import kept_inside
from valueviz.render.charts.lettering import plain_lines, spread
from valueviz.render.charts.sheet import Box, Frame, Sheet, Stroke, Word
from valueviz.story.blocks import Rule

_NUMBERS = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
TITLE_CLEARANCE = 1.0
"""Least distance of an axis title's baseline from the plot, in type sizes: half a grid label rises above it."""
LANE = 1.35
"""Height of a row of labels, in type sizes."""


@dataclass(frozen=True, slots=True)
class Head:
    """The labels over a plot, with baselines counted from the top of the head.

    `marks` pairs each step or event with its word; `key` explains the numbers, empty where names fit.
    """

    go_live: tuple[tuple[Rule, Word], ...]
    marks: tuple[tuple[Rule, Word], ...]
    key: tuple[Word, ...]
    height: float
    key_height: float

    def title_place(self, width: float, em: float) -> tuple[float, float]:
        """Where a title of a width goes at the left edge, clear of what stands here.

        Returns:
            Its baseline and the room to add under the head, so that it stays clear of the first grid label;
            a negative baseline asks for a row of its own above the head.
        """
        words = [word for _, word in self.go_live + self.marks]
        for base in sorted({word.y for word in words}):
            if all(word.box.left > width + 2 * em for word in words):
                return base, max(0.0, TITLE_CLEARANCE * em - (self.height - base))
        return -0.5 * em, max(0.0, TITLE_CLEARANCE * em - self.height - 0.5 * em)

    def key_words(self, sheet: Sheet, top: float) -> list[Word]:
        """The key set below a chart, its first line starting at `top`."""
        return [word.moved(word.x, top + word.y, word.align) for word in self.key]


def plan(rules: Sequence[Rule], sheet: Sheet, frame: Frame) -> Head:
    """Where each label goes; nothing collides, whatever the number of rules."""
    em = sheet.em
    live = [rule for rule in rules if rule.kind == "go_live"]
    steps = sorted((rule for rule in rules if rule.kind != "go_live"), key=lambda rule: rule.x)
    first = em if live else 0.0
    go_live = tuple((rule, _beside(rule, sheet, frame, y=first)) for rule in live)
    barred = [Box(frame.x(rule.x) - 0.2 * em, -em, frame.x(rule.x) + 0.2 * em, 9 * em) for rule in live]
    second = first + LANE * em if live else em
    marks = _named(steps, sheet, frame, y=second, barred=barred)
    key: tuple[Word, ...] = ()
    if marks is None:
        marks = _numbered(steps, sheet, frame, y=second, live=live)
        key = _key(steps, sheet, left=frame.box.left)
    height = (second if steps else first) + 0.45 * em if rules else 0.0
    return Head(go_live, marks, key, height, max((word.y for word in key), default=0.0) + (0.5 * em if key else 0.0))


def draw(head: Head, sheet: Sheet, frame: Frame, *, origin: float) -> list[Word]:
    """Draws the rules into the frame and returns their labels in place, the head starting at `origin`."""
    palette, unit, em = sheet.palette, sheet.unit, sheet.em
    found: list[Word] = []
    faint = 0.38 if head.key else 0.55
    for rule, word in head.marks:
        x, foot = frame.x(rule.x), origin + word.y + 0.3 * em
        stroke = Stroke(
            palette.muted, 0.9 * unit, dash=(0.9 * unit, 1.6 * unit) if rule.kind == "step" else (3 * unit, 1.6 * unit)
        )
        middle = (word.box.left + word.box.right) / 2
        bend = middle if abs(middle - x) < 2.5 * em else x
        sheet.rules([(bend, foot, x, frame.box.top)], Stroke(palette.unchanged, 0.7 * unit))
        sheet.rules(
            [(x, frame.box.top, x, frame.box.bottom)], Stroke(stroke.colour, stroke.width, stroke.dash, opacity=faint)
        )
        if rule.kind == "event":
            sheet.spots(
                [(x, frame.box.top)],
                shape="diamond",
                size=5 * unit,
                fill=palette.muted,
                stroke=Stroke(palette.paper, 0.6 * unit),
            )
        found.append(word.moved(word.x, origin + word.y, word.align))
    for rule, word in head.go_live:
        x = frame.x(rule.x)
        sheet.rules([(x, origin, x, frame.box.bottom)], Stroke(palette.ink, 1.2 * unit))
        found.insert(0, word.moved(word.x, origin + word.y, word.align))
    return found


def _beside(rule: Rule, sheet: Sheet, frame: Frame, *, y: float) -> Word:
    """The name of a go-live to the right of its rule, or to the left where it would leave the sheet."""
    em, x = sheet.em, frame.x(rule.x)
    right = Word(rule.label, x + 0.4 * em, y, em, sheet.palette.ink, bold=True)
    return right if right.box.right <= sheet.width else kept_inside(right.moved(x - 0.4 * em, y, "right"), sheet)


def _named(
    steps: Sequence[Rule], sheet: Sheet, frame: Frame, *, y: float, barred: Sequence[Box]
) -> tuple[tuple[Rule, Word], ...] | None:
    """Every step by its name on one row, or None where one would collide."""
    found: list[tuple[Rule, Word]] = []
    taken = list(barred)
    for rule in steps:
        centred = Word(rule.label, frame.x(rule.x), y, sheet.em, sheet.palette.muted, align="center")
        word = kept_inside(centred, sheet)
        if any(word.box.overlaps(box, gap=0.4 * sheet.em) for box in taken):
            return None
        found.append((rule, word))
        taken.append(word.box)
    return tuple(found)


def _numbered(
    steps: Sequence[Rule], sheet: Sheet, frame: Frame, *, y: float, live: Sequence[Rule]
) -> tuple[tuple[Rule, Word], ...]:
    """Every step by a number, moved apart on each side of the go-live."""
    em, places = sheet.em, [frame.x(rule.x) for rule in steps]
    split = frame.x(live[0].x) if live else frame.box.left - em
    left = [place for place in places if place < split]
    right = [place for place in places if place >= split]
    moved = spread(left, gap=1.2 * em, low=0.6 * em, high=split - 0.8 * em)
    moved += spread(right, gap=1.2 * em, low=split + 0.8 * em, high=sheet.width - 0.6 * em)
    return tuple(
        (rule, Word(_number(rank), place, y, em, sheet.palette.text, align="center"))
        for rank, (rule, place) in enumerate(zip(steps, moved, strict=True))
    )


def _key(steps: Sequence[Rule], sheet: Sheet, *, left: float) -> tuple[Word, ...]:
    """Number and name of every step in rows."""
    em = sheet.em
    found: list[Word] = []
    x, y = left, em
    for rank, rule in enumerate(steps):
        text = plain_lines(f"{_number(rank)}\u00a0{rule.label}", size=em, width=sheet.width - left, most=1)[0]
        word = Word(text, x, y, em, sheet.palette.muted)
        if word.box.right > sheet.width and x > left:
            x, y = left, y + 1.4 * em
            word = word.moved(x, y, "left")
        found.append(word)
        x += word.width + 1.4 * em
    return tuple(found)


def _number(rank: int) -> str:
    return _NUMBERS[rank] if rank < len(_NUMBERS) else str(rank + 1)
