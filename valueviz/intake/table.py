"""The one table of a sheet: where its header is, which lines are its rows, and which only stand around them.

Lines that are no rows (a header printed again, notes and signatures below) are faults with a reason, never
dropped. A second table beside or below the first is refused, or left out line by line where the wanted columns
belong to one of them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import compress

from valueviz.errors import DataError
from valueviz.intake.grid import Grid, column_letters
from valueviz.intake.header import DATE_LIKE, LABELLED, NUMBER_LIKE, Header, find_header, plain
from valueviz.intake.records import SAMPLE_RECORDS, Fault, Record, shown

NOTE = re.compile(
    r"[（(【*※\s]*(?:制表|制单|填表|填报|审核|复核|批准|审批人|负责人|编制|打印|导出|统计人|统计员|报表人|经办|主管|签字|盖章"
    r"|(?:计量|金额|货币)?单位\s*(?:[:：]|均?为)|备注|说明|注\s*\d*\s*[:：、.]|附注|数据来源|来源|统计口径|口径|第\s*\d+\s*页|共\s*\d+\s*页|页码"
    r"|page\s*\d+|printed|prepared|approved|reviewed|checked|note|notes|remark|remarks|source|exported|generated|confidential)",
    re.IGNORECASE,
)
"""How lines below a table begin that sign, date, number or explain it."""

SECTION = re.compile(r"[一二三四五六七八九十]{1,3}\s*[、.．]|[（(][一二三四五六七八九十]{1,3}[）)]|[IVX]{1,5}\s*[.、]")
"""How the heading of a section within a table begins, where nothing stands beside it."""

SENTENCE = re.compile(r"[。；;！!]|[:：]\s*\S")
"""Marks of a sentence or of a label with its value, as notes below a table have them."""

BOTTOM = 30
"""Lines at the end of a sheet among which notes are looked for without a word that gives them away."""

FEW = 1000
"""Lines with a gap in the fullest columns up to which each is looked at; a table with more gaps has them in its rows."""

EMPTY = frozenset({"", "-", "--", "—", "–", "/", "\\", "na", "n/a", "nan", "null", "none", "无", "空", "未统计"})
"""How a missing value is written; no word of a header."""


@dataclass(frozen=True, slots=True)
class Block:
    """The rows of a table as columns, the lines they stand on, and the lines that are no rows."""

    numbers: Sequence[int]
    columns: tuple[list[str], ...]
    faults: tuple[Fault, ...] = ()

    @property
    def height(self) -> int:
        """How many rows there are."""
        return len(self.numbers)


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a sheet: header, rows, the texts above it, notes, and how many of its rows are hidden."""

    sheet: str
    header: Header
    block: Block
    above: tuple[str, ...]
    notes: tuple[str, ...]
    hidden_rows: int = 0


def table_of(grid: Grid, *, file: str, wanted: Iterable[str] = (), header_rows: int | None = None) -> Table:
    """The table of a sheet.

    Args:
        grid: the cells of the sheet.
        file: name of the file, for refusals.
        wanted: names of columns the header must hold, where they are known.
        header_rows: lines of the header, where declared.

    Raises:
        DataError: empty_file, no_header_row, header_only, duplicate_header, missing_header, two_tables.
    """
    if not grid.columns:
        raise DataError("empty_file", file=file, sheet=grid.name)
    wanted = tuple(wanted)
    part = _beside(grid, file=file, wanted=wanted)
    first = list(_spread(part))
    header = find_header(
        first,
        file=file,
        sheet=grid.name,
        wanted=wanted,
        header_rows=header_rows,
        left=part.left,
        tall=_tall(part),
    )
    return _Rows(part, header, file, known=bool(wanted)).table([record for record in first if record.row < header.row])


def _tall(grid: Grid) -> dict[int, int]:
    """How many lines the tallest merged cell reaches down, by the line it starts on."""
    tall: dict[int, int] = {}
    for (first, _), (last, _) in grid.merged:
        if last > first:
            number = grid.numbers[first]
            tall[number] = max(tall.get(number, 1), last - first + 1)
    return tall


def _spread(grid: Grid) -> Iterable[Record]:
    """The first lines, the words of cells merged sideways repeated over the columns they head.

    A line with one cell is a title, however far it is merged; a label with a colon is no group of columns.
    """
    across: dict[int, list[tuple[int, int]]] = {}
    for (first, at), (_, to) in grid.merged:
        if to > at:
            across.setdefault(first, []).append((at, to))
    taken = 0
    for row, number in enumerate(grid.numbers):
        cells = [column[row] for column in grid.columns]
        filled = sum(1 for cell in cells if cell)
        if not filled:
            continue
        if filled > 1:
            for at, to in across.get(row, ()):
                word = cells[at]
                if word and ":" not in word and "：" not in word and not NUMBER_LIKE.fullmatch(word):
                    cells[at : to + 1] = [word] * len(cells[at : to + 1])
        yield Record(number, tuple(cells), number)
        taken += 1
        if taken >= SAMPLE_RECORDS:
            return


def _beside(grid: Grid, *, file: str, wanted: tuple[str, ...]) -> Grid:
    """The part of a sheet that holds the table: all of it, or what blank columns part from another table."""
    blank = [not any(column) for column in grid.columns]
    parts = [(at, to) for at, to in _runs(blank) if to - at > 1]
    if len(parts) < 2:
        return grid
    pieces = [_piece(grid, at, to) for at, to in parts]
    reaches = [_reach(piece) for piece in pieces]
    heads = [_first_words(piece) for piece in pieces]
    together = set.intersection(*(set(head) for head in heads))
    if len(set(reaches)) == 1 and not together:
        return grid  # one table with a blank column for the eye
    if any(top is None for top, _ in reaches):
        return grid
    if wanted:
        names = {plain(name) for name in wanted}
        holding = [piece for piece, head in zip(pieces, heads, strict=True) if names <= set(head)]
        if len(holding) == 1:
            return replace(holding[0], notes=(*grid.notes, "other_table_beside"))
        if not any(names & set(head) for head in heads):
            return grid
    found = ", ".join(_range_of(piece, reach) for piece, reach in zip(pieces, reaches, strict=True))
    raise DataError("two_tables", file=file, sheet=grid.name, found=found)


def _runs(blank: Sequence[bool]) -> list[tuple[int, int]]:
    """Start and end of every run of columns that are not blank."""
    runs, start = [], None
    for at, is_blank in enumerate((*blank, True)):
        if not is_blank and start is None:
            start = at
        elif is_blank and start is not None:
            runs.append((start, at))
            start = None
    return runs


def _piece(grid: Grid, at: int, to: int) -> Grid:
    merged = tuple(
        ((row, first - at), (last_row, last - at))
        for (row, first), (last_row, last) in grid.merged
        if at <= first and last < to
    )
    return replace(grid, columns=grid.columns[at:to], left=grid.left + at, merged=merged)


def _reach(piece: Grid) -> tuple[int | None, int | None]:
    """The first and the last line with at least two cells."""
    rows = [
        number
        for number, cells in zip(piece.numbers, zip(*piece.columns, strict=True), strict=True)
        if sum(1 for cell in cells if cell) > 1
    ]
    return (rows[0], rows[-1]) if rows else (None, None)


def _first_words(piece: Grid) -> tuple[str, ...]:
    """The names in the first line with at least two cells."""
    for cells in zip(*piece.columns, strict=True):
        if sum(1 for cell in cells if cell) > 1:
            return tuple(plain(cell) for cell in cells if cell)
    return ()


def _range_of(piece: Grid, reach: tuple[int | None, int | None]) -> str:
    first, last = column_letters(piece.left), column_letters(piece.left + len(piece.columns) - 1)
    return f"{first}{reach[0]}:{last}{reach[1]}"


@dataclass(frozen=True, slots=True)
class _Rows:
    """The lines below a header, told apart."""

    grid: Grid
    header: Header
    file: str
    known: bool

    def table(self, titles: Sequence[Record]) -> Table:
        start = bisect_right(self.grid.numbers, self.header.last)
        numbers = list(self.grid.numbers[start:])
        columns = [column[start:] for column in self.grid.columns]
        fullest = sorted(columns, key=lambda column: column.count(""))[:2]
        kept = _filled(columns, fullest[0])
        if True not in kept:
            raise DataError("header_only", file=self.file, sheet=self.grid.name, row=self.header.row)
        notes = [*self.grid.notes, *self.header.notes]
        if False in kept[: len(kept) - kept[::-1].index(True)]:
            notes.append("blank_rows")
        reasons = self._other_table(columns, kept, numbers)
        for at in reasons:
            kept[at] = False
        reasons |= self._reasons(columns, kept, fullest, titles)
        faults = tuple(
            Fault(numbers[at], None, shown(" ".join(column[at] for column in columns if column[at])), reason)
            for at, reason in sorted(reasons.items())
        )
        for at in reasons:
            kept[at] = False
        if False in kept:
            columns = [list(compress(column, kept)) for column in columns]
            numbers = list(compress(numbers, kept))
        self._check_nameless(columns)
        hidden = set(self.grid.hidden_rows)
        count = sum(1 for number in numbers if number in hidden) if hidden else 0
        named = {
            "hidden_rows": count,
            "hidden_columns": self.grid.hidden_columns,
            "empty_columns": "" in self.header.names,
        }
        notes += [code for code, is_so in named.items() if is_so]
        above = tuple(dict.fromkeys(cell.strip() for record in titles for cell in record.cells if cell.strip()))
        block = Block(numbers, tuple(columns), faults)
        return Table(self.grid.name, self.header, block, above, tuple(dict.fromkeys(notes)), count)

    def _check_nameless(self, columns: Sequence[Sequence[str]]) -> None:
        for at, name in enumerate(self.header.names):
            if name:
                continue
            filled = next((cell for cell in columns[at] if cell.strip()), None)
            if filled is not None:
                raise DataError(
                    "missing_header",
                    file=self.file,
                    sheet=self.grid.name,
                    row=self.header.row,
                    column=column_letters(self.grid.left + at),
                    found=shown(filled),
                )

    def _reasons(
        self, columns: list[list[str]], kept: list[bool], fullest: list[list[str]], titles: Sequence[Record]
    ) -> dict[int, str]:
        """The lines that are no rows, each with the reason."""
        reasons = dict.fromkeys(self._repeats(columns), "repeated_header")
        printed = {record.cells for record in titles}
        gaps = _gaps(fullest, kept)
        last = len(kept) - kept[::-1].index(True)
        bottom = range(max(0, last - BOTTOM), last)
        tail, width = True, sum(1 for name in self.header.names if name)
        for at in sorted({*gaps, *bottom}, reverse=True):
            if not kept[at] or at in reasons:
                continue
            cells = tuple(column[at] for column in columns)
            if cells in printed:
                reasons[at] = "repeated_header"
            elif is_note(cells, width=width, at_the_end=tail and at in bottom):
                reasons[at] = "note_row"
            else:
                tail = False
        return reasons

    def _repeats(self, columns: list[list[str]]) -> list[int]:
        """Lines that are the header again, as it is printed on every page."""
        found = []
        for cells in self.header.rows:
            at = next(place for place, cell in enumerate(cells) if cell)
            column, word = columns[at], cells[at]
            if word not in column:
                continue
            for row in (row for row, cell in enumerate(column) if cell == word):
                line = [(other[row], name) for other, name in zip(columns, cells, strict=True) if other[row]]
                if len(line) > 1 and all(cell == name for cell, name in line):
                    found.append(row)
        return found

    def _other_table(self, columns: list[list[str]], kept: list[bool], numbers: list[int]) -> dict[int, str]:
        """The lines of a second table below the first: after a blank line, names where numbers and dates stood.

        Raises:
            DataError: two_tables, where nobody said which of the two is meant.
        """
        if all(kept):
            return {}
        kinds = [_mostly_values(column[:SAMPLE_RECORDS]) for column in columns]
        for at in range(1, len(kept) - 2):
            if not kept[at] or kept[at - 1]:
                continue
            head = at if sum(1 for column in columns if column[at]) > 1 else at + 1
            if not (kept[head] and kept[head + 1]) or not self._is_header([column[head] for column in columns], kinds):
                continue
            if not any(_is_value(column[head + 1]) for column in columns if column[head]):
                continue
            last = max((row for row in range(at) if kept[row]), default=0)
            end = max(row for row in range(len(kept)) if kept[row])
            if self.known:
                return {row: "other_table" for row in range(at, end + 1) if kept[row]}
            left, right = column_letters(self.grid.left), column_letters(self.grid.left + len(columns) - 1)
            found = f"{left}{self.header.row}:{right}{numbers[last]}, {left}{numbers[head]}:{right}{numbers[end]}"
            raise DataError("two_tables", file=self.file, sheet=self.grid.name, row=numbers[head], found=found)
        return {}

    def _is_header(self, cells: Sequence[str], kinds: Sequence[bool]) -> bool:
        """Whether a line holds words, none of them missing values, over at least two columns of numbers or dates."""
        filled = [(cell.strip(), kind) for cell, kind in zip(cells, kinds, strict=True) if cell.strip()]
        words = [cell for cell, _ in filled]
        if len(words) < 2 or any(_is_value(word) or word.startswith("#") or plain(word) in EMPTY for word in words):
            return False
        same = {plain(name) for name in (*self.header.names, *(cell for row in self.header.rows for cell in row))}
        if all(plain(word) in same for word in words):
            return False  # the header of the next page
        return sum(1 for _, kind in filled if kind) >= min(2, sum(kinds))


def _filled(columns: Sequence[list[str]], fullest: list[str]) -> list[bool]:
    """Which lines hold anything but white space."""
    kept = [bool(cell) and not cell.isspace() for cell in fullest]
    if False in kept:
        for at, is_kept in enumerate(kept):
            if not is_kept:
                kept[at] = any(column[at].strip() for column in columns)
    return kept


def _gaps(fullest: Sequence[list[str]], kept: list[bool]) -> list[int]:
    """Lines without a cell in one of the two fullest columns; none where the table is full of gaps."""
    if fullest[-1].count("") - kept.count(False) > FEW:
        return []
    return [at for column in fullest if "" in column for at, cell in enumerate(column) if not cell and kept[at]]


def is_note(cells: Sequence[str], *, width: int, at_the_end: bool = False) -> bool:
    """Whether a line signs, dates, numbers or explains a table so many columns wide, and is no row of it."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if not filled or width < 2 or _is_value(filled[0]):
        return False
    labels = all(NOTE.match(cell) or LABELLED.match(cell) for cell in filled)
    if len(filled) > max(1, width // 2) and not labels:
        return False
    alone = len(filled) == 1 and width > 2
    if NOTE.match(filled[0]) or (alone and SECTION.match(filled[0])):
        return True
    return at_the_end and alone and (SENTENCE.search(filled[0]) is not None or len(filled[0]) > BOTTOM)


def _mostly_values(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell.strip()]
    return bool(filled) and sum(1 for cell in filled if _is_value(cell)) * 2 > len(filled)


def _is_value(cell: str) -> bool:
    return bool(NUMBER_LIKE.fullmatch(cell.strip()) or DATE_LIKE.fullmatch(cell.strip()))
