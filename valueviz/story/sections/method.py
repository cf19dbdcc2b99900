"""The appendix: how it was computed, what was looked at, and where every number comes from."""

from __future__ import annotations

from valueviz.analysis.effect.verdict import CLAIM_LEVEL, PRINTED_LEVEL
from valueviz.story import outcomes
from valueviz.story.blocks import Block, Bullets, Cell, Column, Prose, Row, Section, Table, Text
from valueviz.story.figures import Figures, counted, measured_leaves
from valueviz.story.heads import Head, chapter, columns
from valueviz.story.sections import section
from valueviz.story.voice import Voice
from valueviz.study import Outcome, Study
from valueviz.terms import GRADES, VERDICTS, Assumed, Baseline, Derived, Event, Fact, Measured

DIGEST_SHOWN = 12
"""Hexadecimal digits of a digest that are printed; the embedded facts hold all of them."""


@section("method")
def method(study: Study, voice: Voice) -> tuple[Section, ...]:
    """The method in plain words, what was looked at, and how to read verdicts and grades."""
    return (
        chapter(
            voice,
            "method",
            blocks=(
                Bullets(_steps(voice), marker="number"),
                Prose(voice.say("method.looked_at.heading"), style="heading"),
                Bullets(_looked_at(study, voice)),
                _legend(voice, "verdict", VERDICTS),
                _legend(voice, "grade", GRADES),
            ),
        ),
    )


def _steps(voice: Voice) -> tuple[Text, ...]:
    """The method step by step, with the two levels it rests on."""
    levels = {"interval": ("level", PRINTED_LEVEL), "verdict": ("claim", CLAIM_LEVEL)}
    said = []
    for step in ("baseline", "counterfactual", "interval", "verdict", "refusal"):
        fields = {}
        if step in levels:
            name, level = levels[step]
            fact = Fact(f"method.{name}", level, "share", Assumed("docs/methods.md", "valueviz", "method"))
            fields[name] = voice.fact(fact, voice.language.percent(level, 0))
        said.append(voice.say(f"method.step.{step}", **fields))
    return tuple(said)


def _looked_at(study: Study, voice: Voice) -> tuple[Text, ...]:
    place = "method.looked_at"
    judged = tuple(o for o in study.outcomes if o.effect.estimate is not None)
    said = [
        voice.say(
            "method.looked_at.metrics",
            measured=counted(voice, place=place, what="measured", count=len(study.outcomes), outcomes=study.outcomes),
            controls=counted(
                voice, place=place, what="controls", count=len(outcomes.controls(study)), outcomes=study.outcomes
            ),
            promised=counted(
                voice, place=place, what="promised", count=len(outcomes.promised(study)), outcomes=study.outcomes
            ),
            tests=counted(voice, place=place, what="tests", count=len(judged), outcomes=study.outcomes),
        )
    ]
    said.extend(_left_out(outcome, voice, place=place) for outcome in study.outcomes if outcome.left_out)
    engagement = study.engagement
    if engagement is None:
        return tuple(said)
    if engagement.baseline is not None:
        said.extend(_baseline(engagement.baseline, engagement.events, voice))
    controls = tuple(outcome for outcome in study.outcomes if outcome.negative_control)
    if controls:
        names = voice.language.list_([voice.language.names(outcome.metric.name) for outcome in controls])
        key = "method.looked_at.controls_moved" if study.controls_moved else "method.looked_at.controls_still"
        said.append(voice.say(key, metrics=voice.quote(names)))
    for rival in engagement.rivals:
        said.append(
            voice.say(
                "method.looked_at.rival",
                name=voice.name(rival.name),
                state=voice.word(f"rival_state.{rival.state}"),
                note=voice.name(rival.note) if rival.note else "",
            )
        )
    return tuple(said)


def _baseline(baseline: Baseline, events: tuple[Event, ...], voice: Voice) -> list[Text]:
    """The before window, who chose it where that is stated, and what else happened inside it."""
    start, end = voice.date(baseline.start), voice.date(baseline.end)
    if baseline.chosen_by is not None and baseline.chosen_on is not None:
        by, on = voice.name(baseline.chosen_by), voice.date(baseline.chosen_on)
        said = [voice.say("method.looked_at.baseline", start=start, end=end, by=by, on=on)]
    else:
        said = [voice.say("method.looked_at.baseline_open", start=start, end=end)]
    said.extend(
        voice.say("method.looked_at.inside", event=voice.name(event.name), on=voice.date(event.date))
        for event in events
        if baseline.start <= event.date <= baseline.end
    )
    return said


def _left_out(outcome: Outcome, voice: Voice, *, place: str) -> Text:
    """How many units a series leaves out, so that its composition stays the same throughout."""
    lineage = Derived("units", outcome.lineage.inputs if isinstance(outcome.lineage, Derived) else ())
    counts = {"left": len(outcome.left_out), "kept": len(outcome.units)}
    numbers = {
        what: voice.fact(
            Fact(f"{place}.{outcome.metric.key}.{what}", float(count), "count", lineage), voice.language.grouped(count)
        )
        for what, count in counts.items()
    }
    return voice.say("method.looked_at.left_out", metric=voice.name(outcome.metric.name), **numbers)


def _legend(voice: Voice, kind: str, keys: tuple[str, ...]) -> Table:
    shown = (
        Column(voice.say(f"method.{kind}.column.name"), "left", 1.2),
        Column(voice.say(f"method.{kind}.column.meaning"), "left", 6.0),
    )
    rows = tuple(
        Row(
            (
                Cell(voice.say(f"verdict.{key}"), verdict=key) if kind == "verdict" else Cell(grade=key),  # type: ignore[arg-type]
                Cell(voice.say(f"method.{kind}.{key}")),
            )
        )
        for key in keys
    )
    return Table(f"method.{kind}", voice.say(f"method.{kind}.title"), shown, rows)


@section("lineage")
def lineage(study: Study, voice: Voice) -> tuple[Section, ...]:
    """Files with their rows and digests, metrics with their query, rows and instrument, and assumptions."""
    blocks: list[Block] = [_files(study, voice), _metrics(study, voice)]
    if study.engagement is not None and study.engagement.assumptions:
        blocks.append(_assumptions(study, voice))
    blocks.append(Prose(voice.say("lineage.so_what", algorithm=voice.quote("SHA-256")), style="so_what"))
    return (
        chapter(
            voice,
            "lineage",
            blocks=tuple(blocks),
        ),
    )


def _files(study: Study, voice: Voice) -> Table:
    heads: tuple[Head, ...] = (
        ("file", "left", 3.2),
        ("rows", "right", 1.0),
        ("accepted", "right", 1.0),
        ("rejected", "right", 1.0),
        ("digest", "left", 1.8),
    )
    rows = []
    for record in study.imports:
        seen = Measured("import", (record.digest,), record.rows)
        cells = [Cell((voice.quote(record.file),))]
        for what in ("rows", "accepted", "rejected"):
            count = getattr(record, what)
            fact = Fact(f"lineage.files.{record.digest[:DIGEST_SHOWN]}.{what}", float(count), "count", seen)
            cells.append(Cell((voice.fact(fact, voice.language.grouped(count)),)))
        cells.append(Cell((voice.quote(record.digest[:DIGEST_SHOWN]),)))
        rows.append(Row(tuple(cells)))
    shown = columns(voice, "lineage.files", heads)
    return Table("lineage.files", voice.say("lineage.files.title"), shown, tuple(rows))


def _metrics(study: Study, voice: Voice) -> Table:
    heads: tuple[Head, ...] = (
        ("metric", "left", 2.6),
        ("query", "left", 1.9),
        ("rows", "right", 0.8),
        ("periods", "right", 1.1),
        ("instrument", "left", 1.6),
        ("units", "right", 0.9),
        ("digest", "left", 1.9),
    )
    shown = columns(voice, "lineage.metrics", heads)
    rows = tuple(_metric_row(outcome, voice) for outcome in sorted(study.outcomes, key=lambda o: o.metric.key))
    return Table("lineage.metrics", voice.say("lineage.metrics.title"), shown, rows)


def _metric_row(outcome: Outcome, voice: Voice) -> Row:
    place = f"lineage.metrics.{outcome.metric.key}"
    leaves = measured_leaves(outcome.lineage)
    count = sum(leaf.rows for leaf in leaves)
    digests = sorted({digest for leaf in leaves for digest in leaf.digests})
    aggregated = Derived("units", outcome.lineage.inputs if isinstance(outcome.lineage, Derived) else ())
    units = Fact(f"{place}.units", float(len(outcome.units)), "count", aggregated)
    rows = Fact(f"{place}.rows", float(count), "count", outcome.lineage)
    stated = sorted({i for i in outcome.series.instruments or () if i} or {outcome.metric.instrument or "export"})
    instruments = voice.language.list_([_instrument(item, voice) for item in stated])
    return Row(
        (
            Cell((voice.name(outcome.metric.name),)),
            Cell(voice.say(f"aggregation.{outcome.metric.aggregation}")),
            Cell((voice.fact(rows, voice.language.grouped(count)),)),
            Cell((Figures(voice, "lineage.metrics", outcome).periods(),)),
            Cell((voice.quote(instruments),)),
            Cell((voice.fact(units, voice.language.grouped(len(outcome.units))),)),
            Cell((voice.quote(" ".join(digest[:8] for digest in digests)),)),
        )
    )


def _instrument(instrument: str, voice: Voice) -> str:
    known = ("system_log", "export", "time_study", "sample", "survey", "estimate")
    return " + ".join(voice.word(f"instrument.{part}") if part in known else part for part in instrument.split("|"))


def _assumptions(study: Study, voice: Voice) -> Table:
    heads: tuple[Head, ...] = (
        ("key", "left", 2.4),
        ("value", "right", 1.3),
        ("range", "right", 1.6),
        ("source", "left", 2.4),
        ("owner", "left", 1.4),
        ("status", "left", 1.4),
    )
    shown = columns(voice, "lineage.assumptions", heads)
    rows = []
    for item in study.engagement.assumptions if study.engagement else ():
        lineage = Assumed(item.source["en"], item.owner["en"], item.status)
        value = Fact(f"lineage.assumptions.{item.key}", item.value, item.unit, lineage)
        ends = [end for end in (item.low, item.high) if end is not None]
        spread = (
            (
                voice.fact(
                    Fact(f"lineage.assumptions.{item.key}.range", item.value, item.unit, lineage),
                    voice.language.span(min(ends), max(ends), item.unit),
                ),
            )
            if ends
            else voice.words("–")
        )
        rows.append(
            Row(
                (
                    Cell((voice.name(item.name),)),
                    Cell((voice.fact(value, voice.language.quantity(item.value, item.unit)),)),
                    Cell(spread),
                    Cell((voice.name(item.source),)),
                    Cell((voice.name(item.owner),)),
                    Cell(voice.say(f"assumption_status.{item.status}")),
                )
            )
        )
    return Table("lineage.assumptions", voice.say("lineage.assumptions.title"), shown, tuple(rows))
