"""Messages: how a sentence of a language file is taken apart, filled and spaced; it knows no key and no number.

A message is text with placeholders, `{name}`. In error sentences a stretch in square brackets is
optional and vanishes when one of its placeholders has no value: `[ in row {row}]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

THIN = "\u2009"
"""The thin space between Chinese and Latin letters or digits."""

_HAN = (
    ("\u2e80", "\u2fdf"),
    ("\u3005", "\u3007"),
    ("\u3021", "\u3029"),
    ("\u3400", "\u4dbf"),
    ("\u4e00", "\u9fff"),
    ("\uf900", "\ufaff"),
    ("\U00020000", "\U0003ffff"),
)
"""Ranges of Chinese characters: radicals, iteration marks, ideographs of all planes; punctuation is none of them."""

_SIGNS = frozenset("%‰+\u2212±$€£@&#≥≤≈°")
"""Signs that belong to a number or a Latin name and are set apart from Chinese like them."""

_PLACEHOLDER = re.compile(r"\{([a-z_][a-z0-9_]*)\}")
_CLAUSE = re.compile(r"\[([^\[\]]*)\]")


class Placeholder(NamedTuple):
    """A place in a message that a value fills."""

    name: str


def placeholders(message: str) -> frozenset[str]:
    """The names of all placeholders of a message, optional ones included.

    >>> sorted(placeholders("{file}: row {row} holds [{found}]"))
    ['file', 'found', 'row']
    """
    return frozenset(_PLACEHOLDER.findall(message))


def required(message: str) -> frozenset[str]:
    """The names of the placeholders outside optional clauses.

    >>> sorted(required("{file}[, row {row}] is empty"))
    ['file']
    """
    return placeholders(_CLAUSE.sub("", message))


def with_clauses(message: str, present: Iterable[str]) -> str:
    """The message without brackets: a clause stays when all of its placeholders are present.

    >>> with_clauses("{file}[, sheet {sheet}][, row {row}] is empty", ("file", "row"))
    '{file}, row {row} is empty'
    """
    known = frozenset(present)
    return _CLAUSE.sub(lambda clause: clause[1] if placeholders(clause[1]) <= known else "", message)


def split(message: str, *, chinese: bool) -> tuple[str | Placeholder, ...]:
    """Literals and placeholders in order; Chinese literals are set and bare of blanks beside placeholders.

    >>> split("at least {days} sooner", chinese=False)
    ('at least ', Placeholder(name='days'), ' sooner')
    >>> split("至少 {days} 天", chinese=True)
    ('至少', Placeholder(name='days'), '天')
    """
    pieces = _PLACEHOLDER.split(message)
    found: list[str | Placeholder] = []
    for index, piece in enumerate(pieces):
        if index % 2:
            found.append(Placeholder(piece))
            continue
        literal = piece
        if chinese:
            literal = typeset(literal)
            if index < len(pieces) - 1 and _is_han(literal.rstrip(" ")[-1:]):
                literal = literal.rstrip(" ")
            if index and _is_han(literal.lstrip(" ")[:1]):
                literal = literal.lstrip(" ")
        if literal:
            found.append(literal)
    return tuple(found)


def gap(left: str, right: str) -> str:
    r"""The thin space that belongs between two stretches of Chinese text, or nothing.

    >>> gap("至少", "2.9"), gap("至少", "天")
    ('\u2009', '')
    """
    before, after = left[-1:], right[:1]
    mixed = (_is_han(before) and _is_alien(after)) or (_is_alien(before) and _is_han(after))
    return THIN if mixed else ""


def filled(parts: Iterable[str | Placeholder], fields: Mapping[str, str], *, chinese: bool) -> str:
    """The text of a split message; a field keeps its own spelling, only its borders are spaced."""
    text = ""
    for part in parts:
        piece = fields[part.name] if isinstance(part, Placeholder) else part
        text += (gap(text, piece) if chinese else "") + piece
    return text


def typeset(text: str) -> str:
    r"""Chinese text with a thin space between Chinese and Latin or digits; setting it twice changes nothing.

    >>> typeset("ERP上线后 3 个月，月结缩短2.9天")
    'ERP\u2009上线后\u20093\u2009个月，月结缩短\u20092.9\u2009天'
    """
    if text.isascii():
        return text
    pieces: list[str] = []
    for index, char in enumerate(text):
        if char == " " and gap(text[index - 1 : index], text[index + 1 : index + 2]):
            pieces.append(THIN)
        else:
            pieces.extend((gap(text[index - 1 : index], char), char))
    return "".join(pieces)


def _is_han(char: str) -> bool:
    return char >= "\u2e80" and any(low <= char <= high for low, high in _HAN)


def _is_alien(char: str) -> bool:
    if char.isascii():
        return char.isalnum() or char in _SIGNS
    return char in _SIGNS or ("\u00c0" <= char <= "\u03ff" and char.isalpha())
