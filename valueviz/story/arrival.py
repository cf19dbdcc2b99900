"""What an import changed in the reports: each metric's verdict, grade and change before it and after it."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from valueviz.story.blocks import Block, Cell, Prose, Row, Run, Table, Text
from valueviz.story.figures import Figures
from valueviz.story.heads import columns
from valueviz.story.source import source_line
from valueviz.story.voice import Voice
from valueviz.study import Outcome, Study
from valueviz.terms import Derived, Fact

News = Literal["new", "verdict", "grade", "more", "same", "gone"]
"""What an import did to a metric, the most telling first."""

ORDER: tuple[News, ...] = ("verdict", "new", "grade", "more", "gone", "same")
"""A changed verdict is what a reader must not miss."""

PLACE = "arrival"


def arrival(before: Study | None, after: Study, voice: Voice) -> tuple[Block, ...]:
    """A sentence that counts what changed, and a table of the metrics that did.

    Args:
        before: the study without the import, None where there was nothing to study.
        after: the study with it.
        voice: words it.
    """
    was = {outcome.metric.key: outcome for outcome in before.outcomes} if before else {}
    now = {outcome.metric.key: outcome for outcome in after.outcomes}
    found = [(news(was.get(key), now.get(key)), key) for key in {**now, **was}]
    told = sorted((ORDER.index(kind), key) for kind, key in found)
    rows = tuple(_row(ORDER[place], was.get(key), now.get(key), voice) for place, key in told if ORDER[place] != "same")
    counts = {kind: sum(each == kind for each, _ in found) for kind in ORDER}
    said = Prose(_counted(counts, after, voice), style="body")
    if not rows:
        return (said,)
    heads = columns(
        voice,
        "arrival.column",
        (
            ("metric", "left", 2.4),
            ("news", "left", 1.3),
            ("was", "left", 2.1),
            ("now", "left", 2.1),
            ("points", "right", 1.4),
            ("change", "right", 1.9),
        ),
    )
    changed = tuple(now[key] for place, key in told if ORDER[place] != "same" and key in now)
    source = source_line(after, voice, place=PLACE, outcomes=changed)
    return said, Table("arrival", voice.say("arrival.table"), heads, rows, source)


def news(was: Outcome | None, now: Outcome | None) -> News:
    """What happened to a metric between two studies; one of the two may not know it."""
    if now is None or was is None:
        return "new" if was is None else "gone"
    if was.effect.verdict != now.effect.verdict:
        return "verdict"
    if was.grade != now.grade:
        return "grade"
    known = (was.series.ordinals, was.series.values, was.effect.estimate)
    return "same" if known == (now.series.ordinals, now.series.values, now.effect.estimate) else "more"


def _counted(counts: dict[News, int], after: Study, voice: Voice) -> Text:
    lineage = Derived("count_of_changes", tuple(outcome.lineage for outcome in after.outcomes))
    parts = [
        voice.say(
            f"arrival.count.{kind}",
            count=voice.fact(
                Fact(f"{PLACE}.{kind}", float(counts[kind]), "count", lineage), voice.language.grouped(counts[kind])
            ),
        )
        for kind in ORDER
        if counts[kind]
    ]
    runs: list[Run] = []
    for number, part in enumerate(parts):
        runs.extend((Run(voice.word("arrival.between")),) * (number > 0) + part)
    first = runs[0]
    return (replace(first, text=first.text[:1].upper() + first.text[1:]), *runs[1:], Run(voice.word("arrival.end")))


def _row(kind: News, was: Outcome | None, now: Outcome | None, voice: Voice) -> Row:
    shown = now or was
    if shown is None:
        raise ValueError("a metric that neither study knows")
    figures = Figures(voice, PLACE, shown)
    dash = Cell(voice.words("–"))
    judged = now is not None and now.effect.estimate is not None
    return Row(
        (
            Cell((voice.name(shown.metric.name),)),
            Cell(voice.say(f"arrival.news.{kind}")),
            _verdict(was, voice) if was else dash,
            _verdict(now, voice) if now else dash,
            Cell((figures.periods(),)) if now else dash,
            Cell((figures.change(),)) if judged else dash,
        )
    )


def _verdict(outcome: Outcome, voice: Voice) -> Cell:
    verdict = outcome.effect.verdict
    return Cell(voice.say(f"verdict.{verdict}"), grade=outcome.grade, verdict=verdict)
