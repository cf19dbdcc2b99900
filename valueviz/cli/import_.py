"""`valueviz import`: a client's file through the gate; stdout says what became of its rows."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from valueviz.cli.call import common, emit, workspace_path
from valueviz.errors import DataError, UsageError
from valueviz.language import Language

if TYPE_CHECKING:
    from valueviz.catalog import Mapping
    from valueviz.intake.intake import ImportResult
    from valueviz.intake.proposal import Proposal
    from valueviz.store import Client

SHOWN_REJECTS = 10
"""Rejected cells shown to a reader; JSON holds all of them."""

MAPPING_BYTES = 1 << 20
"""A mapping is a page of text; a larger file is something else."""


def add(commands: Any, language: Language) -> None:
    """Register the command and its options."""
    words = language.words
    parser = commands.add_parser("import", help=words("cli.import.help"), description=words("cli.import.help"))
    parser.add_argument("client", metavar="CLIENT", help=words("cli.option.client"))
    parser.add_argument("file", metavar="FILE", help=words("cli.import.file"))
    parser.add_argument("--mapping", metavar="MAPPING.toml", help=words("cli.import.mapping"))
    parser.add_argument("--yes", action="store_true", help=words("cli.import.yes"))
    parser.add_argument("--write-mapping", metavar="FILE", help=words("cli.import.write_mapping"))
    parser.add_argument("--dry-run", action="store_true", help=words("cli.import.dry_run"))
    parser.add_argument("--no-keep-raw", action="store_true", help=words("cli.import.no_keep_raw"))
    parser.add_argument("--json", action="store_true", help=words("cli.option.json"))
    common(parser, language)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, language: Language) -> int:
    """Import a file and say what became of its rows; 2 with nothing written where it cannot be taken."""
    from valueviz.store import Workspace

    path = Path(args.file)
    client = Workspace.open(workspace_path(args)).client(args.client)
    if args.mapping:
        mapping = _read_mapping(Path(args.mapping))
        _write_mapping(args.write_mapping, mapping, language)
        result = _imported(client, path, mapping, args, language)
    else:
        proposal = _proposal(client, path)
        _write_mapping(args.write_mapping, proposal.mapping, language)
        _show_columns(proposal, path, language)
        ask = not (args.yes or args.dry_run)
        if ask and not _confirmed(client, proposal, path, language):
            return 2
        result = _imported(client, path, proposal.mapping, args, language)
        if not ask:
            _show_rows(result, language)
    if args.json:
        emit(result.contract())
    else:
        print("\n".join(summary(result, language)))
    return 0


def _imported(
    client: Client, path: Path, mapping: Mapping, args: argparse.Namespace, language: Language
) -> ImportResult:
    from valueviz.intake import import_file

    return import_file(
        client,
        path,
        mapping=mapping,
        dry_run=args.dry_run,
        keep_raw=not args.no_keep_raw,
        progress=_progress(language),
    )


def _proposal(client: Client, path: Path) -> Proposal:
    from valueviz.intake.intake import proposed

    return proposed(client, path)


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


def _write_mapping(target: str | None, mapping: Mapping, language: Language) -> None:
    from valueviz.catalog import write_mapping
    from valueviz.cli.report import save

    if target is None:
        return
    path = Path(target)
    if not path.resolve().parent.is_dir():
        raise UsageError("not_a_folder", file=target)
    save(write_mapping(mapping).encode(), path)
    print(language.words("cli.import.written", file=target), file=sys.stderr)


def _show_columns(proposal: Proposal, path: Path, language: Language) -> None:
    """What each column was taken for, on stderr."""
    words = language.words
    print(words("cli.import.proposed", file=path.name), file=sys.stderr)
    periods = proposal.mapping.periods
    for guess in proposal.columns:
        if guess.column in periods[1:]:
            continue
        if guess.part is None:
            print(words("cli.import.column_unused", column=guess.column), file=sys.stderr)
            continue
        part = _part(guess.part, language)
        fit = language.percent(guess.fit, 0)
        column = f"{periods[0]} … {periods[-1]}" if guess.column in periods else guess.column
        print(words("cli.import.column", column=column, part=part, fit=fit), file=sys.stderr)


def _show_rows(looked: ImportResult, language: Language) -> None:
    """The first rows as they are read, on stderr: the quickest check of a mapping there is."""
    words = language.words
    print(words("cli.import.rows"), file=sys.stderr)
    for row, metric, date, value, labels in looked.sample:
        text = " | ".join(filter(None, (metric, date, value or words("cli.import.row_missing"), labels)))
        print(words("cli.import.row", row=row, text=text), file=sys.stderr)


def _part(part: str, language: Language) -> str:
    """The word for a part; a metric's key stands for itself."""
    try:
        return language.words(f"cli.import.part.{part}")
    except KeyError:
        return part


def _confirmed(client: Client, proposal: Proposal, path: Path, language: Language) -> bool:
    """Whether a person at a terminal, shown the first rows as they would be read, says yes.

    Raises:
        DataError: mapping_not_confirmed, where nobody can be asked.
    """
    from valueviz.intake import import_file
    from valueviz.intake.intake import summary as mapping_summary

    looked = import_file(client, path, mapping=proposal.mapping, dry_run=True, progress=_progress(language))
    _show_rows(looked, language)
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise DataError("mapping_not_confirmed", file=path.name, mapping=mapping_summary(proposal))
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


def summary(result: ImportResult, language: Language) -> list[str]:
    """The lines that say what became of a file."""
    words, grouped = language.words, language.grouped
    if "already_imported" in result.warnings and not result.dry_run:
        return [words("cli.import.known", file=result.file)]
    counts = {key: grouped(getattr(result, key)) for key in ("rows", "accepted", "rejected")}
    lines = [words("cli.import.done_dry" if result.dry_run else "cli.import.done", file=result.file, **counts)]
    lines.append(words("cli.import.metrics", metrics=language.list_(result.metrics)))
    if result.periods:
        first, last = result.periods[0], result.periods[-1]
        lines.append(words("cli.import.periods", first=first, last=last, count=grouped(len(result.periods))))
    if result.missing:
        lines.append(words("cli.import.missing", count=grouped(result.missing)))
    lines += [
        words("cli.import.warning", text=_note(code, result, language))
        for code in result.warnings
        if code != "missing_values"
    ]
    if result.rejects:
        lines += _rejects(result, language)
    return [*lines, words("cli.import.snapshot", digest=result.snapshot)]


def _note(code: str, result: ImportResult, language: Language) -> str:
    """The words for a warning; repeated rows are counted."""
    counts = {"count": language.grouped(result.repeated)} if code == "repeated_rows" else {}
    return language.words(f"cli.import.note.{code}", **counts)


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
