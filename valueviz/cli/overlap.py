"""What the command line says and asks about values that earlier imports measured otherwise."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from valueviz.language import Language

if TYPE_CHECKING:
    from valueviz.intake.intake import ImportResult
    from valueviz.store import OverlapChoice

SHOWN_DIFFERENCES = 5
"""Differences shown: enough to see which kind they are of."""

ANSWERS: dict[str, OverlapChoice] = {
    "n": "new",
    "new": "new",
    "新": "new",
    "新值": "new",
    "e": "earlier",
    "earlier": "earlier",
    "原": "earlier",
    "原值": "earlier",
}
"""What a person may type, in any language."""


def add_option(parser: argparse.ArgumentParser, language: Language) -> None:
    """Add --overlap."""
    parser.add_argument("--overlap", choices=("new", "earlier"), help=language.words("cli.import.overlap"))


def choice(args: argparse.Namespace) -> OverlapChoice | None:
    """The choice made with the call; --yes takes the new values."""
    chosen: OverlapChoice | None = args.overlap or ("new" if args.yes else None)
    return chosen


def can_ask() -> bool:
    """Whether a person sits at a terminal."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()


def asked(looked: ImportResult, language: Language) -> OverlapChoice | None:
    """What a person chooses who was shown the first differences; None: to import nothing."""
    print("\n".join(lines(looked, language)[:-1]), file=sys.stderr)
    print(language.words("cli.import.ask_overlap"), end="", file=sys.stderr, flush=True)
    answer = ANSWERS.get(sys.stdin.readline().strip().casefold())
    if answer is None:
        print(language.words("cli.import.declined"), file=sys.stderr)
    return answer


def lines(result: ImportResult, language: Language, *, chosen: OverlapChoice | None = None) -> list[str]:
    """The lines about an overlap: how much, the first differences, which values count; none where none differs."""
    found, words = result.overlap, language.words
    if not found.differing:
        return []
    counts = {key: language.grouped(getattr(found, key)) for key in ("differing", "equal")}
    told = [words("cli.import.overlapping", files=language.list_(found.files), **counts)]
    for each in found.differences[:SHOWN_DIFFERENCES]:
        values = {
            key: words("cli.import.row_missing") if value is None else repr(value).removesuffix(".0")
            for key, value in (("earlier", each.earlier), ("newer", each.newer))
        }
        unit = _unit(each.unit)
        told.append(words("cli.import.difference", metric=each.metric, day=each.day.isoformat(), unit=unit, **values))
    return [*told, words(f"cli.import.overlap_{chosen or 'open'}")]


def _unit(text: str) -> str:
    """The dimensions of a unit behind a comma, nothing where it has none."""
    import json

    named: dict[str, Any] = json.loads(text)
    return "".join(f", {name}={value}" for name, value in named.items())
