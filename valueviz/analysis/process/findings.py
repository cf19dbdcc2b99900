"""The evidence pack: every statement that may be made about a process, with an id, its numbers and its status.

Sentences, and any tool that reads the pack, quote these numbers and no others. The status says how strong a word may
be: `supported` (tested, and no check against it), `not_provable` (differs, but not more than the process wanders),
`contradicted` (a check speaks against it), `not_possible` (cannot be tested), `descriptive` (counted, not tested).
Ids are a letter for the kind and a number in the order of the data: the same log gives the same ids.
"""

from __future__ import annotations

from collections.abc import Sequence

from valueviz.analysis.effect import Effect
from valueviz.analysis.process.log import EdgeStats, PeriodSummary, StepStats
from valueviz.analysis.process.measures import CONTRADICTED, OF_LEAD
from valueviz.analysis.process.result import (
    Check,
    Diagnosis,
    Drawn,
    EdgeChange,
    LeadWaterfall,
    Measure,
    ProcessFinding,
    Status,
    StepChange,
)

Values = tuple[tuple[str, float | str | None], ...]

BY_CHECK: dict[str, Status] = {
    "holds": "supported",
    "contradicts": "contradicted",
    "not_possible": "not_possible",
}
BY_COLOUR: dict[str, Status] = {
    "faster": "supported",
    "slower": "supported",
    "faster_outline": "not_provable",
    "slower_outline": "not_provable",
}


def findings(
    *,
    overall: PeriodSummary,
    before: PeriodSummary | None = None,
    after: PeriodSummary | None = None,
    lead: Effect | None = None,
    measures: Sequence[Measure] = (),
    edges: Sequence[EdgeChange] = (),
    steps: Sequence[StepChange] = (),
    waterfall: LeadWaterfall | None = None,
    checks: Sequence[Check] = (),
    diagnoses: Sequence[Diagnosis] = (),
    drawn: Drawn | None = None,
) -> tuple[ProcessFinding, ...]:
    """The evidence pack, in a fixed order.

    L lead time, M measures, S steps that came or went or whose wait was tested, E drawn edges, W parts of the mean lead
    time, C checks, D diagnoses, P the process as a whole and what its map shows.
    """
    tested = tuple(f"C{place}" for place, _ in enumerate(checks, start=1))
    found = [_process(overall, before=before, after=after)]
    if drawn is not None:
        shown = (
            ("flow", drawn.flow),
            ("activities", float(len(drawn.activities))),
            ("left_out", float(drawn.left_out)),
        )
        found.append(ProcessFinding("P2", "map", shown, "descriptive"))
    if before is not None and after is not None:
        found += _lead(lead, before=before, after=after, checks=tested)
    found += [_measure(f"M{place:02d}", measure, checks=tested) for place, measure in enumerate(measures, start=1)]
    moved = [step for step in steps if step.presence != "kept" or step.wait is not None]
    found += [_step(f"S{place:02d}", step) for place, step in enumerate(moved, start=1)]
    on_map = [edge for edge in edges if edge.drawn]
    found += [_edge(f"E{place:02d}", edge) for place, edge in enumerate(on_map, start=1)]
    found += _waterfall(waterfall)
    found += [_check(f"C{place}", check) for place, check in enumerate(checks, start=1)]
    found += [_diagnosis(f"D{place:02d}", diagnosis) for place, diagnosis in enumerate(diagnoses, start=1)]
    return tuple(found)


def effect_status(effect: Effect | None) -> Status:
    """How strongly an effect may be worded."""
    if effect is None:
        return "descriptive"
    match effect.verdict:
        case "improved" | "worse":
            return "supported"
        case "not_provable_yet":
            return "contradicted" if effect.reason == CONTRADICTED else "not_provable"
        case _:
            return "not_possible"


def _effect_values(effect: Effect | None) -> Values:
    if effect is None:
        return ()
    return (
        ("estimate", effect.estimate),
        ("low", effect.low),
        ("high", effect.high),
        ("level", effect.level),
        ("relative", effect.relative),
        ("verdict", effect.verdict),
        ("reason", effect.reason),
        ("weeks_needed", effect.periods_needed),
    )


def _process(overall: PeriodSummary, *, before: PeriodSummary | None, after: PeriodSummary | None) -> ProcessFinding:
    rows = [("", overall), ("before_", before), ("after_", after)]
    values: list[tuple[str, float | str | None]] = []
    for prefix, period in rows:
        if period is not None:
            values += [
                (f"{prefix}cases", float(period.cases)),
                (f"{prefix}events", float(period.events)),
                (f"{prefix}variants", float(period.variants)),
            ]
    values += [
        ("lead_median", overall.lead_time.median),
        ("lead_mean", overall.lead_time.mean),
        ("lead_p90", overall.lead_time.p90),
    ]
    return ProcessFinding("P1", "process", tuple(values), "descriptive")


def _lead(
    lead: Effect | None, *, before: PeriodSummary, after: PeriodSummary, checks: tuple[str, ...]
) -> list[ProcessFinding]:
    medians = (
        ("before", before.lead_time.median),
        ("after", after.lead_time.median),
        ("before_mean", before.lead_time.mean),
        ("after_mean", after.lead_time.mean),
        ("before_p90", before.lead_time.p90),
        ("after_p90", after.lead_time.p90),
    )
    return [ProcessFinding("L1", "lead_time", (*medians, *_effect_values(lead)), effect_status(lead), checks)]


def _measure(name: str, measure: Measure, *, checks: tuple[str, ...]) -> ProcessFinding:
    values: Values = (
        ("measure", measure.key),
        ("unit", measure.unit),
        ("before", measure.before),
        ("after", measure.after),
    )
    values += _effect_values(measure.effect)
    about = checks if measure.key in OF_LEAD else ()
    return ProcessFinding(name, "measure", values, effect_status(measure.effect), about)


def _sides(stats: Sequence[EdgeStats | StepStats | None], *, key: str) -> Values:
    """One number of each period, absent ones None."""
    names = ("before", "after")
    return tuple(
        (f"{side}_{key}", None if one is None else float(getattr(one, key)))
        for side, one in zip(names, stats, strict=True)
    )


def _step(name: str, change: StepChange) -> ProcessFinding:
    sides = (change.step.before, change.step.after)
    values: Values = (("step", change.step.activity), ("presence", change.presence))
    values += (*_sides(sides, key="share"), *_sides(sides, key="cases"), *_sides(sides, key="wait_median"))
    kind = "step_wait" if change.presence == "kept" else f"step_{change.presence}"
    return ProcessFinding(name, kind, (*values, *_effect_values(change.wait)), effect_status(change.wait))


def _edge(name: str, edge: EdgeChange) -> ProcessFinding:
    sides = (edge.before, edge.after)
    values: Values = (("from", edge.source), ("to", edge.target), ("colour", edge.colour))
    values += (*_sides(sides, key="share"), *_sides(sides, key="count"), *_sides(sides, key="median"))
    values += (
        ("change", edge.change),
        ("p", edge.p),
        ("q", edge.q),
        ("p_window", edge.p_window),
        ("weeks_needed", edge.weeks_needed),
    )
    return ProcessFinding(name, "edge", values, BY_COLOUR.get(edge.colour, "descriptive"))


def _waterfall(found: LeadWaterfall | None) -> list[ProcessFinding]:
    if found is None:
        return []
    rows = []
    for place, part in enumerate(found.parts, start=1):
        values: Values = (
            ("step", part.activity),
            ("duration", part.duration),
            ("frequency", part.frequency),
            ("change", part.change),
            ("before_mean", found.before),
            ("after_mean", found.after),
        )
        rows.append(ProcessFinding(f"W{place:02d}", "waterfall", values, "descriptive"))
    return rows


def _check(name: str, check: Check) -> ProcessFinding:
    values: Values = (
        ("check", check.name),
        ("by", check.by),
        ("levels", float(len(check.levels))),
        ("before", check.before),
        ("after", check.after),
        ("verdict", check.verdict),
        ("reason", check.reason),
        ("at", None if check.at is None else check.at.isoformat()),
    )
    return ProcessFinding(name, "check", values, BY_CHECK[check.verdict])


def _diagnosis(name: str, diagnosis: Diagnosis) -> ProcessFinding:
    values: Values = (
        ("step", diagnosis.step),
        ("cause", diagnosis.cause),
        ("impact_per_100_cases", diagnosis.impact),
        ("share", diagnosis.share),
        ("falsifier", diagnosis.falsifier),
        ("period", diagnosis.period),
    )
    evidence = tuple((row.key, row.value) for row in diagnosis.evidence)
    return ProcessFinding(name, "diagnosis", (*values, *evidence), "descriptive")
