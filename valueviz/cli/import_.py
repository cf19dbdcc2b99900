"""`valueviz import`: a client's file through the gate; stdout says what became of its rows."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from valueviz.cli import logged, overlap, query
from valueviz.cli.call import common, emit, warn_of_place, workspace_path
from valueviz.cli.named import Named
from valueviz.errors import DataError, UsageError
from valueviz.language import Language

if TYPE_CHECKING:
    from valueviz.catalog import Mapping
    from valueviz.intake.intake import ImportResult
    from valueviz.intake.look import Understanding
    from valueviz.store import Client
    from valueviz.terms import Finding

SHOWN_REJECTS = 10
"""Rejected cells shown to a reader; JSON holds all of them."""

MAPPING_BYTES = 1 << 20
"""A mapping is a page of text; a larger file is something else."""


def add(commands: Any, language: Language) -> None:
    """Register the command and its options."""
    words = language.words
    parser = commands.add_parser("import", help=words("cli.import.help"), description=words("cli.import.help"))
    parser.add_argument("client", metavar="CLIENT", help=words("cli.option.client"))
    parser.add_argument("file", metavar="FILE", nargs="?", help=words("cli.import.file"))
    query.add_options(parser, language)
    parser.add_argument("--mapping", metavar="MAPPING.toml", help=words("cli.import.mapping"))
    parser.add_argument("--yes", action="store_true", help=words("cli.import.yes"))
    parser.add_argument("--write-mapping", metavar="FILE", help=words("cli.import.write_mapping"))
    parser.add_argument("--dry-run", action="store_true", help=words("cli.import.dry_run"))
    parser.add_argument("--no-keep-raw", action="store_true", help=words("cli.import.no_keep_raw"))
    parser.add_argument("--keep-personal", action="store_true", help=words("cli.import.keep_personal"))
    overlap.add_option(parser, language)
    parser.add_argument("--json", action="store_true", help=words("cli.option.json"))
    common(parser, language)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, language: Language) -> int:
    """Import a file and say what became of its rows; 2 with nothing written where it cannot be taken."""
    from valueviz.store import Workspace

    client = Workspace.open(workspace_path(args)).client(args.client)
    with query.source(client, args, progress=_progress(language)) as (path, origin):
        result = _taken(client, path, args, language, origin)
    if result is None:
        return 2
    # a refusal is one line: what is noted beside an import stands beside one that went on
    warn_of_place(workspace_path(args), language)
    query.warn_of_password(args, language)
    if args.write_mapping:
        print(language.words("cli.import.written", file=args.write_mapping), file=sys.stderr)
    if args.json:
        emit(result.contract())
        for line in logged.beside(result, language):
            print(line, file=sys.stderr)
    else:
        print("\n".join(summary(result, Named(client, result.mapping, language))))
    return 0


def _taken(
    client: Client, path: Path, args: argparse.Namespace, language: Language, origin: dict[str, str]
) -> ImportResult | None:
    """What became of a file, after a person confirmed what has to be confirmed; None where it was declined.

    Args:
        client: whose workspace it goes to.
        path: the file.
        args: the call.
        language: of the talk.
        origin: name and query of a file that a query made.
    """
    from valueviz.catalog import write_mapping
    from valueviz.cli.understood import show
    from valueviz.intake.form import is_form
    from valueviz.intake.intake import ready
    from valueviz.intake.look import look
    from valueviz.intake.skeleton import draft

    if args.mapping:
        mapping = _read_mapping(Path(args.mapping))
        _write_text(args.write_mapping, write_mapping(mapping))
        return _imported(client, path, args, language, mapping=mapping, **origin)
    if is_form(path):
        if args.write_mapping:
            raise UsageError("form_needs_no_mapping", file=path.name)
        return _imported(client, path, args, language)
    looked = look(client, path, name=origin.get("name"), progress=_progress(language))
    _write_text(args.write_mapping, draft(looked, language) if args.write_mapping else "")
    ready(looked)
    named = Named(client, looked.draft, language)
    ask = not (args.yes or args.dry_run or looked.remembered)
    if ask and not _confirmed(client, looked, named, path):
        return None
    result = _imported(client, path, args, language, looked=looked, **origin)
    if result and not ask:
        show(looked, named)
        _show_rows(result, named)
    return result


def _imported(
    client: Client, path: Path, args: argparse.Namespace, language: Language, **understood: Any
) -> ImportResult | None:
    """What became of a file; None where a person who was asked which values count wants none of it."""
    from valueviz.intake import import_file

    told: dict[str, Any] = {
        **understood,
        "personal": "keep" if args.keep_personal else "leave_out",
        "keep_raw": not args.no_keep_raw,
        "latest": datetime.now().astimezone().date(),
        "progress": _progress(language),
    }
    try:
        return import_file(client, path, dry_run=args.dry_run, overlap=overlap.choice(args), **told)
    except DataError as refusal:
        if refusal.code != "overlap_not_decided" or not overlap.can_ask():
            raise
    seen = import_file(client, path, dry_run=True, **told)
    choice = overlap.asked(seen, Named(client, seen.mapping, language))
    return None if choice is None else import_file(client, path, overlap=choice, **told)


def _read_mapping(path: Path) -> Mapping:
    from valueviz.catalog import read_mapping

    if not path.is_file():
        raise DataError("input_missing", file=str(path))
    try:
        content = path.read_bytes()[:MAPPING_BYTES]
        return read_mapping(content.decode("utf-8-sig"), file=path.name)
    except OSError as error:
        raise DataError("input_unreadable", file=str(path), found=error.strerror) from error
    except UnicodeDecodeError as error:
        raise DataError("unknown_encoding", file=path.name, found="TOML: UTF-8") from error


def _write_text(target: str | None, text: str) -> None:
    from valueviz.cli.report import save

    if target is None:
        return
    path = Path(target)
    if not path.resolve().parent.is_dir():
        raise UsageError("not_a_folder", file=target)
    save(text.encode(), path)


def _show_rows(looked: ImportResult, named: Named) -> None:
    """The first rows as they are read, on stderr: the quickest check of a mapping there is."""
    from valueviz.intake.written import written

    words, known = named.language.words, written(looked.columns)
    print(words("cli.import.rows"), file=sys.stderr)
    for row, metric, date, value, labels in looked.sample:
        said = named.amount(float(value), metric, known=known) if value else words("cli.import.row_missing")
        said = "" if looked.log is not None else said
        text = " | ".join(filter(None, (named.name(metric), date, said, labels)))
        print(words("cli.import.row", row=row, text=text), file=sys.stderr)


def _confirmed(client: Client, looked: Understanding, named: Named, path: Path) -> bool:
    """Whether a person at a terminal, shown the first rows as they would be read, says yes.

    Raises:
        DataError: mapping_not_confirmed, where nobody can be asked.
    """
    from valueviz.cli.understood import show
    from valueviz.intake import import_file

    language = named.language
    seen = import_file(client, path, mapping=looked.draft, dry_run=True, progress=_progress(language))
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise DataError("mapping_not_confirmed", file=path.name, mapping=named.mapping(looked.draft))
    show(looked, named)
    _show_rows(replace(seen, columns=looked.columns), named)
    print(language.words("cli.import.ask"), end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().casefold() in {"y", "yes", "是", "好"}:
        return True
    print(language.words("cli.import.declined"), file=sys.stderr)
    return False


def _progress(language: Language) -> Callable[[str, float], None] | None:
    """A line on stderr that says the stage, where stderr is a terminal."""
    if not sys.stderr.isatty():
        return None

    def tell(stage: str, share: float) -> None:
        text = f"{language.words(f'cli.import.stage.{stage}')} {language.percent(share, 0)}"
        print(f"\r\x1b[2K{text}", end="" if share < 1 else "\r\x1b[2K", file=sys.stderr, flush=True)

    return tell


def summary(result: ImportResult, named: Named) -> list[str]:
    """The lines that say what became of a file."""
    language = named.language
    words, grouped = language.words, language.grouped
    beside = {"process_taken", "form_engagement_differs"} & set(result.warnings)
    if "already_imported" in result.warnings and not (beside or result.dry_run):
        return [words("cli.import.known", file=result.file, earlier=result.known_as or result.file)]
    counts = {key: grouped(getattr(result, key)) for key in ("rows", "accepted", "rejected")}
    lines = [words("cli.import.done_dry" if result.dry_run else "cli.import.done", file=result.file, **counts)]
    if result.partly:
        ways = {"whole": result.accepted, "part": result.partly, "none": result.rejected - result.partly}
        told = {key: grouped(count) for key, count in ways.items()}
        lines.append(words("cli.import.three_ways", values=grouped(result.values), **told))
    lines += logged.lines(result, language)
    if result.metrics:
        lines.append(words("cli.import.metrics", metrics=named.names(result.metrics)))
    if result.periods:
        first, last = result.periods[0], result.periods[-1]
        lines.append(words("cli.import.periods", first=first, last=last, count=grouped(len(result.periods))))
    if result.missing:
        lines.append(words("cli.import.missing", count=grouped(result.missing)))
    lines += [
        words("cli.import.warning", text=_note(code, result, language))
        for code in result.warnings
        if code != "missing_values" and code not in _told_by_row(result)
    ]
    lines += _findings(result, named)
    lines += overlap.lines(result, named, chosen=result.chosen)
    if result.rejects:
        lines += _rejects(result, language)
    return [*lines, words("cli.import.snapshot", digest=result.snapshot)] if result.snapshot else lines


def _told_by_row(result: ImportResult) -> set[str]:
    """The findings that are told with their metric and rows, and so need no note."""
    return {found.code for found in result.findings} - {"repeated_rows"}


def _findings(result: ImportResult, named: Named) -> list[str]:
    """A line for each finding: the metrics, what was found, on which rows."""
    if not result.findings:
        return []
    from valueviz.story.finding import plain_sentence

    language = named.language
    alike: dict[tuple[object, ...], list[Finding]] = {}
    for found in result.findings:
        if found.code in _told_by_row(result):
            alike.setdefault((found.code, found.rows, found.count, found.fields), []).append(found)
    lines = []
    for first, *others in alike.values():
        metrics = named.names([each.metric or "" for each in (first, *others)])
        text = plain_sentence(first, language, names={first.metric or "": metrics})
        rows = language.list_([str(row) for row in first.rows])
        key, place = ("found", {"rows": rows}) if rows else ("warning", {})
        lines.append(language.words(f"cli.import.{key}", text=text, **place))
    return lines


def _note(code: str, result: ImportResult, language: Language) -> str:
    """The words for a warning; repeated rows are counted."""
    of_log = logged.note(code, result, language)
    if of_log is not None:
        return of_log
    told: dict[str, dict[str, str]] = {
        "mapping_remembered": {"earlier": result.remembered or result.file},
        "personal_data": {"columns": ", ".join(each.column for each in result.personal)},
        "repeated_rows": {"count": language.grouped(result.repeated)},
        "already_imported": {"earlier": result.known_as or result.file},
    }
    key = "personal_data_log" if code == "personal_data" and result.log is not None else code
    return language.words(f"cli.import.note.{key}", **told.get(code, {}))


def _rejects(result: ImportResult, language: Language) -> list[str]:
    words = language.words
    lines = [words("cli.import.rejects")]
    for fault in result.rejects[:SHOWN_REJECTS]:
        told = {"row": str(fault.row), "value": fault.value, "reason": words(f"cli.import.reason.{fault.reason}")}
        if fault.column is None:
            lines.append(words("cli.import.reject_row", **told))
        else:
            lines.append(words("cli.import.reject", column=fault.column, **told))
    if result.partly:
        lines.append(words("cli.import.partly", count=language.grouped(result.partly)))
    rest = len(result.rejects) - SHOWN_REJECTS
    if rest > 0:
        lines.append(words("cli.import.more", count=language.grouped(rest)))
    return lines
