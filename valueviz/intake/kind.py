"""What a file really is, by its first bytes; it never trusts a suffix and reads no content."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from valueviz.errors import DataError

Kind = Literal["text", "workbook"]

HEAD_BYTES = 4096
"""Enough for every magic number and for the first tag of a web page."""

MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"%PDF", "PDF"),
    (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!", "RAR"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"PAR1", "Parquet"),
    (b"ARROW1", "Arrow"),
    (b"SQLite format 3", "SQLite"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "XLS"),
)
"""First bytes of what is regularly renamed to .csv by mistake, with its everyday name."""

TEXT_SUFFIXES = frozenset({".csv", ".txt", ".tsv", ".tab", ".xls", ".dat", ".asc", ""})
"""Suffixes under which exports arrive as delimited text (.xls: many domestic systems write text under it)."""

WORKBOOK_SUFFIXES = frozenset({".xlsx", ".xlsm"})
"""Suffixes of the workbooks that are read; macros are never run."""


def kind_of(path: Path) -> Kind:
    """Whether the file is delimited text or a workbook.

    Raises:
        DataError: the file is missing, empty, or something else than its name says.
    """
    head = _head(path)
    if not head.strip(b"\xef\xbb\xbf \t\r\n\0"):
        raise DataError("empty_file", file=path.name)
    found = _found(head)
    needed = "XLSX" if path.suffix.lower() in WORKBOOK_SUFFIXES else "CSV"
    if found == "ZIP" and needed == "XLSX":
        return "workbook"
    if found == "XLS" and needed == "XLSX":
        raise DataError("password_protected", file=path.name)
    if found is None and needed == "CSV":
        return "text"
    raise DataError("not_what_its_name_says", file=path.name, found=_named(path, found or "CSV"), needed=needed)


def _head(path: Path) -> bytes:
    if not path.is_file():
        raise DataError("input_missing", file=str(path))
    try:
        with path.open("rb") as stream:
            return stream.read(HEAD_BYTES)
    except OSError as error:
        raise DataError("input_unreadable", file=str(path), found=error.strerror) from error


def _found(head: bytes) -> str | None:
    """The everyday name of a known kind of file that is no text; None for anything else."""
    for magic, name in MAGIC:
        if head.startswith(magic):
            return name
    if head[8:12] == b"DUCK":
        return "DuckDB"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "ZIP"
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<meta")):
        return "HTML"
    return "XML" if start.startswith(b"<?xml") else None


def _named(path: Path, found: str) -> str:
    """ZIP told apart: a workbook under another name is called what it is."""
    if found != "ZIP":
        return found
    with path.open("rb") as stream:
        return "XLSX" if b"xl/" in stream.read() or b"[Content_Types].xml" in _head(path) else "ZIP"
