"""`valueviz process`: an event log in, the process before and after out; no workspace needed."""

from __future__ import annotations

import argparse
import math
import os
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from valueviz.cli.call import common, emit
from valueviz.cli.report import save, say
from valueviz.errors import UsageError
from valueviz.language import Language

if TYPE_CHECKING:
    from valueviz.analysis.process.log import Cut, EdgeStats, PeriodSummary, StepStats
    from valueviz.analysis.process.result import EdgeChange, LeadWaterfall
    from valueviz.intake.log import LogColumns, LogRead
    from valueviz.study.process import Asked, ProcessStudy
    from valueviz.terms import Window

COLUMNS = ("case", "activity", "start", "complete", "resource", "role", "cost")
"""The parts of a log an option names the column of."""


def add(commands: Any, language: Language) -> None:
    """Register the command and its options."""
    parser = commands.add_parser(
        "process", help=language.words("cli.process.help"), description=language.words("cli.process.help")
    )

    def option(name: str, **settings: Any) -> None:
        key = name.lstrip("-").replace("-", "_")
        parser.add_argument(name, help=language.words(f"cli.process.{key}"), **settings)

    option("log", metavar="LOG")
    option("--go-live", metavar="DATE")
    option("--before", metavar="A..B")
    option("--after", metavar="C..D")
    for part in COLUMNS:
        option(f"--{part}", metavar="COL")
    option("--timezone", metavar="ZONE")
    option("--from", metavar="ACT", dest="source")
    option("--to", metavar="ACT", dest="target")
    option("--match", metavar="ATTRIBUTE")
    option("--minimum", metavar="SECONDS", default="60")
    option("--out", metavar="FILE.pdf")
    parser.add_argument("--json", action="store_true", help=language.words("cli.option.json"))
    common(parser, language, workspace=False)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, language: Language) -> int:
    """Print what became of the process: one JSON object with --json, else sentences; with --out write a report."""
    cut, asked, columns = _cut(args), _asked(args), _columns(args)
    path = Path(args.log)
    out = None if args.out is None else Path(args.out)
    if out is not None:
        _check_out(out, path)
    from valueviz.study.log_file import coded_log

    with coded_log(path, columns=columns, zone=args.timezone) as log:
        study = log.study(cut, name=_readable(path.name), asked=asked)
    if out is not None:
        save(_report(study, language), out)
    _tell(log.read, columns, language)
    _tell_empty(study, log.read, language)
    if args.json:
        emit(record(study))
    else:
        from valueviz.story.process.words import process_sentences

        print(process_sentences(study, language))
    if out is not None:
        say(language.words("cli.process.done", file=str(out)))
    return 0


def _check_out(out: Path, log: Path) -> None:
    """Refuse what no report can be written to, before any work is done.

    Raises:
        UsageError: not_a_folder, out_no_file, out_is_input.
    """
    try:
        target = out.resolve()  # through a link to the file it names
        if not target.parent.is_dir():
            raise UsageError("not_a_folder", file=str(out))
        if target.exists() and not target.is_file():
            raise UsageError("out_no_file", file=str(out))
        # a report is written beside its place first
        for written in (target, target.with_name(f"{target.name}.part")):
            if written.exists() and log.exists() and written.samefile(log):
                raise UsageError("out_is_input", file=str(out))
    except (OSError, RuntimeError):  # a name too long, a ring of links
        raise UsageError("out_no_file", file=str(out)) from None


def _readable(name: str) -> str:
    """A name of a file as it reads, whatever the locale takes its bytes for."""
    return os.fsencode(name).decode("utf-8", "replace")


def _report(study: ProcessStudy, language: Language) -> bytes:
    from valueviz.render import pdf
    from valueviz.story.process.document import log_document

    return pdf.render(log_document(study, locale=language.locale))


# The call ────────────────────────────────────────────────────────────────────


def _columns(args: argparse.Namespace) -> LogColumns:
    from valueviz.intake.log.result import LogColumns

    return LogColumns(**{part: getattr(args, part) for part in COLUMNS})


def _asked(args: argparse.Namespace) -> Asked:
    from valueviz.intake.log.names import bare_attribute
    from valueviz.study.process import Asked

    match = None if args.match is None else bare_attribute(args.match)
    return Asked(minimum=_seconds(args.minimum), match=match)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds < math.inf:
        raise UsageError("bad_seconds", option="--minimum", found=text)
    return seconds


def _cut(args: argparse.Namespace) -> Cut:
    from valueviz.analysis.process.log import Cut

    if (args.before is None) != (args.after is None) or (args.before is not None and args.go_live is not None):
        raise UsageError("periods_needed")
    if (args.source is None) != (args.target is None):
        raise UsageError("segment_needed")
    before, after = (_period(args.before, "--before"), _period(args.after, "--after")) if args.before else (None, None)
    if before and after and before.end >= after.start:
        raise UsageError("periods_overlap", found=before.end.isoformat(), needed=after.start.isoformat())
    return Cut(
        go_live=None if args.go_live is None else _day(args.go_live, "--go-live"),
        before=before,
        after=after,
        segment=None if args.source is None else (args.source, args.target),
    )


def _day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise UsageError("bad_date", option=option, found=text) from None


def _period(text: str, option: str) -> Window:
    from valueviz.terms import Window

    first, dots, last = text.partition("..")
    try:
        start, end = date.fromisoformat(first.strip()), date.fromisoformat(last.strip())
    except ValueError:
        raise UsageError("bad_period", option=option, found=text) from None
    if not dots:
        raise UsageError("bad_period", option=option, found=text)
    if end < start:
        raise UsageError("period_reversed", option=option, found=end.isoformat(), needed=start.isoformat())
    return Window(start, end)


# What was understood ─────────────────────────────────────────────────────────


def _tell(read: LogRead, asked: LogColumns, language: Language) -> None:
    """Say on stderr which columns were taken without being named, and what a reader should know."""
    words = language.words
    parts = [
        f"{words(f'cli.import.part.{part}')} = {getattr(read.columns, part)}"
        for part in COLUMNS
        if getattr(read.columns, part) is not None and getattr(asked, part) is None
    ]
    if parts and not read.columns.steps:
        print(words("cli.process.understood", parts=words("cli.process.between").join(parts)), file=sys.stderr)
    for note in log_notes(read, language):
        print(words("cli.process.note", note=note), file=sys.stderr)


def _tell_empty(study: ProcessStudy, read: LogRead, language: Language) -> None:
    """Say on stderr from when to when the log runs, where no case begins in a period."""
    empty = [name for name in ("before", "after") if (period := getattr(study, name)) is not None and not period.cases]
    if not empty or read.first is None or read.last is None:
        return
    key = "empty_both" if len(empty) > 1 else f"empty_{empty[0]}"
    note = language.words(f"cli.process.{key}", first=read.first.date().isoformat(), last=read.last.date().isoformat())
    say(language.words("cli.process.note", note=note))


def log_notes(read: LogRead, language: Language) -> list[str]:
    """What a reader of a log should know, in words."""
    notes = [language.words(f"cli.import.note.{code}") for code in read.warnings]
    for note in read.notes:
        told = {
            key: language.grouped(value) if isinstance(value, int) else str(value)
            for key, value in note.fields
            if key != "part"
        }
        notes.append(language.words(f"process.note.{note.code}", **told))
    return notes


# JSON ────────────────────────────────────────────────────────────────────────


def record(study: ProcessStudy) -> dict[str, Any]:
    """A study as the JSON object of the contract, keys in its order; floats as they are."""
    summary = study.summary
    change = study.change
    found = {
        "cases": summary.cases if summary else study.overall.cases,
        "events": summary.events if summary else study.overall.events,
        "activities": len(summary.activities) if summary else 0,
        "variants": summary.variants if summary else study.overall.variants,
        "outside_segment": study.outside_segment,
        "overall": _period_record(study.overall),
        "before": _period_record(study.before) if study.before and study.before.cases else None,
        "after": _period_record(study.after) if study.after and study.after.cases else None,
        "change": None
        if change is None
        else {key: getattr(change, key) for key in ("estimate", "low", "high", "level", "verdict", "reason")},
        "edges": [_edge(edge) for edge in study.edges if edge.source and edge.target],
        "steps": [
            {"activity": each.step.activity}
            | {period: _step(getattr(each.step, period)) for period in ("overall", "before", "after")}
            for each in study.steps
        ],
        "waterfall": _waterfall(study.waterfall),
        "causes": [
            {
                "from": cause.source,
                "from_resource": cause.source_resource,
                "to": cause.target,
                "to_resource": cause.target_resource,
                "batching": cause.batching,
                "prioritisation": cause.prioritisation,
                "contention": cause.contention,
                "unavailability": cause.unavailability,
                "extraneous": cause.extraneous,
            }
            for cause in study.causes
        ],
        "checks": [
            {key: getattr(check, key) for key in ("name", "by", "levels", "before", "after", "verdict")}
            for check in study.checks
        ],
        "diagnoses": [
            {
                "step": diagnosis.step,
                "cause": diagnosis.cause,
                "impact_per_100_cases": diagnosis.impact,
                "evidence": [
                    {key: getattr(each, key) for key in ("key", "value", "unit", "threshold")}
                    for each in diagnosis.evidence
                ],
                "falsifier": diagnosis.falsifier,
            }
            for diagnosis in study.diagnoses
        ],
        "findings": [
            {
                "id": finding.id,
                "kind": finding.kind,
                "values": dict(finding.values),
                "status": finding.status,
                "checks": finding.checks,
            }
            for finding in study.findings
        ],
    }
    plain: dict[str, Any] = _finite(found)
    return plain


def _finite(value: Any) -> Any:
    """The same without what JSON has no number for, and without types of numpy."""
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_finite(each) for each in value]
    if value is None or isinstance(value, str | bool | int):
        return value
    if hasattr(value, "item"):
        return _finite(value.item())
    return value if math.isfinite(value) else None


def _period_record(period: PeriodSummary | None) -> dict[str, Any] | None:
    if period is None:
        return None
    lead = period.lead_time
    return {
        "cases": period.cases,
        "events": period.events,
        "variants": period.variants,
        "lead_time": {"median": lead.median, "mean": lead.mean, "p90": lead.p90},
    }


def _edge(edge: EdgeChange) -> dict[str, Any]:
    return {
        "from": edge.source,
        "to": edge.target,
        "overall": _walked(edge.overall),
        "before": _walked(edge.before),
        "after": _walked(edge.after),
        "change": edge.change,
        "p": edge.p,
        "q": edge.q,
        "p_window": edge.p_window,
        "material": edge.material,
        "colour": edge.colour,
    }


def _walked(stats: EdgeStats | None) -> dict[str, Any] | None:
    keys = ("count", "cases", "share", "median", "mean")
    return None if stats is None else {key: getattr(stats, key) for key in keys}


def _step(stats: StepStats | None) -> dict[str, Any] | None:
    keys = ("events", "cases", "wait_mean", "touch_mean")
    return None if stats is None else {key: getattr(stats, key) for key in keys}


def _waterfall(found: LeadWaterfall | None) -> dict[str, Any] | None:
    if found is None:
        return None
    keys = ("activity", "duration", "frequency", "change")
    parts = [{key: getattr(part, key) for key in keys} for part in found.parts]
    return {"from": found.before, "to": found.after, "parts": parts}
