"""Rows that sum or average the rows beside them, period after period, under a label that is blank or always the same.

Two parts are enough here, for the same label must add up in at least three groups of one metric, date and other
labels, and on most of them. A label that is no odd one must besides prove that it does not merely run along.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import fsum

from valueviz.intake.addition import MOSTLY, Line
from valueviz.intake.amount import plain_text
from valueviz.intake.total import is_odd

GROUPS = 3
"""Fewer groups agree by chance."""

PARTS = 2
"""With one part only, two sites that measure the same would be taken for each other's total."""

DIGITS_ODD, DIGITS_ANY = 4, 9
"""Significant digits that must agree, over distinct numbers: where the label is blank or names the whole, and elsewhere."""

MOST_ROWS_BESIDE = 60
"""Rows of one group up to which any label may be the total; in a longer one it has to be odd."""


@dataclass(frozen=True, slots=True)
class Beside:
    """Lines that sum those beside them, and which of them truly add up."""

    rows: frozenset[int] = frozenset()
    agreed: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class _Entry:
    """A line under one of its labels; of a table with a column a period, one of its numbers."""

    line: Line
    label: str
    values: tuple[float | None, ...]

    @property
    def is_filled(self) -> bool:
        """Whether anything was measured."""
        return any(value is not None for value in self.values)


_Group = list[_Entry]


def totals_beside(lines: Sequence[Line]) -> Beside:
    """The lines that sum or average the others of their metric, date and other labels, most times they occur."""
    open_lines = [line for line in lines if line.labels and not line.labelled]
    rows: set[int] = set()
    agreed: set[int] = set()
    for at in range(max((len(line.labels) for line in open_lines), default=0)):
        groups = list(_groups(open_lines, at))
        for label in _candidates(groups):
            found = _of_label(groups, label)
            rows |= found.rows
            agreed |= found.agreed
    return Beside(frozenset(rows), frozenset(agreed))


def _groups(lines: Sequence[Line], at: int) -> Iterator[_Group]:
    """The lines of one metric, date and all labels but one; each column by itself where columns are periods."""
    by_column = all(line.date is None for line in lines)
    groups: dict[object, _Group] = defaultdict(list)
    for line in lines:
        if line.date is None and not by_column:
            continue
        key = (line.metric, line.date, line.labels[:at], line.labels[at + 1 :])
        label = plain_text(line.labels[at]).casefold()
        if not by_column:
            groups[key].append(_Entry(line, label, line.values))
            continue
        for column, value in enumerate(line.values):
            if value is not None:
                groups[key, column].append(_Entry(line, label, (value,)))
    yield from groups.values()


def _candidates(groups: Sequence[_Group]) -> list[str]:
    """Labels that may be those of totals: odd ones, and those that stand in every group in which a total can."""
    large = [{each.label for each in group} for group in groups if len(group) > PARTS]
    if len(large) < GROUPS:
        return []
    small = max(map(len, large)) <= MOST_ROWS_BESIDE
    odd = {label for labels in large for label in labels if is_odd(label)}
    return sorted(odd) or (sorted(set.intersection(*large)) if small else [])


def _of_label(groups: Sequence[_Group], label: str) -> Beside:
    """The lines of a label, where it adds up the lines beside it."""
    pairs = []
    for group in groups:
        own = [each for each in group if each.label == label]
        parts = [each for each in group if each.label != label and not is_odd(each.label) and each.is_filled]
        if len(own) == 1 and parts and own[0].is_filled:
            pairs.append((own[0], parts))
    tried = [(own, parts) for own, parts in pairs if len(parts) >= PARTS]
    if len(tried) < GROUPS:
        return Beside()
    steps = _roundings([own for own, _ in tried])
    adding = [(own, parts) for own, parts in tried if _adds_up(own, parts, steps, odd=is_odd(label))]
    if len(adding) < max(GROUPS, MOSTLY * len(tried)) or not _is_proof(adding, odd=is_odd(label)):
        return Beside()
    failing = {own.line.row for own, _ in tried} - {own.line.row for own, _ in adding}
    return Beside(
        frozenset(own.line.row for own, _ in pairs), frozenset(own.line.row for own, _ in pairs) - frozenset(failing)
    )


def _roundings(entries: Sequence[_Entry]) -> list[float]:
    """Half of the last digit to which the numbers of each column are written."""
    columns = zip(*(each.values for each in entries), strict=True)
    places = [max((_decimals(value) for value in column if value is not None), default=0) for column in columns]
    return [0.5 * 10.0**-place for place in places]


def _decimals(value: float) -> int:
    """Decimals of a number as written.

    >>> _decimals(1203.45), _decimals(500.0), _decimals(1e-7)
    (2, 0, 7)
    """
    text, _, power = repr(value).removesuffix(".0").partition("e")
    return max(0, len(text.partition(".")[2].removesuffix("0")) - int(power or 0))


def _adds_up(own: _Entry, parts: Sequence[_Entry], steps: Sequence[float], *, odd: bool) -> bool:
    """Whether every number is the sum of the parts, their mean, or their mean weighted by volume."""
    proved = False
    for at, value in enumerate(own.values):
        if value is None:
            continue
        pairs = [(each.values[at], each.line.weight) for each in parts]
        numbers = [number for number, _ in pairs if number is not None]
        if not numbers:
            return False
        room = steps[at] * (1 + 1e-6) + 1e-9 * max(map(abs, (*numbers, value)))
        if not any(abs(value - other) <= room for other in _totals(numbers, pairs, odd=odd)):
            return False
        proved = proved or len(numbers) >= PARTS
    return proved


def _totals(
    numbers: Sequence[float], pairs: Iterable[tuple[float | None, float | None]], *, odd: bool
) -> Iterator[float]:
    """What a total of numbers may be; a mean of equal ones proves nothing, nor does under any label one part alone."""
    if odd or sum(number != 0 for number in numbers) > 1:
        yield fsum(numbers)
    if min(numbers) < max(numbers):
        yield fsum(numbers) / len(numbers)
        weighed = [(number, weight) for number, weight in pairs if number is not None and weight]
        if len(weighed) == len(numbers):
            yield fsum(number * weight for number, weight in weighed) / fsum(weight for _, weight in weighed)


def _is_proof(adding: Sequence[tuple[_Entry, Sequence[_Entry]]], *, odd: bool) -> bool:
    """Whether the numbers that agree are too many and too long to agree by chance.

    Sites that all grow alike keep their distance or their ratio: one may be the mean or the sum of others for good.
    """
    stated = {value for own, _ in adding for value in own.values if value}
    digits = sum(len(repr(value).partition("e")[0].removesuffix(".0").replace(".", "").strip("-0")) for value in stated)
    if odd and all(_is_sum(own, parts) for own, parts in adding):
        return digits >= DIGITS_ODD
    apart, ratios = set(), set()
    for own, parts in adding:
        for at, value in enumerate(own.values):
            part = parts[0].values[at]
            if value is not None and part:
                apart.add((at, round(value - part, 6)))
                ratios.add((at, round(value / part, 3)))
    width = len(adding[0][0].values)
    return digits >= (DIGITS_ODD if odd else DIGITS_ANY) and min(len(stated), len(apart), len(ratios)) >= GROUPS * width


def _is_sum(own: _Entry, parts: Sequence[_Entry]) -> bool:
    """Whether the numbers of a line are nearer to the sums of the parts than to their means."""
    for at, value in enumerate(own.values):
        numbers = [number for each in parts if (number := each.values[at]) is not None]
        if value is not None and abs(value - fsum(numbers)) > abs(value - fsum(numbers) / len(numbers)):
            return False
    return True
