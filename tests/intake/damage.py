"""Drawn tables as files: dialects, encodings, workbooks, pages, and damage done to them."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from tests.intake.hostility import (
    REFUSED,
    Sketch,
    Truth,
    currencies_table,
    long_table,
    metrics_table,
    months_table,
    periods_table,
    sites_table,
    spoil_header,
    years_table,
)


@dataclass(frozen=True)
class File:
    """A file, how it is mapped, and its truth (None: nobody knows; REFUSED: no value may come out)."""

    kind: str
    name: str
    content: bytes
    mapping: str
    truth: Truth | str | None
    rows: int | None = None
    may_be_refused: bool = False
    unknown: frozenset[int] = frozenset()


TABLES = (
    *(long_table, long_table, long_table, metrics_table, metrics_table, periods_table),
    *(sites_table, years_table, currencies_table, months_table),
)


def hostile_file(chance: random.Random) -> File:
    """One hostile file."""
    delimiter = chance.choice((",", ",", ",", ";", "\t", "|"))
    # Semicolons part the cells where commas are decimal marks; nobody else writes 1.234 for a thousand undeclared.
    mark = "," if delimiter == ";" and chance.random() < 0.4 else "."
    sketch, mapping = chance.choice(TABLES)(chance, mark=mark)
    spoil_header(chance, sketch)
    if mark == ",":
        mapping = _with_format(mapping, 'decimal = ","') if chance.random() < 0.5 else mapping
        sketch.may_be_refused = True
    elif delimiter != ",":
        sketch.may_be_refused = True
    luck = chance.random()
    if luck < 0.72:
        return _text_file(chance, sketch, mapping, delimiter=delimiter)
    if mark == ",":
        return _text_file(chance, sketch, mapping, delimiter=delimiter)
    if luck < 0.9:
        return _workbook_file(chance, sketch, mapping)
    return _page_file(chance, sketch, mapping)


def _with_format(mapping: str, line: str) -> str:
    head, found, rest = mapping.partition("[metric.")
    return f"{head}\n[format]\n{line}\n{found}{rest}"


def _truth(sketch: Sketch, lines: Sequence[int]) -> Truth | str:
    if sketch.refused:
        return REFUSED
    truth: Truth = {}
    for line, cells in zip(lines, sketch.truths, strict=True):
        for (metric, stamp), value in cells.items():
            truth.setdefault((line, metric), {})[stamp] = value
    return truth


def _count(sketch: Sketch) -> int | None:
    """How many rows must be accounted for; None where a line of units may be taken for part of the header."""
    return None if sketch.unit_row else len(sketch.rows)


def _text_file(chance: random.Random, sketch: Sketch, mapping: str, *, delimiter: str) -> File:
    end = chance.choice(("\n", "\n", "\r\n", "\r"))
    quoting = chance.choice((csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL))
    encoding = chance.choice(("utf-8", "utf-8", "utf-8-sig", "gb18030", "gb18030", "utf-16"))
    records: list[list[str] | None] = [[title] + [""] * (len(sketch.header) - 1) for title in sketch.titles]
    records += [None] * chance.choice((0, 0, 1)) if records else []
    records.append(sketch.header)
    lines = []
    for row in sketch.rows:
        if chance.random() < 0.05:
            records.append(None)
        records.append(row)
        lines.append(len(records))
    written = [_line(record, delimiter=delimiter, quoting=quoting) for record in records]
    damage = chance.choice(
        (None, None, None, None, _short_row, _long_row, _bad_quote, _no_end, _nul, _flip, _cut, _two_encodings)
    )
    truth = _truth(sketch, lines)
    file = File("text", "rows.csv", b"", mapping, truth, _count(sketch), sketch.may_be_refused)
    if damage is None:
        return replace(file, content=_encoded(end.join([*written, ""]), encoding))
    # Where a part is damaged, its sum no longer adds up: under a blank label nobody can know it for a sum.
    file = replace(file, unknown=frozenset(lines[at] for at in sketch.unlabelled))
    return damage(chance, file, written, lines=lines[sketch.unit_row :], end=end, encoding=encoding)


def _line(record: list[str] | None, *, delimiter: str, quoting: Any) -> str:
    if record is None:
        return ""
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter, quoting=quoting, lineterminator="").writerow(record)
    return stream.getvalue()


def _encoded(text: str, encoding: str) -> bytes:
    return text.encode(encoding)


def _without(truth: Any, line: int) -> Any:
    """The truth without a line; what was to be refused for that line alone is then unknown."""
    return None if not isinstance(truth, dict) else {key: value for key, value in truth.items() if key[0] != line}


def _short_row(
    chance: random.Random, file: File, written: list[str], *, lines: list[int], end: str, encoding: str
) -> File:
    line = chance.choice(lines)
    written[line - 1] = "x"
    content = _encoded(end.join([*written, ""]), encoding)
    return replace(file, kind="short row", content=content, truth=_without(file.truth, line), may_be_refused=True)


def _long_row(
    chance: random.Random, file: File, written: list[str], *, lines: list[int], end: str, encoding: str
) -> File:
    line = chance.choice(lines)
    written[line - 1] += ",9;9\t9|9"
    content = _encoded(end.join([*written, ""]), encoding)
    return replace(file, kind="long row", content=content, truth=_without(file.truth, line), may_be_refused=True)


def _bad_quote(
    chance: random.Random, file: File, written: list[str], *, lines: list[int], end: str, encoding: str
) -> File:
    line = chance.choice(lines)
    written[line - 1] = '"' + written[line - 1]
    content = _encoded(end.join([*written, ""]), encoding)
    return replace(
        file, kind="bad quote", content=content, truth=_without(file.truth, line), rows=None, may_be_refused=True
    )


def _no_end(
    chance: random.Random, file: File, written: list[str], *, lines: list[int], end: str, encoding: str
) -> File:
    return replace(file, kind="no end", content=_encoded(end.join(written), encoding), may_be_refused=True)


def _nul(chance: random.Random, file: File, written: list[str], *, lines: list[int], end: str, encoding: str) -> File:
    line = chance.choice(lines)
    written[line - 1] = written[line - 1][:2] + "\0" + written[line - 1][2:]
    content = _encoded(end.join([*written, ""]), encoding)
    return replace(file, kind="nul", content=content, truth=REFUSED, may_be_refused=True)


def _flip(chance: random.Random, file: File, written: list[str], *, lines: list[int], end: str, encoding: str) -> File:
    content = bytearray(_encoded(end.join([*written, ""]), encoding))
    for _ in range(chance.randrange(1, 6)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    return replace(file, kind="flipped bytes", content=bytes(content), truth=None, rows=None, may_be_refused=True)


def _cut(chance: random.Random, file: File, written: list[str], *, lines: list[int], end: str, encoding: str) -> File:
    line = chance.choice(lines)
    kept = end.join([*written[: line - 1], written[line - 1][: chance.randrange(len(written[line - 1]) + 1)]])
    truth: Any = None
    if isinstance(file.truth, dict):
        truth = {key: value for key, value in file.truth.items() if key[0] < line}
    # what is left of the last record may still be a record: nobody can know better
    unknown = file.unknown | {line}
    content = _encoded(kept, encoding)
    return replace(file, kind="cut", content=content, truth=truth, unknown=unknown, rows=None, may_be_refused=True)


def _two_encodings(
    chance: random.Random, file: File, written: list[str], *, lines: list[int], end: str, encoding: str
) -> File:
    if encoding == "utf-16" or end == "\r":
        return _no_end(chance, file, written, lines=lines, end=end, encoding=encoding)
    other = "gb18030" if encoding.startswith("utf-8") else "utf-8"
    line = chance.choice(lines)
    parts = [
        _encoded(text + end, encoding if at == 0 else encoding.removesuffix("-sig")) for at, text in enumerate(written)
    ]
    parts[line - 1] = ("苏州工业园区" + written[line - 1] + end).encode(other)
    truth = _without(file.truth, line)
    return replace(file, kind="two encodings", content=b"".join(parts), truth=truth, rows=None, may_be_refused=True)


def _workbook_file(chance: random.Random, sketch: Sketch, mapping: str) -> File:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    for title in sketch.titles:
        sheet.append([title])
    sheet.append(sketch.header)
    lines = []
    typed = chance.random() < 0.6
    for row, values in zip(sketch.rows, sketch.typed, strict=True):
        if chance.random() < 0.05:
            sheet.append([])
        at = sheet.max_row + 1 if sheet.cell(sheet.max_row, 1).value is not None else sheet._current_row + 1
        lines.append(at)
        for place, (text, value) in enumerate(zip(row, values, strict=True), start=1):
            cell = sheet.cell(at, place, value if typed and value is not None else text)
            if cell.data_type == "f":
                cell.data_type = "s"
        sheet._current_row = at
    stream = io.BytesIO()
    book.save(stream)
    content = stream.getvalue()
    truth = _truth(sketch, lines)
    file = File("workbook", "rows.xlsx", content, mapping, truth, _count(sketch), may_be_refused=sketch.may_be_refused)
    if chance.random() < 0.25:
        broken = bytearray(content)
        for _ in range(chance.randrange(1, 8)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        cut = bytes(broken) if chance.random() < 0.7 else content[: chance.randrange(len(content))]
        return replace(file, kind="broken workbook", content=cut, truth=None, rows=None, may_be_refused=True)
    return file


def _page_file(chance: random.Random, sketch: Sketch, mapping: str) -> File:
    """A table in HTML under a workbook's name, as many systems export it."""
    from html import escape

    rows = [sketch.header, *sketch.rows]
    titles = [f'<tr><td colspan="{len(sketch.header)}">{escape(title)}</td></tr>' for title in sketch.titles]
    body = [f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows]
    encoding = chance.choice(("utf-8", "gb18030"))
    named = "utf-8" if encoding == "utf-8" else "gb2312"
    head = f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={named}"></head><body><table border="1">'
    text = head + "".join([*titles, *body]) + "</table></body></html>"
    lines = [len(titles) + 2 + at for at in range(len(sketch.rows))]
    return File(
        "page",
        "rows.xls",
        text.encode(encoding),
        mapping,
        _truth(sketch, lines),
        _count(sketch),
        sketch.may_be_refused,
    )
