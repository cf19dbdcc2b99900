"""How an engagement's series are to be judged: the design of a metric, chosen from what was declared and measured.

The rules, in order; none of them looks at an answer:

1. Sites that went live on different days, or a site that never did, each measured by itself: a panel.
2. Else, or where the panel has too few periods, the pooled series, with a transition that lasts from the first
   go-live to the last plus the declared periods: where a later step can be told apart, one model of all steps;
3. else a single change at go-live.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from valueviz.analysis.attribution import StepAt
from valueviz.analysis.effect import Design, Panel
from valueviz.catalog import calendars
from valueviz.engine import Rolled, folded
from valueviz.terms import Engagement, Metric, Series, period_of

POOLED_MEDIAN = "median"
"""An aggregation whose whole is not made of its parts: units are then compared by their means, so not at all."""


GO_LIVE = "go_live"
"""Key of the switch itself, where no dated step names it."""


def pooled(
    metric: Metric, series: Series, *, engagement: Engagement, sites: Sequence[str], units: Sequence[str] = ()
) -> Design:
    """The design of a metric over all its units taken together.

    Args:
        metric: its definition.
        series: pooled over its units.
        engagement: what was agreed.
        sites: those asked for; none means all.
        units: canonical JSON of its units; where every one is a site that never got the system, nothing went live.
    """
    days = _days(engagement, sites)
    first, last = (period_of(day, series.grain) for day in (min(days), max(days)))
    untouched = bool(units) and all(_went_live(unit, engagement) is None for unit in units)
    holiday = None
    if engagement.currency == "CNY" and series.ordinals:
        holiday = calendars.spring_festival_share(series.ordinals, series.grain)
    return Design(
        go_live=None if untouched else first,
        better=metric.better,
        transition=engagement.transition_periods + (last - first),
        season=metric.season if metric.season is not None else "auto",
        holiday=holiday,
        events=tuple(period_of(event.date, series.grain) for event in engagement.events),
        share=metric.unit in ("percent", "share"),
    )


def _days(engagement: Engagement, sites: Sequence[str]) -> list[date]:
    """The days on which the sites asked for went live; that of the engagement where none is declared."""
    asked = [site for site in engagement.sites if not sites or site.key in sites]
    days = [day for site in asked if (day := engagement.went_live(site.key)) is not None]
    return days or [engagement.go_live]


def panel(metric: Metric, rolled: Rolled, *, series: Series, engagement: Engagement) -> Panel | None:
    """The units of a metric side by side; None where they all went live in one period, or cannot be told apart."""
    if len(rolled.parts) < 2 or metric.aggregation == POOLED_MEDIAN:
        return None
    days = [_went_live(unit, engagement) for unit in rolled.units]
    go_lives = tuple(None if day is None else period_of(day, series.grain) for day in days)
    if len(set(go_lives)) < 2:
        return None
    periods = len(series.ordinals)
    return Panel(
        key=series.key,
        grain=series.grain,
        ordinals=series.ordinals,
        units=rolled.units,
        values=tuple(part[:periods] for part in rolled.parts),
        go_lives=go_lives,
        volumes=tuple(part[:periods] for part in rolled.part_volumes) or None,
        instruments=series.instruments,
        definition_versions=series.definition_versions,
        lineage=series.lineage,
        summed=metric.aggregation in ("sum", "count"),
    )


def _went_live(unit: str, engagement: Engagement) -> date | None:
    """The day a unit went live: that of the site it names, else the engagement's; None for never."""
    named = {folded(str(value)) for value in json.loads(unit).values()}
    site = next((site.key for site in engagement.sites if folded(site.key) in named), None)
    return engagement.went_live(site) if site is not None else engagement.go_live


def unknown_sites(engagement: Engagement, units: Sequence[str]) -> tuple[str, ...]:
    """The declared sites that no unit names, however it is written: probably misspelt, or not exported."""
    named = {folded(str(value)) for unit in units for value in json.loads(unit).values()}
    return tuple(site.key for site in engagement.sites if folded(site.key) not in named)


def never_live(engagement: Engagement) -> bool:
    """Whether a site of an engagement is declared never to get the system."""
    return any(engagement.went_live(site.key) is None for site in engagement.sites)


# Steps ───────────────────────────────────────────────────────────────────────


def steps(series: Series, design: Design, *, engagement: Engagement) -> tuple[StepAt, ...]:
    """The dated steps of an engagement as the periods in which each can first be seen in the pooled series.

    What was done up to go-live and within its transition (a roll-out from site to site included) comes into force
    with it: the data cannot tell that work from the switch itself.
    """
    if design.go_live is None:
        return ()
    counted = design.go_live + design.transition
    found = ((step.key, period_of(step.date, series.grain)) for step in engagement.steps)
    placed = tuple(StepAt(key, at if at > counted else design.go_live) for key, at in found)
    if not placed or any(step.ordinal == design.go_live for step in placed):
        return placed
    return (StepAt(GO_LIVE, design.go_live), *placed)


def later(steps: Sequence[StepAt], design: Design) -> bool:
    """Whether a step came into force after go-live and its transition: one step alone then says too little."""
    return design.go_live is not None and any(step.ordinal > design.go_live for step in steps)


def by_unit(design: Design, *, engagement: Engagement) -> Design:
    """The design of a panel, whose units each have their own go-live: only the declared transition is left out."""
    return replace(design, transition=engagement.transition_periods)
