"""A metric of one's own, made from a header that no pack knows: its key, its unit, the metric itself."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from valueviz.catalog.mapping import UNANSWERED
from valueviz.errors import DefinitionError
from valueviz.intake.unit import conversion, with_stated_unit
from valueviz.terms import Aggregation, Better, Grain, Metric, Names

OWN_UNITS = (
    *("second", "minute", "hour", "day", "percent", "CNY", "USD", "EUR"),
    *("count", "piece", "order", "ton", "km", "kWh"),
)
"""Units as we write them, in the order in which a word of a header is tried."""

OFFERED_UNITS = (
    *("second", "minute", "hour", "day", "percent", "share", "CNY", "千元", "万元", "亿元", "USD", "EUR"),
    *("count", "piece", "order", "line", "times", "kg", "ton", "km", "kWh", "score"),
)
"""Units that are offered where a header states one of another kind."""

LONGEST_KEY = 40
"""Characters of a key made from a header."""


def new_key(header: str, *, taken: Iterable[str] = ()) -> str:
    """A key for a metric of one's own, made from a header; a number tells it from those that are taken.

    >>> new_key("Close days"), new_key("Lead time (days)"), new_key("工单关闭时长(小时)"), new_key("OEE", taken=["oee"])
    ('close_days', 'lead_time', 'metric_1', 'oee_2')
    """
    plain = unicodedata.normalize("NFKD", with_stated_unit(header)[0]).encode("ascii", "ignore").decode().casefold()
    stem = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:LONGEST_KEY].strip("_")
    stem = stem if re.match(r"[a-z]", stem) else f"metric_{stem}".rstrip("_")
    used = frozenset(taken)
    if stem != "metric" and stem not in used:
        return stem
    first = 1 if stem == "metric" else 2
    number = next(number for number in range(first, len(used) + 3) if f"{stem}_{number}" not in used)
    return f"{stem}_{number}"


def own_unit(header: str) -> str:
    """The unit of a metric of one's own, as its header states it; "?" where it states none.

    >>> own_unit("Lead time (days)"), own_unit("工单关闭时长(小时)"), own_unit("Score")
    ('day', 'hour', '?')
    """
    stated = with_stated_unit(header)[1]
    if stated is None:
        return UNANSWERED
    return next((unit for unit in OWN_UNITS if conversion(stated, unit) == 1), stated)


def new_metric(
    header: str,
    *,
    better: Better,
    aggregation: Aggregation,
    unit: str | None = None,
    grain: Grain | None = None,
    taken: Iterable[str] = (),
) -> Metric:
    """A metric of one's own, named as its header is.

    Args:
        header: of the column, or the text in a column of metrics.
        better: which way is better.
        aggregation: how its values are rolled up.
        unit: of its values; else as the header states it.
        grain: its periods; else those of the data.
        taken: keys of other metrics.

    Raises:
        DefinitionError: `key_missing`, where nobody says the unit.
    """
    key = new_key(header, taken=taken)
    kept = unit or own_unit(header)
    if kept == UNANSWERED:
        raise DefinitionError("key_missing", file="mapping", key=f"metric.{key}.unit")
    name = Names.same(with_stated_unit(header)[0])
    return Metric(key=key, name=name, unit=kept, better=better, aggregation=aggregation, grain=grain)
