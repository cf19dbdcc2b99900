"""The only room that speaks SQL: caches of observations and their roll-up to one series a metric."""

from valueviz.engine.cache import VERSION, build_cache, counts, site_keys, span
from valueviz.engine.connection import answer
from valueviz.engine.rollup import Rolled, rollup

__all__ = ["VERSION", "Rolled", "answer", "build_cache", "counts", "rollup", "site_keys", "span"]
