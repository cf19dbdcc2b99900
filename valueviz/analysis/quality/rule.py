"""Every finding there is: what it is about, what follows from it, and what a person does about it."""

from __future__ import annotations

from dataclasses import dataclass

from valueviz.terms import Consequence, Finding, Grade, Grain, Repair
from valueviz.terms.finding import Topic


@dataclass(frozen=True, slots=True)
class Rule:
    """What follows from a finding; `cap` is the best grade that remains, where it caps one."""

    code: str
    topic: Topic
    consequence: Consequence
    repair: Repair
    cap: Grade | None = None


_ALL = (
    # Blocking: each says why an effect is silent, so that a page and a verdict never disagree.
    Rule("instrument_changed", "comparability", "blocks", "same_instrument"),
    Rule("definition_changed", "comparability", "blocks", "same_definition"),
    Rule("too_few_before", "quality", "blocks", "measure_more"),
    Rule("too_few_after", "quality", "blocks", "measure_more"),
    Rule("constant", "quality", "blocks", "confirm_values"),
    Rule("season_too_short", "quality", "blocks", "measure_more"),
    Rule("missing", "quality", "blocks", "complete_export"),
    Rule("missing_differs", "comparability", "blocks", "complete_export"),
    Rule("other_event", "comparability", "blocks", "check_dates"),
    Rule("scale", "quality", "blocks", "confirm_values"),
    Rule("other_date", "comparability", "blocks", "check_dates"),
    # Capping: a number can be stated, but not at the head of a report or not at its best grade.
    Rule("unit_changed", "comparability", "caps", "state_unit", "D"),
    Rule("unit_slip", "quality", "caps", "state_unit", "D"),
    Rule("percent_or_share", "quality", "caps", "state_unit", "D"),
    Rule("rows_doubled", "quality", "caps", "remove_duplicates", "D"),
    Rule("mixed_levels", "comparability", "caps", "same_scope", "D"),
    Rule("instrument_indicative", "quality", "caps", "record_daily", "D"),
    Rule("constant_stretch", "quality", "caps", "confirm_values", "C"),
    Rule("baseline_old", "comparability", "caps", "measure_more", "C"),
    Rule("units_mostly_left_out", "comparability", "caps", "same_scope", "C"),
    # Warning: a reader should know.
    Rule("unit_slip_minor", "quality", "warns", "state_unit"),
    Rule("units_left_out", "comparability", "warns", "same_scope"),
    Rule("volume_changed", "comparability", "warns", "same_scope"),
    Rule("instrument_unknown", "comparability", "warns", "same_instrument"),
    Rule("instrument_partly_stated", "comparability", "warns", "same_instrument"),
    Rule("gaps", "quality", "warns", "complete_export"),
    Rule("baseline_partly", "quality", "warns", "complete_export"),
    Rule("baseline_short", "quality", "warns", "measure_more"),
    Rule("late", "quality", "warns", "complete_export"),
    Rule("partial_last", "quality", "warns", "complete_export"),
    Rule("partial_edge", "quality", "warns", "complete_export"),
    Rule("outliers", "quality", "warns", "confirm_values"),
    # About the rows of one file, at import.
    Rule("duplicate_rows", "quality", "warns", "remove_duplicates"),
    Rule("repeated_rows", "quality", "warns", "remove_duplicates"),
    Rule("row_unit_slips", "quality", "warns", "state_unit"),
    Rule("row_outliers", "quality", "warns", "confirm_values"),
    Rule("total_does_not_add_up", "quality", "warns", "complete_export"),
    Rule("constant_column", "quality", "warns", "confirm_values"),
    Rule("future_dates", "quality", "warns", "check_dates"),
)

RULES = {rule.code: rule for rule in _ALL}
"""All rules by code, those that weigh most first."""


def finding(
    code: str,
    *,
    metric: str | None = None,
    periods: tuple[int, ...] = (),
    grain: Grain | None = None,
    rows: tuple[int, ...] = (),
    count: int | None = None,
    cap: Grade | None = None,
    **fields: str | float,
) -> Finding:
    """The finding of a rule.

    Args:
        code: a key of `RULES`.
        metric: key of the metric it concerns.
        periods: ordinals under `grain`.
        grain: of the periods.
        rows: the first lines of the file it concerns.
        count: how many there are in all; the periods named, where not given.
        cap: the best grade that remains, where it is not that of the rule.
        fields: numbers and words of its sentence.
    """
    rule = RULES[code]
    return Finding(
        code=code,
        topic=rule.topic,
        consequence=rule.consequence,
        repair=rule.repair,
        metric=metric,
        periods=periods,
        grain=grain,
        rows=rows,
        count=len(periods) if count is None else count,
        cap=cap or rule.cap,
        fields=tuple(fields.items()),
    )
