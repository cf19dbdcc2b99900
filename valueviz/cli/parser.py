"""An argument parser that speaks the user's language and refuses in one line."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any, NoReturn

from valueviz.errors import UsageError
from valueviz.language import Language

_spoken: dict[str, str] = {}

PHRASES = {
    "usage: ": "usage",
    "positional arguments": "positional",
    "options": "options",
    "show this help message and exit": "help",
    "the following arguments are required: %s": "required",
    "unknown parser %(parser_name)r (choices: %(choices)s)": "command",
    "unrecognized arguments: %s": "unrecognized",
    "expected one argument": "one_argument",
    "expected at least one argument": "some_arguments",
    "expected at most one argument": "at_most_one",
    "invalid choice: %(value)r (choose from %(choices)s)": "choice",
    "invalid %(type)s value: %(value)r": "type",
    "ambiguous option: %(option)s could match %(matches)s": "ambiguous",
    "not allowed with argument %s": "conflict",
    "argument %(argument_name)s: %(message)s": "argument",
    "%(heading)s:": "heading",
    " (default: %(default)s)": "default",
}
"""The sentences argparse itself may say, and their keys under [cli.parser]."""


def speak(language: Language) -> None:
    """Let argparse say its own sentences in `language`."""
    _spoken.clear()
    _spoken.update({phrase: language.words(f"cli.parser.{key}") for phrase, key in PHRASES.items()})
    argparse._ = lambda phrase: _spoken.get(phrase, phrase)  # type: ignore[attr-defined]


class Version(argparse.Action):
    """Print the version and leave; the version is looked up only then."""

    def __init__(self, option_strings: Sequence[str], dest: str, **kwargs: Any) -> None:
        """An option without a value."""
        super().__init__(option_strings, dest, nargs=0, help=kwargs["help"])

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> NoReturn:
        """Say it."""
        from valueviz.terms import VERSION

        print(VERSION)
        parser.exit()


class Parser(argparse.ArgumentParser):
    """An ArgumentParser without abbreviations that raises a UsageError instead of leaving."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """As ArgumentParser; an option is given in full."""
        kwargs.setdefault("allow_abbrev", False)
        kwargs.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        super().__init__(*args, **kwargs)

    def error(self, message: str) -> NoReturn:
        """Raise the one line that says what was wrong with the call."""
        raise UsageError("usage", message=message, command=self.prog)
