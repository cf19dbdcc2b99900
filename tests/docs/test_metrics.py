"""The page of metrics is what the packs say."""

from __future__ import annotations

import runpy
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_page_of_metrics_is_made_from_the_packs() -> None:
    made = "\n".join(runpy.run_path(str(DOCS / "metrics.py"))["lines"]()) + "\n"
    assert (DOCS / "metrics.md").read_text("utf-8") == made, "run: python docs/metrics.py"
