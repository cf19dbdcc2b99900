"""The page of all shipped metrics, made from the packs: `python docs/metrics.py` writes docs/metrics.md."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from valueviz.catalog import pack, packs
from valueviz.terms import Metric

PAGE = Path(__file__).resolve().parent / "metrics.md"


def lines() -> Iterator[str]:
    """The lines of the page: a table for each industry."""
    yield "# Metrics"
    yield ""
    yield "The metrics each industry knows, with the headers under which an export may name them; case, spaces and"
    yield "brackets make no difference. A header that is not here is asked about, and defined in a"
    yield "[mapping](files.md#mapping). Made from the packs by `python docs/metrics.py`."
    for key in packs():
        found = pack(key)
        if not found.metrics:
            continue
        yield from ("", f"## {key}", "", f"{found.name['zh_CN']} · {found.name['en']}", "")
        yield "| key | 名称 | name | unit | better | known as |"
        yield "| --- | --- | --- | --- | --- | --- |"
        yield from (_row(metric) for metric in found.metrics)


def _row(metric: Metric) -> str:
    known = ", ".join(metric.synonyms)
    cells = (f"`{metric.key}`", metric.name["zh_CN"], metric.name["en"], f"`{metric.unit}`", metric.better, known)
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


if __name__ == "__main__":
    PAGE.write_text("\n".join(lines()) + "\n", encoding="utf-8")
