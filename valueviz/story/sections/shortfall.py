"""What did not work and what cannot be judged: never left out of a renewal report."""

from __future__ import annotations

from valueviz.analysis.effect.verdict import MIN_AFTER, MIN_BEFORE
from valueviz.story import outcomes
from valueviz.story.blocks import Block, Callout, Cell, Prose, Row, Section, Table, Text
from valueviz.story.figures import Figures, counted
from valueviz.story.heads import Head, chapter, columns, metric_name
from valueviz.story.sections import section
from valueviz.story.source import source_line
from valueviz.story.voice import Voice
from valueviz.study import Outcome, Study


@section("shortfall")
def shortfall(study: Study, voice: Voice) -> tuple[Section, ...]:
    """Worse metrics, promises not kept, and metrics without a verdict, each with what would repair it."""
    missed = tuple(
        outcome
        for outcome in outcomes.promised(study)
        if outcome.target is not None and outcome.target.status in ("missed", "partly")
    )
    worse = tuple(o for o in outcomes.with_verdict(study, "worse") if o not in missed)
    silent = outcomes.with_verdict(study, "not_comparable", "refused", "not_provable_yet")
    blocks: list[Block] = []
    if missed or worse:
        blocks.append(_short(missed + worse, study, voice))
    if silent:
        blocks.append(_silent(silent, study, voice))
    if study.unmeasured:
        names = voice.language.list_([metric_name(study, promise.metric, voice) for promise in study.unmeasured])
        blocks.append(
            Callout(
                voice.say("shortfall.unmeasured.title"),
                voice.say("shortfall.unmeasured.text", metrics=voice.quote(names)),
            )
        )
    if not blocks:
        blocks.append(Prose(voice.say("shortfall.none")))
    blocks.append(Callout(voice.say("shortfall.dip.title"), _dip(study, voice), tone="info"))
    title = voice.say(
        f"shortfall.title.{_which(short=bool(missed + worse), silent=bool(silent))}",
        short=counted(voice, place="shortfall.title", what="short", count=len(missed + worse), outcomes=study.outcomes),
        silent=counted(voice, place="shortfall.title", what="silent", count=len(silent), outcomes=study.outcomes),
    )
    return (
        chapter(
            voice,
            "shortfall",
            title=title,
            blocks=tuple(blocks),
        ),
    )


def _which(*, short: bool, silent: bool) -> str:
    """The key of the title that fits what there is to say."""
    return "both" if short and silent else "short" if short else "silent" if silent else "none"


def _dip(study: Study, voice: Voice) -> Text:
    if outcomes.rolled_out(study):
        return voice.say("shortfall.dip.roll_out")
    periods = study.engagement.transition_periods if study.engagement else 0
    return voice.say("shortfall.dip.text" if periods else "shortfall.dip.none")


def _short(short: tuple[Outcome, ...], study: Study, voice: Voice) -> Table:
    rows = []
    for outcome in short:
        figures = Figures(voice, "shortfall", outcome)
        target = outcome.target
        status = target.status if target is not None else "worse"
        rows.append(
            Row(
                (
                    Cell((voice.name(outcome.metric.name),)),
                    Cell((figures.change(),)) if outcome.effect.estimate is not None else Cell(voice.words("–")),
                    Cell((figures.promised(),)) if target and target.level is not None else Cell(voice.words("–")),
                    Cell(voice.say(f"verdict.{outcome.effect.verdict}"), verdict=outcome.effect.verdict),
                    Cell(voice.say(f"shortfall.next.{status}")),
                )
            )
        )
    heads: tuple[Head, ...] = (
        ("metric", "left", 1.9),
        ("change", "right", 1.8),
        ("promised", "right", 1.2),
        ("verdict", "left", 1.3),
        ("next", "left", 3.4),
    )
    shown = columns(voice, "shortfall.column", heads)
    return Table(
        "shortfall.short",
        voice.say("shortfall.table.short"),
        shown,
        tuple(rows),
        source_line(study, voice, place="shortfall.short", outcomes=short),
    )


def _silent(silent: tuple[Outcome, ...], study: Study, voice: Voice) -> Table:
    rows = tuple(
        Row(
            (
                Cell((voice.name(outcome.metric.name),)),
                Cell(voice.say(f"verdict.{outcome.effect.verdict}"), verdict=outcome.effect.verdict),
                Cell(_why(outcome, voice)),
                Cell(_repair(outcome, voice)),
            )
        )
        for outcome in silent
    )
    heads: tuple[Head, ...] = (
        ("metric", "left", 1.9),
        ("verdict", "left", 1.4),
        ("why", "left", 3.2),
        ("repair", "left", 3.2),
    )
    shown = columns(voice, "shortfall.column", heads)
    return Table(
        "shortfall.silent",
        voice.say("shortfall.table.silent"),
        shown,
        rows,
        source_line(study, voice, place="shortfall.silent", outcomes=silent),
    )


def _short_of(outcome: Outcome) -> tuple[str, int, int]:
    """On which side of go-live periods are wanting, how many there are and how many are needed."""
    found = outcome.effect
    if found.n_before < MIN_BEFORE:
        return "before", found.n_before, MIN_BEFORE
    return "after", found.n_after, MIN_AFTER


def _why(outcome: Outcome, voice: Voice) -> Text:
    if outcome.effect.reason != "too_few_periods":
        return voice.say(f"reason.{outcome.effect.reason}.why")
    side, have, need = _short_of(outcome)
    figures = Figures(voice, "shortfall.silent", outcome)
    return voice.say(
        f"reason.too_few_periods.why_{side}",
        have=figures.count("periods_there", have),
        need=figures.count("periods_needed", need),
    )


def _repair(outcome: Outcome, voice: Voice) -> Text:
    found = outcome.effect
    if found.reason == "too_few_periods":
        side, have, need = _short_of(outcome)
        missing = Figures(voice, "shortfall.silent", outcome).count("missing", need - have)
        return voice.say(f"reason.too_few_periods.repair_{side}", missing=missing)
    if found.verdict == "not_provable_yet" and found.minimum_detectable is not None:
        size = Figures(voice, "shortfall.silent", outcome).minimum_detectable()
        return voice.say(f"reason.{found.reason}.repair", size=size)
    return voice.say(f"reason.{found.reason}.repair")
