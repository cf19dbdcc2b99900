"""What a go-live did to a series: an effect against a counterfactual, with an interval, or a refusal.

`estimate(series, design)` is the one door. Pure statistics on frozen series: no file, no language.
"""

from valueviz.analysis.effect.design import Design
from valueviz.analysis.effect.diagnostics import Diagnostic
from valueviz.analysis.effect.estimate import Effect, Estimate, estimate
from valueviz.analysis.effect.forecast import BandPoint

__all__ = ["BandPoint", "Design", "Diagnostic", "Effect", "Estimate", "estimate"]
