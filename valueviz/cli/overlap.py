"""What the command line says and asks about values that earlier imports measured otherwise."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from valueviz.cli.named import Named
from valueviz.language import Language

if TYPE_CHECKING:
    from valueviz.intake.intake import ImportResult
    from valueviz.store import OverlapChoice
    from valueviz.terms import Difference

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


def asked(looked: ImportResult, named: Named) -> OverlapChoice | None:
    """What a person chooses who was shown the first differences; None: to import nothing."""
    language = named.language
    print("\n".join(lines(looked, named)[:-1]), file=sys.stderr)
    print(language.words("cli.import.ask_overlap"), end="", file=sys.stderr, flush=True)
    answer = ANSWERS.get(sys.stdin.readline().strip().casefold())
    if answer is None:
        print(language.words("cli.import.declined"), file=sys.stderr)
    return answer


def lines(result: ImportResult, named: Named, *, chosen: OverlapChoice | None = None) -> list[str]:
    """The lines about an overlap: how much, the first differences, which values count; none where none differs."""
    found, language = result.overlap, named.language
    words = language.words
    if not found.differing:
        return []
    counts = {key: language.grouped(getattr(found, key)) for key in ("differing", "equal")}
    told = [words("cli.import.overlapping", files=language.list_(found.files), **counts)]
    told += [_difference(each, named) for each in found.differences[:SHOWN_DIFFERENCES]]
    rest = found.differing - len(found.differences[:SHOWN_DIFFERENCES])
    if rest > 0:
        told.append(words("cli.import.difference_more", count=language.grouped(rest)))
    return [*told, words(f"cli.import.overlap_{chosen or 'open'}")]


def _difference(each: Difference, named: Named) -> str:
    """Both values of a place, and what they look like."""
    language = named.language
    words = language.words
    told = {
        key: words("cli.import.row_missing") if value is None else named.amount(value, each.metric)
        for key, value in (("earlier", each.earlier), ("newer", each.newer))
    }
    if told["earlier"] == told["newer"] and not each.level:
        exact = (("earlier", each.earlier), ("newer", each.newer))
        told = {key: repr(value).removesuffix(".0") for key, value in exact}
    day = each.day.isoformat()
    told |= {"metric": named.name(each.metric), "day": day[:7] if each.monthly else day, "unit": _unit(each.unit)}
    if each.level:
        told.pop("earlier")
        return words("cli.import.difference_level", **told)
    if each.times is not None:
        return words("cli.import.difference_times", times=language.grouped(each.times), **told)
    return words("cli.import.difference", **told)


def _unit(text: str) -> str:
    """The dimensions of a unit behind a comma, nothing where it has none."""
    import json

    named: dict[str, Any] = json.loads(text)
    return "".join(f", {name}={value}" for name, value in named.items())
