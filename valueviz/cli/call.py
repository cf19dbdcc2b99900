"""What every command's call shares: its options, its workspace, its output."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from valueviz.language import Language


def common(parser: argparse.ArgumentParser, language: Language, *, workspace: bool = True) -> None:
    """Add the options every command shares: --lang and, unless told otherwise, --workspace."""
    if workspace:
        parser.add_argument("--workspace", metavar="DIR", help=language.words("cli.option.workspace"))
    parser.add_argument("--lang", metavar="zh|en", help=language.words("cli.option.lang"))


def emit(value: Any, *, indent: int | None = None) -> None:
    """Write one JSON value and a line end to stdout, UTF-8 under any code page."""
    import json

    text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent) + "\n"
    sys.stdout.flush()
    buffer = getattr(sys.stdout, "buffer", None)
    if buffer is None:
        sys.stdout.write(text)
        return
    buffer.write(text.encode("utf-8"))
    buffer.flush()


def workspace_path(args: argparse.Namespace) -> Path:
    """The workspace folder: `--workspace`, else VALUEVIZ_WORKSPACE, else ./workspace."""
    return Path(args.workspace or os.environ.get("VALUEVIZ_WORKSPACE") or "workspace")


def warn_of_place(path: Path, language: Language) -> None:
    """Say on stderr where a workspace lies in a sync folder or on a network share: its lock protects nobody there."""
    from valueviz.store import doubt

    found = doubt(path)
    if found is not None:
        print(language.words(f"cli.place.{found.kind}", folder=str(path), name=found.name), file=sys.stderr, flush=True)
