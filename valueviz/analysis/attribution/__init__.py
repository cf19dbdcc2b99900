"""Where a change came from: one outcome split over dated steps and a remainder that no step explains.

`split(series, design, steps)` is the one door; `shapley(before, after)` splits a product over its factors.
Pure statistics on frozen series: no file, no language.
"""

from valueviz.analysis.attribution.part import Attribution, LeftOut, Part
from valueviz.analysis.attribution.shapley import shapley
from valueviz.analysis.attribution.split import split
from valueviz.analysis.attribution.step import StepAt

__all__ = ["Attribution", "LeftOut", "Part", "StepAt", "shapley", "split"]
