"""`valueviz effect`: one file with series in, one effect a series out; no workspace needed."""

from __future__ import annotations

import argparse
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from valueviz.cli.call import common, emit
from valueviz.errors import UsageError
from valueviz.language import Language

if TYPE_CHECKING:
    from valueviz.analysis.effect import Design, Effect
    from valueviz.intake.series import Columns, DatedSeries
    from valueviz.terms import Interval

LATER = ("control", "treated", "donors", "panel", "steps", "exposure")
"""Options of the contract that have no estimator yet."""
METHODS_LATER = ("count_step", "did", "imputation", "sc", "sdid")
"""Methods of the contract that have no estimator yet."""
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
    option("--scale", choices=("auto", "log", "identity", "count"), default="auto")
    option("--season", metavar="auto|N", default="auto")
    option("--calendar", metavar="CN|none", default="none")
    option("--method", choices=("auto", "segmented_step", *METHODS_LATER), default="auto")
    for name in LATER:
        flag = {"action": "store_true"} if name == "panel" else {"nargs": "+", "metavar": "…"}
        parser.add_argument(f"--{name}", help=argparse.SUPPRESS, **flag)
    parser.add_argument("--json", action="store_true", help=language.words("cli.option.json"))
    common(parser, language, workspace=False)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, language: Language) -> int:
    """Print the effects: JSON lines with --json, else sentences."""
    _refuse_later(args)
    effects = effects_of(args)
    if args.json:
        for effect in effects:
            emit(record(effect))
        return 0
    from valueviz.story.single import effect_sentence, effects_overview

    for effect in effects:
        print(effect_sentence(effect, language))
        if args.method != "auto":
            print("  " + language.words("effect.chosen"))
    if len(effects) > 1:
        print(effects_overview(effects, language, level=DISCOVERY_LEVEL))
    return 0


def _refuse_later(args: argparse.Namespace) -> None:
    """Refuse what the contract names and no estimator answers yet."""
    asked = [f"--{name}" for name in LATER if getattr(args, name)]
    if args.scale == "count":
        asked.append("--scale count")
    if args.method in METHODS_LATER:
        asked.append(f"--method {args.method}")
    if asked:
        raise UsageError("not_available_yet", option=asked[0])


def effects_of(args: argparse.Namespace) -> list[Effect]:
    """The effects of a call, in the order in which the series first appear."""
    from valueviz.analysis.effect import estimate
    from valueviz.intake.reading import read_text_table
    from valueviz.intake.series import read_series

    transition, season = _transition(args.transition), _season(args.season)
    calendar = _calendar(args.calendar)
    columns = _columns(args)
    path = Path(args.file)
    wanted = [] if columns.index else [columns.date]
    wanted += [] if columns.wide else [columns.value, *columns.series]
    table = read_text_table(path, wanted=tuple(wanted))
    found = read_series(table, file=path.name, columns=columns)
    if args.go_live is None and not any(dated.own_go_live for dated in found):
        raise UsageError("go_live_needed")
    designed = [
        (dated.series, _design(args, dated, transition=transition, season=season, calendar=calendar)) for dated in found
    ]
    return [estimate(series, design) for series, design in designed]


def _columns(args: argparse.Namespace) -> Columns:
    from valueviz.intake.series import Columns

    return Columns(
        series=tuple(name.strip() for name in args.series.split(",")) if args.series else (),
        date=args.date,
        value=args.value,
        volume=args.volume,
        instrument=args.instrument,
        definition_version=args.definition_version,
        wide=args.wide,
        index=args.index,
        grain=args.grain,
    )


def _design(
    args: argparse.Namespace, dated: DatedSeries, *, transition: int, season: Any, calendar: str | None
) -> Design:
    from valueviz.analysis.effect import Design
    from valueviz.catalog.calendars import spring_festival_share
    from valueviz.intake.series import option_ordinal

    grain = dated.series.grain
    go_live = dated.go_live
    if not dated.own_go_live and args.go_live is not None:
        go_live = option_ordinal(args.go_live, grain=grain, option="--go-live")
    holiday = None if calendar is None else spring_festival_share(dated.series.ordinals, grain, country=calendar)
    return Design(
        go_live=go_live,
        better=args.better,
        transition=transition,
        scale=args.scale,
        season=season,
        holiday=holiday,
        events=tuple(option_ordinal(text, grain=grain, option="--event") for text in args.event),
        chosen=args.method != "auto",
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


def record(effect: Effect) -> Mapping[str, Any]:
    """An effect as the JSON object of the contract, keys in its order."""
    return {
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
