"""One pass over the XML of a sheet for what its parser keeps silent about, and for how far it reaches.

The parser allocates the rectangle between the outermost cells, so that one far cell would end the process;
error cells, hidden rows, formulas without a stored value and percentages look like nothing, or like numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from valueviz.errors import DataError
from valueviz.intake.grid import check_range

OVERLAP = 4096
"""Bytes looked at twice, so that a tag cut by two chunks is seen whole."""

CONTENT = re.compile(rb'<(?:\w+:)?c\s[^<>]*?\br="([A-Z]{1,3})([0-9]{1,8})"[^<>]*(?<!/)>(?!</)')
"""A cell that holds anything; a cell that only has a style does not widen what the parser allocates."""

ROW_NUMBER = re.compile(rb'<(?:\w+:)?row\s[^<>]*?\br="([0-9]{1,8})"')
NO_REFERENCE = re.compile(rb"<(?:\w+:)?c(?=[\s>])(?![^<>]*\sr=)")
"""A cell without a reference stands where it is written, in the row around it."""

FAR = re.compile(rb' r="(?:[A-Z]{2}|[A-Z]?[0-9]{6})')
"""A cell beyond column Z or row 99,999: only then it is worth the time to look at every reference."""

ODD = re.compile(rb'<(?:\w+:)?(?:c|row)(?=[\s/>])(?!(?: [\w:.]+="[^"<>&]*")* ?/?>)')
BAD = re.compile(rb'<(?:\w+:)?(?:c|row)(?=[\s/>])(?!(?:\s+[\w:.]+="[^"<>&]*")*\s*/?>)')
"""Cells written with other white space than usual are looked at with more care; with other quotes they are refused."""

SHORTEST_CELL = 20
"""Bytes of a cell with a value; a sheet has no more cells than this goes into its length."""

ODD_BYTES = 1 << 18
"""Of a sheet that are searched for odd references; what hides them is small, what is larger meets the memory cap."""

PREFIXED = re.compile(rb"<\w+:worksheet\b")
"""A sheet whose elements are written with a prefix."""

_C = rb"<(?:\w+:)?c\s"
ERROR_CELL = re.compile(
    _C
    + rb'(?=[^<>]*\bt="e")[^<>]*?\br="([A-Z]{1,3})(\d{1,8})"[^<>]*>(?:<(?:\w+:)?f\b[^<>]*?(?:/>|>[^<]*</(?:\w+:)?f>))?<(?:\w+:)?v>([^<]{1,40})<'
)
HIDDEN_COLUMN = re.compile(rb'<(?:\w+:)?col\s(?=[^<>]*\bhidden="(?:1|true)")([^<>]*)')
COLUMN_BOUND = re.compile(rb'\b(min|max)="(\d{1,5})"')
HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row\s(?=[^<>]*\bhidden="(?:1|true)")[^<>]*?\br="(\d{1,8})"')
UNCACHED = re.compile(
    _C
    + rb'[^<>]*?\br="([A-Z]{1,3})(\d{1,8})"[^<>]*><(?:\w+:)?f\b[^<>]*?(?:/>|>([^<]*)</(?:\w+:)?f>)(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?</(?:\w+:)?c>'
)
NO_VALUE = (b"f></c>", b"/></c>", b"<v></v>", b":c>", b"/> </c>", b"\n</c>")
"""How the end of a cell looks whose formula has no stored value, or that is written in a way not looked for here."""

PLAIN_STYLED = rb'<c r="([A-Z]{1,3})(\d{1,8})" s="(?:%s)"'
STYLED = _C + rb'(?=[^<>]*\bs="(?:%s)")[^<>]*?\br="([A-Z]{1,3})(\d{1,8})"'

MOST_MARKS = 2_000_000
"""Cells that may be remembered one by one."""

Place = tuple[int, int]
"""Row and column of a cell, from 1."""


@dataclass(slots=True)
class Look:
    """What the XML says about a sheet: places (row, column from 1) and counts the parser keeps silent about."""

    errors: dict[Place, str] = field(default_factory=dict)
    uncached: dict[Place, str] = field(default_factory=dict)
    percentages: set[Place] = field(default_factory=set)
    units: dict[Place, str] = field(default_factory=dict)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    scaled: bool = False
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Styles:
    """Indexes of the cell styles that show a number as a percentage, divided, or in a currency other than the yuan.

    `units` are those that show a word behind the number, each with the word.
    """

    percent: tuple[int, ...] = ()
    scaled: tuple[int, ...] = ()
    foreign: tuple[int, ...] = ()
    units: tuple[tuple[int, str], ...] = ()


def look_at(windows: Iterable[bytes], styles: Styles, *, file: str, sheet: str) -> Look:
    """What the XML of a sheet says, read in pieces.

    Raises:
        DataError: used_range_too_large, hostile_workbook.
    """
    scan = _Scan(styles, file, sheet)
    tail = b""
    for chunk in windows:
        window = tail + chunk if tail else chunk
        scan.see(window, fresh=len(tail))
        tail = window[-OVERLAP:]
    scan.settle()
    return scan.look


class _Scan:
    def __init__(self, styles: Styles, file: str, sheet: str) -> None:
        self.look = Look()
        self._file, self._sheet = file, sheet
        self._far = False
        self._last = 0
        self._columns: set[bytes] = set()
        self._seen = 0
        self._prefixed = False
        self._by_row = False
        self._percent = _styled(styles.percent)
        self._scaled = _attribute(styles.scaled)
        self._foreign = _attribute(styles.foreign)
        words = dict.fromkeys(unit for _, unit in styles.units)
        self._units = [(unit, _styled(tuple(at for at, each in styles.units if each == unit))) for unit in words]

    def see(self, window: bytes, *, fresh: int) -> None:
        """Look at a piece of which the first `fresh` bytes were seen before."""
        if self._seen == 0:
            self._prefixed = PREFIXED.search(window) is not None
        self._reach(window)
        look = self.look
        if self._by_row and (b't="e"' in window or b"<f" in window):
            raise DataError("hostile_workbook", file=self._file, sheet=self._sheet, found="reference")
        if b't="e"' in window:
            look.errors.update((_place(found), _word(found[3])) for found in ERROR_CELL.finditer(window))
        if b"<f" in window or (self._prefixed and b":f" in window):
            self._formulas(window)
        if b"hidden=" in window:
            look.hidden_rows += [int(found[1]) for found in HIDDEN_ROW.finditer(window) if found.end() > fresh]
            for found in HIDDEN_COLUMN.finditer(window):
                self._hide(dict(COLUMN_BOUND.findall(found[1])))
        look.percentages.update(_places(self._percent, window))
        for unit, styled in self._units:
            look.units.update(dict.fromkeys(_places(styled, window), unit))
        look.scaled = look.scaled or _uses(self._scaled, window)
        look.foreign = look.foreign or _uses(self._foreign, window)
        if len(look.errors) + len(look.uncached) > MOST_MARKS or len(look.hidden_rows) > MOST_MARKS:
            raise DataError("hostile_workbook", file=self._file, sheet=self._sheet, found="marks")

    def _formulas(self, window: bytes) -> None:
        if any(mark in window for mark in NO_VALUE):
            self.look.uncached.update((_place(found), _word(found[3])) for found in UNCACHED.finditer(window))

    def _hide(self, bounds: dict[bytes, bytes]) -> None:
        first = int(bounds.get(b"min", b"1"))
        last = min(int(bounds.get(b"max", b"%d" % first)), first + 20_000)
        self.look.hidden_columns += range(first, last + 1)

    def _reach(self, window: bytes) -> None:
        """Widen the used range; references are counted one by one only where some lie far off."""
        if self._seen == 0:
            self._check_form(window[: window.rfind(b"<", 0, ODD_BYTES)])
        self._seen += len(window)
        if not self._far and FAR.search(window) is None:
            return
        self._far = True
        found = CONTENT.findall(window)
        self._columns.update({letters for letters, _ in found})
        rows = {int(row) for _, row in found}
        if self._by_row:
            rows |= set(map(int, ROW_NUMBER.findall(window)))
        if rows:
            self._last = max(self._last, *rows)

    def _check_form(self, head: bytes) -> None:
        """Refuse references in a form that is not looked for, but that a parser understands."""
        if BAD.search(head):
            raise DataError("hostile_workbook", file=self._file, sheet=self._sheet, found="reference")
        self._by_row = NO_REFERENCE.search(head) is not None
        self._far = self._by_row or ODD.search(head) is not None

    def settle(self) -> None:
        """Refuse what reaches too far."""
        numbers = [column_number(letters) for letters in self._columns]
        if self._far and self._last:
            # Pieces before the first far cell were not looked at; they hold nothing beyond the near range.
            most = self._seen // SHORTEST_CELL
            check_range(self._last, max(numbers, default=1), filled=most, file=self._file, sheet=self._sheet)


@dataclass(frozen=True, slots=True)
class _Styled:
    """How cells of some styles are found: quickly where they are written as usual, else by looking at each."""

    attribute: re.Pattern[bytes]
    plain: re.Pattern[bytes]
    any: re.Pattern[bytes]

    def places(self, window: bytes) -> Iterable[Place]:
        found = self.plain.findall(window)
        if len(found) < len(self.attribute.findall(window)):
            found = self.any.findall(window)
        return [(int(row), column_number(letters)) for letters, row in found]


def _styled(indexes: tuple[int, ...]) -> _Styled | None:
    attribute = _attribute(indexes)
    if attribute is None:
        return None
    wanted = b"|".join(b"%d" % index for index in indexes)
    return _Styled(attribute, re.compile(PLAIN_STYLED % wanted), re.compile(STYLED % wanted))


def _places(styled: _Styled | None, window: bytes) -> Iterable[Place]:
    return styled.places(window) if styled is not None and styled.attribute.search(window) else ()


def _uses(attribute: re.Pattern[bytes] | None, window: bytes) -> bool:
    return attribute is not None and attribute.search(window) is not None


def _attribute(indexes: tuple[int, ...]) -> re.Pattern[bytes] | None:
    return re.compile(rb' s="(?:%s)"' % b"|".join(b"%d" % index for index in indexes)) if indexes else None


def _place(found: re.Match[bytes]) -> Place:
    return int(found[2]), column_number(found[1])


def _word(found: bytes | None) -> str:
    return (found or b"").decode("utf-8", "replace")


def column_number(letters: bytes) -> int:
    """The number of a column from its letters, A = 1.

    >>> column_number(b"XFD")
    16384
    """
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
