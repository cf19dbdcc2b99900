"""What was found among the rows of a file, as findings: each with its metric, its first lines and what repairs it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from valueviz.analysis.quality.rule import finding
from valueviz.engine.profile import LINES, Profile, Stray
from valueviz.terms import Finding

SEASONAL_ROWS = 200
"""Rows of one metric and unit that stand out up to which a season is looked for: a longer list is one of events."""


def row_findings(profile: Profile) -> tuple[Finding, ...]:
    """The findings about the rows of a file, metric by metric."""
    return (
        *_strays(profile.strays),
        *_repeats(profile),
        *(
            finding("constant_column", metric=metric, count=rows, value=value)
            for metric, value, rows in profile.constants
        ),
        *(
            finding("future_dates", metric=metric, count=count, rows=rows, last=last.isoformat())
            for metric, count, rows, last in profile.future
        ),
    )


def _repeats(profile: Profile) -> Iterator[Finding]:
    for each in profile.repeats:
        if each.same:
            yield finding("duplicate_rows", metric=each.metric, count=each.same, rows=each.same_lines)
        if each.differing:
            yield finding("repeated_rows", metric=each.metric, count=each.differing, rows=each.differing_lines)


def _strays(strays: Sequence[Stray]) -> Iterator[Finding]:
    """Rows in another unit and rows that just stand out, those of a season left out."""
    for metric, several in groupby(strays, key=lambda each: each.metric):
        rows = list(several)
        slips = _unexpected([each for each in rows if each.power is not None])
        if slips:
            factor = 10.0 ** max(abs(each.power or 0) for each in slips)
            yield finding("row_unit_slips", metric=metric, count=len(slips), rows=_lines(slips), factor=factor)
        far = _unexpected([each for each in rows if each.power is None])
        if far:
            yield finding("row_outliers", metric=metric, count=len(far), rows=_lines(far))


def _unexpected(rows: list[Stray]) -> list[Stray]:
    """The rows that do not come back in another year, unit by unit."""
    if not rows:
        return []
    from valueviz.analysis.quality.robust import returns  # brings arrays along, which most files need not

    days: dict[int, set[int]] = {}
    for each in rows:
        days.setdefault(each.unit, set()).add(each.day.toordinal())
    return [
        each
        for each in rows
        if len(days[each.unit]) > SEASONAL_ROWS or not returns(each.day.toordinal(), days[each.unit], grain="day")
    ]


def _lines(rows: list[Stray]) -> tuple[int, ...]:
    return tuple(sorted({each.row for each in rows})[:LINES])
