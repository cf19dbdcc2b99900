"""What is wrong with a series, or with comparing it across go-live, what follows, and what would repair it.

`series_findings(series, design, …)` is the one door. Pure: no file, no language. It changes no value and leaves
out no period; a finding that blocks only says in other words why an effect is silent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from valueviz.analysis.quality.gate import series_findings as series_findings
    from valueviz.analysis.quality.rule import RULES as RULES
    from valueviz.analysis.quality.rule import Rule as Rule
    from valueviz.analysis.quality.rule import finding as finding
    from valueviz.analysis.quality.setting import Setting as Setting

_HOMES = {"RULES": "rule", "Rule": "rule", "Setting": "setting", "finding": "rule", "series_findings": "gate"}

__all__ = ["RULES", "Rule", "Setting", "finding", "series_findings"]


def __getattr__(name: str) -> Any:
    """Resolve a name of this room on first use: who only words a finding needs no arrays."""
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f"valueviz.analysis.quality.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
