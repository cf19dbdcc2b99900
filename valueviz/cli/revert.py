"""`valueviz revert`: lets an earlier state of a client's imports count again; nothing is erased."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from valueviz.cli.call import common, emit, workspace_path
from valueviz.language import Language

if TYPE_CHECKING:
    from valueviz.store import State

START = "start"
"""The word for the state before the first import; no digest is spelt so."""


def add(commands: Any, language: Language) -> None:
    """Register the command and its options."""
    words = language.words
    parser: argparse.ArgumentParser = commands.add_parser(
        "revert", help=words("cli.revert.help"), description=words("cli.revert.description")
    )
    parser.add_argument("client", metavar="CLIENT", help=words("cli.option.client"))
    parser.add_argument("snapshot", metavar="SNAPSHOT", help=words("cli.revert.snapshot"))
    parser.add_argument("--json", action="store_true", help=words("cli.option.json"))
    common(parser, language)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, language: Language) -> int:
    """Revert, and say which imports count now."""
    from valueviz.store import Workspace

    client = Workspace.open(workspace_path(args)).client(args.client)
    before = client.state()
    client.revert(None if args.snapshot.casefold() == START else args.snapshot)
    after = client.state()
    if args.json:
        emit(
            {
                "client": client.key,
                "active": [record.snapshot for record in after.imports],
                "reverted": [record.snapshot for record in after.reverted],
                "knowledge": after.knowledge,
            }
        )
        return 0
    print("\n".join(_changes(client.key, before, after, language=language)))
    return 0


def _changes(key: str, before: State, after: State, *, language: Language) -> list[str]:
    words = language.words
    if before == after:
        return [words("cli.revert.unchanged", client=key)]
    lines = [words("cli.revert.done", client=key, count=language.grouped(len(after.imports)))]
    for kind, these, those in (("no_longer", before, after), ("again", after, before)):
        lines += [
            words(f"cli.revert.{kind}", file=record.file, snapshot=record.snapshot[:12])
            for record in these.imports
            if record not in those.imports
        ]
    return lines
