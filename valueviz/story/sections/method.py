"""The appendix: how it was computed, and where every number comes from."""

from __future__ import annotations

from valueviz.analysis.effect.noise import GRID, NUGGET, RHO, WALK
from valueviz.analysis.effect.verdict import CLAIM_LEVEL, PRINTED_LEVEL
from valueviz.story.blocks import Block, Bullets, Cell, Column, Prose, Row, Run, Section, Table, Text
from valueviz.story.figures import Figures, measured_leaves
from valueviz.story.heads import Head, chapter, columns
from valueviz.story.sections import section
from valueviz.story.voice import Voice
from valueviz.study import Outcome, Study
from valueviz.terms import GRADES, VERDICTS, Assumed, Derived, Fact, Measured

DIGEST_SHOWN = 12
"""Hexadecimal digits of a digest that are printed; the embedded facts hold all of them."""


@section("method")
def method(study: Study, voice: Voice) -> tuple[Section, ...]:
    """The method in plain words, its parameters, and how to read verdicts and grades."""
    return (
        chapter(
            voice,
            "method",
            blocks=(
                Bullets(_steps(study, voice), marker="number"),
                _parameters(voice),
                _legend(voice, "verdict", VERDICTS),
                _legend(voice, "grade", GRADES),
            ),
        ),
    )


def _steps(study: Study, voice: Voice) -> tuple[Text, ...]:
    """The method step by step, so that another person could repeat it, with the two levels it rests on."""
    levels = {"interval": ("level", PRINTED_LEVEL), "verdict": ("claim", CLAIM_LEVEL)}
    used = {outcome.effect.method for outcome in study.outcomes}
    steps = ["baseline", "counterfactual", "errors", "interval", "verdict", "refusal"]
    steps += [step for step in ("count_step", "imputation", "did", "sdid") if step in used]
    if any(outcome.attribution is not None and outcome.attribution.parts for outcome in study.outcomes):
        steps.append("attribution")
    said = []
    for step in steps:
        fields = {}
        if step in levels:
            name, level = levels[step]
            fields[name] = _constant(name, level, voice, share=True)
        if step == "errors":
            fields["kinds"] = _constant("kinds", float(len(GRID)), voice)
        said.append(voice.say(f"method.step.{step}", **fields))
    return tuple(said)


def _constant(key: str, value: float, voice: Voice, *, share: bool = False) -> Run:
    """A constant of the method as a fact."""
    fact = Fact(f"method.{key}", value, "share" if share else "", Assumed("docs/methods.md", "valueviz", "method"))
    plain = f"{value:g}"
    digits = len(plain.partition(".")[2])
    return voice.fact(fact, voice.language.percent(value, 0) if share else voice.language.number(value, digits))


def _parameters(voice: Voice) -> Table:
    """The kinds of error the estimate averages over."""
    heads: tuple[Head, ...] = (("name", "left", 2.6), ("values", "left", 2.2), ("meaning", "left", 4.2))
    rows = []
    for key, values in (("rho", RHO), ("nugget", NUGGET), ("walk", WALK)):
        runs = [_constant(f"{key}.{at}", value, voice) for at, value in enumerate(values)]
        gap = Run(voice.word("separator.dot"))
        listed = [run for each in runs for run in (gap, each)][1:]
        rows.append(
            Row(
                (
                    Cell(voice.say(f"method.parameter.{key}")),
                    Cell(tuple(listed)),
                    Cell(voice.say(f"method.parameter.{key}_why")),
                )
            )
        )
    title = voice.say("method.parameters.title")
    return Table("method.parameters", title, columns(voice, "method.parameters", heads), tuple(rows))


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
