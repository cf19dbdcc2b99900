"""What the writers of all datasets share: grids of cells, rows as text, reproducible workbooks, what was planted.

Every file says in a title row or a column that its data are synthetic. Bytes depend on the arguments only.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path

import xlsxwriter

from datasets.labels import LABELS, UNITS
from datasets.series import Cell, Frame, Planted, observed

SYNTHETIC = "合成数据 Synthetic data"
"""What every file says about itself."""

WRITTEN_ON = datetime(2026, 9, 1)  # noqa: DTZ001 - a fixed date in a workbook, which knows no time zones
"""The creation date the workbooks state; a clock would change their bytes."""

Grid = Mapping[tuple[str, date, str], Cell]


@dataclass(frozen=True, slots=True)
class Dataset:
    """One synthetic engagement: where its hand-written files lie, what is planted, and what writes its exports.

    `files` gives name → bytes of everything that depends on the seed, `truth.json` among it.
    """

    name: str
    folder: Path
    seed: int
    written_by_hand: tuple[str, ...]
    metrics: tuple[Planted, ...]
    frame: Callable[[], Frame]
    files: Callable[[int], dict[str, bytes]]


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something wrong that was planted in an export: what, in which file, and on which lines an editor shows.

    `kind` is a word of ours (unit_slip, duplicate, gap, error_cell, full_width, subtotal, hidden_row, personal,
    instrument_change, definition_change, …); `factor` is what a slipped value was multiplied by.
    """

    kind: str
    file: str
    metric: str | None = None
    sheet: str | None = None
    site: str | None = None
    rows: tuple[int, ...] = ()
    days: tuple[str, ...] = ()
    column: str | None = None
    factor: float | None = None


@dataclass(slots=True)
class Account:
    """The row account of one export, filled while it is written.

    `rows` are the records below the header, blank ones and totals left out; `observations` the figures on
    them that are measured; `rejected` the rows that a gate must refuse at least one cell of.
    """

    file: str
    sheet: str | None = None
    rows: int = 0
    observations: int = 0
    totals: int = 0
    rejected: int = 0
    flaws: list[Flaw] = field(default_factory=list)

    def entry(self) -> dict[str, object]:
        """The account as it stands in truth.json."""
        return {
            "file": self.file,
            **({"sheet": self.sheet} if self.sheet else {}),
            "rows": self.rows,
            "observations": self.observations,
            "totals": self.totals,
            "rejected": self.rejected,
            "flaws": [
                {key: value for key, value in asdict(flaw).items() if value not in (None, ()) and key != "file"}
                for flaw in self.flaws
            ],
        }


def grid(metrics: Iterable[Planted], frame: Frame, *, seed: int) -> Grid:
    """The observations of several metrics by key, first day and site."""
    return {
        (planted.key, cell.start, cell.site): cell
        for planted in metrics
        for cell in observed(planted, frame, seed=seed)
    }


def merged(groups: Iterable[str]) -> list[str]:
    """Group names as merged cells are exported: the name once, then empty cells.

    >>> merged(["采购", "采购", "计划"])
    ['采购', '', '计划']
    """
    cells: list[str] = []
    last = ""
    for group in groups:
        cells.append("" if group == last else group)
        last = group
    return cells


def header(key: str) -> str:
    """The header a metric bears: its name, and its unit in brackets."""
    name, unit, _ = LABELS[key]
    return f"{name}({UNITS[unit]})"


def number(cell: Cell, planted: Planted) -> str:
    """A value as it is exported, empty where it was not measured."""
    return "" if cell.value is None else f"{cell.value:.{planted.digits}f}"


def full_width(text: str) -> str:
    """Digits and signs of a number as an input method in full-width mode types them.

    >>> full_width("35.2")
    '３５．２'
    """
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in text)


def text(rows: Sequence[Sequence[str]], *, delimiter: str) -> str:
    """Rows as text with Windows line ends; no cell holds a delimiter or a quote."""
    return "".join(delimiter.join(row) + "\r\n" for row in rows)


def workbook(write: Callable[[xlsxwriter.Workbook], None], *, title: str) -> bytes:
    """A workbook that `write` fills: equal content gives equal bytes on every platform."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    book.set_properties({"title": title, "comments": SYNTHETIC, "created": WRITTEN_ON})
    write(book)
    book.close()
    return _stored(stream.getvalue())


def document(value: object) -> bytes:
    """A JSON document with all its floats at six decimals: the last bits of an exponential differ between platforms."""
    return (json.dumps(_rounded(value), ensure_ascii=False, indent=1) + "\n").encode()


def _stored(packed_book: bytes) -> bytes:
    """The workbook with its parts stored uncompressed: compressors of different platforms give different bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed_book)) as packed, zipfile.ZipFile(stream, "w") as plain:
        for name in packed.namelist():
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system = 0
            plain.writestr(entry, packed.read(name))
    return stream.getvalue()


def _rounded(value: object) -> object:
    match value:
        case float():
            return round(value, 6)
        case dict():
            return {key: _rounded(entry) for key, entry in value.items()}
        case list() | tuple():
            return [_rounded(entry) for entry in value]
        case _:
            return value
