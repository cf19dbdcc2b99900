"""`valueviz effect`: one file with series in, one effect a series out; no workspace needed."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from valueviz.cli.call import common, emit
from valueviz.errors import UsageError
from valueviz.language import Language

if TYPE_CHECKING:
    from valueviz.analysis.attribution import Attribution, Part
    from valueviz.analysis.effect import Effect
    from valueviz.intake.inquiry import Inquiry, Question
    from valueviz.intake.series import Columns
    from valueviz.intake.steps import DatedStep
    from valueviz.terms import Interval

METHODS = ("auto", "segmented_step", "count_step", "did", "imputation", "sc", "sdid")
"""The estimators of the contract, and the choice by the rules."""

DISCOVERY_LEVEL = 0.05
"""Share of false ones among the stated changes that the printed control over many series allows."""


def add(commands: Any, language: Language) -> None:
    """Register the command and its options."""
    parser = commands.add_parser(
        "effect", help=language.words("cli.effect.help"), description=language.words("cli.effect.help")
    )

    def option(name: str, **settings: Any) -> None:
        key = name.lstrip("-").replace("-", "_")
        parser.add_argument(name, help=language.words(f"cli.effect.{key}"), **settings)

    option("file", metavar="FILE")
    option("--go-live", metavar="DATE")
    option("--better", choices=("lower", "higher"), default="lower")
    option("--transition", metavar="N", default="0")
    option("--series", metavar="COL[,COL…]")
    option("--date", metavar="COL", default="date")
    option("--value", metavar="COL", default="value")
    option("--volume", metavar="COL")
    option("--instrument", metavar="COL")
    option("--definition-version", metavar="COL")
    option("--wide", action="store_true")
    option("--index", action="store_true")
    option("--grain", choices=("day", "week", "month", "quarter", "year", "index"))
    option("--event", metavar="DATE", nargs="+", action="extend", default=[])
    option("--control", metavar="COL", nargs="+", action="extend", default=[])
    option("--scale", choices=("auto", "log", "identity", "count"), default="auto")
    option("--exposure", metavar="COL")
    option("--season", metavar="auto|N", default="auto")
    option("--calendar", metavar="CN|none", default="none")
    option("--treated", metavar="SERIES")
    option("--donors", metavar="A,B|others")
    option("--panel", action="store_true")
    option("--steps", metavar="CSV")
    option("--method", choices=METHODS, default="auto")
    parser.add_argument("--json", action="store_true", help=language.words("cli.option.json"))
    common(parser, language, workspace=False)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, language: Language) -> int:
    """Print the effects as they are found: JSON lines with --json, else sentences."""
    asked = asked_questions(args)
    from valueviz.story.single import effect_sentence, effects_overview

    counted = []
    if args.json:
        _say_besides(asked, language)
        if args.method != "auto":
            print(language.words("effect.chosen"), file=sys.stderr)
        for question in asked:
            answer = question.answer()
            emit(record(answer.effect, attribution=answer.attribution))
            counted.append((answer.effect.p_value, answer.effect.reason is None))
        if len(counted) > 1:
            print(effects_overview(counted, language, level=DISCOVERY_LEVEL), file=sys.stderr)
        return 0
    for question in asked:
        answer = question.answer()
        print(
            effect_sentence(
                answer.effect,
                language,
                design=question.design,
                steps=question.steps or (),
                attribution=answer.attribution,
                left_out=question.left_out,
                provisional=question.provisional,
            )
        )
        counted.append((answer.effect.p_value, answer.effect.reason is None))
    if len(counted) > 1:
        print(effects_overview(counted, language, level=DISCOVERY_LEVEL))
    return 0


def _say_besides(asked: Iterable[Question], language: Language) -> None:
    """Say on stderr what the JSON has no place for, once: donors left out, years whose days off are not known."""
    noted = {(question.left_out, question.provisional) for question in asked} - {((), ())}
    if not noted:
        return
    from valueviz.story.single import besides

    for left_out, provisional in sorted(noted):
        for note in besides(left_out, provisional, language):
            print(note, file=sys.stderr)


# The question ────────────────────────────────────────────────────────────────


def asked_questions(args: argparse.Namespace) -> tuple[Question, ...]:
    """The questions of a call, every one checked, in the order in which the series first appear."""
    from valueviz.intake.inquiry import check, questions
    from valueviz.intake.reading import read_text_table
    from valueviz.intake.series import read_series

    inquiry = _inquiry(args)
    check(inquiry)
    if args.wide and args.series:
        raise UsageError("options_exclude", option="--wide", other="--series")
    columns = _columns(args)
    steps = _steps(args)
    path = Path(args.file)
    wanted = [] if columns.index else [columns.date]
    wanted += [] if columns.wide else [columns.value, *columns.series]
    table = read_text_table(path, wanted=tuple(wanted))
    found = read_series(table, file=path.name, columns=columns)
    return questions(found, inquiry, steps=steps)


def _steps(args: argparse.Namespace) -> tuple[DatedStep, ...]:
    if args.steps is None:
        return ()
    from valueviz.intake.reading import read_text_table
    from valueviz.intake.steps import COLUMNS, read_steps

    path = Path(args.steps)
    return read_steps(read_text_table(path, wanted=COLUMNS[:2]), file=path.name)


def _columns(args: argparse.Namespace) -> Columns:
    from valueviz.intake.series import Columns

    return Columns(
        series=tuple(name.strip() for name in args.series.split(",")) if args.series else (),
        date=args.date,
        value=args.value,
        volume=args.volume,
        instrument=args.instrument,
        definition_version=args.definition_version,
        controls=tuple(args.control),
        exposure=args.exposure,
        wide=args.wide,
        index=args.index,
        grain=args.grain,
        together=args.panel or args.treated is not None,
    )


def _inquiry(args: argparse.Namespace) -> Inquiry:
    from valueviz.intake.inquiry import Inquiry

    return Inquiry(
        go_live=args.go_live,
        better=args.better,
        transition=_transition(args.transition),
        scale=args.scale,
        season=_season(args.season),
        calendar=_calendar(args.calendar),
        events=tuple(args.event),
        method=args.method,
        controls=tuple(args.control),
        exposure=args.exposure,
        panel=args.panel,
        treated=args.treated,
        donors=args.donors,
        stepped=args.steps is not None,
        file=Path(args.file).name,
    )


def _transition(text: str) -> int:
    if not text.isdecimal() or not text.isascii() or len(text) > 6:
        raise UsageError("bad_option", option="--transition", found=text, needed="0, 1, 2 …")
    return int(text)


def _season(text: str) -> Any:
    if text == "auto":
        return "auto"
    try:
        season = float(text)
    except ValueError:
        season = math.nan
    if not 1 <= season <= 100_000:
        raise UsageError("bad_option", option="--season", found=text, needed="auto, 1, 4, 7, 12, 52.18 …")
    return season


def _calendar(text: str) -> str | None:
    if text not in ("CN", "none"):
        raise UsageError("bad_option", option="--calendar", found=text, needed="CN, none")
    return None if text == "none" else text


# JSON ────────────────────────────────────────────────────────────────────────


def record(effect: Effect, *, attribution: Attribution | None = None) -> Mapping[str, Any]:
    """An effect as the JSON object of the contract, keys in its order; with its parts where it was split."""
    found = {
        "series": effect.series,
        "estimate": _number(effect.estimate),
        "low": _number(effect.low),
        "high": _number(effect.high),
        "level": effect.level,
        "relative": _number(effect.relative),
        "relative_low": _number(effect.relative_low),
        "relative_high": _number(effect.relative_high),
        "verdict": effect.verdict,
        "reason": effect.reason,
        "method": effect.method,
        "grade": effect.grade,
        "claim_interval": _interval(effect.claim_interval),
        "step_slope": _estimate(effect.step_slope),
        "forecast": _estimate(effect.forecast),
        "n_before": effect.n_before,
        "n_after": effect.n_after,
        "better": effect.better,
        "scale": effect.scale,
        "season": _number(effect.season),
        "grain": effect.grain,
        "warnings": list(effect.warnings),
        "diagnostics": {check.name: {"value": _number(check.value), "ok": check.ok} for check in effect.diagnostics},
    }
    return found if attribution is None else found | {"attribution": [_part(part) for part in attribution.parts]}


def _part(part: Part) -> dict[str, Any]:
    return {
        "kind": part.kind,
        "steps": list(part.steps),
        "estimate": _number(part.estimate),
        "low": _number(part.low),
        "high": _number(part.high),
        "share": _number(part.share),
    }


def _number(value: float | None) -> float | int | None:
    if value is None or not math.isfinite(value):
        return None
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else value


def _interval(interval: Interval | None) -> dict[str, Any] | None:
    if interval is None:
        return None
    return {"low": _number(interval.low), "high": _number(interval.high), "level": interval.level}


def _estimate(part: Any) -> dict[str, Any] | None:
    if part is None:
        return None
    return {
        "estimate": _number(part.estimate),
        "low": _number(part.low),
        "high": _number(part.high),
        "level": part.level,
    }
