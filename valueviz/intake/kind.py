"""What a file really is, by its first bytes; a suffix never decides how it is read, it may only contradict.

A file that is not what its name says is refused, except under the name of a workbook: there many systems write
web pages, XML or plain text, and spreadsheet programs open them all.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from valueviz.errors import DataError
from valueviz.intake.compound import MAGIC as COMPOUND
from valueviz.intake.compound import CompoundFile
from valueviz.intake.preflight import Container

Kind = Literal["text", "XLSX", "XLS", "ODS", "FODS", "HTML", "XML"]

HEAD_BYTES = 4096
"""Enough for every magic number and for the first tags of a web page."""

MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"%PDF", "PDF"),
    (b"{\\rtf", "RTF"),
    (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!", "RAR"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"PAR1", "Parquet"),
    (b"ARROW1", "Arrow"),
    (b"ORC", "ORC"),
    (b"Obj\x01", "Avro"),
    (b"\x89HDF", "HDF5"),
    (b"SQLite format 3", "SQLite"),
    (b"\0\x01\0\0Standard ", "Access"),
    (b"\x09\0\x04\0", "XLS 2.0"),
    (b"\x09\x02\x06\0", "XLS 3.0"),
    (b"\x09\x04\x06\0", "XLS 4.0"),
    (b"MIME-Version:", "MHTML"),
)
"""First bytes of what is regularly renamed by mistake, with its everyday name."""

SHORT_MAGIC = frozenset({"BMP", "ORC"})
"""Whose first bytes are letters any text may begin with: only a zero byte behind them proves it."""

TEXT_SUFFIXES = frozenset({".csv", ".txt", ".tsv", ".tab", ".dat", ".asc"})
"""Suffixes that promise delimited text."""

WORKBOOK_SUFFIXES = frozenset({".xlsx", ".xlsm", ".xltx", ".xltm", ".xlsb", ".ods", ".ots", ".fods", ".et"})
"""Suffixes that promise a workbook. (.xls is none: under it spreadsheet programs open everything.)"""

READ: tuple[Kind, ...] = ("text", "XLSX", "XLS", "ODS", "FODS", "HTML", "XML")

OFFICE = {"WordDocument": "DOC", "PowerPoint Document": "PPT", "VisioDocument": "VSD", "__properties_version1.0": "MSG"}
"""Streams by which other documents in the same container are known."""

NAMES = {"text": "CSV", "FODS": "ODS", "XML": "XML"}


def kind_of(path: Path) -> Kind:
    """How the file is to be read.

    Raises:
        DataError: the file is missing, empty, locked by a password, or something else than its name says.
    """
    head = _head(path)
    if not head.strip(b"\xef\xbb\xbf \t\r\n\0"):
        raise DataError("empty_file", file=path.name)
    found = _found(path, head)
    suffix = path.suffix.lower()
    kind = next((each for each in READ if each == found), None)
    contradicts = (
        (suffix in TEXT_SUFFIXES and kind != "text")
        or (suffix in WORKBOOK_SUFFIXES and kind in ("text", "HTML"))
        or (suffix == "" and kind not in ("text", "XLSX", "XLS", "ODS"))
    )
    if kind is None or contradicts:
        needed = "CSV" if suffix in TEXT_SUFFIXES or not suffix else "XLSX"
        raise DataError("not_what_its_name_says", file=path.name, found=NAMES.get(found, found), needed=needed)
    return kind


def _head(path: Path) -> bytes:
    if not path.is_file():
        raise DataError("input_missing", file=str(path))
    try:
        with path.open("rb") as stream:
            return stream.read(HEAD_BYTES)
    except OSError as error:
        raise DataError("input_unreadable", file=str(path), found=error.strerror) from error


def _found(path: Path, head: bytes) -> str:
    """The everyday name of what a file is; "text" for anything that is no known kind."""
    for magic, name in MAGIC:
        if head.startswith(magic) and (name not in SHORT_MAGIC or b"\0" in head):
            return name
    if head[8:12] == b"DUCK":
        return "DuckDB"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _packed(path)
    if head.startswith(COMPOUND):
        return _compound(path)
    return _markup(head)


def _packed(path: Path) -> str:
    """What lies in a container; one that is damaged or hostile is refused where its name promises a workbook."""
    try:
        return Container(path).kind
    except DataError:
        if path.suffix.lower() in TEXT_SUFFIXES:
            return "ZIP"
        raise


def _compound(path: Path) -> str:
    """What lies in a container of the years before 2007; today it also hides what a password protects."""
    try:
        names = CompoundFile(path).names
    except DataError:
        if path.suffix.lower() in WORKBOOK_SUFFIXES:  # no workbook of that name is written so, unless locked
            raise DataError("password_protected", file=path.name) from None
        raise
    if "EncryptedPackage" in names:
        raise DataError("password_protected", file=path.name)
    if names & {"Workbook", "Book"}:
        return "XLS"
    return next((kind for stream, kind in OFFICE.items() if stream in names), "OLE2")


def _markup(head: bytes) -> str:
    """Web page or XML, in any encoding; text that begins otherwise is text."""
    start = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if start.startswith((b"<html", b"<!doctype html", b"<table", b"<head", b"<meta", b"<body", b"<style", b"<div")):
        return "HTML"
    if start.startswith((b"<tr", b"<td", b"<form", b"<!--", b"<center", b"<font")):
        return "HTML"
    if not start.startswith((b"<?xml", b"<workbook", b"<ss:workbook", b"<office:document")):
        return "text"
    if b"<html" in start or b"<!doctype html" in start:
        return "HTML"
    if b"urn:schemas-microsoft-com:office:spreadsheet" in start or b'progid="excel.sheet"' in start:
        return "XML"
    return "FODS" if b"opendocument" in start and b"spreadsheet" in start else "XML of another kind"
