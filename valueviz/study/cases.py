"""The cases behind the study of a process: which filters its log knows, the cases they leave, the events of one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

from valueviz.analysis.process.log import CaseAttribute, CaseRow, Cut, EventRow, Variant
from valueviz.errors import UsageError
from valueviz.store import Client
from valueviz.study.client_processes import log_cut
from valueviz.terms import Engagement, Question, Window

__all__ = ["CaseRow", "Cases", "Choices", "EventRow", "Variant", "cases", "choices", "events", "sites"]

T = TypeVar("T")

SITE = "site"
"""The attribute under which a log offers its sites."""

FEWEST_LEVELS, MOST_LEVELS = 2, 50
"""Levels of an attribute that is worth a filter: of one level nothing can be chosen, of many nobody does."""

VARIANTS = 12
"""Ways through the process that are offered, the most taken ones."""

MOST_CASES = 200
"""Cases that are listed, the slowest ones: a person looks at them one by one."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What the log of a client can be narrowed to.

    `first` and `last` are the days of its first and last stamp. `attributes` pairs each attribute of cases with its
    levels, the most frequent first. `resources`: it says who did what.
    """

    first: date | None
    last: date | None
    sites: tuple[str, ...]
    attributes: tuple[tuple[str, tuple[str, ...]], ...]
    variants: tuple[Variant, ...]
    resources: bool


@dataclass(frozen=True, slots=True)
class Cases:
    """The slowest cases that a question leaves, and how many it leaves in all."""

    rows: tuple[CaseRow, ...]
    count: int


def choices(client: Client) -> Choices | None:
    """What the log of a client can be narrowed to; None where none was imported."""
    from valueviz.engine.log import reading

    def read(database: Path) -> Choices:
        with reading(database, Cut()) as log:
            summary = log.summary()
            named = [each.name for each in summary.attributes if _is_choice(each)]
            levels = {name: tuple(level for level, _ in log.levels(name, most=MOST_LEVELS)) for name in named}
            return Choices(
                first=summary.first.date() if summary.first else None,
                last=summary.last.date() if summary.last else None,
                sites=log.sites(),
                attributes=tuple((name, found) for name, found in levels.items() if set(found) != set(log.sites())),
                variants=log.variants(top=VARIANTS),
                resources=summary.resources,
            )

    return client.ask_process(read)


def sites(client: Client) -> tuple[str, ...]:
    """The sites that the event logs of a client name, sorted; none where there is no log."""
    known = choices(client)
    return known.sites if known is not None else ()


def cases(client: Client, question: Question, *, edge: tuple[str, str] | None = None) -> Cases:
    """The slowest cases that a question leaves.

    Args:
        client: whose log it is.
        question: with its filters.
        edge: only cases that walk from one activity straight to another.

    Raises:
        UsageError: `no_log` where none was imported.
    """
    from valueviz.engine.log import reading

    engagement = client.engagement()
    cut = _parted(log_cut(engagement, question, bounds=_window(question, engagement)))

    def read(database: Path) -> Cases:
        with reading(database, cut) as log:
            return Cases(log.cases(edge=edge, limit=MOST_CASES), log.summary().cases)

    return _asked(client, read)


def events(client: Client, case: str) -> tuple[EventRow, ...]:
    """The events of one case in order.

    Raises:
        UsageError: `no_log`.
    """
    from valueviz.engine.log import reading

    def read(database: Path) -> tuple[EventRow, ...]:
        with reading(database, Cut()) as log:
            return log.events(case)

    return _asked(client, read)


def _is_choice(attribute: CaseAttribute) -> bool:
    return attribute.name != SITE and FEWEST_LEVELS <= attribute.levels <= MOST_LEVELS


def _asked(client: Client, read: Callable[[Path], T]) -> T:
    found = client.ask_process(read)
    if found is None:
        raise UsageError("no_log", client=client.key)
    return found


def _window(question: Question, engagement: Engagement) -> Window | None:
    """The days in which cases may begin, as the report counts them: from the baseline on, up to the as-of date."""
    window = question.window or Window(date.min, date.max)
    start = max(window.start, engagement.baseline.start if engagement.baseline else date.min)
    end = min(window.end, question.as_of or date.max)
    return None if (start, end) == (date.min, date.max) else Window(start, end)


def _parted(cut: Cut) -> Cut:
    """The cut with a period on either side of go-live, so that each case says on which side it began."""
    if cut.go_live is None:
        return cut
    bounds = cut.window or Window(date.min, date.max)
    last = cut.go_live - timedelta(days=1)
    if bounds.start > last or bounds.end < cut.go_live:
        return cut
    return replace(cut, before=Window(bounds.start, last), after=Window(cut.go_live, bounds.end))
