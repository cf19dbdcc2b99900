"""Which outcomes a page speaks of, in which order; the order is by size of gain, never by wish."""

from __future__ import annotations

from valueviz.study import Outcome, Study
from valueviz.terms import GRADES, Verdict

HEADLINE_GRADES = ("A", "B", "C")
"""A headline rests on measured series; D and E are indicative (PRODUCT, rule 7)."""

FIRM = -1
"""A and B lead alike, before C: no check failed."""


INSTRUMENT_WORDS = ("system_log", "export", "time_study", "sample", "survey", "estimate")
"""Instruments that have a word; any other is a kind of export."""


def only_indicates(outcome: Outcome) -> bool:
    """Whether an outcome is stated by a grade (D or E) that carries no headline."""
    return outcome.effect.verdict in ("improved", "worse") and (outcome.grade or "E") not in HEADLINE_GRADES


def rolled_out(study: Study) -> bool:
    """Whether the sites of an engagement went live on different days."""
    agreed = study.engagement
    return agreed is not None and len({agreed.went_live(site.key) for site in agreed.sites}) > 1


def judged(study: Study) -> tuple[Outcome, ...]:
    """The outcomes the implementation may have touched, negative controls left out, in the order of the study."""
    return tuple(outcome for outcome in study.outcomes if not outcome.negative_control)


def with_verdict(study: Study, *verdicts: Verdict) -> tuple[Outcome, ...]:
    """The judged outcomes with one of some verdicts, largest relative gain first."""
    return tuple(outcome for outcome in by_gain(study) if outcome.effect.verdict in verdicts)


def firm(study: Study, *verdicts: Verdict) -> tuple[Outcome, ...]:
    """The judged outcomes with one of some verdicts whose grade carries a headline."""
    return tuple(o for o in with_verdict(study, *verdicts) if (o.grade or "E") in HEADLINE_GRADES)


def doubtful(outcome: Outcome) -> bool:
    """Whether values may be in another unit: then not even an indication is told at the head of a report."""
    return any(found.code in ("unit_changed", "unit_slip") for found in outcome.findings)


def indicated(study: Study) -> tuple[Outcome, ...]:
    """The improved outcomes whose grade (D or E) only indicates: promised ones first, then by relative gain."""
    found = (outcome for outcome in with_verdict(study, "improved") if only_indicates(outcome))
    return tuple(sorted(found, key=lambda outcome: outcome.target is None))


def open_questions(study: Study) -> tuple[Outcome, ...]:
    """The judged outcomes without a firm statement: promised ones first, then in the order of the study."""
    answered = set(firm(study, "improved", "worse"))
    left = [outcome for outcome in judged(study) if outcome not in answered]
    return tuple(sorted(left, key=lambda outcome: outcome.target is None))


def by_gain(study: Study) -> tuple[Outcome, ...]:
    """The judged outcomes by gain as a share of the counterfactual, unknown ones last, ties by key."""
    return tuple(sorted(judged(study), key=lambda outcome: (-_gain_share(outcome), outcome.metric.key)))


def controls(study: Study) -> tuple[Outcome, ...]:
    """The outcomes of negative controls."""
    return tuple(outcome for outcome in study.outcomes if outcome.negative_control)


def best(study: Study) -> Outcome | None:
    """The outcome that leads: promised first, results before use, sound checks before failed ones, then by the conservative end."""
    stated = firm(study, "improved")
    if not stated:
        return None
    return max(stated, key=_lead)


def _lead(outcome: Outcome) -> tuple[bool, bool, int, float]:
    grade = -GRADES.index(outcome.grade or "E")
    return outcome.target is not None, _is_result(outcome), min(grade, FIRM), _conservative_share(outcome)


def _is_result(outcome: Outcome) -> bool:
    """Whether a metric measures a result; that a system is used or a rule is kept is none yet."""
    return outcome.metric.benefit_class not in ("experience", "compliance")


def worst(study: Study) -> Outcome | None:
    """The outcome that got worse most, if one did."""
    worse = firm(study, "worse")
    return min(worse, key=_gain_share) if worse else None


def promised(study: Study) -> tuple[Outcome, ...]:
    """The outcomes with a promise, in the order of the engagement."""
    keys = [promise.metric for promise in study.engagement.promises] if study.engagement else []
    found = {outcome.metric.key: outcome for outcome in study.outcomes if outcome.target is not None}
    return tuple(found[key] for key in dict.fromkeys(keys) if key in found)


def kept(study: Study) -> tuple[Outcome, ...]:
    """The promised outcomes whose promise is kept by a grade that carries a headline."""
    return tuple(outcome for outcome in _reached(study) if (outcome.grade or "E") in HEADLINE_GRADES)


def sure(study: Study) -> tuple[Outcome, ...]:
    """The outcomes of kept promises that are kept even at the conservative end."""
    return tuple(outcome for outcome in kept(study) if outcome.target and outcome.target.sure)


def kept_by_indication(study: Study) -> tuple[Outcome, ...]:
    """The promised outcomes whose promise is reached by the best estimate of a grade that only indicates."""
    return tuple(outcome for outcome in _reached(study) if (outcome.grade or "E") not in HEADLINE_GRADES)


def _reached(study: Study) -> tuple[Outcome, ...]:
    return tuple(outcome for outcome in promised(study) if outcome.target and outcome.target.status == "kept")


def _gain_share(outcome: Outcome) -> float:
    found = outcome.effect
    if found.gain is None or not found.counterfactual_mean:
        return float("-inf")
    return found.gain / abs(found.counterfactual_mean)


def _conservative_share(outcome: Outcome) -> float:
    found = outcome.effect
    if found.gain_interval is None or not found.counterfactual_mean:
        return float("-inf")
    return found.gain_interval.low / abs(found.counterfactual_mean)
