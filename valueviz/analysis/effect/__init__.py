"""What a go-live did to a series: an effect against a counterfactual, with an interval, or a refusal.

`estimate(series, design)` is the one door. Pure statistics on frozen series: no file, no language.
"""

from valueviz.analysis.effect.design import Control, Design, Method
from valueviz.analysis.effect.diagnostics import Diagnostic
from valueviz.analysis.effect.estimate import estimate
from valueviz.analysis.effect.forecast import BandPoint
from valueviz.analysis.effect.panel import Panel
from valueviz.analysis.effect.result import Effect, Estimate, EventPoint

__all__ = [
    "BandPoint",
    "Control",
    "Design",
    "Diagnostic",
    "Effect",
    "Estimate",
    "EventPoint",
    "Method",
    "Panel",
    "estimate",
]
