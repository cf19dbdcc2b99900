"""The scorecard: every metric at a glance as a picture, then every number behind it as a table."""

from __future__ import annotations

from collections.abc import Iterator

from valueviz.story import outcomes
from valueviz.story.blocks import (
    Cell,
    CellBar,
    Dumbbell,
    DumbbellRow,
    Mark,
    Prose,
    Row,
    Run,
    Section,
    Table,
    Text,
)
from valueviz.story.figures import Figures, counted
from valueviz.story.heads import Head, chapter, columns, metric_name
from valueviz.story.scale import value_axis
from valueviz.story.sections import section
from valueviz.story.source import source_line
from valueviz.story.voice import Voice, plain
from valueviz.study import Outcome, Study, Target

PLACE = "scorecard"
RUNS_OFF = 2.5
"""A metric whose change reaches so many times as far as the next runs off the common axis."""
BAR_AIR = 1.08
"""The widest interval leaves this much room to the edge of its cell."""


@section("change")
def change(study: Study, voice: Voice) -> tuple[Section, ...]:
    """All metrics on one axis, gains to the right."""
    rows = tuple(row for outcome in outcomes.by_gain(study) if (row := _dumbbell_row(outcome, voice)) is not None)
    if not rows:
        return ()
    places, whole = _shown_places(rows)
    improved = counted(
        voice,
        place="change.title",
        what="improved",
        count=len(outcomes.firm(study, "improved")),
        outcomes=study.outcomes,
    )
    measured = counted(
        voice, place="change.title", what="measured", count=len(outcomes.judged(study)), outcomes=study.outcomes
    )
    title = voice.say("change.title", improved=improved, measured=measured)
    chart = Dumbbell(
        key="change",
        title=voice.say("change.chart"),
        alt=f"{plain(title)} {_alt(rows)}",
        x=value_axis(places, title=voice.word("change.axis"), language=voice.language, percent=True, zero=True),
        rows=rows,
        values_title=voice.word("change.values"),
        legend=tuple((mark, voice.word(f"change.legend.{mark}")) for mark in _marks(rows, whole=whole)),
        source=source_line(study, voice, place="change"),
    )
    return (
        chapter(
            voice,
            "change",
            title=title,
            blocks=(chart,),
        ),
    )


def _alt(rows: tuple[DumbbellRow, ...]) -> str:
    return " ".join(f"{plain(row.label)} {plain(row.values)}." for row in rows)


def _shown_places(rows: tuple[DumbbellRow, ...]) -> tuple[list[float], bool]:
    """The places an axis must hold, and whether these are all.

    A metric that changed many times as much as all others would squeeze them into a line: it is left to run off.
    """
    reaches = sorted((max(abs(place) for place in _places(row)), at) for at, row in enumerate(rows))
    kept = len(reaches)
    for rank in range(len(reaches) - 1, max(len(reaches) // 2, 1) - 1, -1):
        if reaches[rank][0] > RUNS_OFF * reaches[rank - 1][0] > 0:
            kept = rank
    shown = {at for _, at in reaches[:kept]}
    return [place for at, row in enumerate(rows) if at in shown for place in _places(row)], kept == len(reaches)


def _places(row: DumbbellRow) -> list[float]:
    found = (row.before, row.after, row.whisker_low, row.whisker_high, row.promise)
    return [place for place in found if place is not None]


def _marks(rows: tuple[DumbbellRow, ...], *, whole: bool) -> tuple[Mark, ...]:
    promise: tuple[Mark, ...] = ("promise",) if any(row.promise is not None for row in rows) else ()
    beyond: tuple[Mark, ...] = () if whole else ("beyond",)
    return ("before", "after", "interval", "whisker", *promise, *beyond)


def _dumbbell_row(outcome: Outcome, voice: Voice) -> DumbbellRow | None:
    """A metric on the common axis; None where it has no number in proportion to a counterfactual."""
    found = outcome.effect
    label = (voice.name(outcome.metric.name),)
    base = abs(found.counterfactual_mean) if found.relative is not None and found.counterfactual_mean else None
    if base is None or found.gain is None or found.gain_interval is None or found.claim_interval is None:
        return None
    sign = 1.0 if found.better == "higher" else -1.0
    whisker = sorted((sign * found.claim_interval.low / base, sign * found.claim_interval.high / base))
    target = outcome.target
    figures = Figures(voice, "change", outcome)
    return DumbbellRow(
        label=label,
        verdict=found.verdict,
        values=(
            *voice.say("change.before_after", before=figures.before(), after=figures.after()),
            Run(_verdict_word(outcome, voice), strong=True),
        ),
        before=0.0,
        after=found.gain / base,
        low=found.gain_interval.low / base,
        high=found.gain_interval.high / base,
        whisker_low=whisker[0],
        whisker_high=whisker[1],
        promise=sign * target.change / base if target is not None and target.change is not None else None,
    )


def _verdict_word(outcome: Outcome, voice: Voice) -> str:
    """The verdict; where its grade only indicates, the grade behind it."""
    word = voice.word(f"verdict.{outcome.effect.verdict}")
    return (
        voice.word("change.indicated", verdict=word, grade=outcome.grade or "")
        if outcomes.only_indicates(outcome)
        else word
    )


@section("scorecard")
def scorecard(study: Study, voice: Voice) -> tuple[Section, ...]:
    """Baseline, target, actual, change with interval, grade and verdict of every metric."""
    promised = outcomes.promised(study)
    keys = {outcome.metric.key for outcome in promised}
    others = tuple(outcome for outcome in outcomes.by_gain(study) if outcome.metric.key not in keys)
    width = _widest(study)
    tables = tuple(
        Table(
            f"scorecard.{group}",
            voice.say(f"scorecard.group.{group}"),
            columns(voice, "scorecard.column", _heads(promised=group == "promised")),
            (
                *(_row(outcome, voice, width=width, promised=group == "promised") for outcome in members),
                *(_unmeasured(study, voice) if group == "promised" else ()),
            ),
            source_line(study, voice, place=f"{PLACE}.{group}", outcomes=members),
        )
        for group, members in (("promised", promised), ("observed", others), ("controls", outcomes.controls(study)))
        if members or (group == "promised" and study.unmeasured)
    )
    total = len(study.engagement.promises) if study.engagement else 0
    title = _title(study, voice, total=total) if total else voice.say("scorecard.title_no_promise")
    return (
        chapter(
            voice,
            "scorecard",
            title=title,
            lead=_lead(study, voice),
            blocks=(
                *tables,
                Prose(voice.say("scorecard.so_what"), style="so_what"),
            ),
        ),
    )


def _title(study: Study, voice: Voice, *, total: int) -> Text:
    """How many promises are kept, and where samples only indicate it, how many of those."""
    counts = {
        "kept": len(outcomes.kept(study)),
        "promised": total,
        "sure": len(outcomes.sure(study)),
        "indicated": len(outcomes.kept_by_indication(study)),
    }
    hinted, none = counts["indicated"] > 0, counts["kept"] == 0
    said = ["promised", *(() if none else ("kept", "sure")), *(("indicated",) if hinted else ())]
    facts = {
        what: counted(voice, place=f"{PLACE}.title", what=what, count=counts[what], outcomes=outcomes.promised(study))
        for what in said
    }
    key = "scorecard.title" + ("_none" if none else "") + ("_indicated" if hinted else "")
    return voice.say(key, total=facts.pop("promised"), **facts)


def _lead(study: Study, voice: Voice) -> Text:
    signed = (
        [promise.signed_on for promise in study.engagement.promises if promise.signed_on] if study.engagement else []
    )
    if not (study.engagement and study.engagement.promises):
        return voice.say("scorecard.lead_no_promise")
    if signed:
        return voice.say("scorecard.lead_signed", on=voice.date(min(signed)))
    return voice.say("scorecard.lead")


def _heads(*, promised: bool) -> tuple[Head, ...]:
    """The columns of a table of metrics; those of the promise only where there are promises."""
    heads: tuple[Head, ...] = (
        ("metric", "left", 2.6),
        ("before", "right", 1.15),
        ("after", "right", 1.15),
        ("change", "right", 2.0),
        ("bar", "center", 1.3),
        ("promised", "right", 1.15),
        ("realised", "right", 1.35),
        ("grade", "center", 0.65),
        ("verdict", "left", 1.75),
    )
    return tuple(head for head in heads if promised or head[0] not in ("promised", "realised"))


def _row(outcome: Outcome, voice: Voice, *, width: float, promised: bool) -> Row:
    found = outcome.effect
    figures = Figures(voice, PLACE, outcome)
    dash = Cell(voice.words("–"))
    target = outcome.target
    judged = found.estimate is not None  # means that cannot be compared are not printed side by side
    cells = {
        "metric": Cell((voice.name(outcome.metric.name),)),
        "before": Cell((figures.before(),)) if judged else dash,
        "after": Cell((figures.after(),)) if judged else dash,
        "change": Cell((figures.change(),)) if judged else dash,
        "bar": Cell(bar=_bar(outcome, width=width)),
        "promised": Cell((figures.promised(),)) if target and target.level is not None else dash,
        "realised": Cell(_status(target, figures, voice)) if target and target.status != "not_judged" else dash,
        "grade": Cell(grade=outcome.grade) if outcome.grade else dash,
        "verdict": verdict_cell(outcome, voice),
    }
    return Row(tuple(cells[key] for key, _, _ in _heads(promised=promised)))


def _status(target: Target, figures: Figures, voice: Voice) -> Text:
    """What became of a promise; where it was reached at all, how far, as the range of its interval."""
    if target.status in ("kept", "partly") and target.share_interval is not None:
        status = "kept_surely" if target.sure else target.status
        return voice.say(f"scorecard.status.{status}", realised=figures.realised())
    return voice.say(f"scorecard.status.{target.status}")


def verdict_cell(outcome: Outcome, voice: Voice) -> Cell:
    """The verdict; where its grade only indicates, in words and without the mark of a stated change."""
    word = voice.word(f"verdict.{outcome.effect.verdict}")
    if outcomes.only_indicates(outcome):
        return Cell(voice.say("scorecard.indicated", verdict=word))
    return Cell(voice.say(f"verdict.{outcome.effect.verdict}"), verdict=outcome.effect.verdict)


def _unmeasured(study: Study, voice: Voice) -> Iterator[Row]:
    """Promises nobody measured: a row each, so that the table holds all that was promised."""
    dash = Cell(voice.words("–"))
    for promise in study.unmeasured:
        cells = {"metric": Cell((voice.quote(metric_name(study, promise.metric, voice)),))}
        cells["verdict"] = Cell(voice.say("scorecard.no_data"))
        yield Row(tuple(cells.get(key, dash) for key, _, _ in _heads(promised=True)))


def _widest(study: Study) -> float:
    """The largest relative end of an interval over all metrics: one scale for all bars."""
    ends = sorted(
        max(abs(outcome.effect.gain_interval.low), abs(outcome.effect.gain_interval.high))
        / abs(outcome.effect.counterfactual_mean)
        for outcome in study.outcomes
        if outcome.effect.gain_interval is not None and outcome.effect.counterfactual_mean
    )
    return ends[-1] * BAR_AIR if ends else 1.0


def _bar(outcome: Outcome, *, width: float) -> CellBar | None:
    found = outcome.effect
    if found.gain is None or found.gain_interval is None or not found.counterfactual_mean:
        return None
    base = abs(found.counterfactual_mean) * width

    def place(gain: float) -> float:
        return min(1.0, max(0.0, 0.5 + gain / base / 2))

    return CellBar(
        low=place(found.gain_interval.low),
        high=place(found.gain_interval.high),
        point=place(found.gain),
        zero=0.5,
        verdict=found.verdict,
    )
