"""Columns that tell plan from actual, or a month from its running total: of such rows only some are observations."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

from valueviz.catalog import Mapping
from valueviz.catalog.mapping import UNANSWERED
from valueviz.intake.question import Told
from valueviz.intake.reading import TextTable

MOST_WORDS = 12
"""Distinct cells up to which a column can tell scenarios apart."""

MOST_ARE = 0.75
"""Share of the distinct cells that must be words of scenarios: a difference or a remark may stand among them."""

_WORDS = frozenset(
    (
        *(
            "计划",
            "实际",
            "预算",
            "目标",
            "预测",
            "实绩",
            "完成",
            "去年",
            "上年",
            "同期",
            "上年同期",
            "去年同期",
            "上期",
        ),
        *("本期", "本月", "当月", "当期", "本年", "累计", "本年累计", "年累计", "当年累计", "年初至今", "月度", "单月"),
        *("本月累计", "差异", "滚动预测", "基准", "上月", "本季", "本季累计"),
        *(
            "plan",
            "planned",
            "actual",
            "actuals",
            "budget",
            "budgeted",
            "target",
            "goal",
            "forecast",
            "fcst",
            "bud",
            "act",
        ),
        *(
            "ytd",
            "mtd",
            "qtd",
            "month",
            "monthly",
            "month to date",
            "year to date",
            "cumulative",
            "prior year",
            "py",
            "ly",
        ),
        *("last year", "previous year", "prior period", "previous period", "current", "current year", "current month"),
        *("this year", "this month", "variance", "outlook", "cy", "current period", "in month"),
        *("ist", "soll", "vorjahr", "kumuliert", "hochrechnung", "réel", "prévu", "cumul"),
    )
)
_ENDING = re.compile(r"(?:[值数额量]|口径|版本| (?:values?|figures?|version))$")


@dataclass(frozen=True, slots=True)
class Scenarios:
    """A column that tells scenarios apart, the words in it, and those that count: none while nobody said so.

    `groups` says that a person wants all of them, as groups of their own.
    """

    column: str
    words: tuple[str, ...]
    kept: tuple[str, ...] = ()
    groups: bool = False


def is_scenario(text: str) -> bool:
    """Whether a word names a scenario or a running total.

    >>> [is_scenario(text) for text in ("计划值", "YTD", "本年累计", "Year-to-date", "采购", "非计划")]
    [True, True, True, True, False, False]
    """
    plain = re.sub(r"[\s_-]+", " ", unicodedata.normalize("NFKC", text)).strip().casefold()
    return plain in _WORDS or _ENDING.sub("", plain) in _WORDS


def scenarios(table: TextTable, *, told: Told, remembered: Mapping | None) -> Iterator[Scenarios]:
    """The columns of a table that tell scenarios apart, with what was said about them.

    Args:
        table: its first rows.
        told: what a person has answered.
        remembered: the mapping of a like header.
    """
    parts, chosen = dict(told.parts), dict(told.scenarios)
    before = dict(remembered.allowed) if remembered is not None else {}
    for at, column in enumerate(table.header):
        words = _words_in(table, at)
        if not words or parts.get(column, "dimension") != "dimension":
            continue
        if column in parts:
            yield Scenarios(column, words, words, groups=True)
        elif column in chosen:
            yield Scenarios(column, words, (chosen[column],))
        else:
            kept = tuple(word for word in before.get(column, ()) if word != UNANSWERED)
            groups = remembered is not None and column in (*remembered.dimensions, *remembered.series)
            yield Scenarios(column, words, kept, groups=groups and bool(kept))


def open_scenarios(table: TextTable, mapping: Mapping) -> bool:
    """Whether a table holds scenarios that a mapping says nothing about."""
    return any(not each.kept for each in scenarios(table, told=Told(), remembered=mapping))


def counted(table: TextTable, mapping: Mapping) -> TextTable:
    """A table without the rows of scenarios that a mapping does not allow."""
    allowed = [
        (table.header.index(column), frozenset(words))
        for column, words in mapping.allowed
        if column in table.header and words != (UNANSWERED,)
    ]
    if not allowed:
        return table
    kept = [at for at, row in enumerate(table.rows) if all(row[place].strip() in words for place, words in allowed)]
    rows = tuple(table.rows[at] for at in kept)
    return replace(table, rows=rows, numbers=tuple(table.numbers[at] for at in kept) if table.numbers else ())


def _words_in(table: TextTable, at: int) -> tuple[str, ...]:
    """The distinct words of a column, where two and most of them are scenarios; else none."""
    found: dict[str, None] = {}
    for row in table.rows:
        if text := row[at].strip():
            found[text] = None
            if len(found) > MOST_WORDS:
                return ()
    known = sum(map(is_scenario, found))
    return tuple(found) if known > 1 and known >= MOST_ARE * len(found) else ()
