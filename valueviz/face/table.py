"""Tables of other libraries as the text table every reader takes."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pandas as pd

from valueviz.errors import DataError, UsageError
from valueviz.intake.reading import TextTable


def text_table(frame: Any) -> tuple[TextTable, str]:
    """A frame as the text table every reader takes, and the digest of that text.

    Raises:
        DataError: duplicate_header.
        UsageError: frame_unknown.
    """
    data = pandas_frame(frame)
    columns = [_texts(data.iloc[:, position]) for position in range(data.shape[1])]
    header = tuple(str(name) for name in data.columns)
    twice = next((place for place, name in enumerate(header) if name in header[:place]), None)
    if twice is not None:
        raise DataError("duplicate_header", file="frame", row=0, column=twice + 1, found=header[twice])
    rows = tuple(zip(*columns, strict=True))
    digest = sha256(repr((header, rows)).encode()).hexdigest()
    return TextTable(header, rows, None, None, 1, (), numbers=tuple(range(1, len(rows) + 1))), digest


def pandas_frame(frame: Any) -> pd.DataFrame:
    """A table of any library as a pandas frame.

    Raises:
        UsageError: frame_unknown.
    """
    if isinstance(frame, pd.DataFrame):
        return frame
    if isinstance(frame, pd.Series):
        return frame.rename("value").rename_axis("date").reset_index()
    if hasattr(frame, "__arrow_c_stream__"):
        import pyarrow

        converted: pd.DataFrame = pyarrow.table(frame).to_pandas()
        return converted
    raise UsageError("frame_unknown", found=type(frame).__name__)


def _texts(column: pd.Series) -> list[str]:
    """The cells of a column as text: ISO dates, numbers in full, nothing where nothing is."""
    if isinstance(column.dtype, pd.PeriodDtype):
        return ["" if cell is pd.NaT else str(cell.start_time.date()) for cell in column]
    return [_text(cell) for cell in column.astype(object)]


def _text(cell: Any) -> str:
    if cell is None or cell is pd.NaT or cell is pd.NA or cell != cell:  # noqa: PLR0124 - NaN alone differs from itself
        return ""
    if isinstance(cell, pd.Timestamp):
        return str(cell.date()) if cell == cell.normalize() else str(cell)
    if isinstance(cell, float):
        return repr(int(cell)) if cell.is_integer() and abs(cell) < 2**53 else repr(cell)
    return str(cell)
