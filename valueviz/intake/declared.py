"""The units that a text above or below a table states for all of it, and which of them is that of a column.

单位：万元、小时 states two: each belongs to the columns whose metric it fits. Where two fit one column, or one is of
the same nature but cannot be converted (美元 over yuan, working days over days), nobody can tell.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from valueviz.intake.unit import MULTIPLIERS, conversion, currency_of, is_unit, kinds_of, plain_unit

_LABEL = re.compile(
    r"(?:单位\s*(?:[:：]|均?为|是)?|\bunits?\s*:)\s*(?=(?P<rest>[^()\[\]【】（）。]{1,60}))", re.IGNORECASE
)
_AMOUNT = re.compile(
    r"[(\[【（]\s*(?:in\s+)?(?P<unit>[^()\[\]【】（）]{1,30}?)\s*[)\]】）]|\bin\s+(?P<en>[^()\[\],;。]{1,30})",
    re.IGNORECASE,
)
_PARTS = re.compile(r"[、,，;；/|和及]|\band\b")
_NATURE = re.compile(r"^(?:人民币|RMB|金额|货币|费用|时间|时长)\s*[:：]?\s*(?=\S)", re.IGNORECASE)
_SPELLED = frozenset(word for word in MULTIPLIERS if word.isascii() and len(word) > 2)
_TIME = frozenset({"time", "working time", "effort in days", "effort in hours", "effort in months"})


@dataclass(frozen=True, slots=True)
class TableUnit:
    """A unit stated for a whole table; "(in thousands)" speaks of `money` only."""

    unit: str
    money: bool = False

    def factor(self, kept: str) -> Fraction | None:
        """How many of a metric's own unit it is, None where it does not fit."""
        return None if self.money and currency_of(kept) is None else conversion(self.unit, kept)


def table_units(above: Iterable[str], below: Iterable[str] = ()) -> tuple[TableUnit, ...]:
    """The units that the titles above a table and the notes below it state.

    >>> [each.unit for each in table_units(["单位：万元、小时"])], table_units(["(in thousands)"])
    (['万元', '小时'], (TableUnit(unit='thousands', money=True),))
    >>> [each.unit for each in table_units([], ["注：单位为万元"])], table_units(["使用单位：苏州工厂"])
    (['万元'], ())
    """
    found = [TableUnit(unit) for text in (*above, *below) for unit in _labelled(text)]
    found += [TableUnit(unit, money=True) for text in above for unit in _amounts(text)]
    return tuple({plain_unit(each.unit): each for each in reversed(found)}.values())[::-1]


def fitting(units: Iterable[TableUnit], kept: str) -> tuple[tuple[Fraction | None, str], ...]:
    """Factor and word of every unit of a table that may be that of a metric; no factor where it cannot be converted.

    >>> fitting(table_units(["单位：万元、小时"]), "hour"), fitting(table_units(["单位：元、万元"]), "CNY")
    (((Fraction(1, 1), '小时'),), ((Fraction(1, 1), '元'), (Fraction(10000, 1), '万元')))
    """
    units = tuple(units)
    factors = {factor: each.unit for each in units if (factor := each.factor(kept)) is not None}
    if factors:
        return tuple(factors.items())
    return tuple((None, each.unit) for each in units if _is_alike(each.unit, kept))[:1]


def _is_alike(unit: str, kept: str) -> bool:
    """Whether both are money, or both are time."""
    if currency_of(kept) is not None:
        return currency_of(unit) is not None
    return bool(kinds_of(unit) & _TIME and kinds_of(kept) & _TIME)


def _labelled(text: str) -> Iterator[str]:
    """The units behind 单位：, up to the first word that is none."""
    for found in _LABEL.finditer(unicodedata.normalize("NFKC", text)):
        for part in _PARTS.split(found["rest"]):
            word = part.strip()
            whole = [each for each in (word, _NATURE.sub("", word)) if is_unit(each)]
            first = [each for each in (*whole, *word.split()[:1]) if is_unit(each)]
            yield from first[:1]
            if not whole:
                break


def _amounts(text: str) -> Iterator[str]:
    """The unit of money a title states without calling it one: (千元), (in thousands), in Tsd. EUR."""
    folded = unicodedata.normalize("NFKC", text).strip()
    found = [each["unit"] or each["en"] for each in _AMOUNT.finditer(folded)]
    for word in (folded, *found):
        unit = re.sub(r"\s+of\s+", " ", _NATURE.sub("", word.strip()), flags=re.IGNORECASE)
        for each in (unit, " ".join(reversed(unit.split()))):
            if currency_of(each) is not None or plain_unit(each) in _SPELLED:
                yield each
                break
