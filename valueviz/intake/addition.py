"""Rows that sum or average others without saying so, found by arithmetic; and totals that do not add up.

Conservative, for an ordinary row may equal a sum by chance: at least three rows are summed, every number of the
row agrees, and either its label is blank or names the whole, or several columns agree to many digits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import fsum

MOST_ROWS = 20_000
"""Rows up to which sums are looked for: a longer table was written by a system, not by a person with a total below."""

SUMMED = 3
"""Fewer rows add up to the next one by chance too often."""

DIGITS_ODD, DIGITS_ANY = 3, 6
"""Significant digits that must agree, over all columns: where the label is blank or names the whole, and elsewhere."""

MOSTLY = 0.8
"""Share of its dates on which a row that names the whole must add up to be taken for a total."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row as sums are looked for.

    `metric` is None where every column has its own; `odd` where a label is blank or names the whole, or the date
    is missing, `whole` where it can name nothing else; `unit` tells rows of one label apart from others; `labelled`
    where it says itself that it sums. `labels` are all its names, `weight` its volume.
    """

    row: int
    metric: str | None
    unit: int
    date: datetime | None
    values: tuple[float | None, ...]
    odd: bool = False
    whole: bool = False
    labelled: bool = False
    labels: tuple[str, ...] = ()
    weight: float | None = None


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A total that does not add up: its line, its column by number among the values, both numbers."""

    row: int
    column: int
    stated: float
    computed: float


def unlabelled_totals(lines: Sequence[Line]) -> frozenset[int]:
    """The lines that sum or average others although their labels do not say so."""
    found: set[int] = set()
    for group in _by(lines, lambda line: line.metric):
        found |= _by_whole(group) | _by_block(group)
    return frozenset(found)


def wholes(lines: Sequence[Line]) -> frozenset[int]:
    """The lines whose label names the whole, beside parts of the same metric and date: they would count twice."""
    found = set()
    for group in _by(lines, lambda line: line.metric):
        days = _by(group, lambda line: line.date)
        parts = [sum(not line.odd and not line.labelled for line in day) for day in days]
        if max(parts) > 1:
            beside = (day for day, count in zip(days, parts, strict=True) if count)
            found |= {line.row for day in beside for line in day if line.whole and not line.labelled}
    return frozenset(found)


def mismatches(lines: Sequence[Line], *, additive: frozenset[int]) -> tuple[Mismatch, ...]:
    """Labelled totals whose numbers are neither the sum nor the mean of what stands above them or has their date.

    Args:
        lines: of one table, in order.
        additive: columns, by number, whose values may be added up.
    """
    found: list[Mismatch] = []
    if len({line.metric for line in lines if not line.labelled}) > 1:
        return ()
    days: dict[datetime | None, list[Line]] = defaultdict(list)
    for line in lines:
        if not line.labelled and line.date is not None:
            days[line.date].append(line)
    for line, block, above, totals in _blocks(lines):
        if not line.labelled:
            continue
        for column in sorted(additive):
            stated = line.values[column]
            parts = [_numbers(rows, column) for rows in (days.get(line.date, []), block, above, totals)]
            parts = [numbers for numbers in parts if len(numbers) > 1]
            if stated is not None and parts and not any(_adds_up(stated, numbers) for numbers in parts):
                computed = float(f"{fsum(parts[0]):.12g}")
                found.append(Mismatch(line.row, column, stated, computed))
    return tuple(found)


def _adds_up(stated: float, numbers: Sequence[float]) -> bool:
    return _same(stated, fsum(numbers), numbers) or _same(stated, _mean(numbers), numbers)


def _by(lines: Iterable[Line], key: object) -> list[list[Line]]:
    groups: dict[object, list[Line]] = defaultdict(list)
    for line in lines:
        groups[key(line)].append(line)  # type: ignore[operator]
    return list(groups.values())


def _blocks(
    lines: Sequence[Line], found: set[int] | None = None
) -> Iterable[tuple[Line, list[Line], list[Line], list[Line]]]:
    """Each line with the lines it may sum: those since the last total, all above, the totals above."""
    block: list[Line] = []
    above: list[Line] = []
    totals: list[Line] = []
    for line in lines:
        yield line, block, above, totals
        if line.labelled or (found and line.row in found):
            totals.append(line)
            block = []
        else:
            block.append(line)
            above.append(line)


def _by_block(lines: Sequence[Line]) -> set[int]:
    """Lines that sum the block above them, walked in order so that a total found ends its block."""
    found: set[int] = set()
    sums = _Running(len(lines[0].values))
    whole = _Running(len(lines[0].values))
    for line in lines:
        if line.labelled:
            sums = _Running(len(line.values))
            continue
        if any(_is_total_of(line, running) for running in (sums, whole)):
            found.add(line.row)
            sums = _Running(len(line.values))
            continue
        sums.add(line)
        whole.add(line)
    return found


class _Running:
    """Sums of a growing block, column by column."""

    def __init__(self, width: int) -> None:
        self.total = [0.0] * width
        self.size = [0.0] * width
        self.count = [0] * width
        self.filled = [0] * width
        self.low: list[float | None] = [None] * width
        self.high: list[float | None] = [None] * width
        self.rows = 0
        self.odd = False
        self.dates: set[datetime | None] = set()

    def add(self, line: Line) -> None:
        """One more row of the block."""
        self.rows += 1
        self.odd = self.odd or line.odd
        self.dates.add(line.date)
        for at, value in enumerate(line.values):
            if value is not None:
                self.total[at] += value
                self.size[at] += abs(value)
                self.count[at] += 1
                self.filled[at] += value != 0
                low, high = self.low[at], self.high[at]
                self.low[at] = value if low is None else min(low, value)
                self.high[at] = value if high is None else max(high, value)


def _is_total_of(line: Line, block: _Running) -> bool:
    odd = line.odd and not block.odd
    fresh = line.date is not None and line.date not in block.dates
    if (
        block.rows < SUMMED
        or (not odd and (fresh or line.date is None) and len(line.values) < 2)
        or (fresh and not odd)
    ):
        return False
    digits, columns = 0, 0
    for at, value in enumerate(line.values):
        if value is None:
            continue
        if abs(value - block.total[at]) > 1e-9 * max(block.size[at], 1e-300):
            return _is_mean_of(line, block, odd=odd)
        if block.count[at] >= SUMMED and block.filled[at] > 1:
            columns += 1
            digits += _digits(value)
    return digits >= (DIGITS_ODD if odd else DIGITS_ANY) and columns >= (1 if odd else 2)


def _is_mean_of(line: Line, block: _Running, *, odd: bool) -> bool:
    digits, columns = 0, 0
    for at, value in enumerate(line.values):
        if value is None:
            continue
        count = block.count[at]
        if not count or abs(value - block.total[at] / count) > 1e-9 * max(block.size[at], 1e-300):
            return False
        if count >= SUMMED and block.low[at] != block.high[at]:
            columns += 1
            digits += _digits(value)
    return odd and columns > 1 and digits >= DIGITS_ANY


def _by_whole(lines: Sequence[Line]) -> set[int]:
    """Lines of a label that names the whole, which add up the other lines of their date on most dates."""
    dates: dict[datetime | None, list[Line]] = defaultdict(list)
    for line in lines:
        if not line.labelled:
            dates[line.date].append(line)
    trials: dict[int, list[tuple[Line, bool, bool, int]]] = defaultdict(list)
    for group in dates.values():
        odd = [line for line in group if line.odd]
        others = [line for line in group if not line.odd]
        if len(odd) != 1 or len(others) < SUMMED:
            continue
        sums, means, digits = _agreement(odd[0], others)
        trials[odd[0].unit].append((odd[0], sums, means, digits))
    found: set[int] = set()
    for tried in trials.values():
        digits = sum(each[3] for each in tried)
        by_sum, by_mean = sum(each[1] for each in tried), sum(each[2] for each in tried)
        if (by_sum >= MOSTLY * len(tried) and digits >= DIGITS_ODD) or (
            by_mean >= MOSTLY * len(tried) and len(tried) > 1 and digits >= DIGITS_ANY
        ):
            found |= {each[0].row for each in tried}
    return found


def _agreement(line: Line, others: Sequence[Line]) -> tuple[bool, bool, int]:
    """Whether all numbers of a line are sums of others, whether all are their means, and the digits that say so."""
    sums, means, digits = True, True, 0
    for at, value in enumerate(line.values):
        numbers = _numbers(others, at)
        if value is None:
            continue
        if len(numbers) < SUMMED:
            return False, False, 0
        sums = sums and _same(value, fsum(numbers), numbers) and sum(number != 0 for number in numbers) > 1
        means = means and _same(value, _mean(numbers), numbers) and min(numbers) < max(numbers)
        digits += _digits(value)
    return sums and digits > 0, means and digits > 0, digits if sums or means else 0


def _numbers(lines: Sequence[Line], column: int) -> list[float]:
    return [value for line in lines if (value := line.values[column]) is not None]


def _mean(numbers: Sequence[float]) -> float:
    return fsum(numbers) / len(numbers)


def _same(stated: float, computed: float, numbers: Sequence[float]) -> bool:
    return abs(stated - computed) <= 1e-9 * max(fsum(map(abs, numbers)), 1e-300)


def _digits(value: float) -> int:
    """Significant digits of a number as written.

    >>> _digits(1203.4), _digits(500.0), _digits(0.5)
    (5, 3, 1)
    """
    return len(repr(value).partition("e")[0].removesuffix(".0").replace(".", "").lstrip("-0"))
