"""Reads a definition file (TOML) key by key, and refuses what it does not know; it knows no noun of ours.

A file is parsed once, then read through `Table`: every unknown key, missing key, wrong type and value out
of range is a DefinitionError that names the file, the path of the key and the nearest valid thing.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Concatenate, ParamSpec, TypeVar, cast

from valueviz.catalog.nearest import suggestion
from valueviz.errors import DefinitionError
from valueviz.terms import LOCALES, Names

SMALL = 64 * 1024
"""Bytes of a template or a brand: a page of text, never more."""

LARGE = 1024 * 1024
"""Bytes of an engagement, a mapping or a pack: years of steps and thousands of allowed values fit."""

LONGEST_TEXT = 2000
"""Characters of one text: a long paragraph."""

MOST_ENTRIES = 10_000
"""Entries of one list: a bound on the work a stranger's file can ask for."""

EARLIEST_YEAR, LATEST_YEAR = 1900, 2100
"""Years of a date, those the effect command knows as well."""

_LARGEST = 1e15
"""A number beyond this is a slip: above it floats no longer hold whole units."""

_PLACE = re.compile(r"at line (\d+), column (\d+)")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")

P = ParamSpec("P")
T = TypeVar("T")
Word = TypeVar("Word", bound=str)


def definition_text(data: bytes, *, file: str, limit: int = LARGE) -> str:
    """The text of a definition file as it lies on disk: UTF-8, with or without a byte order mark.

    Args:
        data: the content of the file.
        file: its name, for errors.
        limit: bytes it may have.

    Raises:
        DefinitionError: `definition_too_large`, `definition_not_utf8`.
    """
    if len(data) > limit:
        raise DefinitionError("definition_too_large", file=file, found=len(data), needed=limit)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DefinitionError("definition_not_utf8", file=file) from None


def parse(text: str, *, file: str, limit: int = LARGE) -> dict[str, object]:
    """The top table of a definition file.

    Args:
        text: the content of the file.
        file: its name, for errors.
        limit: bytes it may have.

    Raises:
        DefinitionError: `definition_too_large`, `definition_too_deep`, `definition_syntax`.
    """
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > limit:
        raise DefinitionError("definition_too_large", file=file, found=size, needed=limit)
    try:
        return tomllib.loads(text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}"))
    except RecursionError:
        raise DefinitionError("definition_too_deep", file=file) from None
    except ValueError as wrong:  # tomllib's own error and that of a number with thousands of digits
        row, column = _place(str(wrong), text)
        raise DefinitionError("definition_syntax", file=file, row=row, column=column) from None


def _place(message: str, text: str) -> tuple[int, int]:
    found = _PLACE.search(message)
    if found:
        return int(found[1]), int(found[2])
    lines = text.splitlines() or [""]
    return len(lines), len(lines[-1]) + 1


class Table:
    """One table of a definition file: knows its file, its path and the keys it may have.

    Readers (`text`, `number`, …) take a required key; `maybe(reader, key)` reads an optional one.
    """

    def __init__(self, values: Mapping[str, object], *, file: str, keys: tuple[str, ...], path: str = "") -> None:
        """Refuse keys that are not in `keys` (all of them known to this table)."""
        self.values = values
        self.file = file
        self.path = path
        self.keys = keys
        for key in values:
            if key not in keys:
                raise DefinitionError("key_unknown", file=file, key=self.at(key), nearest=suggestion(key, keys))

    def at(self, key: str) -> str:
        """The full path of a key, as an error names it."""
        return f"{self.path}.{key}" if self.path else key

    def refuse(self, code: str, key: str, **fields: str | int | float | None) -> DefinitionError:
        """An error about a key of this table, to be raised."""
        return DefinitionError(code, file=self.file, key=self.at(key), **fields)

    def maybe(
        self, read: Callable[Concatenate[str, P], T], key: str, /, *args: P.args, **options: P.kwargs
    ) -> T | None:
        """What `read` reads at `key`, None where the key is absent."""
        return read(key, *args, **options) if key in self.values else None

    def text(self, key: str, *, longest: int = LONGEST_TEXT) -> str:
        """A text that is not blank."""
        return self._text(self._value(key), key, longest=longest)

    def word(self, key: str, pattern: re.Pattern[str], *, needed: str) -> str:
        """A text that matches a pattern in full; `needed` shows the form in the error."""
        found = self.text(key, longest=200)
        if not pattern.fullmatch(found):
            raise self.refuse("key_wrong_form", key, found=found, needed=needed)
        return found

    def choice(self, key: str, known: tuple[Word, ...]) -> Word:
        """One of some words."""
        found = self.text(key, longest=200)
        for word in known:
            if word == found:
                return word
        raise self.refuse("key_not_one_of", key, found=found, nearest=suggestion(found, known))

    def number(self, key: str, *, minimum: float = -_LARGEST, maximum: float = _LARGEST) -> float:
        """A finite number within its range."""
        found = self._value(key)
        if not isinstance(found, int | float) or isinstance(found, bool):
            raise self.refuse("key_not_number", key, found=_shown(found))
        if isinstance(found, float) and not math.isfinite(found):
            raise self.refuse("key_not_number", key, found=_shown(found))
        if not minimum <= found <= maximum:
            raise self.refuse("key_out_of_range", key, found=_shown(found), minimum=minimum, maximum=maximum)
        return float(found)

    def whole(self, key: str, *, minimum: int, maximum: int) -> int:
        """A whole number within its range."""
        found = self._value(key)
        if isinstance(found, bool) or not isinstance(found, int):
            raise self.refuse("key_not_whole", key, found=_shown(found))
        if not minimum <= found <= maximum:
            raise self.refuse("key_out_of_range", key, found=_shown(found), minimum=minimum, maximum=maximum)
        return found

    def flag(self, key: str) -> bool:
        """True or false."""
        found = self._value(key)
        if not isinstance(found, bool):
            raise self.refuse("key_not_flag", key, found=_shown(found))
        return found

    def day(self, key: str) -> date:
        """A day: a TOML date, or a text in ISO form."""
        found = self._value(key)
        day = found if isinstance(found, date) and not isinstance(found, datetime) else _iso_day(found)
        if day is None or not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
            raise self.refuse("key_not_date", key, found=_shown(found))
        return day

    def day_or(self, key: str, word: Word) -> date | Word:
        """A day, or one word that stands instead of it."""
        if self._value(key) == word:
            return word
        try:
            return self.day(key)
        except DefinitionError as wrong:
            raise self.refuse("key_not_date_or", key, found=wrong.fields["found"], needed=word) from None

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts without repetition."""
        found = self._list(key)
        texts = tuple(self._text(entry, f"{key}[{index}]") for index, entry in enumerate(found, start=1))
        self.unique(key, texts)
        return texts

    def text_or_texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, or one text instead of a list of one."""
        return (self.text(key),) if isinstance(self._value(key), str) else self.texts(key)

    def names(self, key: str, *, one_for_all: bool = False) -> Names:
        """A text in every language; with `one_for_all` one text may stand for all of them."""
        if one_for_all and isinstance(self._value(key), str):
            text = self.text(key)
            return Names.same(text)
        table = self.table(key, keys=tuple(LOCALES))
        return Names(tuple((locale, table.text(locale)) for locale in LOCALES))

    def table(self, key: str, *, keys: tuple[str, ...]) -> Table:
        """A table inside this one."""
        return Table(self._table(self._value(key), key), file=self.file, keys=keys, path=self.at(key))

    def open_table(self, key: str) -> Table:
        """A table inside this one whose keys are free: `keys` are those it has."""
        values = self._table(self._value(key), key)
        return Table(values, file=self.file, keys=tuple(values), path=self.at(key))

    def tables(self, key: str, *, keys: tuple[str, ...]) -> tuple[Table, ...]:
        """The entries of an array of tables; none where the key is absent."""
        if key not in self.values:
            return ()
        entries = enumerate(self._list(key), start=1)
        return tuple(
            Table(self._table(entry, f"{key}[{index}]"), file=self.file, keys=keys, path=self.at(f"{key}[{index}]"))
            for index, entry in entries
        )

    def unique(self, key: str, words: tuple[str, ...]) -> None:
        """Refuse a word that stands twice.

        Raises:
            DefinitionError: `key_twice`.
        """
        for index, word in enumerate(words):
            if word in words[:index]:
                raise self.refuse("key_twice", key, found=word)

    def _value(self, key: str) -> object:
        if key not in self.keys:
            raise KeyError(key)
        if key not in self.values:
            raise self.refuse("key_missing", key)
        return self.values[key]

    def _text(self, found: object, key: str, *, longest: int = LONGEST_TEXT) -> str:
        if not isinstance(found, str) or not found.strip():
            raise self.refuse("key_not_text", key, found=_shown(found))
        if len(found) > longest:
            raise self.refuse("key_too_long", key, found=len(found), needed=longest)
        return found

    def _list(self, key: str) -> list[object]:
        found = self._value(key)
        if not isinstance(found, list):
            raise self.refuse("key_not_list", key, found=_shown(found))
        if len(found) > MOST_ENTRIES:
            raise self.refuse("key_too_long", key, found=len(found), needed=MOST_ENTRIES)
        return cast(list[object], found)

    def _table(self, found: object, key: str) -> dict[str, object]:
        if not isinstance(found, dict):
            raise self.refuse("key_not_table", key, found=_shown(found))
        return cast(dict[str, object], found)


def _iso_day(found: object) -> date | None:
    if not isinstance(found, str) or not _ISO_DATE.fullmatch(found):
        return None
    try:
        return date.fromisoformat(found)
    except ValueError:
        return None


def _shown(found: object) -> str:
    """What was found as the file writes it, short enough for one line."""
    match found:
        case str():
            shown = found
        case bool():
            shown = str(found).lower()
        case date():
            shown = found.isoformat()
        case dict():
            shown = "{…}"
        case list():
            shown = "[…]"
        case _:
            shown = repr(found)
    return shown if len(shown) <= 60 else shown[:59] + "…"


def in_order(table: Table, start: date, end: date) -> None:
    """Refuse an `end` before its `start`.

    Raises:
        DefinitionError: `end_before_start`.
    """
    if end < start:
        raise table.refuse("end_before_start", "end", found=end.isoformat(), needed=start.isoformat())
