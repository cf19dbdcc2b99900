"""What tells the rows of a table apart: columns of groups, and names without which a thing would be measured twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from valueviz.catalog.pack import plain_header
from valueviz.intake.column import Seen
from valueviz.intake.heading import DIMENSIONS, without_ending
from valueviz.intake.reading import TextTable

_DIMENSIONS = frozenset(plain_header(name) for name in DIMENSIONS)


def dimensions(table: TextTable, columns: Iterable[Seen]) -> list[Seen]:
    """The columns headed as groups; of a name and its code, which tell the same groups apart, the first.

    Args:
        table: the table.
        columns: those of its columns that play no other part.
    """
    found: list[Seen] = []
    for column in columns:
        named = column.plain in _DIMENSIONS or plain_header(without_ending(column.word)) in _DIMENSIONS
        if not named or not column.texts or column.are_units:
            continue
        if not any(_same_groups(table, column, other) for other in found):
            found.append(column)
    return found


def needed(table: TextTable, *, keys: Iterable[str], among: Sequence[Seen]) -> list[Seen]:
    """The columns of names left out that tell apart what would otherwise be measured twice; none where nothing would.

    Args:
        table: the table.
        keys: names of the columns that tell its rows apart so far.
        among: the columns left out.
    """
    wanted = frozenset(keys)
    places = [at for at, name in enumerate(table.header) if name in wanted]
    words = [each for each in among if each.are_words and not each.are_units and not each.numbers_rows]
    more = [table.header.index(column.name) for column in words]
    if more and _repeats(table, places) and not _repeats(table, [*places, *more]):
        return words
    return []


def _same_groups(table: TextTable, column: Seen, other: Seen) -> bool:
    """Whether two columns tell exactly the same groups apart: a name and its code."""
    if without_ending(column.word) != without_ending(other.word) or column.word == other.word:
        return False
    one, two = table.header.index(column.name), table.header.index(other.name)
    pairs = {(row[one], row[two]) for row in table.rows}
    return len(pairs) == len({first for first, _ in pairs}) == len({second for _, second in pairs})


def _repeats(table: TextTable, places: list[int]) -> bool:
    keys = {tuple(row[at] for at in places) for row in table.rows}
    return len(keys) < len(table.rows)
