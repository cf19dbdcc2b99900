"""The only room that speaks SQL: caches of observations and their roll-up to one series a metric."""

from valueviz.engine.cache import VERSION, build_cache, counts, site_keys, span
from valueviz.engine.connection import answer
from valueviz.engine.entered import Entered, entered
from valueviz.engine.levels import folded
from valueviz.engine.overlap import compare, months
from valueviz.engine.rollup import Rolled, rollup
from valueviz.engine.withdrawn import Withdrawal, withdrawn

__all__ = [
    "VERSION",
    "Entered",
    "Rolled",
    "Withdrawal",
    "answer",
    "build_cache",
    "compare",
    "counts",
    "entered",
    "folded",
    "months",
    "rollup",
    "site_keys",
    "span",
    "withdrawn",
]
