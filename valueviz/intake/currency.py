"""Columns that say in which currency a row is: by their headers, or because their cells are nothing else.

Such a column is never passed over: an amount in another currency than that of its metric is rejected, for what it
would be in that one depends on a rate that nobody stated. What is not measured in money does not mind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from valueviz.catalog.pack import plain_header
from valueviz.engine.judgement import Cell, Combination
from valueviz.engine.staging import Staging
from valueviz.intake.plan import Plan, Vocabulary
from valueviz.intake.unit import conversion, currency_of, is_currency

_HEADERS = frozenset(
    plain_header(name)
    for name in (
        *("币种", "货币", "币别", "币种代码", "货币代码", "货币种类", "币种名称", "交易币种", "结算币种", "原币币种"),
        *("currency", "currency code", "cur", "curr", "crcy", "ccy", "transaction currency", "document currency"),
        *("Währung", "Waehrung", "Währungsschlüssel", "devise", "monnaie", "moneda", "valuta"),
    )
)
"""Headers of a column that states the currency of each row."""


_CODE = re.compile("[A-Z]{3}")


def currency_columns(plan: Plan, columns: Sequence[Sequence[str]]) -> tuple[int, ...]:
    """The columns that state the currency of each row: so headed, or with cells that are all currencies.

    Args:
        plan: which columns measure; these state none.
        columns: the first cells of each column.
    """
    measuring = {plan.date, plan.end, plan.volume, plan.metric, plan.unit, *(cell.place for cell in plan.cells)}
    found = []
    for at, name in enumerate(plan.header):
        cells = {cell.strip() for cell in columns[at] if cell.strip()}
        headed = plain_header(name) in _HEADERS and (not cells or any(map(_may_be, cells)))
        if at not in measuring and (headed or (cells and all(map(is_currency, cells)))):
            found.append(at)
    return tuple(found)


def _may_be(cell: str) -> bool:
    """Whether a cell under such a header is a currency, be it one we do not know."""
    return is_currency(cell) or _CODE.fullmatch(cell) is not None


def money_of(metrics: Iterable[str], words: Vocabulary) -> dict[str, str]:
    """Of the metrics that are measured in money their currency."""
    units = {key: words.metrics[key].unit.partition("/")[0] for key in metrics if key in words.metrics}
    return {key: unit for key, unit in units.items() if currency_of(unit) is not None}


def reject_others(
    stage: Staging, plan: Plan, words: Vocabulary, *, cells: Sequence[Cell], combinations: Sequence[Combination]
) -> None:
    """Reject the amounts of a judged table that are in another currency than their metric."""
    spoken = {each.metric for each in combinations if each.metric is not None}
    for number, cell in enumerate(cells if plan.currencies else ()):
        for metric, kept in money_of(sorted({cell.metric} if cell.metric else spoken), words).items():
            stage.refuse_currency(number, metric=metric, told=_others(plan, kept, combinations))


def _others(plan: Plan, kept: str, combinations: Sequence[Combination]) -> list[tuple[int, int, str]]:
    """The combinations that state another currency than the one kept: number, place and word."""
    found = []
    for number, each in enumerate(combinations):
        stated = ((at, each.words[plan.words.index(at)]) for at in plan.currencies)
        other = next(((at, word) for at, word in stated if word.strip() and conversion(word, kept) != 1), None)
        if other is not None:
            found.append((number, *other))
    return found
