"""Which outcomes a page speaks of, in which order; the order is by size of gain, never by wish."""

from __future__ import annotations

from valueviz.study import Outcome, Study
from valueviz.terms import Verdict

HEADLINE_GRADES = ("A", "B", "C")
"""A headline rests on measured series; D and E are indicative (PRODUCT, rule 7)."""


def judged(study: Study) -> tuple[Outcome, ...]:
    """The outcomes the implementation may have touched, negative controls left out, in the order of the study."""
    return tuple(outcome for outcome in study.outcomes if not outcome.negative_control)


def with_verdict(study: Study, *verdicts: Verdict) -> tuple[Outcome, ...]:
    """The judged outcomes with one of some verdicts, largest relative gain first."""
    return tuple(outcome for outcome in by_gain(study) if outcome.effect.verdict in verdicts)


def firm(study: Study, *verdicts: Verdict) -> tuple[Outcome, ...]:
    """The judged outcomes with one of some verdicts whose grade carries a headline."""
    return tuple(o for o in with_verdict(study, *verdicts) if (o.grade or "E") in HEADLINE_GRADES)


def by_gain(study: Study) -> tuple[Outcome, ...]:
    """The judged outcomes by gain as a share of the counterfactual, unknown ones last, ties by key."""
    return tuple(sorted(judged(study), key=lambda outcome: (-_gain_share(outcome), outcome.metric.key)))


def controls(study: Study) -> tuple[Outcome, ...]:
    """The outcomes of negative controls."""
    return tuple(outcome for outcome in study.outcomes if outcome.negative_control)


def best(study: Study) -> Outcome | None:
    """The outcome that leads: promised before others, then the conservative end of the relative gain."""
    stated = firm(study, "improved")
    if not stated:
        return None
    return max(stated, key=lambda outcome: (outcome.target is not None, _conservative_share(outcome)))


def worst(study: Study) -> Outcome | None:
    """The outcome that got worse most, if one did."""
    worse = with_verdict(study, "worse")
    return min(worse, key=_gain_share) if worse else None


def promised(study: Study) -> tuple[Outcome, ...]:
    """The outcomes with a promise, in the order of the engagement."""
    keys = [promise.metric for promise in study.engagement.promises] if study.engagement else []
    found = {outcome.metric.key: outcome for outcome in study.outcomes if outcome.target is not None}
    return tuple(found[key] for key in dict.fromkeys(keys) if key in found)


def kept(study: Study) -> tuple[Outcome, ...]:
    """The promised outcomes whose promise is kept."""
    return tuple(outcome for outcome in promised(study) if outcome.target and outcome.target.status == "kept")


def sure(study: Study) -> tuple[Outcome, ...]:
    """The promised outcomes whose promise is kept even at the conservative end."""
    return tuple(outcome for outcome in promised(study) if outcome.target and outcome.target.sure)


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
