"""The series model of the synthetic engagements: what happens without noise, and the noise around it.

It knows no firm and no file. Every number is made of integers from Philox and of plain arithmetic, so
that equal seeds give equal values in every process and on every platform.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import Literal

from numpy.random import Philox

Grain = Literal["week", "month"]

FESTIVAL_EVES = (date(2024, 2, 9), date(2025, 1, 28), date(2026, 2, 16))
"""Lunar new year's eves of the years the engagements span (public almanac)."""

FESTIVAL_DAYS = 8
"""The festival window: new year's eve, new year's day and the six days after it."""

UNIFORMS = 12
"""So many uniforms add up to a variance of one: a near-normal draw without logarithm or cosine."""


@dataclass(frozen=True, slots=True)
class Noise:
    """What the model cannot explain: standard deviations in log points ("multiply") or units ("add").

    `common` is shared by all sites, `own` belongs to each; both are AR(1) with `rho` plus a share
    `nugget` of the variance without memory.
    """

    common: float
    own: float
    rho: float = 0.3
    nugget: float = 0.25


@dataclass(frozen=True, slots=True)
class Planted:
    """One metric of one engagement: its level per site, its course, its planted effects and its noise.

    With kind "multiply" all terms are log points, with "add" they are units of the metric. `steps`
    pairs a step's key with the effect that comes into force in the period that holds the step's date;
    `dip` holds what the first periods after go-live suffer on top; `strain` is the largest disturbance of the half-year
    after the earlier self-deployment. `volumes` are the documents or lots a period of each site rests on,
    the same in every period where `steady`. `begins` is the first day on which the metric was recorded,
    `gaps` pairs a site ("" = all) with the first day of a period without measurement. `instruments` and
    `definitions` are those before and from go-live on.
    """

    key: str
    grain: Grain
    levels: tuple[float, ...]
    noise: Noise
    kind: Literal["multiply", "add"] = "multiply"
    digits: int = 1
    trend: float = 0.0
    season: tuple[float, float] = (0.0, 0.0)
    peak_month: float = 1.0
    festival: float = 0.0
    steps: tuple[tuple[str, float], ...] = ()
    dip: tuple[float, ...] = ()
    strain: float = 0.0
    volumes: tuple[float, ...] = ()
    steady: bool = False
    begins: date | None = None
    instruments: tuple[str, str] = ("system_log", "system_log")
    definitions: tuple[str, str] = ("1", "1")
    gaps: tuple[tuple[str, date], ...] = ()
    expected: str = "improved"
    control: bool = False
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """The common frame: sites, first and last day, go-live, dated steps, the strained half-year.

    `go_lives` pairs sites with go-live days of their own; a step dated on `go_live` moves with them, and comes
    into force in the first period that begins on that day or later.
    """

    sites: tuple[str, ...]
    start: date
    end: date
    go_live: date
    transition: int
    steps: tuple[tuple[str, date], ...]
    strained: tuple[date, date] | None = None
    go_lives: tuple[tuple[str, date], ...] = ()

    def go_live_of(self, site: str) -> date:
        """The day one site went live: its own, or that of all."""
        return dict(self.go_lives).get(site, self.go_live)


@dataclass(frozen=True, slots=True)
class Cell:
    """One observation: period start, site, value (None where not measured), volume, instrument, definition."""

    start: date
    site: str
    value: float | None
    volume: int | None
    instrument: str
    definition: str = "1"


@cache
def periods(frame: Frame, grain: Grain) -> tuple[date, ...]:
    """The first days of the whole periods of a frame, in order; weeks begin on Monday."""
    days: list[date] = []
    if grain == "week":
        day = frame.start + timedelta(days=-frame.start.weekday() % 7)
        while day + timedelta(days=6) <= frame.end:
            days.append(day)
            day += timedelta(days=7)
        return tuple(days)
    day = frame.start.replace(day=1)
    while day <= frame.end:
        days.append(day)
        day = following(day, "month")
    return tuple(days)


def following(day: date, grain: Grain) -> date:
    """The first day of the next period.

    >>> following(date(2025, 12, 1), "month")
    datetime.date(2026, 1, 1)
    """
    if grain == "week":
        return day + timedelta(days=7)
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def holding(days: Sequence[date], day: date) -> date:
    """The first day of the period that holds a day.

    >>> holding((date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1)), date(2026, 3, 2))
    datetime.date(2026, 3, 1)
    """
    return max(first for first in days if first <= day)


@cache
def festival_share(day: date, grain: Grain) -> float:
    """The share 0–1 of a period's days that lie in the festival window.

    >>> round(festival_share(date(2026, 2, 1), "month") * 28)
    8
    """
    length = (following(day, grain) - day).days
    inside = 0
    for eve in FESTIVAL_EVES:
        first, last = max(day, eve), min(day + timedelta(days=length), eve + timedelta(days=FESTIVAL_DAYS))
        inside += max(0, (last - first).days)
    return inside / length


def deviates(seed: int, *, stream: str, count: int) -> tuple[float, ...]:
    """`count` near-normal draws (mean 0, variance 1, bounded by ±6) of a named stream of a seed.

    The sum of twelve uniforms of 24 bits each is exact, unlike a logarithm or a cosine.
    """
    raw = Philox(key=(seed << 32) + zlib.crc32(stream.encode())).random_raw(count * UNIFORMS)
    sums = (raw >> 40).reshape(count, UNIFORMS).sum(axis=1).tolist()
    return tuple(total / 2**24 - UNIFORMS / 2 for total in sums)


def uniforms(seed: int, *, stream: str, count: int) -> tuple[float, ...]:
    """`count` draws between 0 and 1 of a named stream of a seed."""
    raw = Philox(key=(seed << 32) + zlib.crc32(stream.encode())).random_raw(count)
    return tuple(whole / 2**53 for whole in (raw >> 11).tolist())


def wander(seed: int, *, stream: str, count: int, noise: Noise) -> tuple[float, ...]:
    """`count` draws of variance one: a stationary AR(1) with `rho` and a nugget."""
    shocks = deviates(seed, stream=stream + ":shock", count=count)
    white = deviates(seed, stream=stream + ":white", count=count)
    keep, fresh = math.sqrt(1 - noise.nugget), math.sqrt(1 - noise.rho * noise.rho)
    state = shocks[0] if count else 0.0
    values = []
    for index in range(count):
        state = state if index == 0 else noise.rho * state + fresh * shocks[index]
        values.append(keep * state + math.sqrt(noise.nugget) * white[index])
    return tuple(values)


def course(planted: Planted, frame: Frame, *, in_force: Iterable[str]) -> tuple[tuple[float, ...], ...]:
    """The noise-free values per site and period, with the effects of the steps named `in_force` only.

    The dip after go-live comes with a step dated on go-live; "" stands for the go-live of a metric without steps.
    """
    days = periods(frame, planted.grain)
    shared = [_term(planted, frame, day=day) for day in days]
    active = frozenset(in_force)
    return tuple(
        tuple(_apply(planted, level, term) for term in _at_site(planted, frame, shared, site=site, active=active))
        for level, site in zip(planted.levels, frame.sites, strict=True)
    )


@lru_cache(maxsize=32)  # what is exported and what is told of it are drawn once
def observed(planted: Planted, frame: Frame, *, seed: int) -> tuple[Cell, ...]:
    """The observations of one metric, period by period and site by site, rounded as they are exported."""
    days = periods(frame, planted.grain)
    everything = tuple(key for key, _ in planted.steps) or (("",) if planted.dip else ())
    smooth = course(planted, frame, in_force=everything)
    noise = planted.noise
    common = wander(seed, stream=planted.key, count=len(days), noise=noise)
    cells: list[list[Cell]] = []
    for place, site in enumerate(frame.sites):
        own = wander(seed, stream=f"{planted.key}:{site}", count=len(days), noise=noise)
        counted = volumes(planted, frame, seed=seed, place=place)
        go_live = frame.go_live_of(site)
        cells.append(
            [
                Cell(
                    day,
                    site,
                    _measured(planted, day, site, _apply(planted, value, noise.common * shared + noise.own * alone)),
                    volume if _recorded(planted, day, site) else None,
                    planted.instruments[day >= go_live],
                    planted.definitions[day >= go_live],
                )
                for day, value, shared, alone, volume in zip(days, smooth[place], common, own, counted, strict=True)
            ]
        )
    return tuple(cell for together in zip(*cells, strict=True) for cell in together)


def volumes(planted: Planted, frame: Frame, *, seed: int, place: int) -> tuple[int | None, ...]:
    """The documents, lots or lines behind each period of one site: fewer in the festival week."""
    days = periods(frame, planted.grain)
    if not planted.volumes:
        return (None,) * len(days)
    level = planted.volumes[place]
    if planted.steady:
        return (round(level),) * len(days)
    draws = deviates(seed, stream=f"volume:{planted.grain}:{place}", count=len(days))
    return tuple(
        max(1, round(level * (1 - 0.85 * festival_share(day, planted.grain)) * (1 + 0.06 * draw)))
        for day, draw in zip(days, draws, strict=True)
    )


def _term(planted: Planted, frame: Frame, *, day: date) -> float:
    """Trend, season, festival and the strain of the self-deployment in one period."""
    years = (day - frame.start).days / 365.25
    angle = 2 * math.pi * ((day.month - planted.peak_month) / 12 + (day.day - 1) / 365.25)
    first, second = planted.season
    term = planted.trend * years + first * math.cos(angle) + second * math.cos(2 * angle)
    term += planted.festival * festival_share(day, planted.grain)
    start, end = frame.strained or (frame.end, frame.start)
    if planted.strain and start <= day <= end:
        term += planted.strain * math.sin(math.pi * ((day - start).days + 1) / ((end - start).days + 1))
    return term


def _at_site(
    planted: Planted, frame: Frame, shared: Sequence[float], *, site: str, active: frozenset[str]
) -> list[float]:
    """The terms of one site: what all sites share, then the dip after its go-live and the steps in force there."""
    terms, days = list(shared), periods(frame, planted.grain)
    dates = {"": frame.go_live, **dict(frame.steps)}
    go_live = frame.go_live_of(site)
    if any(dates[key] == frame.go_live for key in active):
        after = [place for place, day in enumerate(days) if day >= go_live]
        for place, extra in zip(after, planted.dip, strict=False):
            terms[place] += extra
    for key, size in planted.steps:
        if key in active:
            begins = go_live if dates[key] == frame.go_live else holding(days, dates[key])
            terms = [term + size * (day >= begins) for term, day in zip(terms, days, strict=True)]
    return terms


def _apply(planted: Planted, level: float, term: float) -> float:
    return level * math.exp(term) if planted.kind == "multiply" else level + term


def _recorded(planted: Planted, day: date, site: str) -> bool:
    if planted.begins is not None and day < planted.begins:
        return False
    return (site, day) not in planted.gaps and ("", day) not in planted.gaps


def _measured(planted: Planted, day: date, site: str, value: float) -> float | None:
    return round(value, planted.digits) if _recorded(planted, day, site) else None
