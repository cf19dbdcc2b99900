"""The first rows of a table, column by column: what their cells look like to a reader of event logs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from valueviz.intake.header import plain
from valueviz.intake.log.chain import read_chain
from valueviz.intake.log.names import COMPLETES, OTHERS, REMARK, STARTS, UNSTATED
from valueviz.intake.moment import order_of, read_moment

_NUMERIC = re.compile(r"[+-]?\d+(?:[.,]\d+)?")


class Sample:
    """The first rows of a table."""

    def __init__(self, header: tuple[str, ...], rows: tuple[Sequence[str], ...]) -> None:
        """Rows under the names of their columns."""
        self.header, self.rows = header, rows
        self._columns: dict[int, tuple[str, ...]] = {}

    def cells(self, at: int) -> tuple[str, ...]:
        """The cells of a column without blanks around them."""
        if at not in self._columns:
            self._columns[at] = tuple(row[at].strip() if at < len(row) else "" for row in self.rows)
        return self._columns[at]

    def is_dated(self, at: int, *, share: float = 0.8) -> bool:
        """Whether more than a share of the distinct cells of a column are times, as far as any is stated."""
        texts = list(dict.fromkeys(cell for cell in self.cells(at) if cell))[:200]
        texts = [text for text in texts if plain(text) not in UNSTATED]
        if not texts:
            return False
        order = order_of(texts)
        found = [read_moment(text, order="dmy" if order == "unknown" else order) for text in texts]
        good = sum(1 for each in found if each.at is not None and each.span == "day")
        return good > share * len(texts) and not all(re.fullmatch(r"\d{1,7}", text) for text in texts)

    def is_chain(self, at: int) -> bool:
        """Whether the cells of a column hold chains of approvals."""
        texts = [cell for cell in self.cells(at) if cell][:50]
        found = [read_chain(text) for text in texts]
        read = [each for each in found if each]
        return bool(texts) and len(read) > 0.8 * len(texts) and any(len(each) > 1 for each in read)

    def is_key(self, at: int | None) -> bool:
        """Whether no cell of a column is empty or there twice."""
        if at is None:
            return False
        cells = self.cells(at)
        return bool(cells) and all(cells) and len(set(cells)) == len(cells)

    def is_words(self, at: int) -> bool:
        """Whether a column holds anything but times and remarks."""
        cells = [cell for cell in self.cells(at) if cell]
        return bool(cells) and not self.is_dated(at) and not REMARK.search(self.header[at])

    def is_numeric(self, at: int) -> bool:
        """Whether a column holds numbers alone."""
        return all(_NUMERIC.fullmatch(cell) for cell in self.cells(at) if cell)

    def is_cycle(self, at: int) -> bool:
        """Whether the words of a column are those of a life cycle."""
        words = {cell.casefold() for cell in self.cells(at) if cell}
        known = STARTS | COMPLETES
        return bool(words & known) and words <= known | OTHERS
