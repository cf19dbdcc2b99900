"""The education handbook: why installing is not enough, for a client of whom nothing is known yet."""

from __future__ import annotations

from valueviz import catalog
from valueviz.catalog import CaseCard
from valueviz.story.blocks import (
    Axis,
    Block,
    Bullets,
    Callout,
    Card,
    Cards,
    Cell,
    Curve,
    Label,
    Line,
    Prose,
    Row,
    Run,
    Section,
    Table,
    Text,
    Tick,
)
from valueviz.story.heads import Head, chapter, columns
from valueviz.story.process.starter import starter
from valueviz.story.sections import section
from valueviz.story.voice import Voice, plain
from valueviz.study import Study
from valueviz.terms import Fact

DIP = (
    (0.0, 1.0),
    (3.0, 1.0),
    (3.4, 0.88),
    (4.2, 0.78),
    (5.2, 0.84),
    (6.4, 0.94),
    (7.6, 0.99),
    (9.0, 1.0),
    (12.0, 1.0),
)
"""An illustration about nobody: prepared go-live; x are months without a scale, y performance without a unit."""

UNPREPARED = (
    (0.0, 1.0),
    (3.0, 1.0),
    (3.5, 0.78),
    (4.6, 0.58),
    (6.2, 0.57),
    (7.8, 0.66),
    (9.4, 0.8),
    (10.7, 0.91),
    (12.0, 0.97),
)
"""The same without preparation: deeper and longer; drawn to explain, not measured."""

GO_LIVE = 3.0
"""Where the illustration goes live."""


@section("phases")
def phases(study: Study, voice: Voice) -> tuple[Section, ...]:
    """The five phases: deliverable, duties of both sides, and what breaks where one is skipped."""
    heads: tuple[Head, ...] = (
        ("phase", "left", 1.15),
        ("deliverable", "left", 2.3),
        ("client", "left", 2.15),
        ("vendor", "left", 2.15),
        ("skipped", "left", 2.2),
    )
    rows = tuple(
        Row(
            (
                Cell((voice.name(guide.name, strong=True),)),
                Cell((voice.name(guide.deliverable),)),
                Cell((voice.name(guide.client_duty),)),
                Cell((voice.name(guide.vendor_duty),)),
                Cell((voice.name(guide.breaks_if_skipped),)),
            )
        )
        for guide in study.pack.phases
    )
    table = Table(
        "phases",
        voice.say("phases.table"),
        columns(voice, "phases.column", heads),
        rows,
        voice.say("phases.source"),
    )
    return (
        chapter(
            voice,
            "phases",
            blocks=(table, Prose(voice.say("phases.so_what"), style="so_what")),
            breaks="flow",
        ),
    )


@section("cases")
def cases(study: Study, voice: Voice) -> tuple[Section, ...]:
    """Two contrasting cases, each one firm, with its source."""
    blocks: list[Block] = []
    for card in catalog.cases():
        blocks.append(Prose((voice.name(card.title, strong=True),), style="heading"))
        blocks.append(Cards(_case_cards(card, voice)))
        blocks.append(Prose(voice.fill(card.summary, **_figures(card, voice, place="summary"))))
        blocks.append(
            Bullets(
                (
                    voice.say("cases.cause", text=voice.name(card.cause)),
                    voice.say("cases.lesson", text=voice.name(card.lesson)),
                )
            )
        )
        blocks.append(Prose(voice.say("cases.source", source=voice.name(card.source)), style="source"))
    return (
        chapter(
            voice,
            "cases",
            breaks="flow",
            blocks=tuple(blocks),
        ),
    )


def _figures(card: CaseCard, voice: Voice, *, place: str) -> dict[str, Run]:
    """The figures of a case as its source tells them, by key."""
    return {
        figure.key: voice.fact(
            Fact(f"cases.{card.key}.{place}.{figure.key}", figure.value, figure.unit, card.lineage),
            voice.language.quantity(figure.value, figure.unit),
        )
        for figure in card.figures
    }


def _case_cards(card: CaseCard, voice: Voice) -> tuple[Card, ...]:
    n = Fact(f"cases.{card.key}.n", float(card.n), "count", card.lineage)
    told = _figures(card, voice, place="card")
    figures = tuple(
        Card(
            label=(voice.name(figure.name),),
            number=voice.say(f"cases.bound.{figure.bound}", figure=told[figure.key]),
        )
        for figure in card.figures
    )
    setting = Card(
        label=voice.say("cases.card.setting"),
        number=voice.say(f"cases.outcome.{card.outcome}"),
        detail=(voice.name(card.setting),),
    )
    firms = Card(
        label=voice.say("cases.card.n"),
        number=(voice.fact(n, voice.language.grouped(card.n)),),
        detail=voice.say("cases.card.n_detail"),
    )
    return (setting, *figures, firms)[:4]


@section("dip")
def dip(study: Study, voice: Voice) -> tuple[Section, ...]:
    """The go-live dip and the recovery, as a labelled illustration."""
    title = voice.say("dip.chart")
    chart = Curve(
        key="dip",
        title=title,
        alt=f"{plain(title)}. {plain(voice.say('dip.lead'))}",
        x=Axis(
            voice.word("dip.axis.time"),
            0.0,
            12.0,
            (
                Tick(1.5, voice.word("dip.tick.before")),
                Tick(GO_LIVE, voice.word("dip.tick.go_live")),
                Tick(8.5, voice.word("dip.tick.after")),
            ),
        ),
        y=Axis(voice.word("dip.axis.performance"), 0.4, 1.15, (Tick(1.0, voice.word("dip.tick.level")),)),
        lines=(
            Line(DIP, voice.word("dip.line.prepared"), "better"),
            Line(UNPREPARED, voice.word("dip.line.unprepared"), "worse", dashed=True),
        ),
        shade=(GO_LIVE, 6.0, voice.word("dip.shade")),
        labels=(Label(4.2, 0.7, Run(voice.word("dip.label.depth")), "muted", "center"),),
        source=voice.say("dip.source"),
    )
    return (
        chapter(
            voice,
            "dip",
            breaks="flow",
            blocks=(
                Prose(voice.say("dip.measures.heading"), style="heading"),
                Bullets(tuple(voice.say(f"dip.measure.{key}") for key in ("declare", "staff", "stop", "record"))),
                chart,
                Prose(voice.say("dip.so_what"), style="so_what"),
            ),
        ),
    )


@section("readiness")
def readiness(study: Study, voice: Voice) -> tuple[Section, ...]:
    """The self-check: a box to tick, and the gap that an empty box means."""
    heads: tuple[Head, ...] = (
        ("topic", "left", 1.15),
        ("question", "left", 3.9),
        ("answer", "center", 1.05),
        ("gap", "left", 3.9),
    )
    rows = tuple(
        Row(
            (
                Cell((voice.name(check.topic, strong=True),)),
                Cell((voice.name(check.question),)),
                Cell(voice.say("readiness.boxes")),
                Cell((voice.name(check.gap),)),
            )
        )
        for check in study.pack.readiness
    )
    table = Table(
        "readiness",
        voice.say("readiness.table"),
        columns(voice, "readiness.column", heads),
        rows,
    )
    return (
        chapter(
            voice,
            "readiness",
            blocks=(table, Prose(voice.say("readiness.score"), style="so_what")),
            breaks="flow",
        ),
    )


@section("recording")
def recording(study: Study, voice: Voice) -> tuple[Section, ...]:
    """What to start recording now, so that the value can be measured one day."""
    heads: tuple[Head, ...] = (
        ("what", "left", 1.9),
        ("how", "left", 4.6),
        ("often", "left", 1.3),
        ("who", "left", 1.4),
    )
    rows = tuple(
        Row(
            (
                Cell((voice.name(entry.what, strong=True),)),
                Cell((voice.name(entry.how),)),
                Cell((voice.name(entry.how_often),)),
                Cell((voice.name(entry.who),)),
            )
        )
        for entry in study.pack.recordings
    )
    table = Table("recording", voice.say("recording.table"), columns(voice, "recording.column", heads), rows)
    return (
        chapter(
            voice,
            "recording",
            breaks="flow",
            blocks=(
                table,
                Callout(voice.say("recording.rule.title"), voice.say("recording.rule.text")),
                Prose(voice.say("recording.so_what"), style="so_what"),
            ),
        ),
    )


def cover_answer(voice: Voice) -> Text:
    """The sentence on the cover of a handbook."""
    return voice.say("education.answer")


@section("starter")
def starter_flow(study: Study, voice: Voice) -> tuple[Section, ...]:
    """A flow of the industry, today and as it may become, to be replaced by the client's own."""
    return starter(study, voice)
