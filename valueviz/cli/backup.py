"""`valueviz backup`: a whole workspace in one file, verified after it was written."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from valueviz.cli.call import common, emit, workspace_path
from valueviz.errors import UsageError
from valueviz.language import Language


def add(commands: Any, language: Language) -> None:
    """Register the command and its options."""
    words = language.words
    parser: argparse.ArgumentParser = commands.add_parser(
        "backup", help=words("cli.backup.help"), description=words("cli.backup.description")
    )
    parser.add_argument("--out", required=True, metavar="FILE", help=words("cli.option.out"))
    parser.add_argument("--json", action="store_true", help=words("cli.option.json"))
    common(parser, language)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, language: Language) -> int:
    """Write the file; stdout holds its path and SHA-256."""
    from valueviz.store import Workspace, back_up

    out = Path(args.out)
    if not out.absolute().parent.is_dir():
        raise UsageError("not_a_folder", file=args.out)
    if out.is_dir():
        raise UsageError("cannot_write", file=args.out, found="-")
    done = back_up(Workspace.open(workspace_path(args)), out)
    if args.json:
        emit(
            {"file": args.out, "digest": done.digest, "bytes": done.size, "clients": done.clients, "files": done.files}
        )
        return 0
    print(args.out)
    print(done.digest)
    counts = {"clients": language.grouped(len(done.clients)), "files": language.grouped(done.files)}
    print(language.words("cli.backup.done", megabytes=language.number(done.size / 1e6, 1), **counts), file=sys.stderr)
    return 0
