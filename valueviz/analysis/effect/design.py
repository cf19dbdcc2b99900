"""What is asked of a series and which of its points can answer: go-live, season, scale, usable points.

It decides from what the data hold and what was declared, never from which answer is larger.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from valueviz.analysis.effect.noise import FloatArray
from valueviz.errors import UsageError
from valueviz.terms import Better, Grain, Scale, Series

YEAR_OF_WEEKS = 52.18
"""Weeks in a year: 365.25 / 7, as the contracts write it."""
WEEKS_FOR_SEASON = 104
"""Weeks before go-live from which a year's season and a change at go-live can be told apart."""
VOLUME_RANGE = math.log(1e9)
"""Volumes further from their median than this factor count as if they were just there: beyond it a point weighs
nothing or everything, and only rounding would differ."""
WEEK_DAYS = 7


@dataclass(frozen=True, slots=True)
class Design:
    """How an effect is to be estimated.

    `go_live` is the ordinal of the first period after (None: never), in the grain of the series;
    `transition` periods from there are left out. `season` "auto" or a declared number of periods
    (1 = declared without season). `holiday` is a share a period, aligned with `Series.ordinals`.
    `events` are ordinals of other things that happened. `share` says that values are shares, to be
    modelled as they are. `chosen` is True where a person chose the method (grade C at best).
    """

    go_live: int | None
    better: Better = "lower"
    transition: int = 0
    scale: Literal["auto", "log", "identity"] = "auto"
    season: float | Literal["auto"] = "auto"
    holiday: tuple[float, ...] | None = None
    events: tuple[int, ...] = ()
    share: bool = False
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Sample:
    """The usable points of a series, split at go-live, with what was left out and why.

    `expected` and `missing` count periods (before, after) outside the transition; `excluded` lists
    ordinals with the reason missing, no_volume or transition. `span_before` is the number of periods
    from the first usable point to go-live.
    """

    ordinals: tuple[int, ...]
    values: tuple[float, ...]
    root_weights: FloatArray | None
    holiday: tuple[float, ...] | None
    n_before: int
    n_after: int
    expected: tuple[int, int]
    missing: tuple[int, int]
    excluded: tuple[tuple[int, str], ...]
    span_before: int

    @property
    def after_values(self) -> tuple[float, ...]:
        """The usable values from go-live on."""
        return self.values[self.n_before :]


def sample(series: Series, design: Design) -> Sample:
    """The usable points of a series under a design."""
    go_live = math.inf if design.go_live is None else design.go_live
    first_after = go_live + design.transition
    usable, excluded = [], []
    for position, ordinal in enumerate(series.ordinals):
        reason = _unusable(series, position)
        if go_live <= ordinal < first_after:
            excluded.append((ordinal, "transition"))
        elif reason is not None:
            excluded.append((ordinal, reason))
        else:
            usable.append(position)
    excluded += [(ordinal, "missing") for ordinal in _gaps(series) if not go_live <= ordinal < first_after]
    ordinals = tuple(series.ordinals[position] for position in usable)
    n_before = sum(ordinal < go_live for ordinal in ordinals)
    expected = _expected_periods(series, go_live=go_live, first_after=first_after)
    n_after = len(ordinals) - n_before
    end = min(go_live, ordinals[-1] + 1) if ordinals else 0
    return Sample(
        ordinals=ordinals,
        values=tuple(_number(series.values[position]) for position in usable),
        root_weights=_root_weights(series, usable),
        holiday=None if design.holiday is None else tuple(design.holiday[position] for position in usable),
        n_before=n_before,
        n_after=n_after,
        expected=expected,
        missing=(expected[0] - n_before, expected[1] - n_after),
        excluded=tuple(sorted(excluded)),
        span_before=int(end) - ordinals[0] if n_before else 0,
    )


LISTED_GAPS = 10_000
"""Periods without a row are listed one by one up to this many; beyond, the series is refused for them anyway."""


def _gaps(series: Series) -> list[int]:
    """The periods between the first and the last row that have no row, weekdays never seen left out."""
    ordinals = series.ordinals
    if not ordinals or ordinals[-1] - ordinals[0] + 1 - len(ordinals) > LISTED_GAPS:
        return []
    absent = sorted(set(range(ordinals[0], ordinals[-1] + 1)) - set(ordinals))
    if series.grain != "day":
        return absent
    seen = {ordinal % WEEK_DAYS for ordinal in ordinals}
    return [ordinal for ordinal in absent if ordinal % WEEK_DAYS in seen]


def _unusable(series: Series, position: int) -> str | None:
    value = series.values[position]
    if value is None or not math.isfinite(value):
        return "missing"
    if series.volumes is not None:
        volume = series.volumes[position]
        if volume is None or not math.isfinite(volume) or volume <= 0:
            return "no_volume"
    return None


def _number(value: float | None) -> float:
    if value is None:
        raise TypeError("a usable point has a value")
    return float(value)


def _root_weights(series: Series, usable: list[int]) -> FloatArray | None:
    if series.volumes is None or not usable:
        return None
    volumes = np.array([_number(series.volumes[position]) for position in usable])
    # through logarithms: volumes of 1e-300 and 1e300 are numbers too
    logs = np.log(volumes)
    logs = np.clip(logs - np.median(logs), -VOLUME_RANGE, VOLUME_RANGE)
    weights: FloatArray = np.exp((logs - logs.mean()) / 2)
    return weights


def _expected_periods(series: Series, *, go_live: float, first_after: float) -> tuple[int, int]:
    """The periods (before, after) in which a value was to be expected, outside the transition.

    From the first to the last row; weekdays on which a daily series never has a value do not count.
    """
    if not series.ordinals:
        return 0, 0
    first, last = series.ordinals[0], series.ordinals[-1]
    before = (first, min(last + 1, go_live))
    after = (min(max(first, first_after), last + 1), last + 1)
    if series.grain != "day":
        return max(0, int(before[1] - before[0])), max(0, int(after[1] - after[0]))
    seen = {
        ordinal % WEEK_DAYS for position, ordinal in enumerate(series.ordinals) if _unusable(series, position) is None
    }
    return _days_on(seen, span=before), _days_on(seen, span=after)


def _days_on(weekdays: set[int], *, span: tuple[float, float]) -> int:
    if span[1] <= span[0]:
        return 0
    start, stop = int(span[0]) - 1, int(span[1]) - 1
    return sum((stop - weekday) // WEEK_DAYS - (start - weekday) // WEEK_DAYS for weekday in weekdays)


# Season and scale ────────────────────────────────────────────────────────────


def resolved_season(design: Design, *, grain: Grain, before: int) -> float | None:
    """The periods of a season; 1 where none was declared to exist, None where none can be resolved."""
    if design.season != "auto":
        if not (math.isfinite(design.season) and design.season >= 1):
            raise UsageError("bad_season", found=str(design.season))
        return float(design.season)
    match grain:
        case "month":
            return 12.0
        case "quarter":
            return 4.0
        case "day":
            return 7.0
        case "week" if before >= WEEKS_FOR_SEASON:
            return YEAR_OF_WEEKS
        case _:
            return None


def resolved_scale(design: Design, values: tuple[float, ...]) -> Scale:
    """The scale of the model: as declared, else logarithmic where all values are positive and no shares.

    Values that all lie within 0–1 are taken for shares. Small counts that hold zeros stay as they are.
    """
    if design.scale != "auto":
        return design.scale
    share = design.share or all(0 <= value <= 1 for value in values)
    return "log" if values and not share and min(values) > 0 else "identity"


# Columns ─────────────────────────────────────────────────────────────────────


def season_columns(ordinals: FloatArray, season: float | None) -> list[FloatArray]:
    """Two harmonics for long seasons, indicators for seasons of 7 and of at most 4 periods."""
    if season is None or season <= 1:
        return []
    if season == WEEK_DAYS or season in (2.0, 3.0, 4.0):
        return [(np.mod(ordinals, season) == place).astype(np.float64) for place in range(1, int(season))]
    harmonics = range(1, min(2, math.ceil(season / 2) - 1) + 1) if season > 2 else range(0)
    return [wave(2 * np.pi * harmonic * ordinals / season) for harmonic in harmonics for wave in (np.sin, np.cos)]


def base_columns(
    ordinals: FloatArray, *, origin: float, season: float | None, holiday: FloatArray | None
) -> FloatArray:
    """Level, trend, season and holiday at some periods, shape (n, columns)."""
    at = ordinals - origin
    columns = [np.ones(len(at)), at / max(1.0, float(np.max(np.abs(at), initial=0.0)))]
    columns += season_columns(ordinals, season)
    if holiday is not None:
        columns.append(holiday)
    return np.column_stack(columns)


def independent(columns: FloatArray, *, tolerance: float = 1e-7) -> tuple[int, ...]:
    """The positions of columns that add something to those before them, in order.

    A column that others span (a weekday never observed, a holiday outside the window) is dropped.
    """
    kept: list[int] = []
    basis: list[FloatArray] = []
    for position in range(columns.shape[1]):
        column = columns[:, position]
        length = float(np.linalg.norm(column))
        rest = column
        for _ in range(2):  # twice is enough for orthogonality to rounding
            for direction in basis:
                rest = rest - direction * float(direction @ rest)
        remaining = float(np.linalg.norm(rest))
        if length > 0 and remaining > tolerance * length:
            kept.append(position)
            basis.append(rest / remaining)
    return tuple(kept)
