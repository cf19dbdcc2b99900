"""`valueviz facts`: every number of a document with its origin, as JSON, in document order."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from valueviz.cli.report import document, document_options
from valueviz.language import Language


def add(commands: Any, language: Language) -> None:
    """Register the command and its options."""
    parser = commands.add_parser(
        "facts", help=language.words("cli.facts.help"), description=language.words("cli.facts.help")
    )
    document_options(parser, language)
    parser.add_argument("--json", action="store_true", help=language.words("cli.option.json"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, language: Language) -> int:
    """Print the facts: JSON with --json, else a line each: section, key, text, origin."""
    from valueviz import story

    shown = document(args, language)
    if args.json:
        sys.stdout.flush()
        sys.stdout.buffer.write(story.facts_json(shown) + b"\n")
        sys.stdout.buffer.flush()
        return 0
    for section, fact, text in story.facts(shown):
        print(f"{section}\t{fact.key}\t{text}\t{fact.grade or ''}\t{fact.verdict or ''}")
    return 0
