"""`valueviz restore`: brings the clients of a backup back; what is there already is never overwritten."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from valueviz.cli.call import common, emit, warn_of_place, workspace_path
from valueviz.language import Language


def add(commands: Any, language: Language) -> None:
    """Register the command and its options."""
    words = language.words
    parser: argparse.ArgumentParser = commands.add_parser(
        "restore", help=words("cli.restore.help"), description=words("cli.restore.description")
    )
    parser.add_argument("file", metavar="FILE", help=words("cli.restore.file"))
    parser.add_argument("--purged", action="append", default=[], metavar="CLIENT", help=words("cli.restore.purged"))
    parser.add_argument("--json", action="store_true", help=words("cli.option.json"))
    common(parser, language)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, language: Language) -> int:
    """Restore, and say what became of each client."""
    from valueviz.store import bring_back

    done = bring_back(Path(args.file), workspace_path(args), purged=args.purged)
    warn_of_place(workspace_path(args), language)
    if args.json:
        emit({"clients": done.fates, "repaired": done.repaired})
        return 0
    for key, fate in done.fates.items():
        named = {"client": key} if fate == "erased" else {}
        print(f"{key}\t{language.words(f'cli.restore.fate.{fate}', **named)}")
    if done.repaired:
        print(language.words("cli.restore.repaired", count=language.grouped(done.repaired)))
    return 0
