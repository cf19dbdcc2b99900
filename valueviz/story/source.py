"""The line under every figure: source, as-of date, rows, grade."""

from __future__ import annotations

from valueviz.story.blocks import Text
from valueviz.story.figures import measured_leaves
from valueviz.story.voice import Voice
from valueviz.study import Outcome, Study
from valueviz.terms import Derived, Fact


def source_line(study: Study, voice: Voice, *, place: str, outcomes: tuple[Outcome, ...] = ()) -> Text:
    """Source files, as-of date and rows read of the outcomes a figure shows (default: all)."""
    shown = outcomes or study.outcomes
    lineage = Derived("rows_read", tuple(outcome.lineage for outcome in shown))
    leaves = measured_leaves(lineage)
    rows = sum(leaf.rows for leaf in leaves)
    digests = {digest for leaf in leaves for digest in leaf.digests}
    files = [record.file for record in study.imports if record.snapshot in digests] or [
        record.file for record in study.imports
    ]
    fact = Fact(f"{place}.source.rows", float(rows), "count", lineage)
    return voice.say(
        "source.line",
        files=voice.quote(voice.language.list_(list(dict.fromkeys(files)))),
        as_of=voice.date(study.as_of) if study.as_of else "",
        rows=voice.fact(fact, voice.language.grouped(rows)),
    )
