"""What could be done about a diagnosis: patterns of redesign, each with what it would have saved on the cases at hand.

The effect of a pattern is replayed, not forecast: the part of the wait that its cause explains, times the share of
that part which would not have been waited, everything else as it was. Patterns for one step are applied one after the
other, each to what those before leave of the part at their best, and the parts of several causes share the wait; so the
effects of a step never sum to more than was waited before it. Work times are left alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from valueviz.analysis.process.result import Diagnosis, Suggestion


@dataclass(frozen=True, slots=True)
class Pattern:
    """A way of redesign: the cause it meets, and the share of the cause's part of the wait it takes away.

    Where `replay` names evidence, the upper end is the share of all waiting that the rule found by replaying the
    cases one by one, and `low` and `high` are shares of that. `assumption` is the code of what must hold.
    """

    key: str
    cause: str
    low: float
    high: float
    assumption: str
    replay: str = ""


PATTERNS = (
    Pattern("batch_more_often", "batching", 0.5, 1.0, "twice_as_often", replay="batching.twice_as_often"),
    Pattern("work_on_arrival", "batching", 0.5, 0.9, "no_need_to_collect"),
    Pattern("weekend_cover", "calendar", 0.5, 1.0, "cover_at_weekends", replay="calendar.weekend"),
    Pattern("longer_days", "calendar", 0.5, 1.0, "cover_longer_days", replay="calendar.longer"),
    Pattern("small_ones_by_rule", "calendar", 0.25, 0.5, "rule_decides"),
    Pattern("deputy", "unavailability", 0.25, 0.75, "deputy_decides"),
    Pattern("shifts_overlap", "unavailability", 0.1, 0.3, "shifts_moved"),
    Pattern("one_queue", "contention", 0.2, 0.5, "anyone_can"),
    Pattern("help_at_peaks", "contention", 0.25, 0.5, "help_is_there"),
    Pattern("order_of_arrival", "prioritisation", 0.0, 0.5, "order_kept"),
    Pattern("complete_at_entry", "rework_loop", 0.25, 0.75, "checked_at_entry"),
    Pattern("mend_where_found", "rework_loop", 0.25, 0.5, "reviewer_may_mend"),
    Pattern("same_hands", "hand_over", 0.5, 1.0, "same_hands_can"),
    Pattern("capacity_to_demand", "queue_growth", 0.5, 1.0, "capacity_follows"),
    Pattern("own_lane", "attribute_driver", 0.0, 0.5, "levels_can_be_alike"),
    Pattern("remind_and_escalate", "heavy_tail", 0.25, 0.75, "reminders_are_heard"),
)
"""The catalogue, in the order in which patterns for one cause are applied: first what costs least to try."""

MOST_A_STEP = 3
"""Patterns suggested for one step at most."""


def suggest(diagnoses: Sequence[Diagnosis]) -> tuple[Suggestion, ...]:
    """What could be done, step by step in the order of the diagnoses, with seconds of mean lead saved a case.

    The primary cause comes first, then the other causes whose rules found theirs, for what the primary leaves.
    """
    return tuple(each for diagnosis in diagnoses for each in _for_step(diagnosis))


def patterns(cause: str) -> tuple[Pattern, ...]:
    """The patterns that meet a cause."""
    return tuple(pattern for pattern in PATTERNS if pattern.cause == cause)


def _for_step(diagnosis: Diagnosis) -> list[Suggestion]:
    waited = diagnosis.impact / 100
    evidence = {each.key: each.value for each in diagnosis.evidence}
    unclaimed = 1.0
    found: list[Suggestion] = []
    for cause in _causes(diagnosis):
        part = min(evidence.get(f"{cause}.explains", 0.0), unclaimed)
        unclaimed -= part
        left = part
        for pattern in patterns(cause):
            best = left * _saved(pattern, evidence, part=part)
            low, high = pattern.low * best * waited, pattern.high * best * waited
            if len(found) < MOST_A_STEP and high > 0:
                found.append(Suggestion(pattern.key, diagnosis.step, cause, low, high, pattern.assumption))
                left -= pattern.high * best
    return found


def _causes(diagnosis: Diagnosis) -> list[str]:
    """The primary cause, then the others that were found, in the order of their evidence."""
    if diagnosis.cause == "unexplained":
        return []
    others = [each.key.partition(".")[0] for each in diagnosis.evidence]
    return list(dict.fromkeys((diagnosis.cause, *others)))


def _saved(pattern: Pattern, evidence: Mapping[str, float], *, part: float) -> float:
    """The share of the cause's part that a pattern could take away at most: what the replay found, or all of it."""
    return min(1.0, evidence.get(pattern.replay, 0.0) / part) if pattern.replay and part > 0 else 1.0
