"""Which weeks answer a question about two periods: whole weeks of cases that have had the time to end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from valueviz.analysis.process.log import Weekly
from valueviz.terms import Series, Window, period_of

WEEK_DAYS = 7


@dataclass(frozen=True, slots=True)
class Weeks:
    """The weeks of two periods, as ordinals of `period_of(…, "week")`.

    Before runs from `first` to the week in front of `go_live`; from there `transition` weeks are left out (the week
    that holds days of both periods, the days between them, a declared transition), after runs on to `last`.
    """

    first: int
    go_live: int
    transition: int
    last: int

    @property
    def before(self) -> range:
        """The weeks of before."""
        return range(self.first, self.go_live)

    @property
    def after(self) -> range:
        """The weeks of after."""
        return range(self.go_live + self.transition, self.last + 1)


def weeks(before: Window, after: Window, *, transition: int = 0) -> Weeks:
    """The whole weeks of two windows of days; a week with days of both belongs to neither.

    >>> from datetime import date
    >>> weeks(Window(date(2026, 1, 5), date(2026, 2, 3)), Window(date(2026, 2, 4), date(2026, 3, 1)))
    Weeks(first=105660, go_live=105664, transition=1, last=105667)

    Args:
        before: the days before, both ends included.
        after: the days after.
        transition: further weeks to leave out from the first whole week after.
    """
    day = timedelta(days=1)
    go_live = period_of(before.end + day, "week")
    begins = period_of(after.start + (WEEK_DAYS - 1) * day, "week")
    return Weeks(
        first=period_of(before.start + (WEEK_DAYS - 1) * day, "week"),
        go_live=go_live,
        transition=begins - go_live + transition,
        last=period_of(after.end + day, "week") - 1,
    )


def within(weekly: Weekly, ordinals: Sequence[int]) -> Weekly:
    """The mature weeks of a series among `ordinals`."""
    chosen = [
        place
        for place, (week, mature) in enumerate(zip(weekly.ordinals, weekly.mature, strict=True))
        if mature and week in ordinals
    ]
    return Weekly(
        tuple(weekly.ordinals[place] for place in chosen),
        tuple(weekly.values[place] for place in chosen),
        tuple(weekly.counts[place] for place in chosen),
        tuple(True for _ in chosen),
    )


def mature_series(key: str, weekly: Weekly, *, span: Weeks) -> Series:
    """The weeks of two periods and between them as a series weighed by the observations behind each."""
    kept = within(weekly, range(span.first, span.last + 1))
    return Series(key, "week", kept.ordinals, kept.values, tuple(float(count) for count in kept.counts))
