"""A look into a workbook's container before any parser opens it: sizes, names, declarations, used range.

The parser allocates the rectangle between the outermost cells, so that one far cell would end the process.
What the parser does not say is noted on the way: error cells, hidden rows, formulas without a stored value,
cells shown as a percentage.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from valueviz.errors import DataError

MAX_MEMBER_BYTES = 1 << 30
"""An uncompressed sheet of a million rows has about half of this."""

MAX_RATIO = 200
"""Real sheets compress 10 to 60 times; a bomb a thousand times."""

SMALL_MEMBER = 1 << 20
"""Below this size a high ratio is harmless."""

MAX_CELLS = 20_000_000
"""Cells of the used range: a million rows of twenty columns."""

CHUNK = 1 << 20
OVERLAP = 4096
"""Bytes looked at twice, so that a tag cut by two chunks is seen whole."""

COLUMN = re.compile(rb' r="([A-Z]{1,3})')
ROW = re.compile(rb' r="(\d{1,8})"')
FAR_ROW = re.compile(rb' r="[A-Z]{1,3}(\d{6,8})"')
"""References of cells and rows; a cell may lie in another row than the one around it says."""

ERROR_CELL = re.compile(
    rb'<(?:\w+:)?c (?=[^>]*\bt="e")[^>]*?\br="([A-Z]{1,3})(\d{1,8})"[^>]*>(?:<(?:\w+:)?f\b[^>]*?(?:/>|>[^<]*</(?:\w+:)?f>))?<(?:\w+:)?v>([^<]{1,40})<'
)
HIDDEN_COLUMN = re.compile(rb'<(?:\w+:)?col [^>]*\bhidden="(?:1|true)"')
HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row [^>]*\bhidden="(?:1|true)"')
UNCACHED = re.compile(
    rb'<(?:\w+:)?c [^>]*?\br="([A-Z]{1,3})(\d{1,8})"[^>]*><(?:\w+:)?f\b[^>]*?(?:/>|>([^<]*)</(?:\w+:)?f>)(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?</(?:\w+:)?c>'
)
STYLED = rb'<(?:\w+:)?c (?=[^>]*\bs="(?:%s)")[^>]*?\br="([A-Z]{1,3})(\d{1,8})"'


@dataclass(frozen=True, slots=True)
class Look:
    """What the container says about a sheet: cells (row, column from 1) and counts the parser keeps silent about."""

    errors: dict[tuple[int, int], str]
    uncached: dict[tuple[int, int], str]
    percentages: frozenset[tuple[int, int]]
    hidden_rows: int
    hidden_columns: bool


def check_container(path: Path) -> None:
    """Refuse a container no parser should open.

    Raises:
        DataError: truncated_file, hostile_workbook (found names the reason), not_what_its_name_says.
    """
    with _container(path) as archive:
        members = archive.infolist()
        names = {member.filename for member in members}
        for member in members:
            reason = _hostile(member)
            if reason:
                raise DataError("hostile_workbook", file=path.name, found=reason)
        if "[Content_Types].xml" not in names or not any(name.startswith("xl/workbook") for name in names):
            raise DataError("not_what_its_name_says", file=path.name, found="ZIP", needed="XLSX")
        if any(member.flag_bits & 1 for member in members):
            raise DataError("password_protected", file=path.name)
        for member in members:
            if member.filename.endswith((".xml", ".rels")) and _declares(archive, member, path):
                raise DataError("hostile_workbook", file=path.name, found="DTD")


def look_into(path: Path, sheet: str) -> Look:
    """What the container says about a sheet.

    Raises:
        DataError: the used range exceeds what is read, or the sheet ends early.
    """
    with _container(path) as archive:
        member = _member_of(archive, sheet, path)
        percent = _percent_styles(archive)
        styled = re.compile(STYLED % b"|".join(b"%d" % index for index in percent)) if percent else None
        errors: dict[tuple[int, int], str] = {}
        uncached: dict[tuple[int, int], str] = {}
        percentages: set[tuple[int, int]] = set()
        columns: set[bytes] = set()
        rows: set[bytes] = set()
        hidden, hidden_columns = 0, False
        for window, fresh in _windows(archive, member, path):
            columns.update(COLUMN.findall(window))
            rows.update(ROW.findall(window))
            rows.update(FAR_ROW.findall(window))
            if b't="e"' in window:
                errors.update((_place(found), _word(found[3])) for found in ERROR_CELL.finditer(window))
            if b"<f" in window or b":f" in window:
                uncached.update((_place(found), _word(found[3])) for found in UNCACHED.finditer(window))
            if b"hidden=" in window:
                hidden_columns = hidden_columns or HIDDEN_COLUMN.search(window) is not None
                hidden += sum(1 for found in HIDDEN_ROW.finditer(window) if found.end() > fresh)
            if styled is not None:
                percentages.update(_place(found) for found in styled.finditer(window))
    _check_range(columns, rows, path=path, sheet=sheet)
    return Look(errors, uncached, frozenset(percentages), hidden, hidden_columns)


def _container(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise DataError("truncated_file", file=path.name) from error


def _hostile(member: zipfile.ZipInfo) -> str | None:
    name = member.filename.replace("\\", "/")
    if name.startswith("/") or ".." in name.split("/") or ":" in name:
        return "path"
    if member.file_size > MAX_MEMBER_BYTES:
        return "size"
    if member.file_size > SMALL_MEMBER and member.file_size > MAX_RATIO * max(1, member.compress_size):
        return "ratio"
    return None


def _declares(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path) -> bool:
    """Whether a part declares a document type or entities; a declaration stands before the first element."""
    try:
        with archive.open(member) as stream:
            head = stream.read(1 << 16)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise DataError("truncated_file", file=path.name) from error
    text = head.replace(b"\0", b"").upper()
    return b"<!DOCTYPE" in text or b"<!ENTITY" in text


def _windows(archive: zipfile.ZipFile, member: str, path: Path) -> Iterator[tuple[bytes, int]]:
    """Overlapping pieces of a part, each with the length of what the piece before it already showed."""
    tail = b""
    try:
        with archive.open(member) as stream:
            while chunk := stream.read(CHUNK):
                window = tail + chunk
                yield window, len(tail)
                tail = window[-OVERLAP:]
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise DataError("truncated_file", file=path.name) from error


def _place(found: re.Match[bytes]) -> tuple[int, int]:
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


def _check_range(columns: set[bytes], rows: set[bytes], *, path: Path, sheet: str) -> None:
    if not columns or not rows:
        return
    numbers = [column_number(letters) for letters in columns]
    lines = [int(row) for row in rows]
    cells = (max(numbers) - min(numbers) + 1) * (max(lines) - min(lines) + 1)
    if cells > MAX_CELLS:
        raise DataError("used_range_too_large", file=path.name, sheet=sheet, found=cells, needed=MAX_CELLS)


def _member_of(archive: zipfile.ZipFile, sheet: str, path: Path) -> str:
    """The part that holds a sheet, through the workbook's relations."""
    try:
        # No document type can be declared here: check_container refused it.
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314
        relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    except (KeyError, ElementTree.ParseError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError("truncated_file", file=path.name) from error
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    for element in book.iter():
        if element.tag.rpartition("}")[2] == "sheet" and element.get("name") == sheet:
            key = next((value for name, value in element.attrib.items() if name.endswith("}id")), None)
            target = targets.get(key, "")
            member = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            if member in archive.namelist():
                return member
    raise DataError("truncated_file", file=path.name)


def _percent_styles(archive: zipfile.ZipFile) -> tuple[int, ...]:
    """Indexes of the cell styles that show a number as a percentage."""
    try:
        # No document type can be declared here: check_container refused it.
        root = ElementTree.fromstring(archive.read("xl/styles.xml"))  # noqa: S314
    except (KeyError, ElementTree.ParseError, zipfile.BadZipFile, zlib.error):
        return ()
    formats = {"9", "10"}
    styles: tuple[int, ...] = ()
    for element in root.iter():
        tag = element.tag.rpartition("}")[2]
        if tag == "numFmt" and "%" in re.sub(r'"[^"]*"|\\.', "", element.get("formatCode", "")):
            formats.add(element.get("numFmtId", ""))
        if tag == "cellXfs":
            styles = tuple(at for at, cell in enumerate(element) if cell.get("numFmtId") in formats)
    return styles
