"""Definitions written back as TOML that a person reads: texts, numbers, names, keys; it knows no noun's keys."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import date

from valueviz.terms import LOCALES, Names

_BARE = re.compile(r"[A-Za-z0-9_-]+")

WHOLE = 1e15
"""Below it a whole number is written without a fraction, as a person would."""


def quoted(text: str) -> str:
    """A TOML basic string: the escapes of JSON, and DELETE, which TOML refuses bare."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def key(word: str) -> str:
    """A key, in quotes where it needs them."""
    return word if _BARE.fullmatch(word) else quoted(word)


def inline(pairs: Iterable[tuple[str, str]]) -> str:
    """An inline table of texts."""
    return "{ " + ", ".join(f"{key(word)} = {quoted(text)}" for word, text in pairs) + " }"


def array(texts: Iterable[str]) -> str:
    """A list of texts on one line."""
    return "[" + ", ".join(quoted(text) for text in texts) + "]"


def scalar(value: str | bool | float | date | Names) -> str:
    """A value as TOML writes it; one text stands for all languages where they are the same.

    >>> scalar(0.1), scalar(1680000.0), scalar(True), scalar(Names.same("ACME"))
    ('0.1', '1680000', 'true', '"ACME"')
    """
    match value:
        case bool():
            return str(value).lower()
        case str():
            return quoted(value)
        case date():
            return value.isoformat()
        case Names():
            texts = {value[locale] for locale in LOCALES}
            return quoted(texts.pop()) if len(texts) == 1 else inline((locale, value[locale]) for locale in LOCALES)
        case _:
            number = float(value)
            return str(int(number)) if number.is_integer() and abs(number) < WHOLE else repr(number)
